"""The life of a message: every step of its delivery, and the event that reports its end. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.notification.domain import Attempt, ChannelName, Message, MessageSnapshot, Outcome, State
from shared.events.notification import MessageFact, MessageFailed, MessageSent


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


class IllegalStep(Exception):
    """A mistake in our code: no caller can ask for it."""

    def __init__(self, state: str, step: Step) -> None:
        super().__init__(f"{step} does not fit {state}")
        self.state = state
        self.step = step


def after(state: str, step: Step) -> State:
    """Raises IllegalStep for what the table does not allow."""
    try:
        return TRANSITIONS[State(state), step]
    except (KeyError, ValueError):
        raise IllegalStep(state, step) from None


def claimed(message: Message) -> Message:
    """A worker holds the message. An attempt without an outcome was cut off by the end of its process. Whether it may
    have arrived depends on the channel: the inbox is ours and holds no second copy of anything."""
    attempts = tuple(
        replace(attempt, outcome=Outcome.CUT_OFF, uncertain=attempt.channel is not ChannelName.INBOX)
        if attempt.outcome is Outcome.STARTED
        else attempt
        for attempt in message.attempts
    )
    return replace(message, state=after(message.state, Step.CLAIM), attempts=attempts, missing=None)


def started(
    message: Message,
    now: datetime,
    channel: ChannelName,
    snapshot: MessageSnapshot,
    mark: str | None = None,
    recall: str | None = None,
) -> Message:
    """An attempt begins. To be stored before the provider is called."""
    attempts = (*message.attempts, Attempt(now, channel, mark=mark, recall=recall))
    return replace(message, channel=channel, snapshot=snapshot, attempts=attempts, code=None)


def accepted(message: Message, now: datetime) -> Message:
    return _finished(_answered(message, Outcome.ACCEPTED), Step.ACCEPT, now)


def postponed(message: Message, code: str, until: datetime, *, uncertain: bool) -> Message:
    """The provider did not take the message this time."""
    answered = _answered(message, Outcome.POSTPONED, code, uncertain)
    return replace(answered, state=after(message.state, Step.POSTPONE), due_at=until, code=code)


def unreached(message: Message, code: str, until: datetime) -> Message:
    """The provider was not reached. That has nothing to do with the message, so it does not count as an attempt."""
    return waiting(replace(message, attempts=message.attempts[:-1]), code, until)


def refused(message: Message, code: str, now: datetime, *, uncertain: bool = False) -> Message:
    """The provider will never take the message, or this was the last attempt."""
    return _finished(_answered(message, Outcome.REFUSED, code, uncertain), Step.REFUSE, now, code)


def waiting(message: Message, code: str, until: datetime, missing: str | None = None) -> Message:
    """Nothing was tried: something that the message needs is not known here yet. It is looked at when `missing` is
    here, at the latest at `until`."""
    state = after(message.state, Step.POSTPONE)
    return replace(message, state=state, due_at=until, waits=message.waits + 1, code=code, missing=missing)


def exhausted(message: Message, code: str, now: datetime) -> Message:
    """It is not tried again: all its attempts failed or were cut off, or what it needs has not come in all the time."""
    return _finished(message, Step.REFUSE, now, code)


def dropped(message: Message, code: str, now: datetime) -> Message:
    """The message is no longer true, or has no recipient any more."""
    return _finished(message, Step.DROP, now, code)


def pause_seconds(times: int, *, first: float, most: float, chance: float) -> float:
    """The pause after `times` attempts: doubles from `first` up to `most`. `chance` (0 to 1) spreads the upper half, so
    that what failed together is not tried again together."""
    whole: float = min(first * 2.0 ** min(max(times - 1, 0), 40), most)
    return whole * (0.5 + chance / 2)


def result_of(message: Message) -> MessageFact:
    """The event that reports what became of a message."""
    fields: dict[str, Any] = {
        "message": message.id,
        "recipient": message.recipient,
        "channel": message.channel or ChannelName.INBOX,
        "kind": message.kind,
        "run": message.run or None,
        "attempts": len(message.attempts),
    }
    if message.state is State.SENT:
        return MessageSent(**fields, uncertain=message.uncertain)
    return MessageFailed(**fields, code=message.code or "unknown")


def _answered(message: Message, outcome: Outcome, code: str | None = None, uncertain: bool = False) -> Message:
    last = replace(message.attempts[-1], outcome=outcome, code=code, uncertain=uncertain)
    return replace(message, attempts=(*message.attempts[:-1], last))


def _finished(message: Message, step: Step, now: datetime, code: str | None = None) -> Message:
    published = 0 if step is Step.DROP else 1
    return replace(message, state=after(message.state, step), code=code, finished_at=now, seq=message.seq + published)
