"""Waiting until something is visible: told by the commit, else by one task that asks for all who wait."""

import asyncio
from datetime import datetime

import pytest

from shared.clock import now
from shared.events.envelope import Position
from shared.messaging.positions import (
    LONGEST_PAUSE,
    MOST_ASKED,
    NotYetVisible,
    Positions,
    TooManyWaiting,
    advance,
)
from shared.messaging.receipts import KEPT, count_passed
from shared.messaging.sequence import Origin, Received
from shared.mongo import Database, connect
from shared.position_tokens import Reached, Receipt
from shared.settings import Settings
from tests.support.commands import Commands
from tests.support.events import SOURCE
from tests.support.waiting import DEADLINE

RECEIPT = "0192f0c1-2222-7000-8000-000000000001"


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    return Settings(mongo_url=mongo_url)


@pytest.fixture
def positions(store: Database) -> Positions:
    return Positions(store, "station")


async def reach(store: Database, aggregate: str, seq: int, *, consumer: str = "station", source: str = SOURCE) -> None:
    await store.positions.bulk_write(advance(consumer, [((source, aggregate), seq, False)]))


def upto(*positions: str) -> Reached:
    return Reached(tuple(map(Position.parse, positions)))


def asked(commands: Commands) -> int:
    """Queries that looked for positions or receipts."""
    return len(commands.of("positions")) + len(commands.of("receipts"))


async def test_a_reached_position_is_not_waited_for(store: Database, positions: Positions) -> None:
    await reach(store, "a", 3)
    await positions.wait(upto("a:3", "a:2"), source=SOURCE)
    await positions.wait(Reached(), source=SOURCE, seconds=0)


async def test_what_this_process_commits_needs_no_query(store: Database, positions: Positions) -> None:
    positions.announce({(SOURCE, "a"): 2})
    store_was_asked = positions._looker
    await positions.wait(upto("a:2"), source=SOURCE, seconds=0)
    assert store_was_asked is positions._looker is None


async def test_a_commit_of_this_process_wakes_waiting_readers(
    store: Database, positions: Positions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.positions.SHORTEST_PAUSE", 60)
    waiting = asyncio.create_task(positions.wait(upto("a:2", "b:1"), source=SOURCE, seconds=60))
    for aggregate, seq in (("a", 2), ("b", 1)):
        await asyncio.sleep(0)
        positions.announce({(SOURCE, aggregate): seq})
    await asyncio.wait_for(waiting, DEADLINE)


async def test_a_commit_of_another_process_is_noticed(store: Database, positions: Positions) -> None:
    waiting = asyncio.create_task(positions.wait(upto("a:2"), source=SOURCE, seconds=30))
    await reach(store, "a", 2)
    await asyncio.wait_for(waiting, DEADLINE)


async def test_after_the_timeout_nothing_is_told_of_what_is_missing(store: Database, positions: Positions) -> None:
    await reach(store, "a", 9)
    await reach(store, "b", 1, consumer="other")
    await reach(store, "b", 1, source="/elsewhere")
    with pytest.raises(NotYetVisible) as caught:
        await positions.wait(upto("a:9", "b:1"), source=SOURCE, seconds=0.2)
    assert (caught.value.code, caught.value.details) == ("not-yet-visible", {})
    assert not positions._waiters


async def test_however_many_wait_one_task_asks_for_all_of_them(mongo_url: str, store: Database) -> None:
    commands = Commands()
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    positions = Positions(client[store.name], "station", most_each=600)
    waits = [positions.wait(upto(f"a{n}:1", "b:9"), source=SOURCE, seconds=0.5) for n in range(300)]
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {NotYetVisible}
    # Pauses grow from 20 to 500 ms: ten in half a second, however slow the machine; one waiter asks as often.
    assert 1 <= asked(commands) <= 12
    assert max(len(command.body["filter"]["_id"]["$in"]) for command in commands.of("positions")) <= MOST_ASKED
    before = asked(commands)
    await asyncio.sleep(LONGEST_PAUSE + 0.1)
    assert asked(commands) <= before + 1  # nobody waits: nothing is asked
    client.close()


async def test_those_beyond_one_query_take_turns(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.positions.MOST_ASKED", 4)
    positions = Positions(store, "station")
    never = [asyncio.create_task(positions.wait(upto(f"n{n}:1"), source=SOURCE, seconds=60)) for n in range(12)]
    await reach(store, "a", 1)
    await positions.wait(upto("a:1"), source=SOURCE, seconds=DEADLINE)
    for task in never:
        task.cancel()
    await asyncio.gather(*never, return_exceptions=True)


async def test_beyond_the_limits_nobody_is_kept_waiting(store: Database) -> None:
    positions = Positions(store, "station", most=3, most_each=2)

    def waiting(caller: str) -> asyncio.Task[None]:
        return asyncio.create_task(positions.wait(upto("a:1"), source=SOURCE, caller=caller, seconds=60))

    kept = [waiting("one"), waiting("one")]
    await asyncio.sleep(0)
    with pytest.raises(TooManyWaiting):
        await waiting("one")
    kept.append(waiting("two"))
    await asyncio.sleep(0)
    with pytest.raises(TooManyWaiting):
        await waiting("three")
    positions.announce({(SOURCE, "a"): 1})
    await asyncio.wait_for(asyncio.gather(*kept), DEADLINE)
    assert (positions._callers, dict(positions._waiters)) == ({}, {})


async def test_what_never_comes_here_is_not_waited_for(store: Database) -> None:
    positions = Positions(store, "station", unfollowed=("contact:",))
    await positions.wait(upto("contact:a:3"), source=SOURCE, seconds=0)
    with pytest.raises(NotYetVisible):
        await positions.wait(upto("contact:a:3", "a:1"), source=SOURCE, seconds=0)


async def test_last_is_zero_for_an_unknown_aggregate(store: Database, positions: Positions) -> None:
    await reach(store, "a", 9)
    assert await positions.last(SOURCE, ["a", "b"]) == {"a": 9, "b": 0}


async def test_a_receipt_is_reached_when_all_partitions_have_passed_its_events(
    store: Database, positions: Positions
) -> None:
    reached = Reached((), (Receipt(RECEIPT, 5),))
    await count(store, partition=0, events=3)
    waiting = asyncio.create_task(positions.wait(reached, source=SOURCE, seconds=60))
    await count(store, partition=1, events=1)
    with pytest.raises(NotYetVisible):
        await positions.wait(reached, source=SOURCE, seconds=0.2)
    await count(store, partition=1, events=1)
    positions.announce({})
    await asyncio.wait_for(waiting, DEADLINE)


async def test_history_is_not_counted(store: Database) -> None:
    old = marked(now() - KEPT, partition=0)
    assert count_passed("station", [old], now()) == []
    assert len(count_passed("station", [old, marked(now(), partition=0)], now())) == 1


async def count(store: Database, *, partition: int, events: int) -> None:
    writes = count_passed("station", [marked(now(), partition)] * events, now())
    await store.receipts.bulk_write(writes)


def marked(recorded_at: datetime, partition: int) -> Received:
    headers = {"ce_receipt": RECEIPT.encode(), "ce_time": recorded_at.isoformat().encode()}
    return Received((SOURCE, "a"), 1, Origin("t", partition, 0), None, headers, None)
