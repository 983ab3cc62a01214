"""Leases by the database's clock: one holder at a time, taken over on expiry, shared evenly by the live replicas."""

import asyncio
from collections.abc import Callable

import pytest

from shared.messaging.leases import LANES, RELAYS, SHAPE, Lanes, LanesChanged, claim, free_document
from shared.mongo import Collection, Database, Document, prepare
from shared.settings import Settings
from tests.support.waiting import until

LEASE = 0.6
LONG = 600.0


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    return Settings(mongo_url=mongo_url)


@pytest.fixture
async def things(store: Database) -> Collection:
    await store.things.insert_one({"_id": "x", **free_document()})
    return store.things


@pytest.fixture
async def lanes(store: Database) -> Callable[..., Lanes]:
    await prepare(store, [LANES, RELAYS, SHAPE])

    def make(owner: str, seconds: float = LONG, count: int = 6) -> Lanes:
        shape = store[SHAPE.name]
        return Lanes(store[LANES.name], store[RELAYS.name], shape, owner=owner, count=count, seconds=seconds)

    return make


async def test_one_of_many_claims_the_lease(things: Collection) -> None:
    claims = await asyncio.gather(*(claim(things, "x", f"o{n}", LONG) for n in range(8)))
    winners = [row for row in claims if row is not None]
    assert len(winners) == 1
    assert winners[0]["epoch"] == 1


async def test_the_holder_renews_the_lease_in_the_same_epoch(things: Collection) -> None:
    first = await claim(things, "x", "a", LONG)
    again = await claim(things, "x", "a", LONG)
    assert first is not None
    assert again is not None
    assert again["epoch"] == first["epoch"]
    assert again["until"] >= first["until"]


async def test_an_expired_lease_can_be_claimed_in_a_new_epoch(things: Collection) -> None:
    await claim(things, "x", "a", LEASE)
    assert await claim(things, "x", "b", LEASE) is None

    async def taken() -> Document | None:
        return await claim(things, "x", "b", LONG)

    row = await until(taken)
    assert row is not None
    assert row["epoch"] == 2
    assert await claim(things, "x", "a", LONG) is None


async def test_without_a_document_there_is_nothing_to_claim(things: Collection) -> None:
    assert await claim(things, "y", "a", LONG) is None
    assert await things.count_documents({}) == 1


async def test_lanes_are_made_once(lanes: Callable[..., Lanes], store: Database) -> None:
    await asyncio.gather(*(lanes(f"o{n}").prepare() for n in range(5)))
    assert sorted(await store[LANES.name].distinct("_id")) == list(range(6))


@pytest.mark.parametrize("count", [5, 7])
async def test_another_number_of_lanes_is_refused(lanes: Callable[..., Lanes], store: Database, count: int) -> None:
    await lanes("a").prepare()
    with pytest.raises(LanesChanged, match=f"PATTANA_RELAY_LANES is {count}, .* lie in 6 lanes: set it to 6"):
        await lanes("b", count=count).prepare()
    assert await store[LANES.name].count_documents({}) == 6
    await lanes("c").prepare()
    await store[SHAPE.name].delete_many({})  # as a database that is older than the check
    with pytest.raises(LanesChanged):
        await lanes("b", count=count).prepare()


async def test_of_replicas_with_different_numbers_one_kind_starts(lanes: Callable[..., Lanes], store: Database) -> None:
    starts = [lanes(f"o{n}", count=5 + n % 2).prepare() for n in range(6)]
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LanesChanged"] * 3 + ["NoneType"] * 3
    (shape,) = await store[SHAPE.name].find({}).to_list(None)
    assert await store[LANES.name].count_documents({}) == shape["count"]


async def test_a_single_replica_has_all_lanes(lanes: Callable[..., Lanes]) -> None:
    a = lanes("a")
    await a.prepare()
    assert a.held() == frozenset()
    await a.renew()
    assert a.held() == frozenset(range(6))
    assert a.live_relays == 1


async def test_what_a_replica_held_before_a_quick_restart_is_left_to_nobody_for_a_lease_alone(
    lanes: Callable[..., Lanes],
) -> None:
    """Alive under the same name, it takes its share; the rest has a holder that lives, and must not lie idle for it."""
    killed, anew, other = lanes("a", LEASE), lanes("a"), lanes("b")
    await killed.prepare()
    await killed.renew()
    await other.renew()
    assert other.held() == frozenset()
    await anew.renew()
    assert anew.held() == frozenset(range(3))

    async def shared() -> bool:
        await other.renew()
        await anew.renew()
        return anew.held() | other.held() == frozenset(range(6)) and not anew.held() & other.held()

    await until(shared, 20, what="each lane has a replica that serves it")


async def test_two_replicas_share_and_the_remaining_one_takes_all(lanes: Callable[..., Lanes]) -> None:
    a, b = lanes("a"), lanes("b")
    await a.prepare()
    await a.renew()
    await b.renew()
    assert b.held() == frozenset()
    await a.renew()
    await b.renew()
    assert len(a.held()) == len(b.held()) == 3
    assert a.held() | b.held() == frozenset(range(6))
    assert (a.live_relays, b.live_relays) == (2, 2)
    await a.give_back()
    assert a.held() == frozenset()
    await b.renew()
    assert b.held() == frozenset(range(6))


async def test_lanes_of_a_dead_replica_are_free_after_their_lease(lanes: Callable[..., Lanes], store: Database) -> None:
    dead, alive = lanes("dead", LEASE), lanes("alive", LEASE)
    await dead.prepare()
    await dead.renew()
    await alive.renew()
    assert alive.held() == frozenset()

    async def all_taken() -> bool:
        await alive.renew()
        return alive.held() == frozenset(range(6))

    await until(all_taken)
    assert {row["epoch"] async for row in store[LANES.name].find({})} == {2}
    await dead.renew()
    assert dead.held() == frozenset()


async def test_a_replica_paused_beyond_its_lease_serves_nothing(lanes: Callable[..., Lanes]) -> None:
    a = lanes("a", LEASE)
    await a.prepare()
    await a.renew()
    assert a.held()
    await until(lambda: not a.held(), LEASE)


async def test_a_restart_with_the_same_name_continues_at_once(lanes: Callable[..., Lanes]) -> None:
    before, after = lanes("a"), lanes("a")
    await before.prepare()
    await before.renew()
    await after.renew()
    assert after.held() == frozenset(range(6))


async def test_names_of_long_dead_replicas_are_removed(lanes: Callable[..., Lanes], store: Database) -> None:
    a = lanes("a")
    await a.prepare()
    await store[RELAYS.name].insert_one({"_id": "old", "until": 1})
    await a.renew()
    assert await store[RELAYS.name].distinct("_id") == ["a"]
