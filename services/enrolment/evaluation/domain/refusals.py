"""Refusals of answers, each with a stable code, a status and its sentences.

Refused
├── when: FormNotOpen  FormClosed
├── who: NotInRun  NotAttended  AlreadyAnswered  WhomToAssess  NotOneToAssess  AssessesOneself
└── what: UnknownQuestion  AnswerOutsideScale  AnswerMissing
"""

from shared.errors import Refused


class FormNotOpen(
    Refused,
    code="form-not-open",
    status=409,
    th="ยังไม่ถึงเวลาเปิดรับคำตอบของแบบนี้ (เปิดเวลา {opensAt}) กรุณากลับมาตอบเมื่อเปิดแล้ว",
    en="This form is not open yet (it opens at {opensAt}). Please come back then.",
):
    """Details: opensAt."""


class FormClosed(
    Refused,
    code="form-closed",
    status=409,
    th="แบบนี้ปิดรับคำตอบแล้ว จึงตอบหรือแก้ไขไม่ได้อีก",
    en="This form is closed; nothing can be answered or changed any more.",
):
    pass


class NotInRun(
    Refused,
    code="not-in-run",
    status=403,
    th="แบบนี้สำหรับผู้ที่มีที่นั่งในรุ่นนี้เท่านั้น",
    en="This form is for those who have a seat in this run.",
    guards=True,
):
    pass


class NotAttended(
    Refused,
    code="not-attended",
    status=403,
    th="แบบนี้สำหรับผู้ที่เข้าอบรมเท่านั้น หากท่านเข้าอบรมแต่ไม่พบการลงทะเบียน โปรดแจ้งหน่วยงานผู้จัดเพื่อแก้ไขข้อมูล",
    en="This form is about those who were there. If the record is wrong, please tell the organising unit.",
    guards=True,
):
    """Where attendance was recorded, and the one whom the form is about was present in no session."""


class AlreadyAnswered(
    Refused,
    code="already-answered",
    status=409,
    th="มีคำตอบของแบบนี้แล้ว แต่ละคนตอบได้ครั้งเดียว",
    en="This form has been answered already; each person answers it once.",
):
    pass


class WhomToAssess(
    Refused,
    code="whom-to-assess",
    status=422,
    th="แบบติดตามผลต้องระบุผู้ที่ถูกประเมิน ส่วนแบบอื่นตอบเพื่อตนเองและไม่ต้องระบุ",
    en="An assessment names the person whom it is about; other forms are answered for oneself and name nobody.",
):
    pass


class NotOneToAssess(
    Refused,
    code="not-one-to-assess",
    status=403,
    th="ผู้ที่ท่านระบุไม่ได้อยู่ในรุ่นนี้ หรือไม่ได้อยู่ในหน่วยงานที่ท่านเป็นผู้บังคับบัญชา",
    en="Whom you named is not in this run, or not of a unit of which you are the superior.",
    guards=True,
):
    pass


class AssessesOneself(
    Refused,
    code="assesses-oneself",
    status=403,
    th="ท่านประเมินตนเองในแบบนี้ไม่ได้ ต้องให้ผู้บังคับบัญชาเป็นผู้ประเมิน",
    en="You cannot assess yourself here; your superior does.",
    guards=True,
):
    pass


class UnknownQuestion(
    Refused,
    code="unknown-question",
    status=422,
    th="แบบนี้ไม่มีคำถาม {question} กรุณาเปิดแบบล่าสุดแล้วตอบใหม่",
    en="This form has no question {question}. Please open the latest form and answer that.",
):
    """Details: question."""


class AnswerOutsideScale(
    Refused,
    code="answer-outside-scale",
    status=422,
    th="คำตอบของคำถาม {question} ไม่อยู่ในตัวเลือกหรือช่วงที่กำหนด กรุณาตรวจสอบ",
    en="The answer to {question} is outside its scale. Please check it.",
):
    """Details: question."""


class AnswerMissing(
    Refused,
    code="answer-missing",
    status=422,
    th="ยังไม่ได้ตอบคำถามที่บังคับตอบ ({question}) กรุณาตอบให้ครบก่อนส่ง",
    en="A required question ({question}) has no answer. Please answer it before sending.",
):
    """Details: question."""
