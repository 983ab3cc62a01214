"""Which event leads to which state of a nomination, and from where. Shares no code with the services, so that the same
error cannot be in both."""

from shared.events.envelope import Event
from shared.events.offers import OfferDeclined, OfferExpired, SeatOffered
from shared.events.seats import (
    NominationApproved,
    NominationEscalated,
    NominationExpired,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
)

LIVE = frozenset(
    {
        NominationState.SUBMITTED,
        NominationState.CONFIRMED,
        NominationState.WAITLISTED,
        NominationState.OFFERED,
    }
)
STATE_AFTER: dict[type[Event], NominationState] = {
    NominationSubmitted: NominationState.SUBMITTED,
    NominationApproved: NominationState.SUBMITTED,
    NominationEscalated: NominationState.SUBMITTED,
    NominationExpired: NominationState.EXPIRED,
    SeatConfirmed: NominationState.CONFIRMED,
    NominationWaitlisted: NominationState.WAITLISTED,
    NominationRejected: NominationState.REJECTED,
    NominationWithdrawn: NominationState.WITHDRAWN,
    SeatOffered: NominationState.OFFERED,
    OfferDeclined: NominationState.OFFERED,
    OfferExpired: NominationState.OFFERED,
}
_FROM: dict[NominationState, frozenset[NominationState | None]] = {
    NominationState.SUBMITTED: frozenset({None}),
    NominationState.CONFIRMED: frozenset(
        {None, NominationState.SUBMITTED, NominationState.WAITLISTED, NominationState.OFFERED}
    ),
    NominationState.WAITLISTED: frozenset({None, NominationState.SUBMITTED, NominationState.OFFERED}),
    NominationState.OFFERED: frozenset({NominationState.WAITLISTED}),
    NominationState.REJECTED: frozenset({NominationState.SUBMITTED}),
    NominationState.WITHDRAWN: LIVE,
    NominationState.EXPIRED: frozenset({NominationState.SUBMITTED}),
}


# What has a step of approval behind it waits for the next one.
_BY_STEP = (NominationApproved, NominationEscalated)
_UNTAKEN = (OfferDeclined, OfferExpired)


def came_from(event: Event, state: NominationState) -> frozenset[NominationState | None]:
    if isinstance(event, _UNTAKEN):
        return frozenset({NominationState.OFFERED})
    return frozenset({NominationState.SUBMITTED}) if isinstance(event, _BY_STEP) else _FROM[state]
