"""Refusals of the checks that a programme has set to REFUSE, and of checks that there are not yet.

Refused
├── NotAWorkingDay  OnAHoliday   calendar
├── VenueTaken                   venue
└── CheckNeedsCertificates  CheckNeedsAttendance
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
    th="หากย้ายรุ่นที่ {cohort} ไปเวลานี้ จะมีผู้ที่อยู่ในรุ่นนี้ซึ่งมีรายการในรุ่นอื่นในเวลาเดียวกัน "
    "โปรดตรวจรายชื่อด้วย POST …/preview แล้วเลือกเวลาอื่น หรือให้บุคคลเหล่านั้นถอนรายการหนึ่งก่อน",
    en="If run {cohort} is moved there, people in it are in another run at the same time. See who with POST …/preview; "
    "choose another time, or let them withdraw from one of the two.",
):
    """Details: cohort."""


class CheckNeedsCertificates(
    Refused,
    code="check-needs-certificates",
    status=422,
    th="การตรวจ {check} ใช้ได้เมื่อระบบออกวุฒิบัตรได้แล้วเท่านั้น ขณะนี้ยังไม่มี โปรดกำหนดเป็น OFF",
    en="The check {check} works from when certificates are issued here, which they are not yet. Please set it to OFF.",
):
    """Details: check."""


class CheckNeedsAttendance(
    Refused,
    code="check-needs-attendance",
    status=422,
    th="การตรวจ {check} ใช้ได้เมื่อระบบบันทึกการเข้าร่วมได้แล้วเท่านั้น ขณะนี้ยังไม่มี โปรดกำหนดเป็น OFF",
    en="The check {check} works from when attendance is recorded here, which it is not yet. Please set it to OFF.",
):
    """Details: check."""
