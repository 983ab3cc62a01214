"""Refusals of sheets on which people have signed."""

from services.enrolment.directory import ColumnsMissing
from shared.errors import Refused


class CheckInColumnsMissing(
    ColumnsMissing,
    code="check-in-columns-missing",
    status=422,
    th="ไม่พบคอลัมน์ที่ระบุตัวผู้เข้าร่วม ({listed}) แถวที่ใกล้เคียงหัวตารางที่สุดคือ “{read}”",
    en="No column says who somebody is ({listed}). The row that comes nearest to a header is “{read}”.",
):
    """Details: columns, listed, read."""


class PresenceUnknown(
    Refused,
    code="presence-unknown",
    status=422,
    th="ไม่รู้จักการเข้าร่วม “{text}” โปรดใช้ เข้าร่วม หรือ ลา",
    en="“{text}” says neither that somebody came nor that somebody is excused.",
):
    """Details: text."""


class TimeUnreadable(
    Refused,
    code="time-unreadable",
    status=422,
    th="อ่านเวลา “{text}” ไม่ได้ โปรดเขียนเป็นชั่วโมงและนาที เช่น 08:55",
    en="“{text}” is no time. Please write hours and minutes, as 08:55.",
):
    """Details: text."""


class UnknownExternalId(
    Refused,
    code="unknown-external-id",
    status=422,
    th="ไม่พบบุคลากรที่มีรหัส “{text}”",
    en="Nobody has the id “{text}”.",
):
    """Details: text."""
