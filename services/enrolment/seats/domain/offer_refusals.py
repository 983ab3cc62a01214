"""Refusals about offers of seats from the pool, each with a stable code, a status and its sentences.

Refused
├── NoOpenOffer  OfferOver  OfferPending  PoolSeatsLent
"""

from shared.errors import Refused


class NoOpenOffer(
    Refused,
    code="no-open-offer",
    status=409,
    th="รายการเสนอชื่อนี้ไม่มีที่นั่งที่เสนอให้และรอการตอบรับอยู่",
    en="No seat is being offered to this nomination at present.",
):
    """Details: state."""


class OfferOver(
    Refused,
    code="offer-over",
    status=409,
    th="พ้นกำหนดเวลาตอบรับที่นั่งนี้แล้ว ระบบจะเสนอที่นั่งให้ผู้ที่อยู่ในลำดับถัดไป",
    en="The time to answer this offer is over. The seat goes on to the next in line.",
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
