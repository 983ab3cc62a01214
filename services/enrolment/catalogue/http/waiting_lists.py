"""Waiting lists of a programme in bodies and answers."""

from typing import Annotated, Any

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from services.enrolment.catalogue.domain.waiting_lists import (
    USUAL_WORKING_DAYS,
    FromPool,
    NotTaken,
    PoolOrder,
    WaitingLists,
)
from shared.bodies import Body

MOST_HOURS = 24 * 30
MOST_DAYS = 60


class WaitingListsBody(Body):
    """`pool`: whether a free seat of the pool is offered to who waits for one of another unit of the group, in which
    `order`, for how long (hours or working days; two days if nothing is said), and what follows if not taken."""

    pool: FromPool = FromPool.NONE
    order: PoolOrder = PoolOrder.WAITING
    offer_hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] | None = None
    offer_working_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    on_decline: NotTaken = NotTaken.WAITLISTED_LAST
    on_expiry: NotTaken = NotTaken.WAITLISTED_LAST

    @model_validator(mode="after")
    def _one_time(self) -> "WaitingListsBody":
        if self.offer_hours is not None and self.offer_working_days is not None:
            raise ValueError("offerHours or offerWorkingDays")
        return self

    def waiting_lists(self) -> WaitingLists:
        days = self.offer_working_days
        return WaitingLists(**{**dict(self), "offer_working_days": USUAL_WORKING_DAYS if days is None else days})


class WaitingListsAnswer(TypedDict):
    """`offerWorkingDays` is null where hours count."""

    pool: FromPool
    order: PoolOrder
    offerHours: int | None
    offerWorkingDays: int | None
    onDecline: NotTaken
    onExpiry: NotTaken


def waiting_lists_response(lists: WaitingLists) -> dict[str, Any]:
    return {
        "pool": lists.pool.value,
        "order": lists.order.value,
        "offerHours": lists.offer_hours,
        "offerWorkingDays": lists.offer_working_days if lists.offer_hours is None else None,
        "onDecline": lists.on_decline.value,
        "onExpiry": lists.on_expiry.value,
    }
