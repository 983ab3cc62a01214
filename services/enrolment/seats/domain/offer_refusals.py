"""Refusals about offers of seats from the pool, each with a stable code, a status and its sentences.

Refused
├── NoOpenOffer  OfferAccepted  OfferGivenUp  OfferOver  OfferPending  PoolSeatsLent
"""

from shared.errors import Refused


class NoOpenOffer(
    Refused,
    code="no-open-offer",
    status=409,
    th="รายการเสนอชื่อนี้ไม่มีที่นั่งที่เสนอให้และรอการตอบรับอยู่ (สถานะ {state}) "
    "ผู้ที่อยู่ในบัญชีสำรองจะได้รับแจ้งเมื่อมีที่นั่งเสนอให้ ส่วนที่นั่งที่ยืนยันสิทธิ์แล้ว หากไม่ต้องการ "
    "โปรดถอนรายการ",
    en="No seat is being offered to this nomination at present (state: {state}). Who is on the waiting list is "
    "told when a seat is offered; a confirmed seat that is not wanted is given back by withdrawing.",
):
    """Details: state."""


class OfferAccepted(
    Refused,
    code="offer-accepted",
    status=409,
    th="ท่านได้รับการยืนยันสิทธิ์แล้ว จึงปฏิเสธที่นั่งด้วยลิงก์นี้ไม่ได้อีก หากไม่สามารถเข้ารับการอบรมได้ โปรดแจ้งสละสิทธิ์ผ่านระบบหรือผ่านหน่วยงานต้นสังกัด",
    en="The seat is yours already, so it cannot be declined by this link any more. If you cannot come, please withdraw "
    "in the system, or ask your office to do so.",
):
    """By the link: who asks is whom the seat was offered to."""


class OfferGivenUp(
    Refused,
    code="offer-given-up",
    status=409,
    th="ที่นั่งนี้มีการปฏิเสธหรือถอนรายการไปแล้ว ระบบจะเสนอที่นั่งให้ผู้ที่อยู่ในลำดับถัดไป หากท่านยังอยู่ในบัญชีสำรอง "
    "ระบบจะแจ้งเมื่อมีที่นั่ง หากไม่อยู่แล้ว หน่วยงานต้นสังกัดเสนอชื่อท่านใหม่ได้",
    en="This seat was declined, or the nomination was withdrawn, so the seat goes on to the next in line. If you are "
    "still on the waiting list, you are told when there is a seat; otherwise your office can nominate you anew.",
):
    """By the link, while the offer would still be open."""


class OfferOver(
    Refused,
    code="offer-over",
    status=409,
    th="ที่นั่งนี้ไม่ได้รอการตอบรับแล้ว เพราะพ้นกำหนดเวลาตอบรับ ระบบจะเสนอที่นั่งให้ผู้ที่อยู่ในลำดับถัดไป "
    "หากมีที่นั่งเสนอให้อีก โปรดตอบตามข้อความฉบับนั้น",
    en="The time to answer this offer is over. The seat goes on to the next in line; if another is offered, please "
    "answer by the message of that one.",
):
    pass


class OfferPending(
    Refused,
    code="offer-pending",
    status=409,
    th="ผู้ได้รับการเสนอชื่อรายนี้กำลังพิจารณาที่นั่งที่ได้รับการเสนอ โปรดรอการตอบรับ หรือปฏิเสธที่นั่งนั้นก่อน",
    en="This person is being offered a seat. Please wait for the answer, or decline the offer first.",
):
    """Details: state."""


class PoolSeatsLent(
    Refused,
    code="pool-seats-lent",
    status=409,
    th="ที่นั่งของส่วนรวมในรุ่นนี้กำลังเสนอให้ผู้ที่รอที่นั่งของหน่วยงาน {unit} จึงยังแยกหรือรวมรุ่นไม่ได้ "
    "โปรดดำเนินการอีกครั้งเมื่อผู้ได้รับการเสนอตอบรับหรือปฏิเสธแล้ว",
    en="A seat of the pool of this run is being offered to somebody of {unit}, so it cannot be split or merged now. "
    "Please try again when the offer is answered.",
):
    """Details: unit, offered (0: the seat is on its way back to the pool)."""
