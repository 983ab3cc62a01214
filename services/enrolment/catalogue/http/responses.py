"""The JSON of programmes, runs and warnings. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.programmes import Programme
from services.enrolment.catalogue.domain.runs import Run
from services.enrolment.catalogue.domain.schedule import Notice
from shared.clock import BANGKOK
from shared.events.envelope import EventModel

# Warnings in Thai and English; the command is carried out all the same.
NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "not-a-working-day": ("วันที่ {date} เป็นวันหยุดสุดสัปดาห์", "{date} is a Saturday or a Sunday."),
    "on-a-holiday": ("วันที่ {date} เป็นวันหยุดราชการ ({holiday})", "{date} is a government holiday ({holiday})."),
    "venue-taken": (
        "สถานที่นี้มีกำหนดการอื่นในเวลาเดียวกัน: {by}",
        "Another run takes place there at the same time: {by}",
    ),
}


def programme_response(programme: Programme, runs: Iterable[Run], notices: Sequence[Notice] = ()) -> dict[str, Any]:
    description = programme.description
    response = {
        **programme_summary(programme),
        "chair": _json(description.chair),
        "reporter": _json(description.reporter),
        "speakers": [_json(speaker) for speaker in description.speakers],
        "methods": list(description.methods),
        "topics": list(description.topics),
        "objectives": list(description.objectives),
        "expectedOutcomes": list(description.expected_outcomes),
        "indicators": list(description.indicators),
        "planYears": list(description.plan_years),
        "targetGroups": [target_response(target) for target in description.target_groups],
        "runs": [run_in_programme(run) for run in runs],
    }
    return {**response, "warnings": notices_response(notices)} if notices else response


def programme_summary(programme: Programme) -> dict[str, Any]:
    """What lists return."""
    description = programme.description
    return {
        "id": programme.id,
        "version": programme.version,
        "state": programme.state.value,
        "code": description.code,
        "title": description.title,
        "fiscalYear": description.fiscal_year,
        "kind": description.kind.value,
        "organiser": description.organiser,
        "frameworkTags": list(description.framework_tags),
        "totalSeats": description.total_seats,
        "approvalRoute": description.approval_route,
        "fourEyes": description.four_eyes,
        "createdUnit": programme.created_unit,
    }


def target_response(target: TargetGroup) -> dict[str, Any]:
    return {
        "key": target.key,
        "name": target.name,
        "scope": target.scope.value,
        "unit": target.unit,
        "levels": list(target.levels),
        "posts": list(target.posts),
        "positions": list(target.positions),
        "seats": target.seats,
        "perUnit": target.per_unit,
    }


def run_in_programme(run: Run) -> dict[str, Any]:
    """Times are Bangkok time."""
    plan = run.plan
    return {
        "id": run.id,
        "version": run.version,
        "seatsVersion": run.seats_version,
        "programme": run.programme,
        "cohort": plan.cohort,
        "state": run.state.value,
        "capacity": plan.capacity,
        "allocated": run.allocated,
        "startsAt": _time(plan.starts_at),
        "endsAt": _time(plan.ends_at),
        "sessions": [
            {"startsAt": _time(session.starts_at), "endsAt": _time(session.ends_at), "title": session.title}
            for session in plan.sessions
        ],
        "venue": _json(plan.venue),
        "opensAt": _time(plan.opens_at),
        "closesAt": _time(plan.closes_at),
        "offsetSeconds": run.offset_seconds,
        "revision": run.revision,
    }


def run_response(run: Run, description: Description, notices: Sequence[Notice] = ()) -> dict[str, Any]:
    """A run on its own, with what identifies its programme."""
    response = {
        **run_in_programme(run),
        "code": description.code,
        "title": description.title,
        "fiscalYear": description.fiscal_year,
        "approvalRoute": description.approval_route,
        "fourEyes": description.four_eyes,
        "targetGroups": [target_response(target) for target in description.target_groups],
    }
    return {**response, "warnings": notices_response(notices)} if notices else response


def notices_response(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """In both languages, because the recorded answer serves every repeat of the command."""
    return [
        {
            "code": notice.code,
            "th": NOTICES[notice.code][0].format_map(notice.details),
            "en": NOTICES[notice.code][1].format_map(notice.details),
            **notice.details,
        }
        for notice in notices
    ]


def _json(model: EventModel | None) -> dict[str, Any] | None:
    return None if model is None else model.model_dump(mode="json", by_alias=True)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).isoformat()
