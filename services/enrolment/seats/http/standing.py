"""Where somebody stands, in words: each reason has a stable name and its sentences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from typing_extensions import TypedDict

from services.enrolment.seats.domain.model import WaitsFor
from services.enrolment.seats.domain.offer_reasons import OfferWhy
from services.enrolment.seats.domain.standing import AtPool, InUnit, Standing
from services.enrolment.seats.http.release_reasons import reason_response
from shared.events.seats import NominationState

UNIT: Final[Mapping[InUnit, tuple[str, str]]] = {
    InUnit.HAS_SEAT: ("ได้รับการยืนยันสิทธิ์แล้ว", "Has a seat."),
    InUnit.ENDED: ("การเสนอชื่อนี้สิ้นสุดแล้ว", "This nomination has ended."),
    InUnit.WAITS_FOR_APPROVAL: (
        "อยู่ระหว่างรอการอนุมัติ ผู้ที่ยังไม่ได้รับอนุมัติจะไม่ได้รับการเลื่อนลำดับ",
        "Waits for an approval; nobody moves up without one.",
    ),
    InUnit.WAITS_FOR_ANSWER: (
        "ได้รับการเสนอที่นั่งจากส่วนรวมแล้ว และรอการตอบรับ",
        "Is being offered a seat of the pool, which waits for an answer.",
    ),
    InUnit.NOBODY_MOVES_UP: (
        "การอบรมเริ่มแล้วหรือสิ้นสุดแล้ว จึงไม่มีการเลื่อนบัญชีสำรองอีก",
        "The run has begun or is over: nobody moves up any more.",
    ),
    InUnit.RESERVE: (
        "เป็นตัวสำรองของหน่วยงาน จะได้รับการเลื่อนเมื่อมีผู้สละสิทธิ์ แม้หน่วยงานยังมีที่นั่งว่างสำหรับตัวจริง",
        "Is a reserve of the unit and moves up when somebody leaves, though there are free seats for others.",
    ),
    InUnit.MOVING_UP: (
        "หน่วยงานได้รับที่นั่งเพิ่ม และระบบกำลังเลื่อนบัญชีสำรองตามลำดับ",
        "The unit has more seats now, and its waiting list is moving up.",
    ),
    InUnit.NO_FREE_SEAT: ("ไม่มีที่นั่งว่างของหน่วยงาน", "The unit has no free seat."),
    InUnit.IN_LINE: ("อยู่ในบัญชีสำรองของหน่วยงาน", "Is on the waiting list of the unit."),
}
POOL: Final[Mapping[AtPool, tuple[str, str]]] = {
    AtPool.NOT_USED: (
        "โครงการนี้ไม่เสนอที่นั่งของส่วนรวมให้ผู้ที่อยู่ในบัญชีสำรองของหน่วยงาน",
        "Seats of the pool are not offered here to people on the waiting list of a unit.",
    ),
    AtPool.NO_FREE_SEAT: ("ไม่มีที่นั่งว่างของส่วนรวม", "The pool has no free seat."),
    AtPool.OWN_SEAT_FIRST: (
        "หน่วยงานยังมีที่นั่งของตนเอง จึงยังไม่เสนอที่นั่งของส่วนรวม",
        "The unit has seats of its own, so none of the pool is offered.",
    ),
    AtPool.OTHERS_FIRST: (
        "มีผู้ที่อยู่ในลำดับก่อนหน้ารอที่นั่งของส่วนรวม",
        "Others come before in the line for seats of the pool.",
    ),
    AtPool.UNDER_SERVED_FIRST: (
        "ที่นั่งว่างของส่วนรวมเสนอให้ผู้ที่อยู่ลำดับแรกของหน่วยงานซึ่งมีสัดส่วนผู้ได้รับการยืนยันสิทธิ์ต่อที่นั่งในปีงบประมาณต่ำที่สุดก่อน "
        "ส่วนผู้ที่เคยปฏิเสธหรือไม่ตอบรับจะได้รับการเสนอเป็นลำดับสุดท้าย",
        "Free seats of the pool go to the first in line of the unit whose office has the fewest confirmed per seat in "
        "the fiscal year; who has declined one, or not answered, comes last.",
    ),
    AtPool.ABOUT_TO_BE_OFFERED: (
        "ถึงลำดับแล้ว ระบบกำลังเสนอที่นั่งของส่วนรวมให้",
        "Is next in line: a seat of the pool is about to be offered.",
    ),
    AtPool.IN_LINE: (
        "ที่นั่งว่างของส่วนรวมจะเสนอให้ตามลำดับ",
        "Free seats of the pool are offered in the order of the line.",
    ),
}


OFFER: Final[Mapping[OfferWhy, tuple[str, str]]] = {
    OfferWhy.WAITED_LONGEST: (
        "ในบรรดาผู้ที่รอที่นั่งของหน่วยงานทั้งหมดในกลุ่มเป้าหมาย ผู้นี้รอมานานที่สุด",
        "Of all who wait for a seat of their unit in the target group, this one has waited the longest.",
    ),
    OfferWhy.PRIMARY_FIRST: (
        "ในบรรดาผู้ที่รอที่นั่งของหน่วยงานทั้งหมดในกลุ่มเป้าหมาย ตัวจริงได้ก่อนตัวสำรอง และในลำดับเดียวกันผู้นี้รอมานานที่สุด",
        "Of all who wait for a seat of their unit in the target group, reserves come last, and this one has waited the "
        "longest.",
    ),
    OfferWhy.UNDER_SERVED: (
        "ในบรรดาผู้ที่อยู่ลำดับแรกของบัญชีสำรองแต่ละหน่วยงาน หน่วยงานของผู้นี้มีสัดส่วนผู้ได้รับการยืนยันสิทธิ์ต่อที่นั่งในปีงบประมาณต่ำที่สุด "
        "หากเท่ากัน ผู้ที่รอมานานกว่าได้ก่อน",
        "Of those who are first on the waiting list of a unit, this one's office has the fewest confirmed per seat in "
        "the fiscal year; where that is the same, who has waited longer.",
    ),
}


class StandingReason(TypedDict):
    """`place` in the line, 1 for the first; null for whom it is not told."""

    code: str
    th: str
    en: str
    place: int | None


class OfferedBecause(TypedDict):
    """`confirmed` of `of` seats is what the office had in the fiscal year before it, those counted who were being
    offered a seat, where that was the reason and others waited, too."""

    code: str
    th: str
    en: str
    confirmed: int | None
    of: int | None


class StandingAnswer(TypedDict):
    """`unit`: what stands before a seat of the own unit; `pool`: before one of the pool (null: nobody waits). `offer`:
    why this one was offered a seat of the pool."""

    nomination: str
    state: NominationState
    waitsFor: WaitsFor | None
    offeredUntil: datetime | None
    unit: StandingReason
    pool: StandingReason | None
    offer: OfferedBecause | None


def standing_response(standing: Standing) -> dict[str, Any]:
    nomination = standing.nomination
    pool, offer = standing.pool, standing.offer
    return {
        "nomination": nomination.id,
        "state": nomination.state.value,
        "waitsFor": nomination.waits_for,
        "offeredUntil": nomination.offered_until,
        "unit": _reason(standing.unit.value, UNIT[standing.unit], standing.ahead),
        "pool": None if pool is None else _reason(pool.value, POOL[pool], standing.ahead_at_pool),
        "offer": None if offer is None else reason_response(offer.why, OFFER[offer.why], offer.served),
    }


def _reason(code: str, words: tuple[str, str], ahead: int | None) -> dict[str, Any]:
    return {"code": code, "th": words[0], "en": words[1], "place": None if ahead is None else ahead + 1}
