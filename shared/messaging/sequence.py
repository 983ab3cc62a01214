"""What to do with each record of a batch: apply, skip, hold or park. Pure: no I/O, no clock.

The rule for facts: `seq <= last` is a duplicate, `last + 1` is next, beyond is a gap and waits. A parked event blocks
the later ones of its subject, and nobody else's. A state topic carries values, not steps: any newer one applies, unless
it leaves out more than can have been there (`_leap`).
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from shared.events.envelope import Envelope

Subject = tuple[str, str]  # source, subject
RECEIPT_HEADER = "ce_receipt"
ANY_TYPE = "?"  # the type of what cannot be read, or is no event that is handled here
# Of a log that was filled again a reader meets the current values alone: so many changes of an aggregate may be missing
# though nothing stood before. No value changes so often, and a sequence from outside has 2^63 to choose from.
MOST_LEFT_OUT = 10_000


class Wait(StrEnum):
    """Why a record is in the held store. AHEAD: it is not this consumer's turn yet (cutover.py)."""

    GAP = "GAP"
    BEHIND = "BEHIND"
    PARKED = "PARKED"
    AHEAD = "AHEAD"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Received:
    """One record: opened, or with the reason why it could not be. Raw bytes go to the held store.

    `type` is the handled type whose fate it shares when it is parked. `begins`: it may give its subject the first
    position here; a record of a kind that is not followed may not.
    """

    subject: Subject
    seq: int
    origin: Origin
    value: bytes | None
    headers: Mapping[str, bytes | None]
    envelope: Envelope | None
    poison: str | None = None
    state: bool = False
    stored: bool = False
    type: str = ANY_TYPE
    begins: bool = True


@dataclass(slots=True)
class Known:
    """What is stored about one subject: its last applied sequence and the records that wait, by sequence.

    A long queue is known in part only: from its head when that may go on now, else just what is parked. `more` says
    that others wait behind, `goes_on` that what follows the known part is to be looked at afterwards. Facts beyond
    `limit` are put aside.
    """

    last: int = 0
    queue: dict[int, Received] = field(default_factory=dict)
    parked: set[int] = field(default_factory=set)
    discarded: Set[int] = frozenset()
    more: bool = False
    goes_on: bool = False
    limit: int | None = None

    @property
    def waiting(self) -> bool:
        return self.more or bool(self.queue)


@dataclass(frozen=True, slots=True)
class Hold:
    record: Received
    wait: Wait
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How events of one type fare with the code of today, since the first of them was parked: different subjects that
    were parked, and how many events were applied meanwhile. `since` is None for one that has just begun."""

    parked: tuple[Subject, ...] = ()
    applied: int = 0
    since: datetime | None = None


@dataclass(slots=True)
class Plan:
    """The decisions for one batch. `apply` is in the order in which the events happened per subject. `marked` are the
    records with a receipt that the positions have passed, applied or not."""

    apply: list[Envelope] = field(default_factory=list)
    hold: list[Hold] = field(default_factory=list)
    release: list[Received] = field(default_factory=list)
    last: dict[Subject, int] = field(default_factory=dict)
    marked: list[Received] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    park_limit: int = 1
    paused_before: int | None = None

    @property
    def pauses(self) -> bool:
        """Whether a type of event fails so often that the code must be at fault."""
        return any(len(tally.parked) >= self.park_limit for tally in self.tallies.values())

    def note_passed(self, record: Received) -> None:
        """Somebody may wait until so many events of a receipt have been passed."""
        if RECEIPT_HEADER in record.headers:
            self.marked.append(record)

    def count_parked(self, record: Received) -> None:
        tally = self.tallies.get(record.type, Tally())
        if record.subject not in tally.parked:
            self.tallies[record.type] = replace(tally, parked=(*tally.parked, record.subject))

    def count_applied(self, record: Received) -> None:
        """As many successes as would have been failures too many prove that the code can handle this type."""
        for type_ in (record.type, ANY_TYPE):
            tally = self.tallies.get(type_)
            if tally is not None and tally.applied + 1 >= self.park_limit:
                del self.tallies[type_]
            elif tally is not None:
                self.tallies[type_] = replace(tally, applied=tally.applied + 1)


def plan(
    records: Sequence[Received],
    known: Mapping[Subject, Known],
    *,
    poisoned: Mapping[tuple[Subject, int], str],
    tallies: Mapping[str, Tally] = MappingProxyType({}),
    park_limit: int,
) -> Plan:
    """Decides for every record, in order. `poisoned` are events that their handler has just refused, with the reason.

    `paused_before` is the index of the first record that was not looked at, because events of one type were parked for
    `park_limit` different subjects before as many were applied: that is a bad deploy, not bad data. `tallies` are the
    counts of before. `known` is used up.
    """
    result = Plan(tallies=dict(tallies), park_limit=park_limit)
    for place, record in enumerate(records):
        if result.tallies and result.pauses:
            result.paused_before = place
            break
        _decide(record, known[record.subject], poisoned, result)
    gone = {(record.subject, record.seq) for record in result.release}
    result.hold = [hold for hold in result.hold if (hold.record.subject, hold.record.seq) not in gone]
    return result


def _decide(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    if not record.begins and not known.last and not known.waiting:
        return  # nobody here asks how far this subject is
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
            if record.state:
                result.note_passed(record)
        return True
    held = known.queue.get(record.seq)
    if held is None or record.stored:
        return False
    if held.poison is not None and record.poison is None:
        known.parked.discard(record.seq)  # a readable copy of what could not be read
        return False
    return True


def _take(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> bool:
    """Applies the next event of a subject, or parks it, or puts it aside; whether the subject moved on."""
    if known.limit is not None and record.seq > known.limit and not record.state:
        _hold(record, known, Wait.AHEAD, f"ahead of sequence {known.limit}", result)
        return False
    reason = record.poison or poisoned.get((record.subject, record.seq))
    if reason is not None and record.seq not in known.discarded:
        _hold(record, known, Wait.PARKED, reason, result)
        result.count_parked(record)
        return False
    known.last = result.last[record.subject] = record.seq
    result.note_passed(record)
    known.parked.discard(record.seq)
    queued = known.queue.pop(record.seq, None)
    if queued is not None:
        result.release.append(queued)
    if record.seq not in known.discarded and record.envelope is not None and record.envelope.event is not None:
        result.apply.append(record.envelope)
        if result.tallies:
            result.count_applied(record)
    return True


def _release_next(known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    while (following := known.queue.get(known.last + 1)) is not None and following.seq not in known.parked:
        if not _take(following, known, poisoned, result):
            return


def _leap(record: Received, known: Known) -> str | None:
    """Why a value of a state topic cannot be the next one. Compaction leaves out what stood before it in its partition,
    and took an offset there each."""
    left_out = record.seq - known.last - 1
    if left_out <= max(record.origin.offset, MOST_LEFT_OUT):
        return None
    return f"leaves out {left_out} changes after sequence {known.last}; so many cannot have been there"


def _take_state(record: Received, known: Known, poisoned: Mapping[tuple[Subject, int], str], result: Plan) -> None:
    if (reason := _leap(record, known)) is not None:
        _refuse_leap(record, known, reason, result)
    elif _take(record, known, poisoned, result):
        for older in [seq for seq in known.queue if seq < record.seq]:
            overtaken = known.queue.pop(older)
            result.release.append(overtaken)
            result.note_passed(overtaken)
            known.parked.discard(older)


def _refuse_leap(record: Received, known: Known, reason: str, result: Plan) -> None:
    """Even when it is discarded the position stays: all that is true would count as old behind it."""
    if record.seq not in known.discarded:
        _hold(record, known, Wait.PARKED, reason, result)
        result.count_parked(record)
        return
    result.last.setdefault(record.subject, known.last)
    known.parked.discard(record.seq)
    if known.queue.pop(record.seq, None) is not None:
        result.release.append(record)


def _hold(record: Received, known: Known, wait: Wait, reason: str, result: Plan) -> None:
    if wait is Wait.PARKED:
        known.parked.add(record.seq)
    known.queue[record.seq] = record
    result.last.setdefault(record.subject, known.last)
    result.hold.append(Hold(record, wait, reason))
