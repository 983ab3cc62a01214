"""Whose turn it is to act on an event, while one generation of a read model takes over from another.

Of a read model whose events have effects outside of it (messages), every event has them once. The generation that
answers acts. The one that is being filled remembers what the other has handled and does nothing else; what is ahead of
the other's position of an aggregate it puts aside, whether the other still runs or not. When it has caught up, the
other one is closed: nobody acts for a moment. As soon as no batch of the other one can be under way any more, and all
that it has handled is remembered here, the pointer moves; so whatever follows from what it did finds it here. From then
on the new one acts, on everything beyond the positions of the other. Should the new release be gone instead, the other
one acts again after a while.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.clock import Clock
from shared.errors import Unavailable
from shared.messaging.batch import ABORT_SECONDS, DEADLINE_SECONDS
from shared.messaging.generations import POINTERS, GenerationState, consumer_name, state_of
from shared.messaging.held import Held, subject_of
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import read_positions
from shared.messaging.sequence import Subject
from shared.mongo import Database, Document, Session, translated_calls

AT_ONCE = 500
# A batch that began before its generation was closed has ended after so long, one way or the other.
LONGEST_BATCH_SECONDS = DEADLINE_SECONDS + ABORT_SECONDS
# Whoever lets the pointer move has closed the other one at most so long ago, and that one acts again much later: clocks
# of two machines may differ by what lies between.
CLOSED = timedelta(seconds=60)
OPEN_AGAIN = timedelta(seconds=300)


class Replaced(Unavailable):
    """Another generation acts now. What was to be done here is its task."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`silent`: this generation only remembers. Of each subject `handled` is how far the other one has come."""

    silent: bool
    handled: Mapping[Subject, int]

    def acts_on(self, subject: Subject, seq: int) -> bool:
        return not self.silent and seq > self.handled.get(subject, 0)


class Cutover:
    """For one generation of one read model. It has the database's word for it, in the transaction of each batch."""

    def __init__(self, database: Database, consumer: str, number: int, clock: Clock, *, at_once: int = AT_ONCE) -> None:
        self._pointers = database[POINTERS.name]
        self._positions = database[POSITIONS.name]
        self._consumer = consumer
        self._number = number
        self._clock = clock
        self._at_once = at_once
        self._held = Held(database, consumer_name(consumer, number))
        self._looked_at = ""

    async def limits(self, subjects: Collection[Subject], session: Session) -> Mapping[Subject, int] | None:
        """How far each of these may be applied now; None: as far as there is anything."""
        state = await self._state(session)
        if state.next != self._number:
            return None
        handled = await self._handled(state.active, subjects, session)
        return {subject: handled.get(subject, 0) for subject in subjects}

    async def standing(self, subjects: Collection[Subject], session: Session) -> Standing:
        """Raises Replaced when it may not act and is not being filled either."""
        state = await self._state(session)
        if state.next == self._number:
            return Standing(silent=True, handled={})
        if state.active != self._number or self._is_closed(state):
            raise Replaced(f"generation {self._number} acts no more: another one takes over")
        before = [old.generation for old in state.retired if old.answered]
        handled = await self._handled(max(before), subjects, session) if before else {}
        return Standing(silent=False, handled=handled)

    async def let_go_on(self) -> int:
        """Orders another look at what was put aside and need not wait any longer; of how many. Raises StoreError."""
        state = await self._state()
        if state.active == self._number:
            total = 0
            while rows := await self._held.ahead("", self._at_once):
                total += await self._held.order(rows)
            return total
        return await self._let_pass(state) if state.next == self._number else 0

    async def _let_pass(self, state: GenerationState) -> int:
        """What the other one has handled meanwhile, a page at a time: there may be much that it never will."""
        rows = await self._held.ahead(self._looked_at, self._at_once)
        self._looked_at = rows[-1]["_id"] if len(rows) == self._at_once else ""
        handled = await self._handled(state.active, {subject_of(row) for row in rows})
        return await self._held.order([row for row in rows if row["seq"] <= handled.get(subject_of(row), 0)])

    def _is_closed(self, state: GenerationState) -> bool:
        return state.closed_at is not None and self._clock() - state.closed_at < OPEN_AGAIN

    async def is_behind(self) -> bool:
        """Whether something waits here that the active one has handled. Raises StoreError."""
        active = (await self._state()).active
        rows = await self._held.ahead("", self._at_once, ordered=None)
        while rows:
            handled = await self._handled(active, {subject_of(row) for row in rows})
            if any(row["seq"] <= handled.get(subject_of(row), 0) for row in rows):
                return True
            rows = await self._held.ahead(rows[-1]["_id"], self._at_once, ordered=None)
        return False

    async def _state(self, session: Session | None = None) -> GenerationState:
        with translated_calls():
            document: Document | None = await self._pointers.find_one({}, session=session)
        if document is None:
            raise Replaced("no generation is known any more")
        return state_of(document)

    async def _handled(
        self, generation: int, subjects: Collection[Subject], session: Session | None = None
    ) -> dict[Subject, int]:
        return await read_positions(self._positions, consumer_name(self._consumer, generation), subjects, session)
