"""Messages: why there is one, its id, and what is known of its delivery. Pure.

A message has one recipient. It always stands in the recipient's inbox; `channel` says how it is delivered: by e-mail
when an address is known, otherwise by the inbox alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID, uuid5

from services.notification.domain.kinds import KINDS, Addressee, OpenAddressee, OpenKind
from services.notification.domain.read_model import Nomination, Run
from services.notification.domain.rules import Situation
from shared.clock import business
from shared.events.envelope import open_enum
from shared.rights import CENTRAL_POOL, Scope
from shared.thai import local_date

# Part of every message id: if it changed, everything would be sent again.
_NAMESPACE: Final = UUID("6f5a4b0e-5d0a-5c39-9f0e-0f1d7f9a2c11")


class ChannelName(StrEnum):
    """In order of preference; the inbox needs no address."""

    EMAIL = "EMAIL"
    INBOX = "INBOX"


class State(StrEnum):
    PENDING = "PENDING"
    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


FINAL: Final = frozenset({State.SENT, State.FAILED, State.CANCELLED})


class Outcome(StrEnum):
    """Of one attempt. CUT_OFF: the process ended before the provider's answer was recorded."""

    STARTED = "STARTED"
    ACCEPTED = "ACCEPTED"
    POSTPONED = "POSTPONED"
    REFUSED = "REFUSED"
    CUT_OFF = "CUT_OFF"


OpenChannel = Annotated[ChannelName | str, open_enum(ChannelName)]
OpenState = Annotated[State | str, open_enum(State)]
OpenOutcome = Annotated[Outcome | str, open_enum(Outcome)]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of the provider. `uncertain`: it may have taken the message without saying so."""

    at: datetime
    channel: OpenChannel
    outcome: OpenOutcome = Outcome.STARTED
    code: str | None = None
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class MessageSnapshot:
    """What the text is made from, fixed at the first attempt so that every attempt sends the same text."""

    run: Run
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """`reason` is the event, or the wave and the day it is due; with recipient and kind it determines the id. `seated`:
    the recipient has the seat, or had it until now, so calendar entries go with the message. `channel` is chosen at the
    first attempt, or before it while a channel is away. `missing` names what the message waits for (`run:...`,
    `person:...`): it is not looked at before that is here. `seq` counts the events published about the message.

    Kinds, states and channels are open: a newer release beside this one, or before it, may have written the message."""

    id: str
    kind: OpenKind
    recipient: str
    addressee: OpenAddressee
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
    state: OpenState = State.PENDING
    channel: OpenChannel | None = None
    snapshot: MessageSnapshot | None = None
    attempts: tuple[Attempt, ...] = ()
    waits: int = 0
    missing: str | None = None
    code: str | None = None
    seq: int = 0
    finished_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def uncertain(self) -> bool:
        return any(attempt.uncertain for attempt in self.attempts)


def inbox_shelf(addressee: Addressee, owner: str) -> str:
    """Where a message stands for a person, or for a unit and everybody who acts for what is above it."""
    return f"{addressee.lower()}:{owner}"


def scope_shelf(unit: str) -> str:
    """Where a message stands for those who look after the messages of a unit and what is below it."""
    return f"of:{unit}"


def shelves_of(message: Message) -> list[str]:
    """Every list that the message stands in. Each is one equality of an index, however far a scope reaches."""
    offices = [scope_shelf(unit) for unit in _and_above(message.unit)]
    if Scope(unit=CENTRAL_POOL).covers_unit(message.unit) and message.unit != CENTRAL_POOL:
        offices.append(scope_shelf(CENTRAL_POOL))
    if message.addressee == Addressee.PERSON:
        return [inbox_shelf(Addressee.PERSON, message.recipient), *offices]
    if message.addressee == Addressee.UNIT:
        return [*(inbox_shelf(Addressee.UNIT, unit) for unit in _and_above(message.recipient)), *offices]
    return offices


def _and_above(unit: str) -> list[str]:
    """PO-50.HR, PO-50."""
    parts = unit.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def message_id(reason: str, recipient: str, kind: str) -> str:
    """The same for the same reason, recipient and kind, so there cannot be a second message."""
    return str(uuid5(_NAMESPACE, "\0".join((reason, recipient, kind))))


def overtaken(message: Message, run: Run, nomination: Nomination | None, business_now: datetime) -> str | None:
    """Why the message is not to be sent any more, as a code; None while it is still true."""
    situation = Situation(message, run, nomination, business_now)
    return next((rule.code for rule in KINDS[message.kind].still_true if not rule.holds(situation)), None)


def snapshot_at(message: Message, run: Run, now: datetime) -> MessageSnapshot:
    """The one fixed at the first attempt; until then, the run as it is at the system time `now`. Without the run's
    units: no text names them, and every message would keep them all."""
    if message.snapshot is not None:
        return message.snapshot
    run = replace(run, units=())
    if message.kind not in KINDS or not KINDS[message.kind].counts_days:
        return MessageSnapshot(run)
    today = local_date(business(now, run.offset_seconds))
    return MessageSnapshot(run, days_left=(local_date(run.starts_at) - today).days)
