"""Refusals about the question bank, forms and the forms of a run, each with a stable code, a status and its sentences.

Refused
├── questions: ChoicesNeeded  ChoiceTwice  RangeNeeded  NotOfThisKind
└── forms: QuestionNotInBank  QuestionTwice  NothingMeasured  TooManyTexts  UnknownFormVersion  FormOfOtherKind
    of a run: UnknownForm  FormInUse  WindowBackwards
"""

from shared.errors import Refused


class ChoicesNeeded(
    Refused,
    code="choices-needed",
    status=422,
    th="คำถามแบบเลือกตอบต้องมีตัวเลือกอย่างน้อยสองตัวเลือก กรุณาเพิ่มตัวเลือก",
    en="A question with choices needs two of them or more. Please add some.",
):
    """Details: question."""


class ChoiceTwice(
    Refused,
    code="choice-twice",
    status=422,
    th="ตัวเลือก {choice} ปรากฏซ้ำในคำถามเดียวกัน กรุณาใช้รหัสที่ไม่ซ้ำกัน",
    en="The choice {choice} stands there twice. Please give each choice a key of its own.",
):
    """Details: choice."""


class RangeNeeded(
    Refused,
    code="range-needed",
    status=422,
    th="คำถามแบบตัวเลขต้องกำหนดค่าต่ำสุดและค่าสูงสุด โดยค่าต่ำสุดต้องน้อยกว่าค่าสูงสุด",
    en="A question for a number needs a least and a most value, the least below the most.",
):
    """Details: question."""


class NotOfThisKind(
    Refused,
    code="not-of-this-kind",
    status=422,
    th="ตัวเลือกใช้กับคำถามแบบเลือกตอบเท่านั้น และค่าต่ำสุดกับค่าสูงสุดใช้กับคำถามแบบตัวเลขเท่านั้น",
    en="Choices belong to a question with choices alone, least and most to a question for a number alone.",
):
    """Details: question."""


class QuestionNotInBank(
    Refused,
    code="question-not-in-bank",
    status=422,
    th="ไม่พบคำถาม {question} ในคลังคำถาม กรุณาเพิ่มคำถามลงในคลังก่อน",
    en="The question bank has no question {question}. Please add it to the bank first.",
):
    """Details: question."""


class QuestionTwice(
    Refused,
    code="question-twice",
    status=422,
    th="คำถาม {question} ปรากฏซ้ำในแบบเดียวกัน กรุณาระบุเพียงครั้งเดียว",
    en="The question {question} stands in the form twice. Please name it once.",
):
    """Details: question."""


class NothingMeasured(
    Refused,
    code="nothing-measured",
    status=422,
    th="แบบต้องมีคำถามหลักที่ใช้วัดผลหนึ่งข้อ ซึ่งเป็นคำถามห้าระดับหรือตัวเลข และต้องเป็นข้อที่บังคับตอบ",
    en="A form needs one question by which it measures: of five levels or a number, and required.",
):
    """Details: question."""


class TooManyTexts(
    Refused,
    code="too-many-texts",
    status=422,
    th="แบบหนึ่งมีคำถามปลายเปิดได้ไม่เกิน {limit} ข้อ",
    en="A form has at most {limit} questions that are answered with a text.",
):
    """Details: limit."""


class UnknownFormVersion(
    Refused,
    code="unknown-form-version",
    status=422,
    th="ไม่พบแบบหรือรุ่นของแบบที่ระบุ กรุณาเลือกจากรายการแบบที่มีอยู่",
    en="There is no such form, or no such version of it. Please choose one of the list.",
):
    """Details: form."""


class FormOfOtherKind(
    Refused,
    code="form-of-other-kind",
    status=422,
    th="แบบที่เลือกเป็นคนละประเภทกับที่รุ่นนี้ใช้ กรุณาเลือกแบบประเภท {form}",
    en="The chosen form is of another kind. Please choose one of the kind {form}.",
):
    """Details: form."""


class UnknownForm(
    Refused,
    code="unknown-form",
    status=404,
    th="รุ่นนี้ไม่มีแบบประเมินหรือแบบทดสอบประเภทนี้",
    en="This run has no such form.",
):
    """Details: form."""


class FormInUse(
    Refused,
    code="form-in-use",
    status=409,
    th="มีผู้ตอบแบบนี้แล้ว หรือแบบปิดรับคำตอบแล้ว จึงเปลี่ยนคำถามไม่ได้",
    en="This form has been answered or is closed, so its questions cannot be replaced any more.",
):
    """Details: form."""


class WindowBackwards(
    Refused,
    code="window-backwards",
    status=422,
    th="เวลาปิดรับคำตอบต้องอยู่หลังเวลาเปิด กรุณาตรวจสอบ",
    en="A form must close after it opens. Please check the times.",
):
    """Details: form."""
