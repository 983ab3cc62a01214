"""Messages: why there is one, under which id, and every step of its delivery. Pure: no clock, no ids, no I/O.

A message is one thing told to one recipient. It always stands in the recipient's inbox; `channel` says by which way
it is delivered: by e-mail when an address is known, else by the inbox alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from services.notification.read_model import Run

# EventModel of every message id: never changed, or everything would be sent again.
_NAMESPACE: Final = UUID("6f5a4b0e-5d0a-5c39-9f0e-0f1d7f9a2c11")


class Kind(StrEnum):
    """Why somebody is written to."""

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


class ChannelName(StrEnum):
    EMAIL = "EMAIL"
    INBOX = "INBOX"


class State(StrEnum):
    PENDING = "PENDING"
    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Step(StrEnum):
    """What a worker does with a message."""

    CLAIM = "CLAIM"
    POSTPONE = "POSTPONE"
    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"
    DROP = "DROP"


# A claim of a SENDING message takes over an expired lease. SENT, FAILED and CANCELLED are final.
TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = {
    (State.PENDING, Step.CLAIM): State.SENDING,
    (State.WAITING, Step.CLAIM): State.SENDING,
    (State.SENDING, Step.CLAIM): State.SENDING,
    (State.SENDING, Step.POSTPONE): State.WAITING,
    (State.SENDING, Step.ACCEPT): State.SENT,
    (State.SENDING, Step.REFUSE): State.FAILED,
    (State.SENDING, Step.DROP): State.CANCELLED,
}
FINAL: Final = frozenset(State) - {state for state, _ in TRANSITIONS}


class IllegalStep(Exception):
    """A mistake of ours: no caller can ask for it."""

    def __init__(self, state: State, step: Step) -> None:
        super().__init__(f"{step} does not fit {state}")
        self.state = state
        self.step = step


def after(state: State, step: Step) -> State:
    """Raises IllegalStep for what the table does not allow."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise IllegalStep(state, step) from None


class Outcome(StrEnum):
    """Of one attempt. CUT_OFF: the process ended before the provider's answer was recorded."""

    STARTED = "STARTED"
    ACCEPTED = "ACCEPTED"
    POSTPONED = "POSTPONED"
    REFUSED = "REFUSED"
    CUT_OFF = "CUT_OFF"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of the provider. `uncertain`: it may have taken the message although it did not say so."""

    at: datetime
    channel: ChannelName
    outcome: Outcome = Outcome.STARTED
    code: str | None = None
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class MessageSnapshot:
    """What the message says, fixed at the first attempt, so that every attempt says the same."""

    run: Run
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`reason` is the event, or the wave and its due day; with recipient and kind it makes the id. `seated`: the
    recipient has the seat, or had it until now, so the message goes with a calendar entry. `seq` counts the events
    that were told about the message."""

    id: str
    kind: Kind
    recipient: str
    addressee: Addressee
    unit: str
    run: str
    reason: str
    created_at: datetime
    due_at: datetime
    nomination: str | None = None
    wave: str | None = None
    revision: int = 0
    seated: bool = False
    causation: str | None = None
    correlation: str | None = None
    traceparent: str | None = None
    state: State = State.PENDING
    channel: ChannelName | None = None
    told: MessageSnapshot | None = None
    attempts: tuple[Attempt, ...] = ()
    waits: int = 0
    code: str | None = None
    seq: int = 0
    finished_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def uncertain(self) -> bool:
        return any(attempt.uncertain for attempt in self.attempts)


def message_id(reason: str, recipient: str, kind: Kind) -> str:
    """The same for the same reason, recipient and kind: a second message cannot be."""
    return str(uuid5(_NAMESPACE, "\0".join((reason, recipient, kind))))


def claimed(message: Message) -> Message:
    """A worker holds the message. An attempt without an outcome was cut off by the end of its process; whether it may
    have arrived depends on the channel: the inbox is ours, there is no second copy of anything in it."""
    attempts = tuple(
        replace(one, outcome=Outcome.CUT_OFF, uncertain=one.channel is not ChannelName.INBOX)
        if one.outcome is Outcome.STARTED
        else one
        for one in message.attempts
    )
    return replace(message, state=after(message.state, Step.CLAIM), attempts=attempts)


def started(message: Message, now: datetime, channel: ChannelName, told: MessageSnapshot) -> Message:
    """An attempt begins. To be stored before the provider is called."""
    attempts = (*message.attempts, Attempt(now, channel))
    return replace(message, channel=channel, told=told, attempts=attempts, code=None)


def accepted(message: Message, now: datetime) -> Message:
    return _finished(_answered(message, Outcome.ACCEPTED), Step.ACCEPT, now)


def postponed(message: Message, code: str, until: datetime, *, uncertain: bool) -> Message:
    """The provider did not take the message this time."""
    told = _answered(message, Outcome.POSTPONED, code, uncertain)
    return replace(told, state=after(message.state, Step.POSTPONE), due_at=until, code=code)


def unreached(message: Message, code: str, until: datetime) -> Message:
    """The provider was not reached, which says nothing about the message: there was no attempt."""
    return waiting(replace(message, attempts=message.attempts[:-1]), code, until)


def refused(message: Message, code: str, now: datetime, *, uncertain: bool = False) -> Message:
    """The provider will never take it, or this was the last attempt."""
    return _finished(_answered(message, Outcome.REFUSED, code, uncertain), Step.REFUSE, now, code)


def waiting(message: Message, code: str, until: datetime) -> Message:
    """Nothing was tried: something that it needs is not known here yet."""
    return replace(message, state=after(message.state, Step.POSTPONE), due_at=until, waits=message.waits + 1, code=code)


def exhausted(message: Message, now: datetime) -> Message:
    """It is not tried again: all its attempts were cut off, or failed."""
    return _finished(message, Step.REFUSE, now, "tried-too-often")


def dropped(message: Message, code: str, now: datetime) -> Message:
    """It is no longer true, or nobody is there to be told."""
    return _finished(message, Step.DROP, now, code)


def _answered(message: Message, outcome: Outcome, code: str | None = None, uncertain: bool = False) -> Message:
    last = replace(message.attempts[-1], outcome=outcome, code=code, uncertain=uncertain)
    return replace(message, attempts=(*message.attempts[:-1], last))


def _finished(message: Message, step: Step, now: datetime, code: str | None = None) -> Message:
    told = 0 if step is Step.DROP else 1
    return replace(message, state=after(message.state, step), code=code, finished_at=now, seq=message.seq + told)


def pause_seconds(times: int, *, first: float, most: float, chance: float) -> float:
    """Before the next try after `times` of them: doubles from `first` up to `most`; `chance` (0 to 1) spreads the
    upper half, so that what failed together does not come back together."""
    whole: float = min(first * 2.0 ** min(max(times - 1, 0), 40), most)
    return whole * (0.5 + chance / 2)
