"""Whatever happens to seats and groups in whatever order: nobody is in two groups, or in one without a seat, sizes are
those of the people, and the events alone lead to the same."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.enrolment.seats import Holder
from services.enrolment.workshop.domain.groups import Member, Outcome, Workshop, exchange, lock, make, put, settle
from shared.errors import Refused
from shared.events import workshops as events
from shared.events.seats import NominationState
from tests.unit.enrolment.workshop.people import BOTH, EMPTY, UNITS, holder

numbers = st.integers(0, 30)


class Groups(RuleBasedStateMachine):
    """`holders` is what seats say; `members` is what is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.workshop: Workshop = EMPTY
        self.holders: dict[str, Holder] = {}
        self.away: set[str] = set()
        self.members: dict[str, Member] = {}
        self.told: dict[str, int] = {}
        self.sizes: tuple[int, ...] = ()
        self.settled = True

    # ---- seats

    @rule(unit=st.sampled_from(UNITS), count=st.integers(1, 4))
    def come(self, unit: str, count: int) -> None:
        for _ in range(count):
            new = holder(len(self.holders), unit)
            self.holders[new.nomination] = new
        self.settled = False

    @rule(which=numbers, substituted=st.booleans())
    def go(self, which: int, substituted: bool) -> None:
        if (gone := self.seated(which)) is None:
            return
        self.holders[gone.nomination] = replace(gone, state=NominationState.WITHDRAWN)
        if substituted:
            new = holder(len(self.holders), gone.place.unit, replaces=gone.nomination)
            self.holders[new.nomination] = new
        self.settled = False

    @rule(which=numbers)
    def go_to_another_run(self, which: int) -> None:
        if (gone := self.seated(which)) is not None:
            self.away.add(gone.nomination)
            self.settled = False

    # ---- groups

    @rule(count=st.integers(1, 5), by_rule=st.booleans())
    def make(self, count: int, by_rule: bool) -> None:
        try:
            outcome = make(self.workshop, self.members, self.here(), count, BOTH, {}, by_rule=by_rule)
        except Refused:
            return
        self.carry_out(outcome)
        self.settled = True
        if by_rule:
            assert max(self.workshop.sizes) - min(self.workshop.sizes) <= 1

    @rule(which=numbers, group=st.integers(1, 5))
    @precondition(lambda self: self.settled)
    def put(self, which: int, group: int) -> None:
        if (one := self.seated(which)) is None:
            return
        try:
            self.carry_out(put(self.workshop, self.members.get(one.nomination) or Member.of(one), group))
        except Refused:
            assert self.workshop.locked or group > len(self.workshop.sizes)

    @rule(which=numbers, other=numbers)
    @precondition(lambda self: self.settled)
    def exchange(self, which: int, other: int) -> None:
        both = [self.seated(number) for number in (which, other)]
        pair = [self.members.get(one.nomination) or Member.of(one) for one in both if one is not None]
        if len(pair) < 2:
            return
        before = self.workshop.sizes
        try:
            self.carry_out(exchange(self.workshop, *pair))
        except Refused:
            return
        assert self.workshop.sizes == before

    @rule(locked=st.booleans())
    @precondition(lambda self: self.workshop.sizes)
    def lock(self, locked: bool) -> None:
        self.carry_out(lock(self.workshop, locked=locked))

    @rule()
    @precondition(lambda self: self.workshop.sizes)
    def settle(self) -> None:
        here = {key: one for key, one in self.holders.items() if key in self.members and key not in self.away}
        grouped = {key: one.group for key, one in self.members.items()}
        self.carry_out(settle(self.workshop, self.members, here, self.here(), {}))
        self.settled = True
        assert all(self.members[key].group == group for key, group in grouped.items() if key in self.members)
        if not self.workshop.locked:
            assert set(self.members) == {one.nomination for one in self.here()}

    # ---- what always holds

    @invariant()
    def sizes_are_those_of_the_people(self) -> None:
        counts = [0] * len(self.workshop.sizes)
        for one in self.members.values():
            assert one.group is not None
            counts[one.group - 1] += 1
        assert tuple(counts) == self.workshop.sizes == self.sizes
        assert len({one.person for one in self.members.values()}) == len(self.members)

    @invariant()
    def nobody_is_in_a_group_without_a_seat(self) -> None:
        if self.settled:
            assert set(self.members) <= {one.nomination for one in self.here()}

    @invariant()
    def the_events_lead_to_the_same(self) -> None:
        assert self.told == {key: one.group for key, one in self.members.items()}

    # ---- help

    def here(self) -> list[Holder]:
        return [one for key, one in self.holders.items() if one.seated and key not in self.away]

    def seated(self, which: int) -> Holder | None:
        here = self.here()
        return here[which % len(here)] if here else None

    def carry_out(self, outcome: Outcome) -> None:
        assert outcome.workshop.seq == self.workshop.seq + len(outcome.events)
        self.workshop = outcome.workshop
        self.members |= outcome.members
        self.members = {key: one for key, one in self.members.items() if one.group is not None}
        for fact in outcome.events:
            if isinstance(fact, events.GroupsMade):
                self.told = {}
            if isinstance(fact, events.GroupMembersPlaced):
                self.told |= {one.nomination: one.group for one in fact.members}
            if isinstance(fact, events.GroupMembersLeft):
                for one in fact.members:
                    assert self.told.pop(one.nomination) == one.group
            if isinstance(fact, events.GroupsFact):
                self.sizes = fact.sizes


TestGroups = Groups.TestCase
TestGroups.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
