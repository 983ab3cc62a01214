"""What is kept of a person's answers where those have a name, for whoever it is about."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import orjson

from services.enrolment.evaluation.storage.specs import ANSWERS, DRAFTS, RESPONDENTS
from shared.events.evaluation import FormKind
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, days_after, rows_of
from shared.sealing import KeyRing, Sealed

_SELF: Final = Words("เจ้าของข้อมูล", "the person")
_ASSESSED: Final = Words("เจ้าของข้อมูล หรือผู้บังคับบัญชาในแบบติดตามผล", "the person, or of transfer the superior")


def kinds(database: Database, ring: KeyRing, *, answer_days: int) -> tuple[Kind, ...]:
    own = {"about": {"$exists": False}}
    return (
        Kind(
            "answers",
            Words("คำตอบแบบทดสอบและผลการประเมินที่ระบุตัวตน", "Tests and assessments by name"),
            Words("วัดความรู้ก่อนและหลัง และติดตามการนำไปใช้", "to measure what was learnt, and what it led to"),
            days_after(answer_days, "วันปิดแบบประเมิน", "the form was closed"),
            _ASSESSED,
            rows_of(database[ANSWERS.name], _answers),
        ),
        Kind(
            "drafts",
            Words("คำตอบที่บันทึกร่างไว้", "Answers that were begun"),
            Words("ให้ท่านตอบต่อได้ภายหลัง", "to go on later"),
            Words("จนกว่าจะส่งคำตอบหรือปิดแบบประเมิน", "until it is answered, or the form closed"),
            _SELF,
            rows_of(database[DRAFTS.name], partial(_draft, ring), more=own),
        ),
        Kind(
            "answered",
            Words("แบบประเมินที่ตอบแล้ว โดยไม่ระบุว่าตอบอย่างไร", "Which forms were answered, not how"),
            Words("ไม่ให้ตอบซ้ำ และใช้เป็นเงื่อนไขประกาศนียบัตร", "nobody answers twice; certificates may need it"),
            Words("ตลอดไป โดยอ้างอิงด้วยรหัส", "for ever, by id"),
            _SELF,
            rows_of(database[RESPONDENTS.name], _answered),
        ),
    )


def _draft(ring: KeyRing, row: Document) -> list[Item]:
    """One's own; what a superior has begun about somebody is not said yet."""
    plain = orjson.loads(ring.open_bytes(Sealed(row["key_id"], row["sealed"]), row["_id"]))
    return _said(row["evaluation"], plain)


def _answers(row: Document) -> list[Item]:
    about: Item = {"run": row["run"], "form": row["form"], "measure": row["measure"]}
    assessed = row["form"] == FormKind.TRANSFER.value
    return [
        about | {"bySuperior": assessed, "question": question, "answer": _plain(answer)}
        for question, answer in row["answers"]
    ]


def _said(evaluation: str, answers: Mapping[str, object]) -> list[Item]:
    run, _, form = evaluation.partition(":")
    return [{"run": run, "form": form, "question": key, "answer": _plain(said)} for key, said in answers.items()]


def _answered(row: Document) -> Item:
    run, _, form = row["evaluation"].partition(":")
    return {"run": run, "form": form}


def _plain(answer: object) -> str:
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
