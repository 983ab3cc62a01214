"""Where an action leads from a state of a nomination, as a table, and the refusal where it leads nowhere. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.enrolment.seats.domain.approval_refusals import AlreadyExpired
from services.enrolment.seats.domain.offer_refusals import NoOpenOffer, OfferPending
from services.enrolment.seats.domain.refusals import (
    AlreadyApproved,
    AlreadyNominated,
    AlreadyRejected,
    AlreadyWithdrawn,
    NotConfirmed,
)
from shared.errors import Refused
from shared.events.seats import NominationState

SUBMITTED = NominationState.SUBMITTED
CONFIRMED = NominationState.CONFIRMED
WAITLISTED = NominationState.WAITLISTED
REJECTED = NominationState.REJECTED
WITHDRAWN = NominationState.WITHDRAWN
EXPIRED = NominationState.EXPIRED
OFFERED = NominationState.OFFERED
LIVE = frozenset({SUBMITTED, CONFIRMED, WAITLISTED, OFFERED})


class Action(StrEnum):
    NOMINATE = "nominate"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SUBSTITUTE = "substitute"
    PROMOTE = "promote"
    ENTER_LATE = "late-entry"
    KEEP = "keep"
    RELEASE = "release"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"


# What the deadline of a step of approval leads to.
LATE = frozenset({Action.ESCALATE, Action.EXPIRE})
# What the organiser says about somebody who has moved.
OF_ORGANISER = frozenset({Action.KEEP, Action.RELEASE})
# What an offer leads to, and what may be done about one.
ANSWERS = frozenset({Action.ACCEPT, Action.DECLINE, Action.LAPSE})
# Where an action may lead from a state (None: no nomination yet). Everything else is refused.
TRANSITIONS: Mapping[tuple[NominationState | None, Action], frozenset[NominationState]] = {
    (None, Action.NOMINATE): frozenset({SUBMITTED, CONFIRMED, WAITLISTED}),
    (None, Action.ENTER_LATE): frozenset({CONFIRMED}),
    (SUBMITTED, Action.APPROVE): frozenset({SUBMITTED, CONFIRMED, WAITLISTED}),
    (SUBMITTED, Action.REJECT): frozenset({REJECTED}),
    (SUBMITTED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (SUBMITTED, Action.ESCALATE): frozenset({SUBMITTED}),
    (SUBMITTED, Action.EXPIRE): frozenset({EXPIRED}),
    (CONFIRMED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (WAITLISTED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    (WAITLISTED, Action.PROMOTE): frozenset({CONFIRMED}),
    (CONFIRMED, Action.SUBSTITUTE): frozenset({WITHDRAWN}),
    (WAITLISTED, Action.OFFER): frozenset({OFFERED}),
    (OFFERED, Action.ACCEPT): frozenset({CONFIRMED}),
    (OFFERED, Action.DECLINE): frozenset({WAITLISTED, WITHDRAWN}),
    (OFFERED, Action.LAPSE): frozenset({WAITLISTED, WITHDRAWN}),
    (OFFERED, Action.WITHDRAW): frozenset({WITHDRAWN}),
    **{(state, Action.KEEP): frozenset({state}) for state in LIVE},
    **{(state, Action.RELEASE): frozenset({WITHDRAWN}) for state in LIVE},
}

# The refusal of an action that does not fit the state.
_REFUSALS: Mapping[tuple[NominationState, Action], type[Refused]] = {
    **{(state, entry): AlreadyNominated for state in LIVE for entry in (Action.NOMINATE, Action.ENTER_LATE)},
    (CONFIRMED, Action.APPROVE): AlreadyApproved,
    (WAITLISTED, Action.APPROVE): AlreadyApproved,
    (CONFIRMED, Action.REJECT): AlreadyApproved,
    (WAITLISTED, Action.REJECT): AlreadyApproved,
    (SUBMITTED, Action.SUBSTITUTE): NotConfirmed,
    (WAITLISTED, Action.SUBSTITUTE): NotConfirmed,
    (SUBMITTED, Action.PROMOTE): NotConfirmed,
    (CONFIRMED, Action.PROMOTE): AlreadyApproved,
    (OFFERED, Action.APPROVE): AlreadyApproved,
    (OFFERED, Action.REJECT): AlreadyApproved,
    (OFFERED, Action.SUBSTITUTE): OfferPending,
    (OFFERED, Action.PROMOTE): OfferPending,
    (OFFERED, Action.OFFER): OfferPending,
    (SUBMITTED, Action.OFFER): NotConfirmed,
    (CONFIRMED, Action.OFFER): AlreadyApproved,
    **{(state, answer): NoOpenOffer for state in (SUBMITTED, CONFIRMED, WAITLISTED) for answer in ANSWERS},
    **{
        (state, late): AlreadyApproved
        for state in (CONFIRMED, WAITLISTED, OFFERED)
        for late in (Action.ESCALATE, Action.EXPIRE)
    },
}


def require(state: NominationState, action: Action) -> None:
    """Raises the matching refusal when the table does not allow the action in this state."""
    if (state, action) not in TRANSITIONS:
        ended = {REJECTED: AlreadyRejected, WITHDRAWN: AlreadyWithdrawn, EXPIRED: AlreadyExpired}
        refusal = ended.get(state) or _REFUSALS[(state, action)]
        raise refusal(state=state.value)
