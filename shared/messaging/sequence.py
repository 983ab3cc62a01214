"""What to do with each record of a batch: apply, skip, hold or park. Pure: no I/O, no clock.

The rule for facts: `seq <= last` is a duplicate, `last + 1` is next, beyond is a gap and waits. A parked event blocks
the later ones of its subject, and nobody else's. A state topic carries values, not steps: any newer one applies.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum

from shared.events.envelope import Envelope

Subject = tuple[str, str]  # source, subject


class Wait(StrEnum):
    """Why a record is in the held store."""

    GAP = "GAP"
    BEHIND = "BEHIND"
    PARKED = "PARKED"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """One record: opened, or with the reason why it could not be. Raw bytes go to the held store."""

    subject: Subject
    seq: int
    origin: Origin
    value: bytes | None
    headers: Mapping[str, bytes | None]
    envelope: Envelope | None
    poison: str | None = None
    state: bool = False
    stored: bool = False


@dataclass(slots=True)
class Known:
    """What is stored about one subject: its last applied sequence and the records that wait, by sequence.

    A long queue is known in part only: from its head when that may go on now, else just what is parked. `more` says
    that others wait behind, `goes_on` that what follows the known part is to be looked at afterwards.
    """

    last: int = 0
    queue: dict[int, Received] = field(default_factory=dict)
    parked: set[int] = field(default_factory=set)
    discarded: Set[int] = frozenset()
    more: bool = False
    goes_on: bool = False

    @property
    def waiting(self) -> bool:
        return self.more or bool(self.queue)


@dataclass(frozen=True, slots=True)
class Hold:
    record: Received
    wait: Wait
    reason: str


@dataclass(slots=True)
class Plan:
    """The decisions for one batch. `apply` is in the order in which the events happened per subject."""

    apply: list[Envelope] = field(default_factory=list)
    hold: list[Hold] = field(default_factory=list)
    release: list[Received] = field(default_factory=list)
    last: dict[Subject, int] = field(default_factory=dict)
    parked_in_a_row: list[Subject] = field(default_factory=list)
    paused_before: int | None = None


def plan(
    records: Sequence[Received],
    known: Mapping[Subject, Known],
    *,
    poisoned: Mapping[tuple[Subject, int], str],
    parked_before: Iterable[Subject] = (),
    park_limit: int,
) -> Plan:
    """Decides for every record, in order. `poisoned` are events that their handler has just refused, with the reason.

    `paused_before` is the index of the first record that was not looked at, because `park_limit` different subjects
    had been parked in a row: that is a bad deploy, not bad data. `known` is used up.
    """
    result = Plan(parked_in_a_row=list(parked_before))
    for place, record in enumerate(records):
        if len(result.parked_in_a_row) >= park_limit:
            result.paused_before = place
            break
        _decide(record, known[record.subject], poisoned, result)
    gone = {(record.subject, record.seq) for record in result.release}
    result.hold = [hold for hold in result.hold if (hold.record.subject, hold.record.seq) not in gone]
    return result


def _decide(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    if _is_settled(record, known, result):
        return
    if record.state:
        _take_state(record, known, poisoned, result)
    elif known.parked and record.seq > min(known.parked):
        _hold(record, known, Wait.BEHIND, "waits behind a parked event", result)
    elif record.seq > known.last + 1:
        _hold(record, known, Wait.GAP, f"expected sequence {known.last + 1}", result)
    elif _take(record, known, poisoned, result):
        _release_next(known, poisoned, result)


def _is_settled(record: Received, known: Known, result: Plan) -> bool:
    """Whether it was applied before or waits already."""
    if record.seq <= known.last:
        if record.stored:  # overtaken while it waited
            result.release.append(record)
        return True
    held = known.queue.get(record.seq)
    if held is None or record.stored:
        return False
    if held.poison is not None and record.poison is None:
        known.parked.discard(record.seq)  # a readable copy of what could not be read
        return False
    return True


def _take(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> bool:
    """Applies the next event of a subject, or parks it; whether the subject moved on."""
    reason = record.poison or poisoned.get((record.subject, record.seq))
    if reason is not None and record.seq not in known.discarded:
        _hold(record, known, Wait.PARKED, reason, result)
        if record.subject not in result.parked_in_a_row:
            result.parked_in_a_row.append(record.subject)
        return False
    known.last = result.last[record.subject] = record.seq
    known.parked.discard(record.seq)
    queued = known.queue.pop(record.seq, None)
    if queued is not None:
        result.release.append(queued)
    if record.seq not in known.discarded and record.envelope is not None and record.envelope.event is not None:
        result.apply.append(record.envelope)
        result.parked_in_a_row.clear()
    return True


def _release_next(known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    while (following := known.queue.get(known.last + 1)) is not None and following.seq not in known.parked:
        if not _take(following, known, poisoned, result):
            return


def _take_state(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    if _take(record, known, poisoned, result):
        for older in [seq for seq in known.queue if seq < record.seq]:
            result.release.append(known.queue.pop(older))
            known.parked.discard(older)


def _hold(record: Received, known: Known, wait: Wait, reason: str, result: Plan) -> None:
    if wait is Wait.PARKED:
        known.parked.add(record.seq)
    known.queue[record.seq] = record
    result.last.setdefault(record.subject, known.last)
    result.hold.append(Hold(record, wait, reason))
