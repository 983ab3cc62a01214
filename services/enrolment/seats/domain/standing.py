"""Why somebody has no seat yet: what stands before, in the own unit and at the pool. Pure.

What is said of a line never tells more than the counts that the reader may know: whoever may not know those of the unit
or of the pool is told only that there is a line.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.enrolment.catalogue import OfferedRun, PoolOrder
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.offer_reasons import OfferReason
from services.enrolment.seats.domain.phases import ALLOWED, Phase
from services.enrolment.seats.domain.transitions import CONFIRMED, OFFERED, SUBMITTED, WAITLISTED, Action
from shared.events.seats import Rank


class InUnit(StrEnum):
    HAS_SEAT = "HAS_SEAT"
    ENDED = "ENDED"
    WAITS_FOR_APPROVAL = "WAITS_FOR_APPROVAL"
    WAITS_FOR_ANSWER = "WAITS_FOR_ANSWER"
    NOBODY_MOVES_UP = "NOBODY_MOVES_UP"
    RESERVE = "RESERVE"
    MOVING_UP = "MOVING_UP"
    NO_FREE_SEAT = "NO_FREE_SEAT"
    IN_LINE = "IN_LINE"


class AtPool(StrEnum):
    NOT_USED = "NOT_USED"
    NO_FREE_SEAT = "NO_FREE_SEAT"
    OWN_SEAT_FIRST = "OWN_SEAT_FIRST"
    OTHERS_FIRST = "OTHERS_FIRST"
    UNDER_SERVED_FIRST = "UNDER_SERVED_FIRST"
    ABOUT_TO_BE_OFFERED = "ABOUT_TO_BE_OFFERED"
    IN_LINE = "IN_LINE"


@dataclass(frozen=True, slots=True)
class Standing:
    """`ahead` are those who come before in the own unit, `ahead_at_pool` those of all units; None where nobody waits or
    where the reader may not know, or no line tells who is next. `offer`: why this one is offered a seat, or was and has
    accepted it; the numbers in it are told to who may count the unit."""

    nomination: Nomination
    unit: InUnit
    pool: AtPool | None = None
    ahead: int | None = None
    ahead_at_pool: int | None = None
    offer: OfferReason | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What is known of the lines that somebody waits in. `pool` None: there is none, or no seats in it."""

    bucket: Bucket
    pool: Bucket | None
    ahead: int
    ahead_at_pool: int


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the reader may know how many compete in the unit and at the pool."""

    unit: bool
    pool: bool


def standing(run: OfferedRun, phase: Phase, nomination: Nomination, lines: Lines, told: Told) -> Standing:
    if nomination.state is not WAITLISTED:
        return Standing(nomination, _settled(nomination), offer=_offer(nomination, told))
    if Action.PROMOTE not in ALLOWED[phase]:
        return Standing(nomination, InUnit.NOBODY_MOVES_UP)
    return Standing(
        nomination,
        _in_unit(nomination, lines.bucket) if told.unit else InUnit.IN_LINE,
        _at_pool(run, nomination, lines, told),
        lines.ahead if told.unit else None,
        lines.ahead_at_pool if told.pool and nomination.pool is not None and not _by_share(run) else None,
    )


def _by_share(run: OfferedRun) -> bool:
    return run.waiting_lists.order is PoolOrder.UNDER_SERVED_FIRST


def _offer(nomination: Nomination, told: Told) -> OfferReason | None:
    because = nomination.offered_because
    if because is None or nomination.state not in (OFFERED, CONFIRMED):
        return None
    return because if told.unit else replace(because, served=None)


def _settled(nomination: Nomination) -> InUnit:
    by_state = {
        CONFIRMED: InUnit.HAS_SEAT,
        SUBMITTED: InUnit.WAITS_FOR_APPROVAL,
        OFFERED: InUnit.WAITS_FOR_ANSWER,
    }
    return by_state.get(nomination.state, InUnit.ENDED)


def _in_unit(nomination: Nomination, bucket: Bucket) -> InUnit:
    if bucket.growing is not None:
        return InUnit.MOVING_UP
    if bucket.free:
        return InUnit.RESERVE if nomination.rank is Rank.RESERVE else InUnit.IN_LINE
    return InUnit.NO_FREE_SEAT


def _at_pool(run: OfferedRun, nomination: Nomination, lines: Lines, told: Told) -> AtPool:
    if nomination.pool is None or not run.waiting_lists.offers:
        return AtPool.NOT_USED
    if not (told.unit and told.pool):
        return AtPool.IN_LINE
    if lines.pool is None or not lines.pool.free:
        return AtPool.NO_FREE_SEAT
    if lines.bucket.free or lines.bucket.growing is not None:
        return AtPool.OWN_SEAT_FIRST
    if _by_share(run):
        return AtPool.UNDER_SERVED_FIRST
    return AtPool.OTHERS_FIRST if lines.ahead_at_pool >= lines.pool.free else AtPool.ABOUT_TO_BE_OFFERED
