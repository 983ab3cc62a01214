"""Refusals about runs that are split, or become one.

Refused
└── RunNotOpened  OtherProgramme  SameRun  ClocksDiffer  TooManySeats  NobodyToMove
"""

from shared.errors import Refused


class RunNotOpened(
    Refused,
    code="run-not-opened",
    status=409,
    th="แบ่งหรือรวมได้เฉพาะรุ่นที่ประกาศแล้ว รุ่นที่ยังไม่ประกาศโปรดแก้ไขในร่างโครงการ",
    en="Only runs that were published are split or merged. Before that, change the programme instead.",
):
    pass


class OtherProgramme(
    Refused,
    code="other-programme",
    status=422,
    th="รวมได้เฉพาะรุ่นของโครงการเดียวกัน",
    en="Only two runs of the same programme become one.",
):
    pass


class SameRun(
    Refused,
    code="same-run",
    status=422,
    th="โปรดระบุรุ่นอื่นที่จะรวมเข้าด้วย",
    en="A run is merged into another one. Please name that.",
):
    pass


class ClocksDiffer(
    Refused,
    code="clocks-differ",
    status=409,
    th="เวลาจำลองของทั้งสองรุ่นไม่ตรงกัน จึงรวมกันไม่ได้",
    en="The clocks of the two runs differ, so they cannot become one.",
):
    pass


class TooManySeats(
    Refused,
    code="too-many-seats",
    status=409,
    th="ต้องใช้ถึง {seats} ที่นั่ง แต่รุ่นที่รับย้ายจุได้ {capacity} ที่ โปรดเพิ่มความจุหรือเลือกสถานที่ที่ใหญ่กว่า",
    en="Up to {seats} seats are needed, and the run that takes them has room for {capacity}. "
    "Raise its capacity, or choose a larger venue.",
):
    """Details: seats, capacity."""


class NobodyToMove(
    Refused,
    code="nobody-to-move",
    status=422,
    th="โปรดระบุ {field} ของผู้ที่จะย้ายไปรุ่นใหม่",
    en="Please say who goes to the new run: {field}.",
):
    """Details: field."""
