"""Whether a message is still worth sending, asked again at the moment of sending. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.notification.domain import Addressee, Kind, Message
from services.notification.read_model import LIVE, Nomination, Run, RunState
from services.notification.reminders import WAVES, due_at, wave_reason
from shared.events.enrolment import NominationState as Now

# The states of the nomination in which a message about it is true.
TRUE_IN: Final[Mapping[Kind, frozenset[Now]]] = {
    Kind.CONFIRMED: frozenset({Now.CONFIRMED}),
    Kind.PROMOTED: frozenset({Now.CONFIRMED}),
    Kind.SUBSTITUTED: frozenset({Now.CONFIRMED}),
    Kind.WAITLISTED: frozenset({Now.WAITLISTED}),
    Kind.REJECTED: frozenset({Now.REJECTED}),
    Kind.WITHDRAWN: frozenset({Now.WITHDRAWN}),
    Kind.RUN_RESCHEDULED: LIVE,
    Kind.RUN_CANCELLED: LIVE,
    Kind.REMINDER: frozenset({Now.CONFIRMED}),
}
# What is still said of a run that does not take place.
_SURVIVES_CANCELLATION: Final = frozenset({Kind.RUN_CANCELLED, Kind.WITHDRAWN, Kind.REJECTED})


def overtaken(message: Message, run: Run, nomination: Nomination | None, business_now: datetime) -> str | None:
    """Why it is not to be sent any more, as a code; None when it is still true."""
    if run.state is RunState.CANCELLED and message.kind not in _SURVIVES_CANCELLATION:
        return "run-cancelled"
    if message.addressee is Addressee.UNIT:
        return None
    if nomination is None or nomination.state not in TRUE_IN[message.kind]:
        return "nomination-changed"
    if message.kind is Kind.RUN_RESCHEDULED and message.revision < run.revision:
        return "rescheduled-again"
    return _reminder_overtaken(message, run, business_now) if message.kind is Kind.REMINDER else None


def _reminder_overtaken(message: Message, run: Run, business_now: datetime) -> str | None:
    if business_now >= run.starts_at:
        return "run-started"
    wave = str(message.wave)
    if message.reason != wave_reason(str(message.nomination), wave, due_at(run.starts_at, WAVES[wave])):
        return "rescheduled-again"
    return None
