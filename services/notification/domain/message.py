"""Messages: why there is one, its id, and what is known of its delivery. Pure.

A message has one recipient. It always stands in the recipient's inbox; `channel` says how it is delivered: by e-mail
when an address is known, otherwise by the inbox alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID, uuid5

from services.notification.domain.kinds import (
    KINDS,
    OF_ONE_PERSON,
    Addressee,
    CalendarAction,
    Fact,
    Kind,
    OpenAddressee,
    OpenKind,
)
from services.notification.domain.read_model import Nomination, Run, Schedule
from services.notification.domain.rules import Situation
from services.notification.domain.units import and_above, covering
from shared.clock import business
from shared.events.envelope import open_enum
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
    """One call of the provider. `uncertain`: it may have taken the message without saying so. `mark`: of the contact
    whose address it went to (SealedContact); `recall`: of one before it, at whose address the calendar entry lies and
    is to be taken back."""

    at: datetime
    channel: OpenChannel
    outcome: OpenOutcome = Outcome.STARTED
    code: str | None = None
    uncertain: bool = False
    mark: str | None = None
    recall: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list: a unit, or a run with how many."""

    th: str
    en: str
    count: int | None = None


MOST_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says besides the run. `told` is the schedule that the recipient knows, `invited` the mark of the
    contact at whose address the entry lies (Told), `open_seats` how many there are; `listed` are the first of a list,
    `more` how many others there are; `answer_by`: until when an answer is expected (business time);
    `released` and `received` are seats that were taken back from the unit, and given to it; `forms` are to be
    answered."""

    told: Schedule | None = None
    invited: str | None = None
    open_seats: int | None = None
    listed: tuple[Listed, ...] = ()
    more: int = 0
    answer_by: datetime | None = None
    released: int = 0
    received: int = 0
    forms: tuple[str, ...] = ()


NO_FACTS: Final = Facts()


@dataclass(frozen=True, slots=True)
class MessageSnapshot:
    """What the text is made from, fixed at the first attempt so that every attempt sends the same text."""

    run: Run
    days_left: int | None = None
    facts: Facts = NO_FACTS


@dataclass(frozen=True, slots=True)
class Message:
    """`reason` is the event, or the wave and the day it is due; with recipient and kind it determines the id. `seated`:
    the recipient has the seat, or had it until now, so calendar entries go with the message. `channel` is chosen at the
    first attempt, or before it while a channel is away. `missing` names what the message waits for (`run:...`,
    `person:...`): it is not looked at before that is here. `seq` counts the events published about the message. `forms`
    are to be answered, or decisions made for somebody, before `closes_at` (business time).

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
    forms: tuple[str, ...] = ()
    closes_at: datetime | None = None

    @property
    def uncertain(self) -> bool:
        return any(attempt.uncertain for attempt in self.attempts)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was last told of a nomination. `invited` is the mark of the contact at whose address the calendar
    entry lies; None where there is none, or not any more."""

    nomination: str
    schedule: Schedule
    invited: str | None = None


def inbox_shelf(addressee: Addressee, owner: str) -> str:
    """Where a message stands for a person, or for a unit and everybody who acts for what is above it."""
    return f"{addressee.lower()}:{owner}"


def scope_shelf(unit: str) -> str:
    """Where a message stands for those who look after the messages of a unit and what is below it."""
    return f"of:{unit}"


def shelves_of(message: Message) -> list[str]:
    """Every list that the message stands in. Each is one equality of an index, however far a scope reaches."""
    if message.addressee == Addressee.PERSON and message.kind in OF_ONE_PERSON:
        return [inbox_shelf(Addressee.PERSON, message.recipient)]
    offices = [scope_shelf(unit) for unit in covering(message.unit)]
    if message.addressee == Addressee.PERSON:
        return [inbox_shelf(Addressee.PERSON, message.recipient), *offices]
    if message.addressee == Addressee.UNIT:
        return [*(inbox_shelf(Addressee.UNIT, unit) for unit in and_above(message.recipient)), *offices]
    return offices


def message_id(reason: str, recipient: str, kind: str) -> str:
    """The same for the same reason, recipient and kind, so there cannot be a second message."""
    return str(uuid5(_NAMESPACE, "\0".join((reason, recipient, kind))))


def overtaken(message: Message, run: Run, nomination: Nomination | None, business_now: datetime) -> str | None:
    """Why the message is not to be sent any more, as a code; None while it is still true."""
    situation = Situation(message, run, nomination, business_now)
    return next((rule.code for rule in KINDS[message.kind].still_true if not rule.holds(situation)), None)


def snapshot_at(message: Message, run: Run, now: datetime, facts: Facts = NO_FACTS) -> MessageSnapshot:
    """The one fixed at the first attempt; until then, the run as it is at the system time `now`. Without the run's
    units, which no text names, and its history: every message would keep them all."""
    if message.snapshot is not None:
        return message.snapshot
    if facts.told is None and _is_about(message, Fact.CHANGES):
        facts = replace(facts, told=run.before)
    run = replace(run, units=(), before=None)
    if message.kind not in KINDS or not KINDS[message.kind].counts_days:
        return MessageSnapshot(run, facts=facts)
    today = local_date(business(now, run.offset_seconds))
    return MessageSnapshot(run, (local_date(run.starts_at) - today).days, facts)


def _is_about(message: Message, fact: Fact) -> bool:
    return message.kind in KINDS and KINDS[message.kind].fact is fact


def told_by(message: Message, before: Told | None) -> Told | None:
    """What the recipient of a message that was sent knows from it; None where it is about no nomination."""
    if message.nomination is None or message.snapshot is None or not message.attempts:
        return before
    if message.kind is Kind.ENTRY_RECALLED:
        return before
    invited = before.invited if before is not None else None
    action, last = KINDS[message.kind].invitation, message.attempts[-1]
    if action is not None and message.seated:
        if last.channel is ChannelName.EMAIL and action is not CalendarAction.CANCEL:
            invited = last.mark
        elif action is CalendarAction.CANCEL or last.recall is not None:
            invited = None
    return Told(message.nomination, message.snapshot.run.schedule, invited)


def recall_of(message: Message) -> Message | None:
    """What goes to the address that has the calendar entry, after this one went to another address."""
    mark = message.attempts[-1].recall if message.attempts else None
    if mark is None or message.finished_at is None:
        return None
    reason = f"{message.nomination}|{mark}"
    return Message(
        id=message_id(reason, message.recipient, Kind.ENTRY_RECALLED),
        kind=Kind.ENTRY_RECALLED,
        recipient=message.recipient,
        addressee=Addressee.PERSON,
        unit=message.unit,
        run=message.run,
        reason=reason,
        created_at=message.finished_at,
        due_at=message.finished_at,
        nomination=message.nomination,
        revision=message.revision,
        seated=True,
        causation=message.causation,
        correlation=message.correlation,
        traceparent=message.traceparent,
    )


def recalled_from(message: Message) -> str:
    """The mark of the contact that such a message goes to."""
    return message.reason.rpartition("|")[2]
