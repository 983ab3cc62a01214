"""The kinds of message: one table of all that differs between them. Pure.

A new notification is a member of Kind with its row in KINDS and two templates (th and en), and the reaction in HANDLERS
(reacting/domain/handlers.py) that makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from services.notification.domain.read_model import LIVE
from services.notification.domain.rules import (
    DIGEST_OF_TODAY,
    LATEST_SCHEDULE,
    NOMINATIONS_OPEN,
    RUN_NOT_OVER,
    RUN_NOT_STARTED,
    RUN_TAKES_PLACE,
    SAME_DAY,
    SAME_DEADLINE,
    SAME_RELEASE,
    Rule,
    nomination_in,
)
from shared.events.envelope import open_enum
from shared.events.seats import NominationState


class Kind(StrEnum):
    """Why a message is sent."""

    NOMINATION_REQUEST = "NOMINATION_REQUEST"
    CONFIRMED = "CONFIRMED"
    PROMOTED = "PROMOTED"
    SUBSTITUTED = "SUBSTITUTED"
    WAITLISTED = "WAITLISTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    RUN_RESCHEDULED = "RUN_RESCHEDULED"
    RUN_CHANGED = "RUN_CHANGED"
    RUN_CANCELLED = "RUN_CANCELLED"
    REMINDER = "REMINDER"
    SEAT_OPEN = "SEAT_OPEN"
    APPROVALS_WAITING = "APPROVALS_WAITING"
    NOMINATIONS_MISSING = "NOMINATIONS_MISSING"
    ENTRY_RECALLED = "ENTRY_RECALLED"
    NOMINATIONS_MOVED = "NOMINATIONS_MOVED"
    MOVES_TO_DECIDE = "MOVES_TO_DECIDE"
    SEAT_LEFT = "SEAT_LEFT"
    EXPIRED = "EXPIRED"
    EXPIRED_AT_OFFICE = "EXPIRED_AT_OFFICE"
    NOMINATIONS_ERASED = "NOMINATIONS_ERASED"
    NOMINATIONS_REOPENED = "NOMINATIONS_REOPENED"
    SEAT_OFFERED = "SEAT_OFFERED"
    OFFER_EXPIRED = "OFFER_EXPIRED"
    NO_SHOW = "NO_SHOW"
    NO_SHOWS_OF_OFFICE = "NO_SHOWS_OF_OFFICE"
    NO_SHOWS_CORRECTED = "NO_SHOWS_CORRECTED"
    GROUP_PLACED = "GROUP_PLACED"
    IDEA_AWARDED = "IDEA_AWARDED"
    RELEASE_AHEAD = "RELEASE_AHEAD"
    SEATS_RELEASED = "SEATS_RELEASED"
    CERTIFICATE_ISSUED = "CERTIFICATE_ISSUED"
    CERTIFICATE_REISSUED = "CERTIFICATE_REISSUED"
    CERTIFICATE_REVOKED = "CERTIFICATE_REVOKED"
    FOLLOW_UP_ASSIGNED = "FOLLOW_UP_ASSIGNED"
    FOLLOW_UP_RETURNED = "FOLLOW_UP_RETURNED"
    FOLLOW_UPS_OPEN = "FOLLOW_UPS_OPEN"
    FOLLOW_UPS_OVERDUE = "FOLLOW_UPS_OVERDUE"
    PLANS_SUBMITTED = "PLANS_SUBMITTED"
    PLAN_AGREED = "PLAN_AGREED"
    PLAN_RETURNED = "PLAN_RETURNED"
    ANSWERS_ASKED = "ANSWERS_ASKED"
    ANSWERS_REMINDED = "ANSWERS_REMINDED"
    DELEGATION_GIVEN = "DELEGATION_GIVEN"
    APPROVALS_DELEGATED = "APPROVALS_DELEGATED"


# Their reason is the certificate; the link to it stands in the mail.
OF_CERTIFICATES: Final = frozenset({Kind.CERTIFICATE_ISSUED, Kind.CERTIFICATE_REISSUED, Kind.CERTIFICATE_REVOKED})

# Nobody but the person reads that there is such a message: it says who has not answered yet, and its absence who has.
OF_ONE_PERSON: Final = frozenset({Kind.ANSWERS_ASKED, Kind.ANSWERS_REMINDED})


class Addressee(StrEnum):
    PERSON = "PERSON"
    UNIT = "UNIT"


# A message may have been made by a newer release: what is not known here is kept as it is.
OpenKind = Annotated[Kind | str, open_enum(Kind)]
OpenAddressee = Annotated[Addressee | str, open_enum(Addressee)]


class Lane(StrEnum):
    """How urgent a kind is, the most urgent first: about one seat, to everybody of a run, or because of the calendar.
    Each has a share of every channel (sending/domain/turns.py), so the first is not behind the others, nor the only one
    to be served."""

    SEAT = "SEAT"
    RUN = "RUN"
    REMINDER = "REMINDER"


class CalendarAction(StrEnum):
    """What a message does to the calendar of a recipient who has a seat."""

    INVITE = "INVITE"
    UPDATE = "UPDATE"
    CANCEL = "CANCEL"


class Fact(StrEnum):
    """What a text says besides the run. CHANGES: what is new to the recipient. SEATS: how many are open. SILENT: units
    that have not nominated. ANSWER: until when an answer is expected. RELEASED: how many seats were
    taken back from the unit, and given to it. TO_DO: that something is left to do. FORMS: what is to be answered. AWAY:
    until when somebody is away. STANDING_IN: that somebody decides for another still. ABSENCE: that somebody is missing
    still, or is no more."""

    CHANGES = "CHANGES"
    SEATS = "SEATS"
    SILENT = "SILENT"
    ANSWER = "ANSWER"
    RELEASED = "RELEASED"
    TO_DO = "TO_DO"
    FORMS = "FORMS"
    AWAY = "AWAY"
    STANDING_IN = "STANDING_IN"
    ABSENCE = "ABSENCE"


@dataclass(frozen=True, slots=True)
class KindOfMessage:
    """`template` names the files in composing/templates/th and /en. `still_true`: the message is dropped by the first
    rule that does not hold. `counts_days`: the text says how many days are left until the run starts. `fact`: what is
    looked up when the message is composed, and without which it is not true."""

    template: str
    lane: Lane
    whom: tuple[Addressee, ...]
    still_true: tuple[Rule, ...]
    invitation: CalendarAction | None = None
    counts_days: bool = False
    fact: Fact | None = None


_PERSON: Final = (Addressee.PERSON,)
_UNIT: Final = (Addressee.UNIT,)
_WHOEVER_HAS_IT: Final = (Addressee.UNIT, Addressee.PERSON)
_SEATED: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.CONFIRMED))
_INVITED: Final = (*_SEATED, RUN_NOT_OVER)  # not RUN_NOT_STARTED: some are let in late
_OF_THE_RUN: Final = nomination_in(*NominationState)  # whatever has become of it there
_WAITING: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.WAITLISTED), RUN_NOT_STARTED)

KINDS: Final[Mapping[str, KindOfMessage]] = {
    Kind.NOMINATION_REQUEST: KindOfMessage("nomination_request", Lane.RUN, _UNIT, (RUN_TAKES_PLACE, NOMINATIONS_OPEN)),
    Kind.CONFIRMED: KindOfMessage("confirmed", Lane.SEAT, _PERSON, _INVITED, CalendarAction.INVITE),
    Kind.PROMOTED: KindOfMessage("promoted", Lane.SEAT, _PERSON, _INVITED, CalendarAction.INVITE),
    Kind.SUBSTITUTED: KindOfMessage("substituted", Lane.SEAT, _PERSON, _INVITED, CalendarAction.INVITE),
    Kind.WAITLISTED: KindOfMessage("waitlisted", Lane.SEAT, _PERSON, _WAITING),
    Kind.REJECTED: KindOfMessage("rejected", Lane.SEAT, _PERSON, (nomination_in(NominationState.REJECTED),)),
    Kind.WITHDRAWN: KindOfMessage(
        "withdrawn", Lane.SEAT, _PERSON, (nomination_in(NominationState.WITHDRAWN),), CalendarAction.CANCEL
    ),
    Kind.RUN_RESCHEDULED: KindOfMessage(
        "run_rescheduled",
        Lane.RUN,
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(*LIVE), LATEST_SCHEDULE, RUN_NOT_OVER),
        CalendarAction.UPDATE,
        fact=Fact.CHANGES,
    ),
    Kind.RUN_CHANGED: KindOfMessage(
        "run_changed",
        Lane.RUN,
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(*LIVE), RUN_NOT_OVER),
        CalendarAction.UPDATE,
    ),
    Kind.RUN_CANCELLED: KindOfMessage(
        "run_cancelled", Lane.RUN, (Addressee.UNIT, Addressee.PERSON), (nomination_in(*LIVE),), CalendarAction.CANCEL
    ),
    Kind.REMINDER: KindOfMessage(
        "reminder", Lane.REMINDER, _PERSON, (*_SEATED, RUN_NOT_STARTED, SAME_DAY), counts_days=True
    ),
    Kind.SEAT_OPEN: KindOfMessage("seat_open", Lane.SEAT, _UNIT, (RUN_TAKES_PLACE, NOMINATIONS_OPEN), fact=Fact.SEATS),
    Kind.APPROVALS_WAITING: KindOfMessage("approvals_waiting", Lane.REMINDER, _UNIT, (DIGEST_OF_TODAY,)),
    Kind.NOMINATIONS_MISSING: KindOfMessage(
        "nominations_missing",
        Lane.REMINDER,
        _UNIT,
        (RUN_TAKES_PLACE, NOMINATIONS_OPEN, SAME_DEADLINE),
        fact=Fact.SILENT,
    ),
    Kind.ENTRY_RECALLED: KindOfMessage("entry_recalled", Lane.RUN, _PERSON, (_OF_THE_RUN,), CalendarAction.CANCEL),
    Kind.NOMINATIONS_MOVED: KindOfMessage("nominations_moved", Lane.SEAT, _UNIT, (RUN_TAKES_PLACE, RUN_NOT_OVER)),
    Kind.MOVES_TO_DECIDE: KindOfMessage("moves_to_decide", Lane.SEAT, _UNIT, (RUN_TAKES_PLACE, RUN_NOT_OVER)),
    Kind.SEAT_LEFT: KindOfMessage(
        "seat_left", Lane.SEAT, _PERSON, (nomination_in(NominationState.WITHDRAWN),), CalendarAction.CANCEL
    ),
    Kind.EXPIRED: KindOfMessage("expired", Lane.SEAT, _PERSON, (nomination_in(NominationState.EXPIRED), RUN_NOT_OVER)),
    Kind.EXPIRED_AT_OFFICE: KindOfMessage("expired_at_office", Lane.SEAT, _UNIT, (RUN_TAKES_PLACE, RUN_NOT_STARTED)),
    # Says of nobody that it was he or she: the list of nominations shows what the office may still see.
    Kind.NOMINATIONS_ERASED: KindOfMessage("nominations_erased", Lane.SEAT, _UNIT, (RUN_TAKES_PLACE, RUN_NOT_OVER)),
    Kind.NOMINATIONS_REOPENED: KindOfMessage(
        "nominations_reopened", Lane.RUN, _UNIT, (RUN_TAKES_PLACE, NOMINATIONS_OPEN), fact=Fact.SEATS
    ),
    Kind.SEAT_OFFERED: KindOfMessage(
        "seat_offered",
        Lane.SEAT,
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(NominationState.OFFERED), RUN_NOT_STARTED),
        fact=Fact.ANSWER,
    ),
    Kind.OFFER_EXPIRED: KindOfMessage(
        "offer_expired",
        Lane.SEAT,
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(NominationState.WAITLISTED, NominationState.WITHDRAWN)),
    ),
    Kind.NO_SHOW: KindOfMessage("no_show", Lane.RUN, _PERSON, _SEATED, fact=Fact.ABSENCE),
    Kind.NO_SHOWS_OF_OFFICE: KindOfMessage(
        "no_shows_of_office", Lane.RUN, _UNIT, (RUN_TAKES_PLACE,), fact=Fact.ABSENCE
    ),
    Kind.NO_SHOWS_CORRECTED: KindOfMessage(
        "no_shows_corrected", Lane.RUN, _UNIT, (RUN_TAKES_PLACE,), fact=Fact.ABSENCE
    ),
    Kind.GROUP_PLACED: KindOfMessage("group_placed", Lane.RUN, _PERSON, (RUN_TAKES_PLACE, nomination_in(*LIVE))),
    Kind.IDEA_AWARDED: KindOfMessage("idea_awarded", Lane.RUN, _PERSON, (RUN_TAKES_PLACE, nomination_in(*LIVE))),
    Kind.RELEASE_AHEAD: KindOfMessage(
        "release_ahead", Lane.REMINDER, _UNIT, (RUN_TAKES_PLACE, SAME_RELEASE), fact=Fact.SEATS
    ),
    Kind.SEATS_RELEASED: KindOfMessage(
        "seats_released", Lane.RUN, _UNIT, (RUN_TAKES_PLACE, RUN_NOT_OVER), fact=Fact.RELEASED
    ),
    Kind.CERTIFICATE_ISSUED: KindOfMessage("certificate_issued", Lane.RUN, _PERSON, (RUN_TAKES_PLACE, _OF_THE_RUN)),
    Kind.CERTIFICATE_REISSUED: KindOfMessage("certificate_reissued", Lane.SEAT, _PERSON, (_OF_THE_RUN,)),
    Kind.CERTIFICATE_REVOKED: KindOfMessage("certificate_revoked", Lane.SEAT, _PERSON, (_OF_THE_RUN,)),
    Kind.FOLLOW_UP_ASSIGNED: KindOfMessage("follow_up_assigned", Lane.RUN, _WHOEVER_HAS_IT, (RUN_TAKES_PLACE,)),
    Kind.FOLLOW_UP_RETURNED: KindOfMessage("follow_up_returned", Lane.RUN, _WHOEVER_HAS_IT, (RUN_TAKES_PLACE,)),
    Kind.FOLLOW_UPS_OPEN: KindOfMessage(
        "follow_ups_open", Lane.REMINDER, _WHOEVER_HAS_IT, (RUN_TAKES_PLACE,), fact=Fact.TO_DO
    ),
    Kind.FOLLOW_UPS_OVERDUE: KindOfMessage("follow_ups_overdue", Lane.REMINDER, _UNIT, (RUN_TAKES_PLACE,)),
    # Of development plans, which are of no run.
    Kind.PLANS_SUBMITTED: KindOfMessage("plans_submitted", Lane.RUN, _UNIT, (_OF_THE_RUN,)),
    Kind.PLAN_AGREED: KindOfMessage("plan_agreed", Lane.RUN, _PERSON, (_OF_THE_RUN,)),
    Kind.PLAN_RETURNED: KindOfMessage("plan_returned", Lane.RUN, _PERSON, (_OF_THE_RUN,)),
    # Of forms: to those with a seat, or to the office whose superiors assess them.
    Kind.ANSWERS_ASKED: KindOfMessage("answers_asked", Lane.RUN, _WHOEVER_HAS_IT, _SEATED, fact=Fact.FORMS),
    Kind.ANSWERS_REMINDED: KindOfMessage("answers_reminded", Lane.REMINDER, _WHOEVER_HAS_IT, _SEATED, fact=Fact.FORMS),
    # To whoever decides for another, of no run.
    Kind.DELEGATION_GIVEN: KindOfMessage("delegation_given", Lane.RUN, _PERSON, (_OF_THE_RUN,), fact=Fact.AWAY),
    Kind.APPROVALS_DELEGATED: KindOfMessage(
        "approvals_delegated", Lane.REMINDER, _PERSON, (DIGEST_OF_TODAY,), fact=Fact.STANDING_IN
    ),
}
