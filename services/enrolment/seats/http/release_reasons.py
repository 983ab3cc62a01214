"""Why a released seat went where it went: in both languages, for people who decide and for those who ask."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from services.enrolment.seats.domain.released import ReleaseWhy, Served

REASONS: Final[Mapping[ReleaseWhy, tuple[str, str]]] = {
    ReleaseWhy.OWN_LIST: (
        "ที่นั่งยังว่างในวันคืนที่นั่ง จึงเลื่อนผู้ที่อยู่ลำดับแรกในบัญชีสำรองของที่นั่งชุดเดียวกันขึ้นมาก่อน",
        "The seat was free on the day of the release, and went to the first on the waiting list of the same seats.",
    ),
    ReleaseWhy.WAITING_ORDER: (
        "ในบรรดาผู้ที่อยู่ลำดับแรกของบัญชีสำรองแต่ละบัญชี ผู้นี้ได้รับการเสนอชื่อก่อน",
        "Of those who are first on a waiting list, this one was nominated first.",
    ),
    ReleaseWhy.UNDER_SERVED: (
        "ในบรรดาผู้ที่อยู่ลำดับแรกของบัญชีสำรองแต่ละบัญชี หน่วยงานของผู้นี้มีสัดส่วนผู้ได้รับการยืนยันสิทธิ์ต่อที่นั่งในปีงบประมาณต่ำที่สุด "
        "หากเท่ากัน ผู้ที่ได้รับการเสนอชื่อก่อนได้ก่อน",
        "Of those who are first on a waiting list, this one's office has the fewest confirmed per seat in the fiscal "
        "year; where that is the same, who was nominated first.",
    ),
    ReleaseWhy.NOBODY_WAITS: (
        "ไม่มีผู้รออยู่ในบัญชีสำรอง ที่นั่งจึงอยู่ในส่วนรวมของกลุ่มเป้าหมาย",
        "Nobody was waiting, so the seat stays in the pool of the target group.",
    ),
    ReleaseWhy.BY_HAND: (
        "โครงการกำหนดให้เจ้าหน้าที่เป็นผู้จัดสรร ที่นั่งจึงอยู่ในส่วนรวมของกลุ่มเป้าหมาย",
        "The programme leaves it to officers to give the seat; until then it stays in the pool of the target group.",
    ),
}


def reason_response(why: StrEnum, words: tuple[str, str], served: Served | None) -> dict[str, Any]:
    """Also of a seat that is offered. `served`: what the office had before, for those who may count it."""
    th, en = words
    return {
        "code": why.value,
        "th": th,
        "en": en,
        "confirmed": None if served is None else served.confirmed,
        "of": None if served is None else served.seats,
    }
