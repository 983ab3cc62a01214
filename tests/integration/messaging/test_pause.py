"""A bad deploy is told from bad data, by type of event and version of the code, over partitions, replicas, restarts."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from shared.events.directory import PersonMoved, PersonRegistered
from shared.messaging.consumer import Consumer
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.pause import WINDOW
from shared.messaging.sequence import Received
from shared.mongo import Database
from shared.settings import Settings
from tests.support.events import MOMENT, history, moved, outgoing
from tests.support.station import Station, arrived, running
from tests.support.waiting import until

NewAggregate = Callable[[], str]


def registered(person: str) -> PersonRegistered:
    return PersonRegistered(person=person, unit="PO-50", level="K2", post=None)


def broken(person: str) -> Received:
    return arrived(outgoing(moved(person), 1), b"{")


def good(person: str) -> Received:
    return arrived(outgoing(registered(person), 1))


@pytest.fixture
async def strict(settings: Settings, store: Database) -> Station:
    """Pauses at three."""
    station = Station(settings.model_copy(update={"park_limit": 3, "consumer_batch": 1}), store)
    await station.prepare()
    return station


def runs_another_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.batch.code_version", lambda service: "another")


async def seen(station: Station, people: Sequence[str]) -> bool:
    count: int = await station.database.effects.count_documents({"subject": {"$in": list(people)}})
    return count == len(people)


async def well(consumer: Consumer) -> bool:
    return await consumer.check() is None


async def test_a_bad_release_pauses_though_other_types_succeed(
    strict: Station, aggregate: NewAggregate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On all partitions at once, and over a restart; a release that works goes on where it stopped."""
    bad, others = [aggregate() for _ in range(4)], [aggregate() for _ in range(12)]
    strict.effects.fail = {f"{person}:1": ZeroDivisionError("a bad release") for person in bad}
    consumer = strict.consumer(PersonMoved, PersonRegistered)
    async with running(strict.publisher.relay.run, consumer.run):
        for number, person in enumerate(bad):
            events = [outgoing(registered(other)) for other in others[3 * number : 3 * number + 3]]
            await strict.publish([*events, outgoing(moved(person))])
        await until(lambda: consumer._batch.pause.reason)
        await until(strict.all_published)
    assert PersonMoved.type in (await consumer.check() or "")
    assert len(await strict.parked()) >= 3
    assert await DeadLetters(strict.database).paused(3) == ["station"]

    again = strict.consumer(PersonMoved, PersonRegistered)
    async with running(again.run):
        await until(lambda: again._batch.pause.reason)
        runs_another_release(monkeypatch)
        strict.effects.fail = {}
        repaired = strict.consumer(PersonMoved, PersonRegistered, instance="b")
        async with running(repaired.run):
            await until(partial(seen, strict, others), what="the repaired replica takes over")
            await until(partial(well, repaired), what="the repaired replica has nothing to complain of")
            assert again._batch.pause.reason is not None
            await strict.retry()
            await until(partial(seen, strict, bad))
            await until(lambda: again._batch.pause.reason is None, what="a retry clears all counts")
    assert await strict.held() == {}


async def test_partitions_and_replicas_of_one_release_share_the_counts(strict: Station) -> None:
    replicas = [await strict.batch(PersonMoved, PersonRegistered) for _ in range(3)]
    batches = [[good(f"g{n}"), broken(f"p{n}"), good(f"h{n}")] for n in range(3)]
    await asyncio.gather(*(replica.process(batch) for replica, batch in zip(replicas, batches, strict=True)))
    fresh = await strict.batch(PersonMoved, PersonRegistered)
    assert fresh.pause.reason is not None
    assert sorted(subject for _, subject in fresh.pause.tallies[PersonMoved.type].parked) == ["p0", "p1", "p2"]
    assert await fresh.process([good("later")]) == 0
    assert await strict.effects.seqs("later") == []


async def test_another_release_begins_with_no_counts(strict: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    old = await strict.batch(PersonMoved)
    for person in "abc":
        await old.process([broken(person)])
    assert old.pause.reason is not None
    runs_another_release(monkeypatch)
    new = await strict.batch(PersonMoved)
    assert await new.process([broken("d"), *map(arrived, history([moved("e")] * 2))]) is None
    assert await strict.effects.seqs("e") == [1, 2]
    assert (await strict.batch(PersonMoved)).pause.reason is None


async def test_bad_data_among_good_pauses_nothing(strict: Station) -> None:
    batch = await strict.batch(PersonMoved)
    for number in range(6):
        events = [arrived(event) for event in history([moved(f"good-{number}")] * 3)]
        assert await batch.process([broken(f"bad-{number}"), *events]) is None
    assert len(await strict.parked()) == 6
    assert await strict.database.pauses.find_one({"types": {"$ne": []}}) is None


async def test_failures_far_apart_pause_nothing(strict: Station) -> None:
    at = MOMENT
    batch = await strict.batch(PersonMoved)
    batch.pause._clock = lambda: at
    for number in range(4):
        at = MOMENT + number * (WINDOW * 0.6)
        await batch.process([broken(f"p{number}")])
        assert batch.pause.reason is None
    at += timedelta(minutes=1)
    await batch.process([broken("q0"), broken("q1")])
    assert batch.pause.reason is not None
    at += 2 * WINDOW
    await batch.pause.load()
    assert batch.pause.reason is not None  # a pause does not end by itself
