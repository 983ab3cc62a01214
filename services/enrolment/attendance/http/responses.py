"""The JSON of attendance. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.enrolment.attendance.domain.devices import Device
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.passes import Pass, RunKey
from services.enrolment.attendance.domain.records import ChangeRecord
from services.enrolment.attendance.domain.room_codes import RoomCode
from services.enrolment.attendance.domain.scans import KeptScan
from services.enrolment.attendance.domain.sheet import Attendee
from services.enrolment.attendance.domain.short_names import short_name
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.attendance.domain.walk_ins import WalkIn
from services.enrolment.seats import Holder
from shared.clock import BANGKOK
from shared.events.attendance import Presence


def sitting_response(sitting: Sitting, expected: int | None) -> dict[str, Any]:
    """`expected`: how many have a seat, or something recorded all the same, where the caller may see counts."""
    counts = {presence.value.lower(): sitting.counts.get(presence.value, 0) for presence in Presence}
    told: dict[str, int | None] = {name: None if expected is None else count for name, count in counts.items()}
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
        "missing": None if expected is None else max(0, expected - sum(counts.values())),
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


def device_response(device: Device) -> dict[str, Any]:
    return {**revoked_response(device), "codeUntil": _moment(device.code_until)}


def revoked_response(device: Device) -> dict[str, Any]:
    used = {"revokedAt": _moment(device.revoked_at), "seenAt": _moment(device.seen_at)}
    return {**_device(device), **used, "skewSeconds": device.skew_seconds}


def invited_response(device: Device) -> dict[str, Any]:
    """Without the code, which is added when it is told."""
    return {**_device(device), "codeUntil": _moment(device.code_until)}


def enrolled_response(device: Device, token: str, now: datetime) -> dict[str, Any]:
    told = {"device": device.id, "name": device.name, "run": device.run}
    return {**told, "token": token, "now": now.isoformat()}


def listed_session_response(sitting: Sitting) -> dict[str, Any]:
    return {"session": sitting.number, "startsAt": _time(sitting.starts_at), "endsAt": _time(sitting.ends_at)}


def listed_response(holder: Holder, name: tuple[str, str] | None) -> dict[str, Any]:
    shown = None if name is None else short_name(*name)
    return {"nomination": holder.nomination, "name": shown, "unit": holder.place.unit}


def upload_response(
    skew: int, nonces: Iterable[str], known: Mapping[str, KeptScan], kept: Mapping[str, KeptScan]
) -> dict[str, Any]:
    results = [_uploaded(known.get(nonce) or kept[nonce], known=nonce in known) for nonce in nonces]
    return {"skewSeconds": skew, "results": results}


def scan_response(scan: KeptScan) -> dict[str, Any]:
    return {
        "device": scan.device,
        "nonce": scan.nonce,
        "session": scan.session,
        "at": _time(scan.at),
        "deviceAt": _time(scan.device_at),
        "skewSeconds": scan.skew_seconds,
        "receivedAt": scan.received_at.isoformat(),
        "outcome": scan.outcome.value,
        "code": scan.code,
    }


def walk_in_response(walk_in: WalkIn) -> dict[str, Any]:
    """With what was typed."""
    typed = {"name": walk_in.name, "office": walk_in.office, "reason": walk_in.reason}
    return {**decided_response(walk_in), **typed, "device": walk_in.device}


def decided_response(walk_in: WalkIn) -> dict[str, Any]:
    return {
        **written_response(walk_in),
        "nomination": walk_in.nomination,
        "person": walk_in.person,
        "cameSession": walk_in.came_session,
        "cameAt": None if walk_in.came_at is None else _time(walk_in.came_at),
        "decidedAt": _moment(walk_in.decided_at),
        "decidedBy": walk_in.decided_by,
    }


def written_response(walk_in: WalkIn) -> dict[str, Any]:
    return {
        "id": walk_in.id,
        "session": walk_in.session,
        "at": _time(walk_in.at),
        "inPlaceOf": walk_in.in_place_of,
        "recordedAt": walk_in.recorded_at.isoformat(),
        "by": walk_in.by,
        "state": walk_in.state.value,
    }


def _device(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "state": device.state.value,
        "createdAt": device.created_at.isoformat(),
        "createdBy": device.created_by,
        "enrolledAt": _moment(device.enrolled_at),
    }


def _uploaded(scan: KeptScan, *, known: bool) -> dict[str, Any]:
    return {"nonce": scan.nonce, "outcome": scan.outcome.value, "code": scan.code, "known": known}


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


def _moment(moment: datetime | None) -> str | None:
    """System time."""
    return None if moment is None else moment.isoformat()
