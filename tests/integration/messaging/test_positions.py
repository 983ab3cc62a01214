"""Waiting until a position is visible: woken by the commit, else by polling; a timeout reports what is missing."""

import asyncio

import pytest

from shared.events.envelope import Position
from shared.messaging.positions import NotYetVisible, Positions, advance
from shared.mongo import Database
from shared.settings import Settings
from tests.support.events import SOURCE
from tests.support.waiting import DEADLINE


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    return Settings(mongo_url=mongo_url)


@pytest.fixture
def positions(store: Database) -> Positions:
    return Positions(store, "station")


async def reach(store: Database, aggregate: str, seq: int, *, consumer: str = "station", source: str = SOURCE) -> None:
    await store.positions.bulk_write(advance(consumer, [((source, aggregate), seq, False)]))


async def test_a_reached_position_is_not_waited_for(store: Database, positions: Positions) -> None:
    await reach(store, "a", 3)
    await positions.wait([Position("a", 3), Position("a", 2)], source=SOURCE, seconds=0)
    await positions.wait([], source=SOURCE, seconds=0)


async def test_a_commit_of_this_process_wakes_waiting_readers(
    store: Database, positions: Positions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.messaging.positions.LOOK_EVERY_SECONDS", 60)
    waiting = asyncio.create_task(positions.wait([Position("a", 2), Position("b", 1)], source=SOURCE, seconds=60))
    for aggregate, seq in (("a", 2), ("b", 1)):
        await asyncio.sleep(0)
        await reach(store, aggregate, seq)
        positions.announce()
    await asyncio.wait_for(waiting, DEADLINE)


async def test_a_commit_of_another_process_is_noticed(store: Database, positions: Positions) -> None:
    waiting = asyncio.create_task(positions.wait([Position("a", 2)], source=SOURCE, seconds=30))
    await reach(store, "a", 2)
    await asyncio.wait_for(waiting, DEADLINE)


async def test_after_the_timeout_missing_positions_are_reported(store: Database, positions: Positions) -> None:
    await reach(store, "a", 9)
    await reach(store, "b", 1, consumer="other")
    await reach(store, "b", 1, source="/elsewhere")
    with pytest.raises(NotYetVisible) as caught:
        await positions.wait([Position("a", 9), Position("b", 1)], source=SOURCE, seconds=0.2)
    assert caught.value.code == "not-yet-visible"
    assert caught.value.details == {"waiting": ["b:1"]}


async def test_last_is_zero_for_an_unknown_aggregate(store: Database, positions: Positions) -> None:
    await reach(store, "a", 9)
    assert await positions.last(SOURCE, ["a", "b"]) == {"a": 9, "b": 0}
