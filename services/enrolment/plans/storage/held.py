"""What is kept of a person's development plans, for whoever it is about."""

from services.enrolment.plans.storage.specs import PLANS, TEXTS
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, days_after, rows_of


def kinds(database: Database, *, text_days: int) -> tuple[Kind, ...]:
    why = Words("วางแผนและติดตามการพัฒนารายบุคคล", "to plan what somebody learns, and to see whether it was done")
    whom = Words("เจ้าของข้อมูล และผู้บังคับบัญชา", "the person, and the superior")
    plans, texts = rows_of(database[PLANS.name], _plan), rows_of(database[TEXTS.name], _texts)
    by_id = Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id")
    kept = days_after(text_days, "สิ้นปีงบประมาณ", "the end of the fiscal year")
    return (
        Kind("plans", Words("แผนพัฒนารายบุคคล", "Development plans"), why, by_id, whom, plans),
        Kind("planTexts", Words("ข้อความในแผนพัฒนารายบุคคล", "What was written in plans"), why, kept, whom, texts),
    )


def _plan(row: Document) -> list[Item]:
    """A record of each row; of a plan without any one of the plan."""
    about: Item = {"fiscalYear": row["fiscal_year"], "unit": row["unit"], "state": row["state"]}
    names = {"row": "number", "competency": "competency", "required": "required", "held": "held", "method": "method"}
    names |= {"from": "starts", "until": "ends", "doneAt": "done_at"}
    return [about | {told: one.get(name) for told, name in names.items()} for one in row["rows"]] or [about]


def _texts(row: Document) -> list[Item]:
    numbers = sorted({*row["notes"], *row["results"]}, key=int)
    written: list[Item] = [
        {"plan": row["_id"], "row": int(one), "note": row["notes"].get(one), "result": row["results"].get(one)}
        for one in numbers
    ]
    return written + ([{"plan": row["_id"], "reason": row["reason"]}] if row["reason"] else [])
