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
    LATEST_SCHEDULE,
    RUN_NOT_STARTED,
    RUN_TAKES_PLACE,
    SAME_DAY,
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
    RUN_CANCELLED = "RUN_CANCELLED"
    REMINDER = "REMINDER"


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


@dataclass(frozen=True, slots=True)
class KindOfMessage:
    """`template` names the files in composing/templates/th and /en. `still_true`: the message is dropped by the first
    rule that does not hold. `counts_days`: the text says how many days are left until the run starts."""

    template: str
    lane: Lane
    whom: tuple[Addressee, ...]
    still_true: tuple[Rule, ...]
    invitation: CalendarAction | None = None
    counts_days: bool = False


_PERSON: Final = (Addressee.PERSON,)
_UNIT: Final = (Addressee.UNIT,)
_SEATED: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.CONFIRMED))
_WAITING: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.WAITLISTED))

KINDS: Final[Mapping[str, KindOfMessage]] = {
    Kind.NOMINATION_REQUEST: KindOfMessage("nomination_request", Lane.RUN, _UNIT, (RUN_TAKES_PLACE,)),
    Kind.CONFIRMED: KindOfMessage("confirmed", Lane.SEAT, _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.PROMOTED: KindOfMessage("promoted", Lane.SEAT, _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.SUBSTITUTED: KindOfMessage("substituted", Lane.SEAT, _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.WAITLISTED: KindOfMessage("waitlisted", Lane.SEAT, _PERSON, _WAITING),
    Kind.REJECTED: KindOfMessage("rejected", Lane.SEAT, _PERSON, (nomination_in(NominationState.REJECTED),)),
    Kind.WITHDRAWN: KindOfMessage(
        "withdrawn", Lane.SEAT, _PERSON, (nomination_in(NominationState.WITHDRAWN),), CalendarAction.CANCEL
    ),
    Kind.RUN_RESCHEDULED: KindOfMessage(
        "run_rescheduled",
        Lane.RUN,
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(*LIVE), LATEST_SCHEDULE),
        CalendarAction.UPDATE,
    ),
    Kind.RUN_CANCELLED: KindOfMessage(
        "run_cancelled", Lane.RUN, (Addressee.UNIT, Addressee.PERSON), (nomination_in(*LIVE),), CalendarAction.CANCEL
    ),
    Kind.REMINDER: KindOfMessage(
        "reminder", Lane.REMINDER, _PERSON, (*_SEATED, RUN_NOT_STARTED, SAME_DAY), counts_days=True
    ),
}
