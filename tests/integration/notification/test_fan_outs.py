"""Everybody of a run told by small pages: bounded, by one worker after another, each run by itself, nobody twice."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from services.notification.domain import Kind
from services.notification.reaching.storage import BUILT_AT_ONCE, FanOutStorage, LeaseLost, _messages
from services.notification.storage import (
    FAN_OUTS,
    MESSAGES,
    NOMINATIONS,
    RUNS,
    fan_out_of,
    name_in,
    nomination_document,
)
from shared.events.catalogue import RunCancelled
from shared.events.envelope import Envelope
from tests.integration.notification.conftest import PAGE, Replica, StartReplica
from tests.integration.notification.test_delivery import confirmed, people, withdrawn
from tests.integration.notification.test_reminders import D1
from tests.support.commands import Commands
from tests.support.indexes import asked_of, served
from tests.support.waiting import until
from tests.unit.notification.builders import NOW, START, enveloped, nomination, run_fields, scheduled

COUNT = 4 * PAGE + 2
CANCELLED = enveloped(RunCancelled(**run_fields()), seq=2)


async def told(replica: Replica, kind: Kind = Kind.RUN_CANCELLED) -> Counter[str]:
    return Counter(message.recipient for message in await replica.messages(kind=kind))


def everybody(count: int = COUNT) -> Counter[str]:
    return Counter(f"person-{number}" for number in range(1, count + 1))


async def test_the_event_reads_and_writes_nothing_of_the_people_and_every_page_is_small(
    replica: Replica, commands: Commands
) -> None:
    await people(replica, COUNT)
    commands.sent.clear()
    await replica.consume(CANCELLED)
    by_the_event = list(commands.of(name_in(NOMINATIONS, 1))) + list(commands.of(MESSAGES.name))
    commands.sent.clear()

    made = await replica.fan_outs.sweep()

    pages = [command for command in commands.of(name_in(NOMINATIONS, 1)) if command.name == "find"]
    writes = [len(command.body["updates"]) for command in commands.of(MESSAGES.name) if command.name == "update"]
    assert by_the_event == []
    assert (made, await told(replica)) == (COUNT, everybody())
    assert [page.returned for page in pages] == writes == [PAGE] * 4 + [2]


async def test_every_query_of_the_worker_and_of_reminders_has_its_index(replica: Replica, commands: Commands) -> None:
    await people(replica, COUNT)
    replica.now = D1
    await replica.consume(*(enveloped(scheduled(run=f"run-{n}"), f"run-{n}") for n in range(10, 10 + 2 * PAGE)))
    commands.sent.clear()

    assert await replica.remind() == 2 * COUNT
    await replica.fan_outs.check()

    for spec in (RUNS, NOMINATIONS, FAN_OUTS):
        for command in commands.of(name_in(spec, 1)):
            query = asked_of(command)
            if query is None:
                continue
            found = served(query, spec.indexes)
            assert found is not None, command.body
            assert found.index == "_id_" or (found.beside == frozenset() and query.limit is not None), command.body


async def test_a_worker_that_is_gone_is_followed_by_another_one_where_it_was(start_replica: StartReplica) -> None:
    first, second = await start_replica(), await start_replica()
    await people(first, COUNT)
    await first.consume(CANCELLED)
    dying = FanOutStorage(first.store, first.generation, owner="dying", lease_seconds=0.3, page=PAGE)
    (key,) = await dying.ready(first.now, 1)
    claimed = await dying.claim(key)
    assert claimed is not None
    page = await dying.advance(claimed, first.now)

    assert (page.created, await second.fan_outs.sweep()) == (PAGE, 0)  # still the dying one's

    async def taken_over() -> bool:
        return await second.fan_outs.sweep() > 0

    await until(taken_over)
    assert await told(first) == everybody()
    with pytest.raises(LeaseLost):
        await dying.advance(claimed, first.now)
    row = await first.generation.fan_outs.find_one({"_id": key})
    assert row is not None
    assert (row["made"], "open" in row, fan_out_of(row).after) == (COUNT, False, fan_out_of(row).upto)


async def test_events_that_come_while_the_pages_are_made_and_many_workers(start_replica: StartReplica) -> None:
    """Whoever withdraws under way was told that the run is cancelled, or is told before anything else is known."""
    replicas = [await start_replica() for _ in range(3)]
    await people(replicas[0], COUNT)
    await replicas[0].consume(CANCELLED)

    async def events() -> None:
        for number in (COUNT, 1, COUNT - 1):
            await replicas[0].consume(withdrawn(number))
        await replicas[0].consume(confirmed(COUNT + 1))

    await asyncio.gather(events(), *(replica.fan_outs.sweep() for replica in replicas))
    await replicas[0].fan_outs.sweep()

    assert await told(replicas[0]) == everybody(COUNT + 1)
    run = await replicas[0].generation.runs.find_one({"_id": "run-1"})
    assert run is not None
    assert run["fan_outs"] == []


async def test_a_run_that_fails_waits_alone_and_is_named(replica: Replica) -> None:
    await people(replica, 2)
    other: list[Envelope] = [enveloped(scheduled(run="run-2"), "run-2")]
    other.append(enveloped(RunCancelled(**run_fields(run="run-2")), "run-2", 2))
    broken = {"_id": "broken", "run": "run-1", "turn": 1, "state": ["no state at all"]}
    await replica.generation.nominations.insert_one(broken)
    await replica.consume(CANCELLED, *other)

    checks: list[str | None] = []
    done: list[str] = []

    async def both() -> bool:
        """A page may fail on a busy machine; the other run's is then tried again, like this one's."""
        await replica.fan_outs.sweep()
        checks.append(await replica.fan_outs.check())
        replica.later(minutes=5)
        done[:] = [row["_id"] async for row in replica.generation.fan_outs.find({"open": {"$exists": False}})]
        return bool(done and checks[-1])

    await until(both)
    await replica.generation.nominations.delete_one({"_id": "broken"})
    replica.later(minutes=5)
    await replica.fan_outs.sweep()

    assert checks[0] is None
    assert checks[-1] is not None
    assert checks[-1].startswith("RUN_CANCELLED|run-1:2 fails")
    assert done == ["RUN_CANCELLED|run-2:2"]
    assert (await replica.fan_outs.check(), await told(replica)) == (None, everybody(2))


async def test_of_a_wave_that_was_made_only_what_has_changed_is_looked_at(replica: Replica, commands: Commands) -> None:
    await people(replica, COUNT)
    replica.now = D1
    await replica.remind()
    await replica.consume(confirmed(COUNT + 1))
    commands.sent.clear()

    assert await replica.remind() == 2
    assert [command.returned for command in commands.of(name_in(NOMINATIONS, 1))] == [1, 1]


async def test_a_call_makes_so_many_and_leaves_the_rest_to_the_worker(replica: Replica) -> None:
    await people(replica, COUNT)
    replica.now = D1 - timedelta(days=1)
    replica.reminders.pages = 2

    (first, _) = await replica.reminders.remind("run-1")
    rest = await replica.fan_outs.sweep()

    assert (first.created, first.complete, rest) == (2 * PAGE, False, COUNT - 2 * PAGE)
    assert await told(replica, Kind.REMINDER) == everybody()


async def test_others_have_their_turn_of_the_event_loop_while_messages_are_built(replica: Replica) -> None:
    await people(replica, 1)
    await replica.consume(enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2))
    (row,) = await replica.generation.fan_outs.find({}).to_list(None)
    rows = [nomination_document(nomination(id=f"n{n}", turn=1)) for n in range(4 * BUILT_AT_ONCE)]
    turns = 0

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    messages = await _messages(fan_out_of(row), rows, NOW)
    ticking.cancel()

    assert (len(messages), turns) == (4 * BUILT_AT_ONCE, 4)
