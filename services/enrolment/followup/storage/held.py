"""What is kept of what a person has to do after runs, for whoever it is about."""

from services.enrolment.followup.storage.specs import TASKS, TEXTS
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, rows_of


def kinds(database: Database, *, evidence_days: int, text_days: int) -> tuple[Kind, ...]:
    why = Words("ติดตามการนำความรู้ไปใช้หลังการอบรม", "to see what a training has led to")
    whom = Words("เจ้าของข้อมูล และผู้จัดการอบรม", "the person, and the organiser")
    tasks, texts = rows_of(database[TASKS.name], _task), rows_of(database[TEXTS.name], _text)
    by_id = Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id")
    kept = Words(
        f"หลักฐาน {evidence_days:,} วันนับจากวันที่รายงาน เหตุผลที่ส่งกลับ {text_days:,} วัน",
        f"evidence {evidence_days:,} days after its report, why it came back {text_days:,} days",
    )
    return (
        Kind("tasks", Words("งานติดตามผลหลังการอบรม", "Tasks after runs"), why, by_id, whom, tasks),
        Kind(
            "reports",
            Words("หลักฐานและเหตุผลของงานติดตามผล", "Evidence and reasons of these tasks"),
            why,
            kept,
            whom,
            texts,
        ),
    )


def _task(row: Document) -> Item:
    told: Item = {"run": row["run"], "deliverable": row["deliverable"], "due": row["due"], "state": row["state"]}
    return told | {"doneAt": row["done_at"], "reopenedAt": row["reopened_at"]}


def _text(row: Document) -> Item:
    return {"run": row["run"], **{name: row.get(name) for name in ("link", "text", "reason")}}
