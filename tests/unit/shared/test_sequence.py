"""The planner against a model: whatever arrives in whatever order, every event takes effect once and in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.events.envelope import Envelope
from shared.messaging.sequence import ANY_TYPE, Known, Origin, Plan, Received, Subject, Tally, Wait, plan
from tests.support.events import MOMENT, SOURCE, moved

FACTS: list[Subject] = [(SOURCE, "a"), (SOURCE, "b")]
STATE: Subject = (SOURCE, "contact:c")
SUBJECTS = [*FACTS, STATE]
LAST = 6
NO_LIMIT = 1_000

subjects = st.sampled_from(SUBJECTS)
seqs = st.integers(1, LAST)
places = st.tuples(subjects, seqs)


def received(
    subject: Subject, seq: int, *, undecodable: bool = False, handled: bool = True, stored: bool = False
) -> Received:
    envelope = None
    if not undecodable:
        event = moved(subject[1]) if handled else None
        envelope = Envelope(
            id=f"{subject[1]}:{seq}",
            source=subject[0],
            type="enrolment.person-moved.v1",
            subject=subject[1],
            sequence=seq,
            time=MOMENT,
            occurred_at=MOMENT,
            key=subject[1],
            correlation=None,
            causation=None,
            traceparent=None,
            event=event,
        )
    poison = "ValueError" if undecodable else None
    return Received(
        subject, seq, Origin("t", 0, seq), b"{}", {}, envelope, poison, state=subject == STATE, stored=stored
    )


@dataclass
class Store:
    """What a consumer keeps, without a database: the batch's transaction is a method."""

    last: dict[Subject, int] = field(default_factory=dict)
    held: dict[Subject, dict[int, tuple[Received, Wait]]] = field(default_factory=dict)
    discarded: dict[Subject, set[int]] = field(default_factory=dict)
    applied: dict[Subject, list[int]] = field(default_factory=lambda: {subject: [] for subject in SUBJECTS})
    limits: dict[Subject, int] = field(default_factory=dict)

    def known(self, retried: tuple[Subject, int] | None) -> dict[Subject, Known]:
        result = {}
        for subject in SUBJECTS:
            queue = self.held.get(subject, {})
            discarded = self.discarded.get(subject, set())
            parked = {
                seq
                for seq, (_, wait) in queue.items()
                if wait is Wait.PARKED and (subject, seq) != retried and seq not in discarded
            }
            rows = {seq: record for seq, (record, _) in queue.items()}
            last = self.last.get(subject, 0)
            result[subject] = Known(last, rows, parked, discarded, limit=self.limits.get(subject))
        return result

    def process(self, records: list[Received], refused: set[tuple[Subject, int]]) -> Plan:
        """Plans until the handler agrees, as Batch does."""
        retried = (records[0].subject, records[0].seq) if records and records[0].stored else None
        poisoned: dict[tuple[Subject, int], str] = {}
        while True:
            decided = plan(records, self.known(retried), poisoned=poisoned, park_limit=NO_LIMIT)
            bad = [e for e in decided.apply if ((e.source, e.subject), e.sequence) in refused]
            if not bad:
                self._commit(decided)
                return decided
            poisoned[((bad[0].source, bad[0].subject), bad[0].sequence)] = "refused"

    def _commit(self, decided: Plan) -> None:
        for envelope in decided.apply:
            self.applied[(envelope.source, envelope.subject)].append(envelope.sequence)
        for record in decided.release:
            self.held.get(record.subject, {}).pop(record.seq, None)
        for hold in decided.hold:
            self.held.setdefault(hold.record.subject, {})[hold.record.seq] = (hold.record, hold.wait)
        self.last.update(decided.last)


class Delivery(RuleBasedStateMachine):
    """Deliveries, repeated and shuffled, with events that cannot be read, are refused, unknown, mended or left out."""

    @initialize(
        undecodable=st.sets(places, max_size=3),
        refused=st.sets(places, max_size=3),
        unhandled=st.sets(places, max_size=3),
    )
    def begin(
        self,
        undecodable: set[tuple[Subject, int]],
        refused: set[tuple[Subject, int]],
        unhandled: set[tuple[Subject, int]],
    ) -> None:
        self.store = Store()
        self.undecodable = undecodable
        self.refused = refused - undecodable - unhandled
        self.unhandled = unhandled - undecodable
        self.delivered: set[tuple[Subject, int]] = set()
        self.state_last = 0
        self.state_applied: list[int] = []

    def bad(self, place: tuple[Subject, int]) -> bool:
        left_out = place[1] in self.store.discarded.get(place[0], set())
        return place in self.undecodable | self.refused and not left_out

    def record(self, place: tuple[Subject, int], stored: bool = False) -> Received:
        return received(
            *place, undecodable=place in self.undecodable, handled=place not in self.unhandled, stored=stored
        )

    @rule(batch=st.lists(places, min_size=1, max_size=8))
    def deliver(self, batch: list[tuple[Subject, int]]) -> None:
        self.delivered.update(batch)
        for place in batch:
            self.expect_state(place)
        self.store.process([self.record(place) for place in batch], self.refused)

    def expect_state(self, place: tuple[Subject, int]) -> None:
        subject, seq = place
        if subject != STATE or seq <= self.state_last or self.bad(place):
            return
        self.state_last = seq
        left_out = seq in self.store.discarded.get(STATE, set())
        if place not in self.unhandled and not left_out:
            self.state_applied.append(seq)

    def parked(self) -> list[tuple[Subject, int]]:
        return [
            (subject, seq)
            for subject, queue in self.store.held.items()
            for seq, (_, wait) in queue.items()
            if wait is Wait.PARKED
        ]

    @rule(data=st.data(), mend=st.booleans())
    def retry(self, data: st.DataObject, mend: bool) -> None:
        if not (parked := self.parked()):
            return
        place = data.draw(st.sampled_from(sorted(parked)))
        if mend:
            self.undecodable.discard(place)
            self.refused.discard(place)
        self.look_again(place)

    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        if not (parked := self.parked()):
            return
        place = data.draw(st.sampled_from(sorted(parked)))
        self.store.discarded.setdefault(place[0], set()).add(place[1])
        self.look_again(place)

    def look_again(self, place: tuple[Subject, int]) -> None:
        self.expect_state(place)
        for subject in FACTS:  # a mended copy is what the held store gives when it is read again
            for seq, (_, wait) in self.store.held.get(subject, {}).items():
                self.store.held[subject][seq] = (self.record((subject, seq), stored=True), wait)
        self.store.process([self.record(place, stored=True)], self.refused)

    @invariant()
    def facts_took_effect_once_and_in_order(self) -> None:
        for subject in FACTS:
            there = {seq for key, seq in self.delivered if key == subject}
            reach = 0
            while reach + 1 in there and not self.bad((subject, reach + 1)):
                reach += 1
            left_out = self.store.discarded.get(subject, set())
            expected = [s for s in range(1, reach + 1) if (subject, s) not in self.unhandled and s not in left_out]
            assert self.store.applied[subject] == expected
            assert self.store.last.get(subject, 0) == reach

    @invariant()
    def nothing_is_lost(self) -> None:
        for subject in FACTS:
            reach = self.store.last.get(subject, 0)
            waiting = {seq for key, seq in self.delivered if key == subject and seq > reach}
            queue = self.store.held.get(subject, {})
            assert set(queue) == waiting
            parked = {seq for seq, (_, wait) in queue.items() if wait is Wait.PARKED}
            assert parked == ({reach + 1} & waiting)

    @invariant()
    def a_state_topic_never_goes_back(self) -> None:
        assert self.store.applied[STATE] == self.state_applied
        assert self.store.last.get(STATE, 0) == self.state_last
        waiting = {
            seq for key, seq in self.delivered if key == STATE and seq > self.state_last and self.bad((key, seq))
        }
        assert set(self.store.held.get(STATE, {})) == waiting


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=80, stateful_step_count=12, deadline=None)


def look_at_what_was_put_aside(store: Store) -> None:
    """As far as the limits let it, like the cutover does."""
    for subject in FACTS:
        for seq, (_, wait) in sorted(store.held.get(subject, {}).items()):
            if wait is Wait.AHEAD and seq <= store.limits.get(subject, NO_LIMIT):
                held = store.held[subject]
                store.held[subject] = {s: (received(subject, s, stored=True), w) for s, (_, w) in held.items()}
                store.process([received(subject, seq, stored=True)], set())


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, LAST)), max_size=30))
def test_what_is_ahead_is_put_aside_and_applied_when_its_turn_comes(steps: list[tuple[Subject, int]]) -> None:
    """A step delivers a sequence, or (0) lets its subject come one further."""
    store = Store(limits=dict.fromkeys(FACTS, 0))
    for subject, seq in steps:
        if seq:
            store.process([received(subject, seq)], set())
        else:
            store.limits[subject] += 1
            look_at_what_was_put_aside(store)
        assert all(max(store.applied[key], default=0) <= store.limits[key] for key in FACTS)
    store.limits = {}
    look_at_what_was_put_aside(store)

    for key in FACTS:
        there = {seq for subject, seq in steps if subject == key and seq}
        reach = next(seq for seq in range(LAST + 1) if seq + 1 not in there)
        assert store.applied[key] == list(range(1, reach + 1))
        assert set(store.held.get(key, {})) == {seq for seq in there if seq > reach}


def test_values_have_no_turn() -> None:
    decided = decide(received(STATE, 5), known={STATE: Known(limit=1)})
    assert [envelope.sequence for envelope in decided.apply] == [5]


def decide(
    *records: Received,
    known: dict[Subject, Known] | None = None,
    limit: int = 3,
    tallies: Mapping[str, Tally] | None = None,
) -> Plan:
    subjects = known or {s: Known() for s in {r.subject for r in records}}
    return plan(records, subjects, poisoned={}, tallies=tallies or {}, park_limit=limit)


def garbage(name: str, type_: str = ANY_TYPE) -> Received:
    return replace(received(("?", name), 1, undecodable=True), type=type_)


def good(name: str, type_: str = "t.moved.v1") -> Received:
    return replace(received((SOURCE, name), 1), type=type_)


def test_pauses_after_as_many_subjects_of_a_type_as_the_limit_says() -> None:
    decided = decide(*(garbage(name, "t.moved.v1") for name in "xyzw"))
    assert decided.paused_before == 3
    assert [hold.record.subject[1] for hold in decided.hold] == ["x", "y", "z"]


def test_successes_of_other_types_do_not_hide_a_type_that_always_fails() -> None:
    """As they do on other partitions while a bad release is at work."""
    others = [good(f"good-{n}", "t.opened.v1") for n in range(9)]
    bad = [garbage(name, "t.moved.v1") for name in "xyz"]
    records = [*others[:3], bad[0], *others[3:6], bad[1], *others[6:], bad[2]]
    decided = decide(*records)
    assert [subject for _, subject in decided.tallies["t.moved.v1"].parked] == ["x", "y", "z"]
    assert decided.pauses


def test_as_many_successes_of_the_same_type_begin_the_count_anew() -> None:
    successes = [good(f"good-{n}") for n in range(3)]
    bad = [garbage(name, "t.moved.v1") for name in "vwxyz"]
    decided = decide(bad[0], bad[1], *successes, bad[2], bad[3])
    assert [subject for _, subject in decided.tallies["t.moved.v1"].parked] == ["x", "y"]
    assert not decided.pauses
    assert decide(bad[0], bad[1], *successes[:2], bad[2], bad[3]).paused_before == 5


def test_any_success_speaks_for_a_release_that_met_garbage() -> None:
    records = [garbage("x"), garbage("y"), *(good(f"good-{n}", f"t.fact-{n}.v1") for n in range(3)), garbage("z")]
    assert [subject for _, subject in decide(*records).tallies[ANY_TYPE].parked] == ["z"]


def test_counts_of_before_go_on() -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    before = {"t.moved.v1": Tally((("?", "x"), ("?", "y")), 1, since)}
    decided = decide(good("a"), garbage("z", "t.moved.v1"), tallies=before)
    assert decided.tallies == {"t.moved.v1": Tally((("?", "x"), ("?", "y"), ("?", "z")), 2, since)}
    assert decided.pauses
    assert before["t.moved.v1"].applied == 1


def test_one_subject_counts_once() -> None:
    known = {STATE: Known()}
    decided = decide(*(received(STATE, seq, undecodable=True) for seq in (1, 2, 3, 4)), known=known)
    assert decided.paused_before is None
    assert decided.tallies[ANY_TYPE].parked == (STATE,)


def test_a_paused_batch_looks_at_nothing() -> None:
    before = {"t.moved.v1": Tally(tuple(("?", name) for name in ("x", "y", "z")))}
    decided = decide(received(FACTS[0], 1), tallies=before)
    assert decided.paused_before == 0
    assert not decided.apply
    assert not decided.last


def test_what_is_not_followed_leaves_no_trace() -> None:
    """An aggregate of a kind that no handler is for: no position, and no gap that would be waited for."""
    decided = decide(*(replace(received(FACTS[0], seq, handled=False), begins=False) for seq in (1, 2, 7)))
    assert (decided.last, decided.hold, decided.apply) == ({}, [], [])


def test_what_has_a_position_goes_on_whoever_began_it() -> None:
    records = [replace(received(FACTS[0], seq, handled=False), begins=False) for seq in (4, 6)]
    decided = decide(*records, known={FACTS[0]: Known(last=3)})
    assert decided.last == {FACTS[0]: 4}
    assert [(hold.record.seq, hold.wait) for hold in decided.hold] == [(6, Wait.GAP)]


def test_a_readable_copy_takes_the_place_of_an_unreadable_record() -> None:
    """So that `replay` mends what the broker holds in a broken form."""
    known = Known(last=1, queue={2: received(FACTS[0], 2, undecodable=True)}, parked={2})
    decided = decide(received(FACTS[0], 2), received(FACTS[0], 3), known={FACTS[0]: known})
    assert [envelope.sequence for envelope in decided.apply] == [2, 3]
    assert [record.seq for record in decided.release] == [2]


def test_a_long_queue_that_is_not_loaded_still_waits() -> None:
    known = Known(last=1, parked={2}, queue={2: received(FACTS[0], 2, undecodable=True)}, more=True)
    decided = decide(received(FACTS[0], 900), known={FACTS[0]: known})
    assert [(hold.record.seq, hold.wait) for hold in decided.hold] == [(900, Wait.BEHIND)]
    assert known.waiting
