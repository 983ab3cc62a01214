"""What is kept of a person's nominations and delegations, for whoever it is about."""

from typing import Final

from services.enrolment.seats.storage.delegations import DELEGATIONS
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, rows_of

_FOR_EVER: Final = Words(
    "ตลอดไป โดยอ้างอิงด้วยรหัส ส่วนหมายเหตุและเหตุผล {days:,} วันนับจากวันสิ้นสุดการอบรม",
    "for ever, by id; notes and reasons {days:,} days after the end of the run",
)


def kinds(database: Database, *, text_days: int) -> tuple[Kind, ...]:
    return (
        Kind(
            "nominations",
            Words("การเสนอชื่อและที่นั่ง", "Nominations and seats"),
            Words("จัดสรรที่นั่งและพิจารณาผู้เข้ารับการฝึกอบรม", "to give seats, and to decide who is trained"),
            Words(*(text.format(days=text_days) for text in _FOR_EVER)),
            Words("หน่วยงานที่เสนอชื่อ ผู้พิจารณา และเจ้าของข้อมูล", "the office that nominates, who decides, and the person"),
            rows_of(database[NOMINATIONS.name], _nomination),
        ),
        Kind(
            "delegations",
            Words("การมอบหมายให้พิจารณาแทน", "Decisions left to somebody else"),
            Words("แสดงว่าผู้ใดพิจารณาแทนผู้ใดและเมื่อใด", "to know in whose name was decided"),
            Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id"),
            Words("ผู้มอบหมาย", "who was away"),
            rows_of(database[DELEGATIONS.name], _delegation, field="parties"),
        ),
    )


def _nomination(row: Document) -> Item:
    """Without who decided: those are other people."""
    reasons = [one["reason"] for one in row.get("decisions", ()) if one.get("reason")]
    held = row.get("ex_officio") or {}
    return {
        "run": row["run"],
        "nomination": row["_id"],
        "state": row["state"],
        "rank": row["rank"],
        "unit": row["place"]["unit"],
        "post": held.get("post"),
        "note": row.get("note"),
        "reason": row.get("reason"),
        "reasonsOfSteps": "; ".join(reasons),
        "createdAt": row["created_at"],
        "changedAt": row["changed_at"],
    }


def _delegation(row: Document) -> Item:
    return {"unit": row["unit"], "from": row["starts_at"], "until": row["ends_at"], "ended": row["ended"]}
