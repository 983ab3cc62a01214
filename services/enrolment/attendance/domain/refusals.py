"""Refusals of attendance, each with a stable code, a status and its sentences.

Refused
├── of sessions: UnknownSession  SessionAhead  SessionNotOver  OutsideSession  CheckInAhead  RunNotHeld
├── of people: UnknownAttendee  NoSeatInRun  SeatWithdrawn  AlreadyPresent
└── of corrections: MinutesAboveSession  MinutesWithoutPresence
"""

from shared.errors import Refused


class UnknownSession(
    Refused,
    code="unknown-session",
    status=404,
    th="การอบรมรุ่นนี้ไม่มีช่วงการอบรมลำดับที่ {session}",
    en="This run has no session {session}.",
):
    """Details: session."""


class SessionAhead(
    Refused,
    code="session-ahead",
    status=409,
    th="ช่วงการอบรมลำดับที่ {session} ยังไม่เริ่ม จึงยังแก้ไขการเข้าร่วมไม่ได้",
    en="Session {session} has not begun, so there is no attendance to correct yet.",
):
    """Details: session."""


class SessionNotOver(
    Refused,
    code="session-not-over",
    status=409,
    th="ช่วงการอบรมลำดับที่ {session} ยังไม่สิ้นสุด จึงยังปิดการลงทะเบียนไม่ได้",
    en="Session {session} is not over, so it cannot be closed yet.",
):
    """Details: session."""


class OutsideSession(
    Refused,
    code="outside-session",
    status=409,
    th="เวลาที่ลงทะเบียนอยู่นอกช่วงการอบรมลำดับที่ {session} โปรดตรวจสอบเวลาและลำดับของช่วงการอบรม",
    en="This time is not one of session {session}. Please check the time and the session.",
):
    """Details: session."""


class CheckInAhead(
    Refused,
    code="check-in-ahead",
    status=422,
    th="เวลาที่ลงทะเบียนยังมาไม่ถึง โปรดตรวจสอบนาฬิกาของอุปกรณ์",
    en="This time is still to come. Please check the clock of the device.",
):
    pass


class RunNotHeld(
    Refused,
    code="run-not-held",
    status=409,
    th="การอบรมรุ่นนี้ถูกยกเลิก จึงไม่มีการลงทะเบียนเข้าร่วม",
    en="This run does not take place, so nobody is recorded.",
):
    pass


class UnknownAttendee(
    Refused,
    code="unknown-attendee",
    status=404,
    th="ไม่พบผู้มีสิทธิ์เข้าอบรมรายนี้ในการอบรมรุ่นนี้",
    en="Nobody of this run is meant by this.",
):
    pass


class NoSeatInRun(
    Refused,
    code="no-seat-in-run",
    status=409,
    th="ผู้นี้ยังไม่ได้รับการยืนยันที่นั่งในการอบรมรุ่นนี้",
    en="This person has no confirmed seat in this run.",
):
    pass


class SeatWithdrawn(
    Refused,
    code="seat-withdrawn",
    status=409,
    th="ผู้นี้ถอนชื่อหรือสละสิทธิ์จากการอบรมรุ่นนี้แล้ว",
    en="This person has withdrawn from this run.",
):
    pass


class AlreadyPresent(
    Refused,
    code="already-present",
    status=409,
    th="ผู้นี้ลงทะเบียนเข้าร่วมแล้ว หากไม่ถูกต้องโปรดใช้การแก้ไขพร้อมระบุเหตุผล",
    en="This person was seen in the session. If that is wrong, please correct it and say why.",
):
    pass


class MinutesAboveSession(
    Refused,
    code="minutes-above-session",
    status=422,
    th="ช่วงการอบรมลำดับที่ {session} มีเวลา {minutes:,} นาที จึงบันทึกเกินกว่านั้นไม่ได้",
    en="Session {session} has {minutes:,} minutes, and nobody can have more.",
):
    """Details: session, minutes."""


class MinutesWithoutPresence(
    Refused,
    code="minutes-without-presence",
    status=422,
    th="ผู้ที่ขาดหรือลาไม่มีเวลาเข้าร่วม โปรดระบุเป็น 0 นาทีหรือแก้ไขเป็นเข้าร่วม",
    en="Whoever was absent or excused has no minutes. Please give none, or say that the person was there.",
):
    pass
