"""Refusals of walk-ins."""

from shared.errors import Refused


class UnknownWalkIn(
    Refused,
    code="unknown-walk-in",
    status=404,
    th="ไม่พบรายการผู้มาโดยไม่มีรายชื่อนี้ในการอบรมรุ่นนี้",
    en="Nobody like this was written down at the door of this run.",
):
    pass


class WalkInSettled(
    Refused,
    code="walk-in-settled",
    status=409,
    th="รายการนี้ระบุตัวผู้เข้าร่วมแล้ว หากไม่ถูกต้องโปรดแก้ไขการเข้าร่วมพร้อมระบุเหตุผล",
    en="It was said already who this was. If that is wrong, please correct the attendance and say why.",
):
    """Details: state."""
