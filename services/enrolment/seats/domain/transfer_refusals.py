"""Refusals about nominations of people who have moved to another office."""

from shared.errors import Refused


class SeatOfOtherOffice(
    Refused,
    code="seat-of-other-office",
    status=403,
    th="บุคคลนี้ย้ายมาสังกัดหน่วยงานของท่าน แต่ที่นั่งเป็นของหน่วยงาน {unit} ท่านถอนรายชื่อได้ ส่วนการอนุมัติและการเปลี่ยนตัวเป็นของหน่วยงานนั้น",
    en="This person has moved to your office, but the seat belongs to {unit}. You can withdraw the nomination; "
    "approving it and giving the seat to another person is for that office.",
    guards=True,
):
    """Details: unit."""


class MoveNotAsked(
    Refused,
    code="move-not-asked",
    status=409,
    th="รายการเสนอชื่อนี้ไม่มีการย้ายสังกัดที่รอผู้จัดพิจารณา หากไม่ต้องการรายการนี้แล้ว โปรดถอนรายการตามปกติ",
    en="No move of this person waits for the organiser's decision. "
    "If the nomination is no longer wanted, please withdraw it.",
):
    """It did not move, has come back, was decided on, or the programme lets such nominations stay."""
