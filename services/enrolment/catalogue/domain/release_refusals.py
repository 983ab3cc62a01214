"""Refusals about the release of seats.

Refused
└── ReleaseTooLate
"""

from shared.errors import Refused


class ReleaseTooLate(
    Refused,
    code="release-too-late",
    status=422,
    th="วันคืนที่นั่งของรุ่นที่ {cohort} คือวันที่ {day} ซึ่งไม่ก่อนวันเริ่มต้นของรุ่น "
    "(หากตรงกับวันหยุดราชการ ให้นับวันทำการถัดไป) กรุณากำหนดวันให้เร็วขึ้น",
    en="Unclaimed seats of run {cohort} would be released on {day}, which is not before the day on which it begins "
    "(a day off counts as the next working day). Please choose an earlier day.",
):
    """Details: cohort, day."""
