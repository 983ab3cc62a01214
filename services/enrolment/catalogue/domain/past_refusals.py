"""Refusals of times that have passed by the clock of the run.

Refused
└── StartsInPast  EndsInPast  IntakeOver
"""

from shared.errors import Refused


class StartsInPast(
    Refused,
    code="starts-in-past",
    status=422,
    th="รุ่นที่ {cohort} เริ่มต้นในอดีต กรุณาตรวจสอบวันและปี แล้วกำหนดวันเริ่มต้นที่ยังมาไม่ถึง",
    en="Run {cohort} starts in the past. Please check day and year, and choose a start that is still to come.",
):
    """Details: cohort."""


class EndsInPast(
    Refused,
    code="ends-in-past",
    status=422,
    th="รุ่นที่ {cohort} จะสิ้นสุดในอดีตและเปลี่ยนแปลงอีกไม่ได้ กรุณากำหนดเวลาสิ้นสุดที่ยังมาไม่ถึง",
    en="Run {cohort} would have ended already, and nothing of it could be changed any more. "
    "Please choose an end that is still to come.",
):
    """Details: cohort."""


class IntakeOver(
    Refused,
    code="intake-over",
    status=422,
    th="วันปิดรับการเสนอชื่อของรุ่นที่ {cohort} ผ่านไปแล้ว กรุณากำหนดวันปิดรับใหม่ที่ยังมาไม่ถึง หรือสั่งปิดโครงการหากต้องการปิดรับทันที",
    en="Nominations for run {cohort} would have closed already. Please choose a time that is still to come; "
    "to take no more of them from now on, close the programme.",
):
    """Details: cohort."""
