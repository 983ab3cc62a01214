"""Programmes and runs as answers show them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.enrolment.catalogue.description import Description
from services.enrolment.catalogue.domain import Programme
from services.enrolment.catalogue.eligibility import TargetGroup
from services.enrolment.catalogue.runs import Run
from services.enrolment.catalogue.schedule import Notice
from shared.clock import BANGKOK
from shared.events.envelope import EventModel

# What is worth a second look, in Thai and English; the command is carried out all the same.
NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "not-a-working-day": ("วันที่ {date} เป็นวันหยุดสุดสัปดาห์", "{date} is a Saturday or a Sunday."),
    "on-a-holiday": ("วันที่ {date} เป็นวันหยุดราชการ ({holiday})", "{date} is a holiday of the government ({holiday})."),
    "venue-taken": (
        "สถานที่เดียวกันมีกำหนดการอื่นในเวลาเดียวกัน: {by}",
        "Another run is held at the same place in the same time: {by}",
    ),
}


def programme_view(programme: Programme, runs: Iterable[Run], notices: Sequence[Notice] = ()) -> dict[str, Any]:
    written = programme.description
    shown = {
        **summary_view(programme),
        "chair": _part(written.chair),
        "reporter": _part(written.reporter),
        "speakers": [_part(one) for one in written.speakers],
        "methods": list(written.methods),
        "topics": list(written.topics),
        "objectives": list(written.objectives),
        "expectedOutcomes": list(written.expected_outcomes),
        "indicators": list(written.indicators),
        "planYears": list(written.plan_years),
        "targetGroups": [target_view(target) for target in written.target_groups],
        "runs": [run_view(run) for run in runs],
    }
    return {**shown, "warnings": notices_view(notices)} if notices else shown


def summary_view(programme: Programme) -> dict[str, Any]:
    """As lists show a programme."""
    written = programme.description
    return {
        "id": programme.id,
        "state": programme.state.value,
        "code": written.code,
        "title": written.title,
        "fiscalYear": written.fiscal_year,
        "kind": written.kind.value,
        "organiser": written.organiser,
        "frameworkTags": list(written.framework_tags),
        "totalSeats": written.total_seats,
        "approvalRoute": written.approval_route,
        "createdUnit": programme.created_unit,
    }


def target_view(target: TargetGroup) -> dict[str, Any]:
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


def run_view(run: Run) -> dict[str, Any]:
    """Times are shown at Bangkok."""
    plan = run.plan
    return {
        "id": run.id,
        "programme": run.programme,
        "cohort": plan.cohort,
        "state": run.state.value,
        "capacity": plan.capacity,
        "allocated": run.allocated,
        "startsAt": _time(plan.starts_at),
        "endsAt": _time(plan.ends_at),
        "sessions": [
            {"startsAt": _time(one.starts_at), "endsAt": _time(one.ends_at), "title": one.title}
            for one in plan.sessions
        ],
        "venue": _part(plan.venue),
        "opensAt": _time(plan.opens_at),
        "closesAt": _time(plan.closes_at),
        "offsetSeconds": run.offset_seconds,
        "revision": run.revision,
    }


def whole_run_view(run: Run, written: Description, notices: Sequence[Notice] = ()) -> dict[str, Any]:
    """A run by itself says of which programme it is."""
    shown = {
        **run_view(run),
        "code": written.code,
        "title": written.title,
        "fiscalYear": written.fiscal_year,
        "approvalRoute": written.approval_route,
        "targetGroups": [target_view(target) for target in written.target_groups],
    }
    return {**shown, "warnings": notices_view(notices)} if notices else shown


def notices_view(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """In both languages, because the answer is kept for whoever repeats the command."""
    return [
        {
            "code": notice.code,
            "th": NOTICES[notice.code][0].format_map(notice.details),
            "en": NOTICES[notice.code][1].format_map(notice.details),
            **notice.details,
        }
        for notice in notices
    ]


def _part(part: EventModel | None) -> dict[str, Any] | None:
    return None if part is None else part.model_dump(mode="json", by_alias=True)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).isoformat()
