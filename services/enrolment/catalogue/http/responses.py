"""The JSON of programmes, runs and warnings. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from services.enrolment.catalogue.domain.approval import ApprovalStep
from services.enrolment.catalogue.domain.checks import Check
from services.enrolment.catalogue.domain.close_out import due_of
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.judging import CALENDAR_CODES
from services.enrolment.catalogue.domain.notices import Notice
from services.enrolment.catalogue.domain.programmes import Programme
from services.enrolment.catalogue.domain.release import ReleaseAt
from services.enrolment.catalogue.domain.rules_of_certificates import CertificateRule
from services.enrolment.catalogue.domain.runs import Run, release_of
from services.enrolment.catalogue.http.waiting_lists import waiting_lists_response
from shared.clock import BANGKOK
from shared.events.envelope import EventModel
from shared.thai import local_date

# Warnings in Thai and English; the command is carried out all the same.
NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "starts-in-past": (
        "รุ่นที่ {cohort} เริ่มต้นในอดีต จึงจะประกาศไม่ได้ กรุณาตรวจสอบวันและปี",
        "Run {cohort} starts in the past and cannot be published so. Please check day and year.",
    ),
    "not-a-working-day": ("วันที่ {date} เป็นวันหยุดสุดสัปดาห์", "{date} is a Saturday or a Sunday."),
    "on-a-holiday": ("วันที่ {date} เป็นวันหยุดราชการ ({holiday})", "{date} is a government holiday ({holiday})."),
    "venue-taken": (
        "สถานที่นี้มีกำหนดการอื่นในเวลาเดียวกัน: {by}",
        "Another run takes place there at the same time: {by}",
    ),
    "people-clash": (
        "มีผู้ที่อยู่ในรุ่นที่ {cohort} ซึ่งมีรายการในรุ่นอื่นในเวลาเดียวกันด้วย โปรดดูรายชื่อใน clashes",
        "People in run {cohort} are in another run at the same time, too. They are listed in clashes.",
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
        "certificate": rule_response(description.certificate),
        **checks_response(description),
        "targetGroups": [target_response(target) for target in description.target_groups],
        "runs": [{**run_in_programme(run), **close_out_response(run, description)} for run in runs],
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
        "approvalRoute": [step_response(step) for step in description.approval_route],
        "fourEyes": description.four_eyes,
        "applications": description.applications,
        "onMove": description.on_move.value,
        "closeOutDays": description.close_out_days,
        "forms": [form.value for form in description.forms],
        "releaseAt": _release_at(description.release_at),
        "releaseRule": description.release_rule.value,
        "reminders": list(description.reminders),
        "createdUnit": programme.created_unit,
    }


def checks_response(description: Description) -> dict[str, Any]:
    """What is checked, all of it named, and how seats come to who waits."""
    return {
        "checks": {check.value: description.checks.of(check).value for check in Check},
        "course": description.course,
        "repeatedYears": description.repeated_years,
        "prerequisites": list(description.prerequisites),
        "waitingLists": waiting_lists_response(description.waiting_lists),
    }


def step_response(step: ApprovalStep) -> dict[str, Any]:
    return {"step": step.by.value, "days": step.days, "onDeadline": step.on_deadline and step.on_deadline.value}


def rule_response(rule: CertificateRule | None) -> dict[str, Any] | None:
    return None if rule is None else {"attendancePct": rule.attendance_pct, "forms": list(rule.forms)}


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
        "releaseAt": _release_at(plan.release_at),
        "offsetSeconds": run.offset_seconds,
        "revision": run.revision,
        "moving": run.moving,
    }


def close_out_response(run: Run, description: Description) -> dict[str, Any]:
    """What follows from run and programme. Who has filed it is for insiders (see `outside`)."""
    due, release = due_of(run, description), release_of(run, description)
    return {
        "releaseOn": None if release is None else local_date(release.at).isoformat(),
        "closeOutDue": None if due is None else due.on.isoformat(),
        "closeOutDueFiscalYear": None if due is None else due.fiscal_year,
        "closeOutFiledAt": None if run.filed is None else _time(run.filed.at),
        "closeOutFiledBy": None if run.filed is None else run.filed.by,
    }


def outside(run: dict[str, Any]) -> dict[str, Any]:
    """What is answered of a run to those who see no drafts."""
    return {**run, "closeOutFiledBy": None}


def run_summary(run: Run, code: str, title: str, fiscal_year: int) -> dict[str, Any]:
    """What lists return: a run, and of which programme it is."""
    return {**run_in_programme(run), "code": code, "title": title, "fiscalYear": fiscal_year}


def run_response(run: Run, description: Description, notices: Sequence[Notice] | None = None) -> dict[str, Any]:
    """A run on its own, with what identifies its programme. `notices` None: for those who are told none."""
    response = {
        **run_in_programme(run),
        **close_out_response(run, description),
        "code": description.code,
        "title": description.title,
        "fiscalYear": description.fiscal_year,
        "approvalRoute": [step_response(step) for step in description.approval_route],
        "fourEyes": description.four_eyes,
        "applications": description.applications,
        "closeOutDays": description.close_out_days,
        "forms": [form.value for form in description.forms],
        "releaseRule": description.release_rule.value,
        **checks_response(description),
        "onMove": description.on_move.value,
        "targetGroups": [target_response(target) for target in description.target_groups],
    }
    if notices is None:
        return response
    of_calendar = sum(notice.code in CALENDAR_CODES for notice in notices)
    told = {"warnings": notices_response(notices)} if notices else {}
    return {**response, "calendarWarnings": of_calendar, **told}


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


def _release_at(given: ReleaseAt | None) -> str | int | None:
    return given.isoformat() if isinstance(given, date) else given


def _json(model: EventModel | None) -> dict[str, Any] | None:
    return None if model is None else model.model_dump(mode="json", by_alias=True)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(BANGKOK).isoformat()
