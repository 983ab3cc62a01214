"""Refusals of the checks that a programme has set to REFUSE, and of what it says of its checks.

Refused
├── NotAWorkingDay  OnAHoliday   calendar
├── VenueTaken                   venue
└── NoPrerequisites  OwnPrerequisite  UnknownCourse
"""

from shared.errors import Refused


class NotAWorkingDay(
    Refused,
    code="not-a-working-day",
    status=422,
    th="วันที่ {date} เป็นวันหยุดสุดสัปดาห์ และโครงการนี้กำหนดให้จัดเฉพาะวันทำการ โปรดเลือกวันทำการ",
    en="{date} is a Saturday or a Sunday, and this programme takes place on working days only. Please choose one.",
):
    """Details: date, cohort."""


class OnAHoliday(
    Refused,
    code="on-a-holiday",
    status=422,
    th="วันที่ {date} เป็นวันหยุดราชการ ({holiday}) และโครงการนี้กำหนดให้จัดเฉพาะวันทำการ โปรดเลือกวันทำการ",
    en="{date} is a government holiday ({holiday}), and this programme takes place on working days only. "
    "Please choose one.",
):
    """Details: date, holiday, cohort."""


class VenueTaken(
    Refused,
    code="venue-taken",
    status=409,
    th="สถานที่นี้มีกำหนดการอื่นในเวลาเดียวกัน ({by}) โปรดเปลี่ยนสถานที่หรือเวลา",
    en="Another run takes place there at the same time ({by}). Please choose another place or time.",
):
    """Details: run, by (its title), cohort."""


class PeopleClash(
    Refused,
    code="people-clash",
    status=409,
    th="หากจัดรุ่นที่ {cohort} ในเวลานี้ จะมีผู้ที่อยู่หรือจะย้ายเข้ารุ่นนี้ซึ่งมีรายการในรุ่นอื่นในเวลาเดียวกัน "
    "โปรดตรวจรายชื่อด้วย POST …/preview แล้วเลือกเวลาอื่น หรือให้บุคคลเหล่านั้นถอนรายการหนึ่งก่อน",
    en="People who are in run {cohort}, or would come to it, are in another run at that time. POST …/preview with it "
    "says who; choose another time, or let them withdraw from one of the two.",
):
    """Details: cohort."""


class NoPrerequisites(
    Refused,
    code="no-prerequisites",
    status=422,
    th="การตรวจ prerequisite ต้องระบุใน prerequisites ว่าต้องมีวุฒิบัตรของหลักสูตรใด โปรดระบุรหัสหลักสูตร หรือกำหนดการตรวจเป็น OFF",
    en="The check prerequisite needs to know of which courses people must have a certificate. Name them in "
    "prerequisites, or set the check to OFF.",
):
    pass


class OwnPrerequisite(
    Refused,
    code="own-prerequisite",
    status=422,
    th="หลักสูตร {course} ต้องมีวุฒิบัตรของหลักสูตรนี้เองก่อนไม่ได้ เพราะจะไม่มีผู้ใดเข้าร่วมเป็นครั้งแรกได้ โปรดระบุหลักสูตรอื่น",
    en="The course {course} cannot need its own certificate: nobody could attend it for the first time. "
    "Please name another course.",
):
    """Details: course."""


class UnknownCourse(
    Refused,
    code="unknown-course",
    status=422,
    th="ไม่มีโครงการใดจัดหลักสูตร {course} โปรดตรวจรหัส เพราะหากรหัสผิดจะไม่มีผู้ใดผ่านการตรวจ",
    en="No programme teaches the course {course}. Please check the code: with a wrong one nobody would pass the check.",
):
    """Details: course."""
