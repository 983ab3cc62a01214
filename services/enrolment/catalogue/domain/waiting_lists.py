"""How people who wait for a seat get one: of their own unit, and of the pool of their target group. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FromPool(StrEnum):
    """What becomes of a free seat of the pool while people of other units of the group wait for one of their own. NONE:
    nothing. OFFER: it is offered to them, one after the other."""

    NONE = "NONE"
    OFFER = "OFFER"


class PoolOrder(StrEnum):
    """Who is next. WAITING: who has waited the longest. PRIMARY_FIRST: the same, reserves after all others.
    UNDER_SERVED_FIRST: of those who are first in their units, the one of the office with the fewest confirmed per seat
    in the fiscal year, as seats are released (ReleaseRule)."""

    WAITING = "WAITING"
    PRIMARY_FIRST = "PRIMARY_FIRST"
    UNDER_SERVED_FIRST = "UNDER_SERVED_FIRST"


class NotTaken(StrEnum):
    """What becomes of a nomination whose offer is declined or not answered. WAITLISTED_LAST: it waits again, as the
    last of its unit and of all. WITHDRAWN: it has ended."""

    WAITLISTED_LAST = "WAITLISTED_LAST"
    WITHDRAWN = "WITHDRAWN"


USUAL_WORKING_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class WaitingLists:
    """An offer holds for so many hours or, without them, to the end of the last of so many working days; and never
    beyond the start of the run."""

    pool: FromPool = FromPool.NONE
    order: PoolOrder = PoolOrder.WAITING
    offer_hours: int | None = None
    offer_working_days: int = USUAL_WORKING_DAYS
    on_decline: NotTaken = NotTaken.WAITLISTED_LAST
    on_expiry: NotTaken = NotTaken.WAITLISTED_LAST

    @property
    def offers(self) -> bool:
        return self.pool is FromPool.OFFER


OWN_UNIT_ALONE: Final = WaitingLists()
