"""Refusals of the checks that a programme has set to REFUSE.

Refused
├── Clash  ClashEnclosed  Repeated     details: run, to those who may see the nomination there; Repeated also: years
├── PrerequisiteMissing                details: courses
└── HoursReached                       details: year
"""

from shared.errors import Refused


class Clash(
    Refused,
    code="clash",
    status=409,
    th="บุคคลนี้มีรายการในรุ่นอื่นซึ่งจัดในเวลาเดียวกัน และโครงการนี้ไม่รับผู้ที่มีกำหนดการซ้อนกัน โปรดถอนรายการนั้นก่อนหรือเสนอชื่อผู้อื่น",
    en="This person is nominated for another run with sessions at the same time, which this programme does not accept. "
    "Withdraw that nomination first, or nominate somebody else.",
):
    pass


class ClashEnclosed(
    Refused,
    code="clash-enclosed",
    status=409,
    th="บุคคลนี้มีรายการในรุ่นอื่นซึ่งช่วงเวลาของรุ่นหนึ่งอยู่ภายในอีกรุ่นหนึ่ง และโครงการนี้ไม่รับผู้ที่มีกำหนดการซ้อนกัน "
    "โปรดถอนรายการนั้นก่อนหรือเสนอชื่อผู้อื่น",
    en="This person is nominated for another run, and one of the two takes place while the other lasts, which this "
    "programme does not accept. Withdraw that nomination first, or nominate somebody else.",
):
    """No sessions coincide, but who attends a course of a week is not free in its breaks."""


class Repeated(
    Refused,
    code="repeated",
    status=409,
    th="บุคคลนี้ได้รับสิทธิ์เข้าร่วมหลักสูตรนี้แล้วภายในระยะเวลา {years} ปี และโครงการนี้ไม่รับผู้ที่เข้าร่วมซ้ำ โปรดเสนอชื่อผู้อื่น",
    en="This person has a seat in this course within {years} years already, and this programme accepts nobody twice. "
    "Please nominate somebody else.",
):
    pass


class PrerequisiteMissing(
    Refused,
    code="prerequisite-missing",
    status=409,
    th="โครงการนี้รับเฉพาะผู้มีวุฒิบัตรของหลักสูตร {courses} และบุคคลนี้ยังมีไม่ครบ โปรดเสนอชื่อผู้อื่น",
    en="This programme needs certificates of {courses}, and this person does not have all of them. "
    "Please nominate somebody else.",
):
    pass


class HoursReached(
    Refused,
    code="hours-reached",
    status=409,
    th="บุคคลนี้ได้รับการพัฒนาครบตามเป้าหมายของปีงบประมาณ พ.ศ. {year} แล้ว และโครงการนี้รับเฉพาะผู้ที่ยังไม่ครบ โปรดเสนอชื่อผู้อื่น",
    en="This person has reached the training target of fiscal year {year} already, and this programme is for those who "
    "have not. Please nominate somebody else.",
):
    pass
