"""What is kept of a person's work in groups, for whoever it is about."""

from services.enrolment.workshop.storage.specs import MEMBERS, SCORES
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, rows_of


def kinds(database: Database) -> tuple[Kind, ...]:
    return (
        Kind(
            "groups",
            Words("กลุ่มในการประชุมเชิงปฏิบัติการ", "Groups of workshops"),
            Words("แบ่งกลุ่มทำงาน", "to work in groups"),
            Words("ตราบที่ยังมีที่นั่ง", "while the seat is this person's"),
            Words("ผู้จัดการอบรม", "the organiser"),
            rows_of(database[MEMBERS.name], _member),
        ),
        Kind(
            "scores",
            Words("คะแนนที่ท่านให้ในฐานะกรรมการ", "Scores that you gave as a judge"),
            Words("อธิบายผลการตัดสินได้", "to explain an award"),
            Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id"),
            Words("เจ้าของข้อมูล", "the person"),
            rows_of(database[SCORES.name], _score, field="judge"),
        ),
    )


def _member(row: Document) -> Item:
    return {"run": row["run"], "nomination": row["_id"], "group": row["group"]}


def _score(row: Document) -> list[Item]:
    """By criterion."""
    about: Item = {"run": row["run"], "idea": row["idea"], "at": row["at"]}
    return [about | {"criterion": one["key"], "points": one["points"]} for one in row["points"]]
