"""Sheets, attendees and changes as documents."""

from typing import Any

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.records import ChangeRecord
from services.enrolment.attendance.domain.sheet import Attendee, Change, Sheet
from services.enrolment.attendance.domain.sittings import Sitting
from shared.events.attendance import Presence, Via
from shared.events.directory import InPost
from shared.events.seats import Place
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, pool_of


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return CENTRAL_POOL if pool_of(unit) == CENTRAL_POOL else unit.partition(".")[0]


def sheet_document(sheet: Sheet) -> Document:
    """All but its id."""
    return {
        "programme": sheet.programme,
        "fiscal_year": sheet.fiscal_year,
        "seq": sheet.seq,
        "closing": sheet.closing,
        "sittings": [_sitting_document(sitting) for _, sitting in sorted(sheet.sittings.items())],
    }


def sheet_of(row: Document) -> Sheet:
    sittings = {sitting["number"]: Sitting(**sitting) for sitting in row["sittings"]}
    return Sheet(row["_id"], row["programme"], row["fiscal_year"], row["seq"], sittings)


def attendee_key(run: str, nomination: str) -> str:
    """Of both: a nomination may go over to another run, whose sessions are others."""
    return f"{run}|{nomination}"


def attendee_document(attendee: Attendee) -> Document:
    place = attendee.place
    document: Document = {
        "_id": attendee_key(attendee.run, attendee.nomination),
        "run": attendee.run,
        "nomination": attendee.nomination,
        "person": attendee.person,
        "office": office_of(place.unit),
        "target": attendee.target,
        "bucket_unit": attendee.bucket_unit,
        "place": {"unit": place.unit, "province": place.province, "group": place.group, "region": place.region},
        **attendee_update(attendee),
    }
    return document if attendee.ex_officio is None else {**document, "ex_officio": str(attendee.ex_officio)}


def attendee_update(attendee: Attendee) -> Document:
    """What changes with a mark. The sums are for who asks for many people."""
    return {
        "marks": {str(session): _mark_document(mark) for session, mark in attendee.marks.items()},
        "minutes": attendee.minutes,
        "times": attendee.times,
        "missed": attendee.missed,
    }


def attendee_of(row: Document) -> Attendee:
    return Attendee(
        row["nomination"],
        row["run"],
        row["person"],
        row["target"],
        row["bucket_unit"],
        Place.model_construct(**row["place"]),
        InPost(row["ex_officio"]) if "ex_officio" in row else None,
        {int(session): _mark_of(mark) for session, mark in row["marks"].items()},
    )


def change_document(id: str, change: Change, attendee: Attendee, changed_at: Any) -> Document:
    document: Document = {
        "_id": id,
        "run": attendee.run,
        "nomination": attendee.nomination,
        "person": attendee.person,
        "session": change.session,
        "before": None if change.before is None else _mark_document(change.before),
        "after": _mark_document(change.after),
        "changed_at": changed_at,
    }
    return document if change.reason is None else {**document, "reason": change.reason}


def change_of(row: Document) -> ChangeRecord:
    before = row["before"]
    return ChangeRecord(
        row["_id"],
        row["session"],
        None if before is None else _mark_of(before),
        _mark_of(row["after"]),
        row["changed_at"],
        row.get("reason"),
    )


def _sitting_document(sitting: Sitting) -> Document:
    return {
        "number": sitting.number,
        "starts_at": sitting.starts_at,
        "ends_at": sitting.ends_at,
        "closed_at": sitting.closed_at,
        "closed_by": sitting.closed_by,
        "after": sitting.after,
        "counts": dict(sitting.counts),
    }


def _mark_document(mark: Mark) -> Document:
    document: Document = {
        "presence": mark.presence.value,
        "minutes": mark.minutes,
        "at": mark.at,
        "via": mark.via.value,
        "by": mark.by,
    }
    more = {"source": mark.source or None, "device": mark.device}
    return document | {name: value for name, value in more.items() if value is not None}


def _mark_of(row: Document) -> Mark:
    return Mark(
        Presence(row["presence"]),
        row["minutes"],
        row["at"],
        Via(row["via"]),
        row["by"],
        row.get("source", ""),
        row.get("device"),
    )
