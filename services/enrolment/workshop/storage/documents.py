"""Workshops, members, ideas and scores as documents."""

from datetime import UTC, date, datetime
from typing import Any, Final

from services.enrolment.workshop.domain.groups import Member, Workshop
from services.enrolment.workshop.domain.ideas import (
    Adoption,
    Better,
    Content,
    Idea,
    Indicator,
    Measurement,
    Prototype,
    State,
)
from services.enrolment.workshop.domain.scoring import Criterion, Score, Scoring
from shared.events.seats import Place
from shared.events.workshops import PlacedBy, Spread
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, pool_of

PRESENT: Final = ("programme", "fiscal_year", "seq", "turn", "locked", "stood", "ideas", "written")


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return CENTRAL_POOL if pool_of(unit) == CENTRAL_POOL else unit.partition(".")[0]


def workshop_document(workshop: Workshop) -> Document:
    """All but its id."""
    scoring = workshop.scoring
    return {
        **{name: getattr(workshop, name) for name in PRESENT},
        "sizes": list(workshop.sizes),
        "spread": [one.value for one in workshop.spread],
        "scoring": None if scoring is None else _scoring_document(scoring),
    }


def workshop_of(row: Document) -> Workshop:
    scoring = row["scoring"]
    return Workshop(
        run=row["_id"],
        sizes=tuple(row["sizes"]),
        spread=tuple(Spread(one) for one in row["spread"]),
        scoring=None if scoring is None else _scoring_of(scoring),
        **{name: row[name] for name in PRESENT},
    )


def _scoring_document(scoring: Scoring) -> Document:
    criteria = [
        {"key": one.key, "th": one.th, "en": one.en, "most": one.most, "weight": one.weight} for one in scoring.criteria
    ]
    return {"criteria": criteria, "judges": list(scoring.judges), "open": scoring.open, "begun": scoring.begun}


def _scoring_of(row: Document) -> Scoring:
    criteria = tuple(Criterion(**one) for one in row["criteria"])
    return Scoring(criteria, tuple(row["judges"]), row["open"], row["begun"])


def member_document(member: Member) -> Document:
    place = member.place
    return {
        "_id": member.nomination,
        "run": member.run,
        "person": member.person,
        "office": office_of(place.unit),
        "target": member.target,
        "bucket_unit": member.bucket_unit,
        "place": {"unit": place.unit, "province": place.province, "group": place.group, "region": place.region},
        "group": member.group,
        "by": member.by.value,
    }


def member_of(row: Document) -> Member:
    return Member(
        row["_id"],
        row["run"],
        row["person"],
        row["target"],
        row["bucket_unit"],
        Place.model_construct(**row["place"]),
        row["group"],
        PlacedBy(row["by"]),
    )


def idea_document(idea: Idea) -> Document:
    """All but its id. Days are kept as midnights."""
    content = idea.content
    return {
        "run": idea.run,
        "group": idea.group,
        "state": idea.state.value,
        "version": idea.version,
        "title": content.title,
        "problem": content.problem,
        "users": content.users,
        "prototype": content.prototype.value,
        "indicators": [_indicator_document(one) for one in content.indicators],
        "award": idea.award,
        "rank": idea.rank,
        "points": idea.points,
        "judges": idea.judges,
        "tied": idea.tied,
        "adoptions": [{"unit": one.unit, "since": _midnight(one.since)} for one in idea.adoptions],
        "measurements": [
            {**{name: getattr(one, name) for name in _MEASURED}, "on": _midnight(one.on)} for one in idea.measurements
        ],
    }


_MEASURED: Final = ("unit", "indicator", "value", "reached")


def _indicator_document(one: Indicator) -> Document:
    numbers = {"baseline": one.baseline, "target": one.target}
    return {"name": one.name, "measure": one.measure, "better": one.better.value, **numbers}


def idea_of(row: Document) -> Idea:
    indicators = tuple(
        Indicator(one["name"], one["measure"], Better(one["better"]), one["baseline"], one["target"])
        for one in row["indicators"]
    )
    content = Content(row["title"], row["problem"], row["users"], Prototype(row["prototype"]), indicators)
    measured = (
        Measurement(one["unit"], one["indicator"], one["on"].date(), one["value"], one["reached"])
        for one in row["measurements"]
    )
    return Idea(
        row["_id"],
        row["run"],
        row["group"],
        content,
        State(row["state"]),
        adoptions=tuple(Adoption(one["unit"], one["since"].date()) for one in row["adoptions"]),
        measurements=tuple(measured),
        **{name: row[name] for name in ("award", "rank", "points", "judges", "tied", "version")},
    )


def score_document(run: str, score: Score, at: datetime) -> Document:
    points = [{"key": key, "points": points} for key, points in sorted(score.points.items())]
    return {"run": run, "idea": score.idea, "judge": score.judge, "points": points, "at": at}


def score_of(row: Document) -> Score:
    return Score(row["idea"], row["judge"], {one["key"]: one["points"] for one in row["points"]})


def _midnight(day: date) -> Any:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
