"""The JSON of groups and ideas. Pure."""

from typing import Any

from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.groups import Member, Workshop
from services.enrolment.workshop.domain.ideas import Idea
from services.enrolment.workshop.domain.scoring import Score, Scoring


def group_rows(workshop: Workshop, *, sizes: bool) -> list[dict[str, Any]]:
    return [
        {"group": number, "locked": workshop.locked, "size": size if sizes else None}
        for number, size in enumerate(workshop.sizes, start=1)
    ]


def groups_response(workshop: Workshop) -> dict[str, Any]:
    """For the organiser."""
    return {"groups": group_rows(workshop, sizes=True)}


def member_response(member: Member) -> dict[str, Any]:
    return {
        "nomination": member.nomination,
        "person": member.person,
        "unit": member.place.unit,
        "province": member.place.province,
        "target": member.target,
        "group": member.group,
        "by": member.by.value,
    }


def ungrouped_response(holder: Holder) -> dict[str, Any]:
    return {
        "nomination": holder.nomination,
        "person": holder.person,
        "unit": holder.place.unit,
        "province": holder.place.province,
        "target": holder.target,
    }


def idea_response(idea: Idea) -> dict[str, Any]:
    content = idea.content
    return {
        "id": idea.id,
        "version": idea.version,
        "run": idea.run,
        "group": idea.group,
        "state": idea.state.value,
        "title": content.title,
        "problem": content.problem,
        "users": content.users,
        "prototype": content.prototype.value,
        "indicators": [
            {
                "name": one.name,
                "measure": one.measure,
                "better": one.better.value,
                "baseline": one.baseline,
                "target": one.target,
            }
            for one in content.indicators
        ],
        "award": idea.award,
        "rank": idea.rank,
        "points": idea.points,
        "judges": idea.judges,
        "tied": idea.tied,
        **_later(idea),
    }


def _later(idea: Idea) -> dict[str, Any]:
    """What became of it."""
    return {
        "adoptions": [{"unit": one.unit, "since": one.since.isoformat()} for one in idea.adoptions],
        "measurements": [
            {
                "unit": one.unit,
                "indicator": one.indicator,
                "on": one.on.isoformat(),
                "value": one.value,
                "reached": one.reached,
            }
            for one in idea.measurements
        ],
    }


def scoring_response(scoring: Scoring, *, judges: bool) -> dict[str, Any]:
    return {
        "open": scoring.open,
        "begun": scoring.begun,
        "criteria": [
            {"key": one.key, "th": one.th, "en": one.en, "most": one.most, "weight": one.weight}
            for one in scoring.criteria
        ],
        "judges": list(scoring.judges) if judges else None,
    }


def score_response(score: Score) -> dict[str, Any]:
    return {"idea": score.idea, "judge": score.judge, "points": dict(sorted(score.points.items()))}


def ranked_response(idea: Idea) -> dict[str, Any]:
    return {
        "rank": idea.rank,
        "idea": idea.id,
        "group": idea.group,
        "title": idea.content.title,
        "points": idea.points,
        "judges": idea.judges,
        "tied": idea.tied,
        "award": idea.award,
    }
