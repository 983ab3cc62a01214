"""The seats of a bucket under any sequence of commands, against a model that counts."""

from collections import Counter
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.buckets import change_seats
from services.enrolment.seats.domain.model import Nomination, Outcome
from shared.events.seats import NominationState, Rank
from tests.unit.enrolment.seats.test_domain import C, S, W, approve, asked, bucket, nomination, reject


class BucketMachine(RuleBasedStateMachine):
    """Compares a bucket with a model that only counts: nominations by state, and the waiting list."""

    @initialize(seats=st.integers(0, 4), needs_approval=st.booleans())
    def begin(self, seats: int, needs_approval: bool) -> None:
        self.bucket = replace(bucket(seats=seats, free=seats), seq=0)
        self.needs_approval = needs_approval
        self.nominations: dict[str, Nomination] = {}
        self.waiting: list[str] = []
        self.events = 0

    def take(self, outcome: Outcome) -> None:
        self.events += len(outcome.events)
        assert outcome.bucket.seq == self.events, "every event has the next sequence"
        self.bucket = outcome.bucket
        for changed in outcome.nominations:
            before = self.nominations.get(changed.id)
            if before is not None and before.state is W:
                self.waiting.remove(changed.id)
            if changed.state is W:
                self.waiting.append(changed.id)
            self.nominations[changed.id] = changed

    def some(self, data: st.DataObject, *states: NominationState) -> Nomination | None:
        chosen = sorted(key for key, n in self.nominations.items() if n.state in states)
        return self.nominations[data.draw(st.sampled_from(chosen))] if chosen else None

    @rule(rank=st.sampled_from(Rank))
    def nominate(self, rank: Rank) -> None:
        new = nomination(rank=rank, id=f"n{len(self.nominations):03}")
        free_before = self.bucket.free
        self.take(rules.nominate(self.bucket, asked(new, needs_approval=self.needs_approval)))
        if not self.needs_approval:
            seated = self.nominations[new.id].state is C
            assert seated == (rank is Rank.PRIMARY and free_before > 0)

    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        if (one := self.some(data, S)) is not None:
            self.take(approve(self.bucket, one))

    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        if (one := self.some(data, S)) is not None:
            self.take(reject(self.bucket, one))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if (one := self.some(data, S, C, W)) is None:
            return
        first = self.nominations[self.waiting[0]] if self.waiting else None
        self.take(rules.withdraw(self.bucket, one, [self.nominations[id] for id in self.waiting]))
        if one.state is C and first is not None:
            assert self.nominations[first.id].state is C, "the first who waited has the seat"

    @rule(data=st.data())
    def substitute(self, data: st.DataObject) -> None:
        if (one := self.some(data, C)) is not None:
            other = nomination(rank=one.rank, id=f"n{len(self.nominations):03}")
            self.take(rules.substitute(self.bucket, one, other))

    @rule(seats=st.integers(0, 6))
    def change_seats(self, seats: int) -> None:
        queue = tuple(self.nominations[key] for key in self.waiting)
        try:
            self.take(change_seats(self.bucket, seats, queue))
        except SeatsBelowConfirmed:
            assert seats < self.bucket.confirmed

    @precondition(lambda self: hasattr(self, "bucket"))
    @invariant()
    def seats_add_up(self) -> None:
        counts = Counter(n.state for n in self.nominations.values())
        assert 0 <= counts[C] <= self.bucket.seats
        assert self.bucket.confirmed == counts[C]
        assert self.bucket.waiting == counts[W] == len(self.waiting)
        queue = sorted((n for n in self.nominations.values() if n.state is W), key=lambda n: n.queue or 0)
        assert [n.id for n in queue] == self.waiting, "the queue is the order of waiting"


TestBucket = BucketMachine.TestCase
TestBucket.settings = settings(max_examples=150, stateful_step_count=40)
