"""The JSON of attendance. Pure."""

from datetime import datetime
from typing import Any

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.passes import Pass, RunKey
from services.enrolment.attendance.domain.records import ChangeRecord
from services.enrolment.attendance.domain.room_codes import RoomCode
from services.enrolment.attendance.domain.sheet import Attendee
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.seats import Holder
from shared.clock import BANGKOK
from shared.events.attendance import Presence


def sitting_response(sitting: Sitting, seated: int | None) -> dict[str, Any]:
    """`seated`: how many have a seat, where the caller may see counts."""
    counts = {presence.value.lower(): sitting.counts.get(presence.value, 0) for presence in Presence}
    told: dict[str, int | None] = {name: None if seated is None else count for name, count in counts.items()}
    return {
        "session": sitting.number,
        "startsAt": _time(sitting.starts_at),
        "endsAt": _time(sitting.ends_at),
        "minutes": sitting.minutes,
        "halfDays": sitting.half_days,
        "state": sitting.state.value,
        "closedAt": None if sitting.closed_at is None else _time(sitting.closed_at),
        "closing": sitting.after is not None,
        **told,
        "missing": None if seated is None else max(0, seated - sum(counts.values())),
    }


def mark_response(session: int, mark: Mark, *, names: bool) -> dict[str, Any]:
    """`names`: who has recorded it is told to colleagues."""
    return {"session": session, **_mark(mark, names=names)}


def marked_response(attendee: Attendee, session: int, mark: Mark, recorded: bool) -> dict[str, Any]:
    return {
        "nomination": attendee.nomination,
        "person": attendee.person,
        **mark_response(session, mark, names=True),
        "recorded": recorded,
    }


def own_response(attendee: Attendee, session: int, mark: Mark, recorded: bool) -> dict[str, Any]:
    """To the person, who has recorded it."""
    told = marked_response(attendee, session, mark, recorded)
    return {name: value for name, value in told.items() if name != "by"}


def pass_response(holder: Holder, content: Pass, token: str) -> dict[str, Any]:
    return {
        "nomination": holder.nomination,
        "person": holder.person,
        "token": token,
        "expiresAt": _time(content.until),
    }


def room_code_response(session: int, code: RoomCode) -> dict[str, Any]:
    return {"session": session, "code": code.text, "shownUntil": code.until.isoformat()}


def key_response(run: str, key: RunKey) -> dict[str, Any]:
    return {"run": run, "kty": "OKP", "crv": "Ed25519", "x": key.public}


def attendee_response(attendee: Attendee, held: int, *, names: bool) -> dict[str, Any]:
    minutes = attendee.minutes
    return {
        "nomination": attendee.nomination,
        "person": attendee.person,
        "unit": attendee.place.unit,
        "province": attendee.place.province,
        "target": attendee.target,
        "bucketUnit": attendee.bucket_unit,
        "attended": attendee.times > 0,
        "minutesPresent": minutes,
        "minutesHeld": held,
        "percentage": None if held <= 0 else (minutes * 20_000 + held) // (2 * held) / 100,
        "marks": [mark_response(session, mark, names=names) for session, mark in sorted(attendee.marks.items())],
    }


def change_response(change: ChangeRecord, *, names: bool) -> dict[str, Any]:
    return {
        "id": change.id,
        "session": change.session,
        "before": None if change.before is None else _mark(change.before, names=names),
        "after": _mark(change.after, names=names),
        "changedAt": change.changed_at.isoformat(),
        "reason": change.reason,
    }


def missing_response(holder: Holder) -> dict[str, Any]:
    return {
        "nomination": holder.nomination,
        "person": holder.person,
        "unit": holder.place.unit,
        "province": holder.place.province,
        "target": holder.target,
    }


def _mark(mark: Mark, *, names: bool) -> dict[str, Any]:
    return {
        "presence": mark.presence.value,
        "minutes": mark.minutes,
        "at": _time(mark.at),
        "via": mark.via.value,
        "by": mark.by if names else None,
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).isoformat()
