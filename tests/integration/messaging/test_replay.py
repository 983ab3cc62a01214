"""Which rows a replay marks, and that it reads no others: ranges of indexes, by aggregate, topic and time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.events.topics import CONTACTS, DIRECTORY
from shared.messaging.replay import SLACK, Replay, Selection
from shared.mongo import Document
from tests.support.events import MOMENT, contact_changed, history, moved
from tests.support.station import Station

NewAggregate = Callable[[], str]
PER_PERSON = 3


@pytest.fixture
async def people(station: Station, aggregate: NewAggregate) -> list[str]:
    """Their rows are published, one hour after the other; the name of one begins with that of another."""
    first = aggregate()
    people = [first, f"{first}:HR:PO-50", *(aggregate() for _ in range(6))]
    for person in people:
        await station.publish(history([moved(person)] * PER_PERSON), wake=False)
        await station.publish(history([contact_changed(person, "a"), contact_changed(person, "b")]), wake=False)
    offsets: dict[str, int] = {}
    rows = sorted((await station.rows()).values(), key=lambda row: (people.index(person_of(row)), row["seq"]))
    for row in rows:
        offset = offsets[row["place"]] = offsets.get(row["place"], -1) + 1
        at = MOMENT + timedelta(hours=people.index(person_of(row)))
        mark = {"offset": offset, "recorded_at": at, "published_at": at + timedelta(seconds=1)}
        await station.database.outbox.update_one({"_id": row["_id"]}, {"$set": mark, "$unset": {"pending": ""}})
    return people


def person_of(row: Document) -> str:
    return str(row["aggregate"]).removeprefix("contact:")


async def marked(station: Station, **chosen: Any) -> list[str]:
    replay = Replay(station.database, station.settings.topic_prefix)
    await replay.mark(Selection(**chosen), lambda _: None)
    return await station.pending()


def facts(people: list[str]) -> list[str]:
    return sorted(f"{person}:{seq}" for person in people for seq in range(1, PER_PERSON + 1))


def states(people: list[str]) -> list[str]:
    return [f"contact:{person}:2" for person in people]


async def test_everything(station: Station, people: list[str]) -> None:
    assert await marked(station) == sorted(facts(people) + states(people))


async def test_an_aggregate_alone(station: Station, people: list[str]) -> None:
    assert await marked(station, aggregates=[people[0]]) == facts(people[:1])


async def test_the_current_state_of_an_aggregate(station: Station, people: list[str]) -> None:
    assert await marked(station, aggregates=[f"contact:{people[1]}"], topics=[CONTACTS.name]) == states(people[1:2])


async def test_a_topic(station: Station, people: list[str]) -> None:
    assert await marked(station, topics=[DIRECTORY.name]) == facts(people)
    assert await marked(station, aggregates=people, topics=[DIRECTORY.name]) == facts(people)


@pytest.mark.parametrize("hours", [0, 3, 7, 8])
async def test_what_was_recorded_since(station: Station, people: list[str], hours: int) -> None:
    since = MOMENT + timedelta(hours=hours)
    assert await marked(station, since=since, topics=[DIRECTORY.name]) == facts(people[hours:])


async def test_the_place_of_a_time_is_found_by_halving(station: Station, people: list[str]) -> None:
    """What was published before the slack is not read."""
    replay = Replay(station.database, station.settings.topic_prefix)
    selection = Selection(topics=[DIRECTORY.name], since=MOMENT + timedelta(hours=4))
    lows = {query["place"]: query["offset"]["$gte"] async for query, _ in replay._queries(selection)}
    read = [row for row in (await station.rows()).values() if row["offset"] >= lows.get(row["place"], 1_000)]
    assert {person_of(row) for row in read} == set(people[4 - SLACK // timedelta(hours=1) :])
