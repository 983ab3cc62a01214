"""The kinds of message: one table of all that differs between them. Pure.

A new notification is a member of Kind with its row in KINDS and two templates (th and en), and the reaction in HANDLERS
(reacting/domain/handlers.py) that makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.notification.domain.read_model import LIVE
from services.notification.domain.rules import (
    LATEST_SCHEDULE,
    RUN_NOT_STARTED,
    RUN_TAKES_PLACE,
    SAME_DAY,
    Rule,
    nomination_in,
)
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
    whom: tuple[Addressee, ...]
    still_true: tuple[Rule, ...]
    invitation: CalendarAction | None = None
    counts_days: bool = False


_PERSON: Final = (Addressee.PERSON,)
_UNIT: Final = (Addressee.UNIT,)
_SEATED: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.CONFIRMED))
_WAITING: Final = (RUN_TAKES_PLACE, nomination_in(NominationState.WAITLISTED))

KINDS: Final[Mapping[Kind, KindOfMessage]] = {
    Kind.NOMINATION_REQUEST: KindOfMessage("nomination_request", _UNIT, (RUN_TAKES_PLACE,)),
    Kind.CONFIRMED: KindOfMessage("confirmed", _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.PROMOTED: KindOfMessage("promoted", _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.SUBSTITUTED: KindOfMessage("substituted", _PERSON, _SEATED, CalendarAction.INVITE),
    Kind.WAITLISTED: KindOfMessage("waitlisted", _PERSON, _WAITING),
    Kind.REJECTED: KindOfMessage("rejected", _PERSON, (nomination_in(NominationState.REJECTED),)),
    Kind.WITHDRAWN: KindOfMessage(
        "withdrawn", _PERSON, (nomination_in(NominationState.WITHDRAWN),), CalendarAction.CANCEL
    ),
    Kind.RUN_RESCHEDULED: KindOfMessage(
        "run_rescheduled",
        _PERSON,
        (RUN_TAKES_PLACE, nomination_in(*LIVE), LATEST_SCHEDULE),
        CalendarAction.UPDATE,
    ),
    Kind.RUN_CANCELLED: KindOfMessage(
        "run_cancelled", (Addressee.UNIT, Addressee.PERSON), (nomination_in(*LIVE),), CalendarAction.CANCEL
    ),
    Kind.REMINDER: KindOfMessage("reminder", _PERSON, (*_SEATED, RUN_NOT_STARTED, SAME_DAY), counts_days=True),
}
