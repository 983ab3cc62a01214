"""The pointer of a read model on the real engine: guarded steps, comparing what waits, dropping in steps."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from shared.messaging.consumer import Consumer
from shared.messaging.generations import POINTERS, Fold, Generations
from shared.messaging.held import HELD, held_id
from shared.messaging.pause import PAUSES
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import position_id
from shared.mongo import CollectionSpec, Database, prepare

AT = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = Fold(1, ("a",)), Fold(1, ("a", "b"))
SOURCE = "/pattana/enrolment"


def specs(generation: int) -> Sequence[CollectionSpec]:
    return (CollectionSpec(f"rows_g{generation}"),)


@pytest.fixture
async def older(store: Database) -> Generations:
    await prepare(store, [POINTERS, *Consumer.collections])
    return Generations(store, "model", specs, OLD, dropped_at_once=3)


@pytest.fixture
def newer(store: Database, older: Generations) -> Generations:
    return Generations(store, "model", specs, NEW, dropped_at_once=3)


async def hold(store: Database, generation: int, subject: str, *seqs: int) -> None:
    name = f"model.g{generation}"
    for seq in seqs:
        row = {"_id": held_id(name, (SOURCE, subject), seq), "consumer": name, "source": SOURCE}
        await store[HELD.name].insert_one(row | {"subject": subject, "seq": seq, "wait": "parked"})


async def test_a_generation_is_moved_by_its_own_release_only(older: Generations, newer: Generations) -> None:
    assert (await older.read(AT)).fold == OLD
    state = await newer.begin(AT)
    assert (state.active, state.next, state.next_fold) == (1, 2, NEW)
    assert await older.begin(AT) == state
    assert not await older.move(state, AT)
    assert await newer.move(state, AT)
    assert not await newer.move(state, AT)
    state = await older.read(AT)
    assert (state.active, state.fold, state.next) == (2, NEW, None)
    assert [(old.generation, old.fold, old.answered) for old in state.retired] == [(1, OLD, True)]


async def test_a_newer_release_takes_the_place_of_an_older_rebuild(older: Generations, newer: Generations) -> None:
    assert (await older.begin(AT)).next == 2
    state = await newer.begin(AT)
    assert (state.next, state.next_fold) == (3, NEW)
    assert [(old.generation, old.answered) for old in state.retired] == [(2, False)]


async def test_what_is_abandoned_begins_again_only_when_somebody_asks(newer: Generations, older: Generations) -> None:
    await older.read(AT)
    state = await newer.begin(AT)
    assert await newer.abandon(state, AT)
    assert not await newer.abandon(state, AT)
    state = await newer.read(AT)
    assert (state.active, state.next, state.given_up) == (1, None, NEW)
    assert not state.calls_for(NEW)
    assert not await newer.abandon(state, AT)
    state = await newer.begin(AT)
    assert (state.next, state.given_up) == (3, None)


async def test_the_next_one_is_worse_where_it_waits_earlier(store: Database, older: Generations) -> None:
    state = await older.begin(AT)
    assert await older.worse(state) == []
    await hold(store, 1, "a", 3, 4)
    await hold(store, 2, "a", 3, 4, 5)  # waits in both
    await hold(store, 1, "b", 2, 3)
    await hold(store, 2, "b", 3)  # got further
    assert await older.worse(state) == []
    await hold(store, 1, "c", 7)
    await hold(store, 2, "c", 5, 7)  # waits earlier
    await hold(store, 2, "cc", 1)  # waits here alone
    assert await older.worse(state) == ["cc:1", "c:5"]
    assert await older.worse(state, most=1) == ["cc:1"]


async def test_everything_of_a_generation_is_dropped_in_steps(store: Database, older: Generations) -> None:
    state = await older.begin(AT)
    for generation in (1, 2, 22):
        name = f"model.g{generation}"
        await store[f"rows_g{generation}"].insert_one({"_id": 1})
        await store[POSITIONS.name].insert_many(
            [{"_id": position_id(name, (SOURCE, f"s{number}")), "seq": 1} for number in range(8)]
        )
        await hold(store, generation, "a", *range(1, 6))
        await store[PAUSES.name].insert_one({"_id": f"{name}|1"})
    await older.abandon(state, AT)
    await older.drop(2)
    await older.drop(2)
    assert (await older.read(AT)).retired == ()
    for collection, left in ((POSITIONS, 16), (HELD, 10), (PAUSES, 2)):
        ids = [row["_id"] async for row in store[collection.name].find({})]
        assert len(ids) == left
        assert not [key for key in ids if key.startswith("model.g2|")]
