"""What is kept of a person's presence, for whoever it is about."""

from typing import Final, Protocol

from services.enrolment.attendance.storage.specs import ATTENDEES, CHANGES, HAS_REASON, SCANS, WALK_INS
from shared.mongo import Database, Document, translated_calls
from shared.personal import Item, Kind, Words, days_after, listed, rows_of
from shared.personal.kinds import Page, Read

NOMINATIONS_AT_ONCE: Final = 20
_WHY: Final = Words("แสดงว่าเข้าร่วมการอบรมเมื่อใดและนานเท่าใด", "to say who was there, when and for how long")
_BY_ID: Final = Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id")
_DOOR: Final = Words("ผู้จัดการอบรมหรืออุปกรณ์ลงทะเบียน", "the organiser, or a device at the door")


class Nominations(Protocol):
    """All that a person ever had, whatever became of them."""

    async def ids(self, person: str, after: str, most: int) -> list[str]: ...


def kinds(database: Database, nominations: Nominations, *, text_days: int) -> tuple[Kind, ...]:
    texts = days_after(text_days, "วันที่บันทึก", "it was written down")
    marks, scans = rows_of(database[ATTENDEES.name], _marks), _scans(database, nominations)
    changes = rows_of(database[CHANGES.name], _change, more=HAS_REASON)
    return (
        Kind("attendance", Words("การเข้าร่วมการอบรม", "Attendance"), _WHY, _BY_ID, _DOOR, marks),
        Kind("scans", Words("การสแกนที่จุดลงทะเบียน", "Scans at the door"), _WHY, _BY_ID, _DOOR, scans),
        Kind(
            "corrections",
            Words("การแก้ไขการเข้าร่วม", "Corrections of attendance"),
            Words("แสดงเหตุผลของการแก้ไข", "to say why something was put right"),
            texts,
            Words("ผู้จัดการอบรม", "the organiser"),
            changes,
        ),
        Kind(
            "walkIns",
            Words("การลงชื่อหน้างานที่จับคู่กับท่านแล้ว", "Entries at the door that were matched to you"),
            _WHY,
            texts,
            _DOOR,
            rows_of(database[WALK_INS.name], _walk_in),
        ),
    )


def _marks(row: Document) -> list[Item]:
    about: Item = {"run": row["run"], "nomination": row["nomination"]}
    return [
        about | {"session": int(number)} | {name: mark[name] for name in ("presence", "minutes", "at", "via")}
        for number, mark in sorted(row["marks"].items(), key=lambda pair: int(pair[0]))
    ]


def _change(row: Document) -> Item:
    before = row["before"] or {}
    changed: Item = {"before": before.get("presence"), "after": row["after"]["presence"], "reason": row.get("reason")}
    return {"run": row["run"], "session": row["session"], "changedAt": row["changed_at"], **changed}


def _walk_in(row: Document) -> Item:
    typed: Item = {name: row.get(name) for name in ("name", "office", "reason")}
    return {"run": row["run"], "session": row["session"], "at": row["at"], **typed}


def _scans(database: Database, nominations: Nominations) -> Read:
    """They are of nominations, also of some whose person was refused at the door and has no attendance."""
    scans = database[SCANS.name]

    async def read(person: str, after: str) -> Page:
        ids = await nominations.ids(person, after, NOMINATIONS_AT_ONCE + 1)
        of = {"nomination": {"$in": ids[:NOMINATIONS_AT_ONCE]}}
        with translated_calls():
            items = [item async for row in scans.find(of) for item in listed(_scan(row))] if ids else []
        return items, ids[NOMINATIONS_AT_ONCE - 1] if len(ids) > NOMINATIONS_AT_ONCE else None

    return read


def _scan(row: Document) -> Item:
    names = ("run", "session", "at", "outcome", "code")
    return {name: row.get(name) for name in names} | {"receivedAt": row["received_at"]}
