"""How a batch is tried again: what takes too long is isolated, an absent database is left alone, all ends in time."""

import asyncio
from collections.abc import Collection, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.seats.service.attempts import Answers, Attempts, Patience, TookTooLong
from services.enrolment.seats.service.queue import Ticket, Undecided
from shared.idempotency import Recorded
from shared.mongo import Conflict, DuplicateKey, StoreError, StoreUnavailable
from tests.unit.enrolment.seats.builders import ticket

QUICK = Patience(batch=0.02, part=0.01, whole=5.0)


class Database:
    """Fails with `failure` whenever one of `culprits` is in the batch, or if there are more commands than `most`."""

    def __init__(self, failure: StoreError, culprits: Collection[Ticket] = (), most: int = 1_000) -> None:
        self.failure = failure
        self.culprits = culprits
        self.most = most
        self.attempts: list[int] = []
        self.seconds: list[float] = []
        self.looked_up: list[bool] = []

    async def once(self, run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        self.attempts.append(len(tickets))
        self.seconds.append(seconds)
        self.looked_up.append(again)
        if len(tickets) > self.most or any(culprit in tickets for culprit in self.culprits):
            raise self.failure
        return [Recorded(201, entry.key.id, ()) for entry in tickets]


def queued(count: int) -> list[Ticket]:
    return [ticket(f"p{place}") for place in range(count)]


async def outcomes(tickets: Sequence[Ticket]) -> list[str]:
    """The answer of each, which must be there, or the name of the error."""
    settled = [entry.outcome for entry in tickets]
    assert None not in settled
    return [one.body if isinstance(one, Recorded) else type(one).__name__ for one in settled]


@settings(deadline=None, max_examples=30)
@given(size=st.integers(1, 256), place=st.integers(0, 255))
async def test_a_command_that_takes_too_long_is_isolated_and_its_neighbours_succeed(size: int, place: int) -> None:
    tickets = queued(size)
    culprit = tickets[place % size]
    database = Database(TookTooLong("slow"), [culprit])
    await Attempts(database.once, QUICK).carry_out("run", tickets)
    assert await outcomes(tickets) == [Undecided.__name__ if one is culprit else one.key.id for one in tickets]
    assert database.looked_up == [False] + [True] * (len(database.attempts) - 1), "the commit may have been made"


async def test_a_database_that_manages_only_small_batches_gets_small_batches() -> None:
    tickets = queued(256)
    database = Database(TookTooLong("slow"), most=40)
    await Attempts(database.once, QUICK).carry_out("run", tickets)
    assert await outcomes(tickets) == [one.key.id for one in tickets]
    assert [size for size in database.attempts if size <= 40] == [32] * 8


async def test_what_the_database_manages_is_remembered_and_tried_again_with_more() -> None:
    database = Database(TookTooLong("slow"), most=40)
    attempts = Attempts(database.once, QUICK)
    await attempts.carry_out("run", queued(256))
    database.attempts.clear()
    again = queued(256)
    await attempts.carry_out("run", again)
    assert await outcomes(again) == [one.key.id for one in again]
    assert max(database.attempts) == 64, "twice what was managed, and not the whole batch again"
    database.attempts.clear()
    database.most = 1_000
    for _ in range(2):
        await attempts.carry_out("run", queued(256))
    assert database.attempts == [64, 128, 64, 256], "it is quick again"


async def test_a_database_that_is_away_is_not_asked_once_for_every_part() -> None:
    """It is away from the second attempt on: the first half is retried as it is, and the other is never tried."""
    tickets, tried = queued(64), []

    async def once(run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        tried.append(list(tickets))
        raise TookTooLong("the commit") if len(tried) == 1 else StoreUnavailable("away")

    await Attempts(once, QUICK).carry_out("run", tickets)
    assert await outcomes(tickets) == [Undecided.__name__] * 64
    assert tried[0] == tickets
    assert len(tried) >= 2
    assert all(part == tickets[:32] for part in tried[1:])


async def test_all_attempts_of_a_batch_together_have_a_limit() -> None:
    tickets = queued(256)

    async def once(run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        attempts.append(seconds)
        await asyncio.sleep(seconds)
        raise TookTooLong("slow")

    attempts: list[float] = []
    await Attempts(once, Patience(batch=0.2, part=0.1, whole=0.5)).carry_out("run", tickets)
    assert await outcomes(tickets) == [Undecided.__name__] * 256
    assert sum(attempts) < 1.0, "the whole, and the last attempt"


@pytest.mark.parametrize(("commands", "seconds"), [(256, 2.0), (128, 1.0), (64, 0.5), (1, 0.5)])
def test_a_part_has_its_share_of_the_time(commands: int, seconds: float) -> None:
    assert Patience().of(commands) == seconds


def test_one_expensive_command_can_be_isolated_within_the_limit() -> None:
    """The batch, and then one part of every size that takes all of its time, with a second for their neighbours."""
    patience = Patience()
    assert sum(patience.of(256 >> halving) for halving in range(9)) + 1.0 <= patience.whole


@pytest.mark.parametrize("failure", [Conflict("lost"), DuplicateKey("twice"), StoreUnavailable("away")])
async def test_a_batch_that_fails_once_is_answered(failure: StoreError) -> None:
    tickets = queued(3)
    failures = [failure]

    async def once(run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        if failures:
            raise failures.pop()
        return [Recorded(201, entry.key.id, ()) for entry in tickets]

    await Attempts(once).carry_out("run", tickets)
    assert await outcomes(tickets) == [one.key.id for one in tickets]


async def test_a_mistake_of_ours_answers_everybody() -> None:
    async def once(run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        raise ZeroDivisionError

    tickets = queued(2)
    await Attempts(once).carry_out("run", tickets)
    assert await outcomes(tickets) == ["ZeroDivisionError"] * 2
