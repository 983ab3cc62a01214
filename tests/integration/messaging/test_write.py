"""The unit of work on a real database: state, events and answer are committed together, exactly once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.events.envelope import Position
from shared.idempotency import COMMANDS, CommandKey, KeyReused, command_key
from shared.messaging.outbox import EventTooLarge
from shared.messaging.recorder import EventRecorder
from shared.mongo import (
    Client,
    CollectionSpec,
    Conflict,
    Database,
    DuplicateKey,
    Session,
    StoreError,
    StoreUnavailable,
    UpdateOne,
    connect,
    database,
    prepare,
    transaction,
)
from shared.settings import Settings
from shared.telemetry import correlation
from shared.write import CommandResult, UnitOfWork
from tests.support.events import clock_set
from tests.support.proxy import Wire
from tests.support.station import Station

RUNS = CollectionSpec("runs")


@pytest.fixture
def settings(mongo_url: str) -> Settings:
    """No broker is needed here."""
    return Settings(mongo_url=mongo_url)


@pytest.fixture
async def station(settings: Settings, store: Database) -> Station:
    station = Station(settings, store)
    await station.prepare()
    await prepare(store, [COMMANDS, RUNS])
    return station


@pytest.fixture
def units(station: Station) -> UnitOfWork:
    return UnitOfWork(station.runtime(), station.database, station.publisher)


@dataclass
class SetClock:
    """A command whose effect is one event and a counter; records what each of its runs saw."""

    database: Database
    run: str = "run-1"
    programme: str = "p"
    recorders: list[EventRecorder] = field(default_factory=list)
    already_recorded: list[int] = field(default_factory=list)

    async def __call__(self, session: Session, recorder: EventRecorder) -> CommandResult:
        self.recorders.append(recorder)
        self.already_recorded.append(len(recorder.events))
        row = await self.database.runs.find_one({"_id": self.run}, session=session)
        last = 0 if row is None else int(row["seq"])
        recorder.record([clock_set(self.run, self.programme)], after=last)
        change = UpdateOne({"_id": self.run}, {"$set": {"seq": last + 1}}, upsert=True)
        await self.database.runs.bulk_write([change], session=session)
        return CommandResult({"seq": last + 1}, 201)


@pytest.fixture
def command(store: Database) -> SetClock:
    return SetClock(store)


def key_of(body: bytes = b"{}", key: str | None = "key-1") -> CommandKey:
    return command_key("officer", "POST", "/runs/run-1/clock", key, body)


async def stands_at(station: Station, count: int, run: str = "run-1") -> None:
    """The counter, the events and nothing else."""
    row = await station.database.runs.find_one({"_id": run})
    assert (0 if row is None else row["seq"]) == count
    assert sorted(await station.rows()) == [f"{run}:{seq}" for seq in range(1, count + 1)]


async def test_what_changed_and_its_events_are_stored_together(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    token = correlation.set("request-7")
    try:
        result = await units.commit(command, causation="other:3")
    finally:
        correlation.reset(token)
    assert result == CommandResult({"seq": 1}, 201)
    await stands_at(station, 1)
    row = (await station.rows())["run-1:1"]
    assert row["headers"]["ce_source"] == "/pattana/enrolment"
    assert (row["headers"]["ce_correlationid"], row["headers"]["ce_causationid"]) == ("request-7", "other:3")
    assert row["recorded_at"] <= station.runtime().clock()


async def test_the_relay_is_woken_after_the_commit(station: Station, units: UnitOfWork, command: SetClock) -> None:
    woken = station.publisher.relay._woken

    async def work(session: Session, recorder: EventRecorder) -> CommandResult:
        result = await command(session, recorder)
        assert not woken.is_set()
        return result

    await units.commit(work)
    assert woken.is_set()


@pytest.mark.parametrize("refusal", [KeyReused(), LookupError("a mistake of ours")], ids=["refused", "failed"])
async def test_a_refusal_stores_nothing_and_is_not_retried(
    station: Station, units: UnitOfWork, command: SetClock, refusal: Exception
) -> None:
    async def work(session: Session, recorder: EventRecorder) -> CommandResult:
        await command(session, recorder)
        raise refusal

    for write in (units.commit(work), units.carry_out(key_of(), work)):
        with pytest.raises(type(refusal)):
            await write
    assert len(command.recorders) == 2
    await stands_at(station, 0)
    assert await station.database.commands.count_documents({}) == 0
    assert not station.publisher.relay._woken.is_set()


async def test_an_event_that_is_too_large_refuses_the_whole_command(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    command.programme = "ก" * 400_000
    with pytest.raises(EventTooLarge):
        await units.carry_out(key_of(), command)
    await stands_at(station, 0)


async def test_work_without_events_is_committed_too(station: Station, units: UnitOfWork) -> None:
    async def work(session: Session, recorder: EventRecorder) -> str:
        await station.database.runs.insert_one({"_id": "run-9", "seq": 0}, session=session)
        return "done"

    assert await units.commit(work) == "done"
    assert await station.database.runs.count_documents({"_id": "run-9"}) == 1
    assert await station.rows() == {}


async def test_a_conflicting_run_is_repeated_with_a_new_recorder(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    other = SetClock(station.database)

    # Before its own write, so that this run loses.
    async def beaten(session: Session, recorder: EventRecorder) -> CommandResult:
        await station.database.runs.find_one({"_id": "run-1"}, session=session)
        if not other.recorders:
            await units.commit(other)
        return await command(session, recorder)

    assert (await units.commit(beaten)).body == {"seq": 2}
    assert command.already_recorded == [0, 0]
    assert command.recorders[0] is not command.recorders[1]
    await stands_at(station, 2)


async def test_after_the_allowed_attempts_the_conflict_is_raised(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    async def beaten(session: Session, recorder: EventRecorder) -> CommandResult:
        await station.database.runs.find_one({"_id": "run-1"}, session=session)
        await units.commit(SetClock(station.database))
        return await command(session, recorder)

    with pytest.raises(Conflict):
        await units.commit(beaten, attempts=3)
    assert len(command.recorders) == 3
    await stands_at(station, 3)


async def test_commands_at_once_leave_one_history_without_a_gap(
    station: Station, units: UnitOfWork, store: Database
) -> None:
    results = await asyncio.gather(*(units.commit(SetClock(store)) for _ in range(12)))
    assert sorted(result.body["seq"] for result in results) == list(range(1, 13))
    assert len(await station.rows()) == 12
    assert {row["seq"] for row in (await station.rows()).values()} == set(range(1, 13))


async def test_an_answer_is_recorded_and_repeated(station: Station, units: UnitOfWork, command: SetClock) -> None:
    first = await units.carry_out(key_of(), command)
    assert (first.status, json.loads(first.body), first.positions) == (201, {"seq": 1}, (Position("run-1", 1),))
    assert await units.carry_out(key_of(), command) == first
    assert len(command.recorders) == 1
    with pytest.raises(KeyReused):
        await units.carry_out(key_of(b'{"offset": 3}'), command)
    await stands_at(station, 1)


async def test_without_a_key_every_command_is_carried_out(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    for count in (1, 2):
        answer = await units.carry_out(key_of(key=None), command)
        assert json.loads(answer.body) == {"seq": count}
    await stands_at(station, 2)


@pytest.mark.parametrize("key", ["key-1", None], ids=["with-key", "without-key"])
async def test_twins_get_one_answer_and_make_one_set_of_events(
    station: Station, units: UnitOfWork, store: Database, key: str | None
) -> None:
    """Without a key they are attempts of one command, as after a commit with an unknown result."""
    command = key_of(key=key)
    answers = await asyncio.gather(*(units.carry_out(command, SetClock(store)) for _ in range(4)))
    assert len(set(answers)) == 1
    await stands_at(station, 1)


@pytest.fixture
def lost_answer(monkeypatch: pytest.MonkeyPatch, store: Database) -> None:
    """The first commit takes effect, but its answer is lost. Of this test: services that others of the session started
    commit beside it."""
    answers = iter([StoreUnavailable("no answer to the commit")])

    async def commit(client: Client, work: Callable[[Session], Awaitable[Any]], **limits: Any) -> Any:
        result = await transaction(client, work, **limits)
        if client is store.client and (lost := next(answers, None)) is not None:
            raise lost
        return result

    monkeypatch.setattr("shared.write.transaction", commit)


@pytest.mark.usefixtures("lost_answer")
@pytest.mark.parametrize("key", ["key-1", None], ids=["with-key", "without-key"])
async def test_a_command_with_an_unknown_commit_gets_its_answer(
    station: Station, units: UnitOfWork, command: SetClock, key: str | None
) -> None:
    answer = await units.carry_out(key_of(key=key), command)
    assert (json.loads(answer.body), answer.positions) == ({"seq": 1}, (Position("run-1", 1),))
    assert len(command.recorders) == 1
    await stands_at(station, 1)
    assert station.publisher.relay._woken.is_set()


@pytest.mark.usefixtures("lost_answer")
async def test_an_unknown_commit_without_a_key_raises(station: Station, units: UnitOfWork, command: SetClock) -> None:
    with pytest.raises(StoreUnavailable):
        await units.commit(command)
    await stands_at(station, 1)


async def test_a_commit_whose_answer_was_lost_in_transit_is_retried(
    mongo_url: str, station: Station, settings: Settings
) -> None:
    address = urlsplit(mongo_url)
    assert address.hostname is not None
    assert address.port is not None
    async with Wire((address.hostname, address.port)) as wire:
        options = "directConnection=true&retryWrites=false"
        client = connect(f"mongodb://127.0.0.1:{wire.port}/?{options}", app_name="tests")
        far = Station(settings, database(client, station.database.name))
        await far.database.runs.find_one({})
        command = SetClock(far.database)
        wire.swallow_answer_to(b"commitTransaction")
        answer = await UnitOfWork(far.runtime(), far.database, far.publisher).carry_out(key_of(), command)
        client.close()
    assert (wire.swallowed, json.loads(answer.body)) == (1, {"seq": 1})
    assert len(command.recorders) == 1
    await stands_at(station, 1)


async def test_after_a_faster_twin_the_work_runs_again(station: Station, units: UnitOfWork, command: SetClock) -> None:
    """If requested; otherwise the duplicate is raised at once."""

    async def work(session: Session, recorder: EventRecorder) -> CommandResult:
        result = await command(session, recorder)
        if len(command.recorders) < 3:
            await station.database.runs.insert_one({"_id": "twin"}, session=session)
        return result

    await station.database.runs.insert_one({"_id": "twin"})
    with pytest.raises(DuplicateKey):
        await units.commit(work)
    assert (await units.commit(work, again_after=(DuplicateKey,))).body == {"seq": 1}
    assert command.already_recorded == [0, 0, 0]
    await stands_at(station, 1)


@pytest.mark.parametrize("error", [DuplicateKey("twin"), StoreUnavailable("no answer")], ids=["twin", "no-answer"])
async def test_a_persistent_failure_is_raised_in_time(units: UnitOfWork, error: StoreError) -> None:
    runs = 0

    async def work(session: Session, recorder: EventRecorder) -> None:
        nonlocal runs
        runs += 1
        raise error

    clock = asyncio.get_running_loop().time
    begun = clock()
    with pytest.raises(type(error)):
        await units.commit(work, seconds=0.5, again_after=(DuplicateKey, StoreUnavailable))
    assert clock() - begun < 3
    assert runs > 1


async def test_past_its_deadline_a_run_ends_and_releases_its_documents(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    async def slow(session: Session, recorder: EventRecorder) -> CommandResult:
        await command(session, recorder)
        async with asyncio.timeout(10):
            while True:
                await station.database.runs.find_one({}, session=session)

    with pytest.raises(StoreUnavailable):
        await units.commit(slow, seconds=0.3)
    await stands_at(station, 0)
    assert (await units.commit(command, attempts=1)).body == {"seq": 1}


async def test_events_of_several_aggregates_are_one_commit(
    station: Station, units: UnitOfWork, aggregate: Callable[[], str]
) -> None:
    runs = [aggregate() for _ in range(3)]

    async def work(session: Session, recorder: EventRecorder) -> CommandResult:
        for run in runs:
            recorder.record([clock_set(run)] * 2, after=0)
        recorder.stand_at("run-old", 9)
        return CommandResult({})

    answer = await units.carry_out(key_of(), work)
    assert answer.positions == (*(Position(run, 2) for run in runs), Position("run-old", 9))
    assert sorted(await station.rows()) == sorted(f"{run}:{seq}" for run in runs for seq in (1, 2))


async def test_a_history_continued_by_another_is_not_overwritten(
    station: Station, units: UnitOfWork, command: SetClock
) -> None:
    """Without a guard on the document, the id of the event still prevents it."""
    await units.commit(command)

    async def blind(session: Session, recorder: EventRecorder) -> None:
        recorder.record([clock_set("run-1")], after=0)

    with pytest.raises(DuplicateKey):
        await units.commit(blind)
    await stands_at(station, 1)
