"""Offers of the pool under any sequence of commands, against a model that keeps lists."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain import offers
from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.buckets import change_seats
from services.enrolment.seats.domain.growth import given
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.transitions import Action
from shared.events.seats import (
    NominationState,
)
from tests.unit.enrolment.seats.builders import (
    NOW,
    C,
    S,
    W,
    bucket,
    nomination,
)
from tests.unit.enrolment.seats.test_offers import ENDING, LISTS, OFFERED, POOL, waiting

UNITS: Final = ("PO-50", "PO-51")


class OfferMachine(RuleBasedStateMachine):
    """Two units and the pool of both, against a model that keeps lists of names: who has a seat of which unit, who
    waits in which order, who is asked, and how many seats each was given."""

    @initialize(own=st.integers(0, 2), pool=st.integers(0, 3), again=st.booleans())
    def begin(self, own: int, pool: int, again: bool) -> None:
        self.lists = LISTS if again else ENDING
        self.buckets = {unit: replace(bucket(unit, own), seq=0) for unit in UNITS}
        self.pool = replace(bucket("PO", pool), seq=0)
        self.was_given = {**dict.fromkeys(UNITS, own), "PO": pool}
        self.known: dict[str, Nomination] = {}
        self.lines: dict[str, list[str]] = {unit: [] for unit in UNITS}
        self.asked: set[str] = set()
        self.now, self.made = NOW, 0

    def take(self, outcome: Outcome) -> None:
        if outcome.bucket.bucket_unit == "PO":
            self.pool = outcome.bucket
        else:
            self.buckets[outcome.bucket.bucket_unit] = outcome.bucket
        for one in outcome.nominations:
            self.now += timedelta(minutes=1)
            stored = replace(one, waits_since=one.waits_since or self.now) if one.state is W else one
            line = self.lines[one.bucket.rpartition(":")[2]]
            if one.id in line and one.state is not W:
                line.remove(one.id)
            if one.state is W and one.id not in line:
                line.append(one.id)
            (self.asked.add if one.state is OFFERED else self.asked.discard)(one.id)
            self.known[one.id] = stored

    def waiting_in(self, unit: str) -> list[Nomination]:
        return [self.known[id] for id in self.lines[unit]]

    def some(self, data: st.DataObject, *of: NominationState) -> Nomination | None:
        chosen = sorted(id for id, one in self.known.items() if one.state in of)
        return self.known[data.draw(st.sampled_from(chosen))] if chosen else None

    def where(self, one: Nomination) -> Bucket:
        return self.buckets[one.bucket.rpartition(":")[2]]

    @rule(unit=st.sampled_from(UNITS), approved=st.booleans())
    def nominate(self, unit: str, approved: bool) -> None:
        self.made += 1
        new = replace(waiting(f"n{self.made:03}", unit), state=S, queue=None, waits_since=None)
        new = new if approved else replace(nomination(new.id, S, new.person), bucket=new.bucket, pool=POOL)
        self.take(rules.nominate(self.buckets[unit], new))

    @rule()
    def give(self) -> None:
        """To the longest waiting of all units in which nobody could take a seat of the own."""
        full = [unit for unit in UNITS if not self.buckets[unit].free]
        line = sorted((one for unit in full for one in self.waiting_in(unit)), key=_since)
        if not line or not self.pool.free:
            return
        heads = [self.waiting_in(unit)[0] for unit in full if self.lines[unit]]
        assert line[0] in heads, "the first of all is the first of a unit"
        self.take(offers.lend(self.pool, 1))
        self.take(offers.offer(self.where(line[0]), line[0], self.now + timedelta(hours=9), "PO"))

    @rule(data=st.data(), how=st.sampled_from([Action.ACCEPT, Action.DECLINE, Action.LAPSE, Action.WITHDRAW]))
    def answer(self, data: st.DataObject, how: Action) -> None:
        if (one := self.some(data, OFFERED)) is None:
            return
        place, now = self.where(one), min(self.now, one.offered_until or self.now)
        if how is Action.ACCEPT:
            self.take(offers.accept(place, replace(one, offered_until=now + timedelta(hours=1)), now))
            assert self.known[one.id].state is C
        elif how is Action.WITHDRAW:
            self.take(rules.withdraw(place, one, self.waiting_in(place.bucket_unit)[:1]))
        elif how is Action.DECLINE:
            self.take(offers.decline(place, replace(one, offered_until=now + timedelta(hours=1)), self.lists, now))
        else:
            self.take(offers.lapse(place, one, self.lists))
        if how in (Action.DECLINE, Action.LAPSE) and self.lists is LISTS:
            assert self.lines[place.bucket_unit][-1] == one.id, "who lets an offer go is the last"

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if (one := self.some(data, S, C, W)) is not None:
            place = self.where(one)
            first = self.waiting_in(place.bucket_unit)[:1]
            self.take(rules.withdraw(place, one, first))
            if one.state is C and first:
                assert self.known[first[0].id].state is C, "the own unit comes first"

    @rule(unit=st.sampled_from(UNITS))
    def take_back(self, unit: str) -> None:
        count = self.buckets[unit].returning
        if count:
            self.take(offers.give_back(self.buckets[unit]))
            self.take(offers.regain(self.pool, count, ()))

    @rule(unit=st.sampled_from((*UNITS, "PO")), seats=st.integers(0, 4))
    def allocate(self, unit: str, seats: int) -> None:
        stands = self.pool if unit == "PO" else self.buckets[unit]
        queue: Sequence[Nomination] = () if unit == "PO" else self.waiting_in(unit)
        try:
            self.take(change_seats(stands, seats + stands.borrowed, queue))
            self.was_given[unit] = seats
        except SeatsBelowConfirmed:
            assert seats + stands.borrowed < stands.taken

    @precondition(lambda self: hasattr(self, "pool"))
    @invariant()
    def seats_add_up(self) -> None:
        every = (*self.buckets.values(), self.pool)
        assert sum(one.seats for one in every) == sum(self.was_given.values()), "no seat is lost or made"
        assert sum(one.borrowed for one in every) == 0
        for one in every:
            assert given(one) == self.was_given[one.bucket_unit]
            counts = Counter(n.state for n in self.known.values() if n.bucket == one.id)
            assert 0 <= counts[C] + counts[OFFERED] + one.returning + one.free == one.seats
            assert (one.confirmed, one.offered, one.waiting) == (counts[C], counts[OFFERED], counts[W])
        assert self.asked == {id for id, one in self.known.items() if one.state is OFFERED}
        for unit, line in self.lines.items():
            stored = sorted((n for n in self.known.values() if n.bucket.endswith(unit) and n.state is W), key=_queue)
            assert [one.id for one in stored] == line, "the order of the wait is the order of the list"


def _since(one: Nomination) -> tuple[datetime, str]:
    assert one.waits_since is not None
    return one.waits_since, one.id


def _queue(one: Nomination) -> int:
    return one.queue or 0


TestOffers = OfferMachine.TestCase
TestOffers.settings = settings(max_examples=200, stateful_step_count=40)
