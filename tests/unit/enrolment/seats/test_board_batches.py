"""Commands of one batch see each other; random batches equal a model that knows only names, seats and queues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.commands import Command, Decide, Decision, Nominate, Substitute
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.needed import waiters_needed
from services.enrolment.seats.domain.refusals import AlreadyNominated, AlreadyWithdrawn
from services.enrolment.seats.domain.transitions import Action
from shared.errors import Refused
from shared.events.seats import Rank
from tests.unit.enrolment.seats.builders import (
    NOW,
    ONE_STEP,
    C,
    D,
    S,
    W,
    board,
    bucket,
    by_whom,
    decide,
    nominate,
    nomination,
    person,
    run,
    states,
    substitute,
)

PEOPLE = [person(name) for name in ("a", "b", "c", "d")]
CHIANG_MAI = "run:PROV_HR:PO-50"
DECISIONS: Mapping[str, Decision] = {
    "approve": Action.APPROVE,
    "reject": Action.REJECT,
    "withdraw": Action.WITHDRAW,
}


def carry_out(on: Board, *commands: Command) -> None:
    for command in commands:
        on.decide(command, by_whom(command), NOW)


# ---- what one batch does


def test_each_command_sees_the_remaining_seats() -> None:
    on = board([bucket(seats=2)], PEOPLE)
    carry_out(on, *(nominate(who, f"n-{who}") for who in "abcd"))
    assert states(on) == {"n-a": C, "n-b": C, "n-c": W, "n-d": W}
    assert [on.nominations[f"n-{who}"].queue for who in "abcd"] == [None, None, 4, 5]
    assert on.buckets[CHIANG_MAI] == bucket(seats=2, free=0, waiting=2, seq=5)


def test_people_waitlisted_in_the_batch_are_promoted_in_it_in_order() -> None:
    on = board([bucket()], PEOPLE, [nomination("s", S, "of-s")])
    reserve = nominate("b", "n-b", Rank.RESERVE)
    carry_out(on, nominate("a", "n-a"), reserve, nominate("c", "n-c"), decide(Action.APPROVE, "s"))
    assert [row.id for row in on.queues[CHIANG_MAI]] == ["n-b", "n-c", "s"]
    carry_out(on, decide(Action.WITHDRAW, "n-c"), decide(Action.WITHDRAW, "n-a"))
    assert states(on) == {"n-a": D, "n-b": C, "n-c": D, "s": W}
    carry_out(on, decide(Action.WITHDRAW, "n-b"))
    assert states(on) == {"n-a": D, "n-b": D, "n-c": D, "s": C}
    carry_out(on, decide(Action.WITHDRAW, "s"))
    assert on.queues[CHIANG_MAI] == []
    assert (on.buckets[CHIANG_MAI].free, on.buckets[CHIANG_MAI].waiting) == (1, 0)


def test_people_waitlisted_before_the_batch_come_first() -> None:
    before = nomination("old", W, "of-old", queue=3)
    on = board([bucket(free=0, waiting=1, seq=7)], PEOPLE, [nomination("c", C, "of-c"), before])
    carry_out(on, nominate("a", "n-a"), decide(Action.WITHDRAW, "c"))
    assert states(on) == {"n-a": W, "c": D, "old": C}


def test_a_repeated_command_in_a_batch_is_carried_out_once() -> None:
    on = board([bucket(seats=3)], PEOPLE, [nomination("s", S, "of-s")])
    carry_out(on, nominate("a", "n1"), decide(Action.WITHDRAW, "s"))
    after = on.buckets[CHIANG_MAI]
    for command, refusal in ((nominate("a", "n2"), AlreadyNominated), (decide(Action.WITHDRAW, "s"), AlreadyWithdrawn)):
        with pytest.raises(refusal):
            carry_out(on, command)
    assert states(on) == {"n1": C, "s": D}
    assert on.buckets[CHIANG_MAI] == after


def test_without_queues_nobody_is_promoted() -> None:
    """The queues are read only for batches that withdraw."""
    on = board([bucket(free=0)], PEOPLE)
    on.queues.clear()
    carry_out(on, nominate("a", "n-a"))
    assert (states(on), on.queues) == ({"n-a": W}, {})


def test_changed_buckets_are_returned_with_the_state_that_was_read() -> None:
    one, other, still = bucket("PO-50", seats=2), bucket("PO-51"), bucket("PO-52")
    on = board([one, other, still], [*PEOPLE, person("e", "PO-51"), person("f", "PO-52")])
    assert on.changed_buckets() == []
    with pytest.raises(Refused):
        carry_out(on, nominate("nobody"))
    carry_out(on, nominate("a", "n-a"), nominate("b", "n-b"), nominate("e", "n-e"))
    assert on.changed_buckets() == [
        (one, bucket("PO-50", seats=2, free=0, seq=3)),
        (other, bucket("PO-51", free=0, seq=2)),
    ]


# ---- the head of a waiting list instead of all of it


def heads(nominations: Iterable[Nomination], needed: Mapping[str, int]) -> dict[str, list[Nomination]]:
    """As storage reads them."""
    waiting = sorted((n for n in nominations if n.state is W), key=lambda n: n.queue or 0)
    return {key: [n for n in waiting if n.bucket == key][:count] for key, count in needed.items()}


SEATED, WAITING, UNDECIDED = 5, 12, 4
STORED = [
    *(nomination(f"c{n}", C, f"of-c{n}") for n in range(SEATED)),
    *(nomination(f"w{n:02}", W, f"of-w{n}", queue=10 + n) for n in range(WAITING)),
    *(nomination(f"s{n}", S, f"of-s{n}") for n in range(UNDECIDED)),
]
NEWCOMERS = [person(f"new{n}") for n in range(8)]
Step = tuple[str, int]
STEPS = st.tuples(
    st.sampled_from(["withdraw", "withdraw", "withdraw", "nominate", "approve", "reject", "substitute"]),
    st.integers(0, len(STORED) - 1),
)


def commands_of(steps: Sequence[Step]) -> list[Command]:
    made: list[Command] = []
    for place, (what, choice) in enumerate(steps):
        of, new = STORED[choice].id, f"n{place}"
        if what == "nominate":
            made.append(nominate(NEWCOMERS[choice % len(NEWCOMERS)].id, new))
        elif what == "substitute":
            made.append(substitute(of, NEWCOMERS[choice % len(NEWCOMERS)].id, new))
        else:
            made.append(decide(DECISIONS[what], of))
    return made


def outcomes(on: Board, commands: Sequence[Command]) -> list[object]:
    found: list[object] = []
    for command in commands:
        try:
            found.append(on.decide(command, by_whom(command), NOW))
        except Refused as refusal:
            found.append((refusal.code, refusal.details))
    return found


@settings(max_examples=400, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=16), free=st.integers(0, 1))
def test_the_head_of_the_waiting_list_decides_as_the_whole_list_would(steps: list[Step], free: int) -> None:
    """Whoever withdraws: confirmed people, those at the head of the list, promoted ones, and people far behind."""
    commands = commands_of(steps)
    stored = bucket(seats=SEATED + free, free=free, waiting=WAITING, seq=40)
    whole = board([stored], NEWCOMERS, STORED)
    expected = outcomes(whole, commands)
    bounded = board([stored], NEWCOMERS, STORED)
    bounded.queues = heads(STORED, waiters_needed(commands, bounded.nominations))
    assert sum(len(queue) for queue in bounded.queues.values()) <= len(commands)
    named = {c.nomination for c in commands if isinstance(c, Decide | Substitute)}
    head = {n.id for queue in bounded.queues.values() for n in queue}
    bounded.nominations = {n.id: n for n in STORED if n.id in named | head}
    assert outcomes(bounded, commands) == expected
    assert (bounded.changes, bounded.buckets) == (whole.changes, whole.buckets)


# ---- random batches against a model

OFFICES = ("PO-50", "PO-51")
NAMES = {f"{office}-{n}": f"{office}.HR" for office in OFFICES for n in range(4)}
WHOLE_CROWD = {name: person(name, unit) for name, unit in NAMES.items()}
Asked = tuple[Literal["nominate", "reserve", "approve", "reject", "withdraw", "substitute", "swap"], str, int]
ASKED = st.tuples(
    st.sampled_from(
        ["nominate", "nominate", "reserve", "approve", "reject", "withdraw", "withdraw", "substitute", "swap", "swap"]
    ),
    st.sampled_from(sorted(NAMES)),
    st.integers(0, 15),
)


@dataclass
class Model:
    """One office: the number of seats, who has one, who waits in order, whose nomination is undecided, and who is out.

    Everything by nomination; commands answer the new state, or a code. It counts the events that are to be published.
    """

    seats: int
    route: bool
    seated: set[str] = field(default_factory=set)
    queue: list[str] = field(default_factory=list)
    lying: dict[str, bool] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)
    events: int = 0

    def nominate(self, id: str, reserve: bool) -> str:
        self.events += 1
        if self.route:
            self.lying[id] = reserve
            return "SUBMITTED"
        return self._seat_or_wait(id, reserve)

    def approve(self, id: str) -> str:
        if id not in self.lying:
            return self.out.get(id, "already-approved")
        self.events += 1
        return self._seat_or_wait(id, self.lying.pop(id))

    def reject(self, id: str) -> str:
        if id not in self.lying:
            return self.out.get(id, "already-approved")
        self.events += 1
        del self.lying[id]
        self.out[id] = "already-rejected"
        return "REJECTED"

    def withdraw(self, id: str) -> str:
        if id in self.out:
            return self.out[id]
        self.events += 1
        self.lying.pop(id, None)
        if id in self.queue:
            self.queue.remove(id)
        if id in self.seated:
            self.seated.remove(id)
            if self.queue:
                self.events += 1
                self.seated.add(self.queue.pop(0))
        self.out[id] = "already-withdrawn"
        return "WITHDRAWN"

    def substitute(self, id: str, new: str) -> str:
        if id not in self.seated:
            return self.out.get(id, "not-confirmed")
        self.events += 2
        self.seated = self.seated - {id} | {new}
        self.out[id] = "already-withdrawn"
        return "CONFIRMED"

    def _seat_or_wait(self, id: str, reserve: bool) -> str:
        if reserve or len(self.seated) == self.seats:
            self.queue.append(id)
            return "WAITLISTED"
        self.seated.add(id)
        return "CONFIRMED"


class Batches(RuleBasedStateMachine):
    """Stored state is loaded onto a board as a batch reads it, and stored as a batch writes it, command by command."""

    @initialize(seats=st.lists(st.integers(0, 3), min_size=2, max_size=2), route=st.booleans())
    def begin(self, seats: list[int], route: bool) -> None:
        self.run = run(approval_route=ONE_STEP if route else ())
        made = [bucket(office, count, seq=0) for office, count in zip(OFFICES, seats, strict=True)]
        self.buckets: dict[str, Bucket] = {row.id: row for row in made}
        self.nominations: dict[str, Nomination] = {}
        self.models = {office: Model(count, route) for office, count in zip(OFFICES, seats, strict=True)}
        self.live: dict[str, str] = {}
        self.made = 0

    @rule(batch=st.lists(ASKED, min_size=1, max_size=8))
    def carry_out(self, batch: list[Asked]) -> None:
        stored = sorted(self.nominations)
        commands = [self.command(asked, stored) for asked in batch if stored or asked[0] in ("nominate", "reserve")]
        on = self.read(commands)
        for command in commands:
            assert self.answer(on, command) == self.expected(command)
        for before, after in on.changed_buckets():
            assert self.buckets[before.id] == before, "the guard stands on what was stored"
            self.buckets[after.id] = after
        self.nominations.update({change.nomination.id: change.nomination for change in on.changes})

    def command(self, asked: Asked, stored: list[str]) -> Command:
        what, who, choice = asked
        self.made += 1
        new = f"n{self.made:04}"
        if what == "nominate" or what == "reserve":
            return nominate(who, new, Rank.RESERVE if what == "reserve" else Rank.PRIMARY)
        of = stored[choice % len(stored)]
        if what in ("substitute", "swap"):
            return substitute(of, who, new, swap=what == "swap")
        return decide(DECISIONS[what], of)

    def read(self, commands: list[Command]) -> Board:
        """Only what a batch reads: the people named, and the head of the waiting list where somebody withdraws."""
        named = {c.nomination for c in commands if isinstance(c, Decide | Substitute)}
        people = {c.person for c in commands if isinstance(c, Nominate | Substitute)}
        loaded = {id: self.nominations[id] for id in named}
        queues = heads(self.nominations.values(), waiters_needed(commands, loaded))
        loaded |= {n.id: n for queue in queues.values() for n in queue}
        live = {n.person: n for n in self.nominations.values() if n.live and n.person in people}
        return Board(self.run, dict(self.buckets), loaded, {id: WHOLE_CROWD[id] for id in people}, live, queues)

    def answer(self, on: Board, command: Command) -> str:
        try:
            decision = on.decide(command, by_whom(command), NOW)
        except Refused as refusal:
            return refusal.code
        return decision.nomination.state.value

    def expected(self, command: Command) -> str:
        if isinstance(command, Nominate):
            if command.person in self.live:
                return "already-nominated"
            self.live[command.person] = command.new_id
            return self.models[command.person[:5]].nominate(command.new_id, command.rank is Rank.RESERVE)
        assert isinstance(command, Decide | Substitute)
        model = self.model_of(command.nomination)
        if isinstance(command, Substitute):
            return self.substituted(model, command)
        answer = getattr(model, command.action.value)(command.nomination)
        self.forget(command.nomination, answer)
        return str(answer)

    def substituted(self, model: Model, command: Substitute) -> str:
        if command.nomination in model.seated and (known := self.live.get(command.person)):
            if known not in model.queue:
                return "already-nominated"
            if not command.swap:
                return "substitute-waits"
            model.withdraw(known)
        if command.nomination in model.seated and self.models[command.person[:5]] is not model:
            return "substitute-of-other-unit"
        answer = model.substitute(command.nomination, command.new_id)
        if answer == "CONFIRMED":
            self.forget(command.nomination, "WITHDRAWN")
            self.live[command.person] = command.new_id
        return answer

    def model_of(self, id: str) -> Model:
        return self.models[self.nominations[id].bucket[-5:]]

    def forget(self, id: str, answer: str) -> None:
        if answer in ("REJECTED", "WITHDRAWN"):
            self.live = {who: one for who, one in self.live.items() if one != id}

    @precondition(lambda self: hasattr(self, "buckets"))
    @invariant()
    def the_model_agrees(self) -> None:
        for office, model in self.models.items():
            stored = self.buckets[f"run:PROV_HR:{office}"]
            here = [n for n in self.nominations.values() if n.bucket == stored.id]
            assert {n.id for n in here if n.state is C} == model.seated
            assert {n.id for n in here if n.state is S} == model.lying.keys()
            waiting = sorted((n for n in here if n.state is W), key=lambda n: n.queue or 0)
            assert [n.id for n in waiting] == model.queue, "who waits longest is the first"
            assert stored.confirmed == len(model.seated) <= stored.seats == model.seats
            assert stored.free + stored.confirmed == stored.seats
            assert (stored.waiting, stored.seq) == (len(model.queue), model.events)

    @precondition(lambda self: hasattr(self, "buckets"))
    @invariant()
    def nobody_is_live_twice(self) -> None:
        live = [(n.person, n.id) for n in self.nominations.values() if n.live]
        assert len(live) == len(dict(live))
        assert dict(live) == self.live


TestBatches = Batches.TestCase
TestBatches.settings = settings(max_examples=150, stateful_step_count=12, deadline=None)
