"""Drawn lives of seats: posts that are invited, vacant or held by several, holders and those who act, who come and go
before and after, and successors who take over."""

from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.enrolment.seats.domain.commands import Nominate, Substitute
from services.enrolment.seats.domain.moving import day_of
from shared.events.directory import InPost
from shared.events.seats import Rank
from tests.unit.enrolment.seats.life_posts import CANDIDATES, HEADED, LONG_AGO
from tests.unit.enrolment.seats.life_service import STARTS, TARGET

REPLICA: Final = st.tuples(st.integers(0, 1), st.booleans())  # which, and whether it looks first
RUN: Final = st.sampled_from(["a", "a", "a", "b"])
CHANGE: Final = st.tuples(
    st.sampled_from(HEADED),
    st.sampled_from(InPost),
    st.integers(0, 2),
    st.sampled_from([None, None, 0, 10]),  # days after the first day of runs; None: since long ago
)
Change = tuple[str, InPost, int, int | None]


class LifeInPosts(RuleBasedStateMachine):
    """What is about posts. All else is in the machine that has it."""

    service: Any
    model: Any
    expected: Any
    store: Any
    now: datetime
    at: Any
    new: Any
    send: Any

    def begin_posts(self) -> None:
        for unit in HEADED:
            self.recorded(unit)

    def recorded(self, unit: str) -> None:
        """A matter of the directory, which every command asks anew."""
        self.at((0, True), lambda tx: self.service.record(tx, unit, self.expected.posts.holdings(unit)))
        for one in (0, 1):
            self.at((one, True), lambda tx: None)

    @rule(change=CHANGE)
    def post_changes(self, change: Change) -> None:
        unit, in_post, who, days = change
        first = LONG_AGO if days is None else day_of(STARTS) + timedelta(days=days)
        self.expected.posts.change(unit, in_post, first, CANDIDATES[unit, in_post][who])
        self.recorded(unit)

    @rule(run=RUN, unit=st.sampled_from(HEADED), change=st.none() | CHANGE, replica=REPLICA)
    def invite(self, run: str, unit: str, change: Change | None, replica: tuple[int, bool]) -> None:
        """Whom a post brings is decided when it is nominated, not when it was found."""
        proposed = self.at((replica[0], True), lambda tx: self.service.invited(tx, run, unit))
        assert proposed == self.expected.invited(run, unit)
        open_ones = [(held, person) for held, person, unless in proposed[0] if not unless]
        if change is not None and open_ones:
            self.post_changes(change)
        for held, person in open_ones:
            self.send(replica, Nominate(run, person, Rank.PRIMARY, TARGET.key, None, self.new(), held))

    @rule(run=RUN, replica=REPLICA, hands_over=st.booleans())
    def succeed(self, run: str, replica: tuple[int, bool], hands_over: bool) -> None:
        """The successors are told, and take over if somebody wants that."""
        found = self.at((replica[0], True), lambda tx: self.service.successions(tx, run))
        assert found == self.expected.successions(run)
        for id, successor, _ in found if hands_over else ():
            if successor is not None:
                self.send(replica, Substitute(run, id, successor, None, self.new()))

    @rule(run=RUN, unit=st.sampled_from(HEADED), who=st.integers(0, 2), again=st.booleans(), replica=REPLICA)
    def holder_leaves(self, run: str, unit: str, who: int, again: bool, replica: tuple[int, bool]) -> None:
        """Invited, and then somebody else has the post, or nobody: who takes over, or is invited by the other run."""
        self.invite(run=run, unit=unit, change=None, replica=replica)
        self.post_changes(change=(unit, InPost.ACTING, 2, None))
        self.post_changes(change=(unit, InPost.HOLDER, who, None))
        self.succeed(run=run, replica=replica, hands_over=again)
        self.invite(run=run if again else "b", unit=unit, change=None, replica=replica)

    @invariant()
    @precondition(lambda self: hasattr(self, "model"))
    def comes_for_the_post(self) -> None:
        """Holders and who acts stay told apart, whatever becomes of their nominations."""
        for one in self.store.look(self.now).all("nomination"):
            assert one.ex_officio == self.model.cards[one.id].held
