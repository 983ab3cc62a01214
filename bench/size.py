"""Figures of what must not grow: large runs, long waiting lists, years of history, and a neighbour that is stuck.

`Environment.size` is the share of the people and rows that the figures speak of: 1 is all of them.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import psutil

from bench.claims import percentile
from bench.client import Connection
from bench.environment import CENTRAL_UNIT, ENROLMENT_DATABASE, HOT, HOT_UNITS, Environment
from bench.office import bring_people
from bench.processes import running
from bench.stock import BUCKETS_OF_A_RUN, YEARS, fill, message_row, outbox_row, rollup_row
from bench.watch import Watch, cancel_and_wait
from pattana.embedded.processes import Child
from services.notification.app import NAME as NOTIFICATION
from services.notification.domain import Kind
from services.notification.storage import MESSAGES
from shared.events.topics import SEATS
from shared.messaging.kafka import partition_of
from shared.messaging.outbox import ANYWHERE, PENDING
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Database, Document, Session, connect, database, transaction
from shared.rights import Role
from tests.support.waiting import until

Values = dict[str, float]
CANCELLED: Final = 30_000
WAITING: Final = 20_000
ROWS: Final = 1_000_000
REQUESTS: Final = 40
HELD_SECONDS: Final = 6.0  # less than a database lets a transaction live


async def cancelled(environment: Environment) -> Values:
    """Everybody of a large run is written to. Nobody has an address here: messages are made, none is sent."""
    count = _share(environment, CANCELLED)
    notification = environment.notification
    await _until_ready(environment)
    run, programme, _ = await _crowd(environment, count, seats=count)
    async with _store(environment, "notification") as store:
        told = {"run": run, "state": "CONFIRMED"}
        await _until_counted(store["nominations_g1"], told, count, "notification knows everybody")
        messages, watch = store[MESSAGES.name], Watch(_process(environment, "notification"))
        before = watch.memory_mb
        began, watching = time.perf_counter(), asyncio.create_task(watch.health(notification.url))
        async with environment.office.client(Role.HR_OFFICER, CENTRAL_UNIT) as officer:
            path = f"/api/enrolment/programmes/{programme}/cancel"
            (await officer.post(path, json={"reason": "bench"})).raise_for_status()
        answered = time.perf_counter()
        await _until_counted(messages, {"run": run, "kind": Kind.RUN_CANCELLED.value}, count, "everybody is written to")
        seconds = time.perf_counter() - began
        await cancel_and_wait(watching)
    await notification.stop()
    return {
        "cancel_answer_ms": (answered - began) * 1000,
        "cancel_seconds": seconds,
        "cancel_longest_block_ms": watch.longest * 1000,
        "cancel_memory_mb": watch.memory_mb - before,
    }


async def withdrawn(environment: Environment) -> Values:
    """Withdrawals of confirmed people from one bucket in which very many wait; each promotes one."""
    run, _, made = await _crowd(environment, _share(environment, WAITING) + REQUESTS, seats=REQUESTS)
    taken = []
    async with Connection(environment.enrolment.url, environment.token()) as office:
        for nomination in made[:REQUESTS]:
            path = f"/api/enrolment/runs/{run}/nominations/{nomination}/withdraw"
            taken.append(await _timed(office, "POST", path, b"{}"))
    await environment.settled()
    return _quantiles("withdraw_waiting", taken)


async def beside_failing(environment: Environment) -> Values:
    """Reports of one run while the events of another cannot be applied: somebody holds one of its documents."""
    stuck, run = await _on_two_partitions(environment)
    people = iter(environment.hot)
    await environment.settled()
    taken: list[float] = []
    async with _store(environment, "reporting") as store:
        active = (await store["generations"].find_one({}) or {})["active"]
        rollups = store[f"rollups_g{active}"]
        held = asyncio.create_task(_hold(store, rollups, stuck))
        async with (
            Connection(environment.enrolment.url, environment.token()) as office,
            Connection(environment.reporting.url, environment.token(Role.EXECUTIVE)) as reader,
        ):
            while not held.done():
                await _nominate(office, stuck, next(people))
                position = await _nominate(office, run, next(people))
                taken.append(await _timed(reader, "GET", f"/api/reporting/runs/{run}?after={position}"))
        await held
    await environment.settled()
    return _quantiles("visible_beside_failing", taken)


async def inbox(environment: Environment) -> Values:
    """Pages of a province's officer, after years of messages to all provinces."""
    await _until_ready(environment)
    run = await environment.office.open_run(HOT)  # of which the texts tell
    async with _store(environment, "notification") as store:
        await fill(store, MESSAGES.name, _share(environment, ROWS), lambda n: message_row(n, environment, run))
    token = environment.token(Role.PROVINCIAL_HR, environment.provinces[0])
    path = "/api/notification/inbox?limit=20"
    taken = await _pages(environment.notification.url, token, path, lambda page: len(page["items"]) == 20)
    await environment.notification.stop()
    return _quantiles("inbox", taken)


async def coverage(environment: Environment) -> Values:
    """A province's coverage of the newest year, after five years of runs in 77 buckets each."""
    async with _store(environment, "reporting") as store:
        active = (await store["generations"].find_one({}) or {})["active"]
        await fill(store, f"rollups_g{active}", _share(environment, ROWS), lambda n: rollup_row(n, environment))
    token = environment.token(Role.PROVINCIAL_HR, environment.provinces[0])
    runs = _share(environment, ROWS) // BUCKETS_OF_A_RUN // YEARS
    path = "/api/reporting/coverage?by=group"
    taken = await _pages(environment.reporting.url, token, path, lambda page: page["totals"]["runs"] >= runs)
    return _quantiles("coverage", taken)


async def erasure(environment: Environment) -> Values:
    """Of people, one after another, in an outbox with a million rows of others."""
    async with _store(environment, "enrolment") as store:
        await fill(store, OUTBOX.name, _share(environment, ROWS), outbox_row)
    people = await environment.office.import_people(HOT, REQUESTS)
    await environment.settled()
    paths = [f"/api/enrolment/people/{person}/contact" for person in people]
    async with Connection(environment.enrolment.url, environment.token(Role.HR_OFFICER, CENTRAL_UNIT)) as office:
        taken = [await _timed(office, "DELETE", path) for path in paths]
    return _quantiles("erasure", taken)


async def audited(environment: Environment) -> Values:
    """`pattana audit` on what the figures before it have left, all of which it must be able to check and find right."""
    await _until_ready(environment)
    await environment.settled()
    async with _store(environment, "enrolment") as enrolment, _store(environment, "notification") as notification:
        await until(partial(_all_told, environment, notification), 600, every=0.5, what="notification has done all")
        outboxes = [store[OUTBOX.name] for store in (enrolment, notification)]
        events = sum([await outbox.estimated_document_count() for outbox in outboxes])
    await environment.notification.stop()
    where = environment.system.where
    told = {
        "PATTANA_MONGO_URL": where.mongo_url,
        "PATTANA_KAFKA_BOOTSTRAP": where.broker.bootstrap,
        "PATTANA_MONGO_PREFIX": where.mongo_prefix,
        "PATTANA_TOPIC_PREFIX": where.topic_prefix,
    }
    command = [sys.executable, "-m", "pattana.cli", "audit"]
    child = Child("audit", command, folder=environment.folder / "audit", environment=told)
    began = time.perf_counter()
    child.start()
    watch = Watch(psutil.Process(child.pid))
    watching = asyncio.create_task(watch.memory())
    code = await child.exited()
    seconds = time.perf_counter() - began
    await cancel_and_wait(watching)
    if code:
        raise RuntimeError(f"the audit ended with {code}: {child.log_path.read_text()}")
    return {"audit_seconds_per_million": seconds / events * 1_000_000, "audit_memory_mb": watch.memory_mb}


async def _all_told(environment: Environment, store: Database) -> bool:
    """Whether notification has applied everything and its own events are in the log."""
    behind = (await environment.reading(NOTIFICATION)).behind
    return not behind and await store[OUTBOX.name].find_one({**PENDING, **ANYWHERE}) is None


# --- what they have in common ---------------------------------------------------------------------------------------


def _share(environment: Environment, count: int) -> int:
    return max(1, round(count * (environment.size or 1)))


async def _crowd(environment: Environment, count: int, *, seats: int) -> tuple[str, str, list[str]]:
    """A run with one bucket, its programme, and nominations of so many new people in order."""
    async with _store(environment, "enrolment") as store:
        people = await bring_people(store, HOT_UNITS, count, registered=True)
        run = await environment.office.open_run(HOT, seats=seats)
        programme = (await store["runs"].find_one({"_id": run}) or {})["programme"]
    made = await environment.office.nominate(run, people)
    await environment.settled()
    return run, programme, made


async def _on_two_partitions(environment: Environment) -> tuple[str, str]:
    first = await environment.office.open_run(HOT)
    while True:
        other = await environment.office.open_run(HOT)
        if partition_of(first, SEATS.partitions) != partition_of(other, SEATS.partitions):
            return first, other


async def _hold(store: Database, rollups: Any, run: str) -> None:
    """Writes to the run's documents and does not commit for a while."""

    async def work(session: Session) -> None:
        await rollups.update_many({"run": run}, {"$set": {"held": True}}, session=session)
        await asyncio.sleep(HELD_SECONDS)

    await transaction(store.client, work, deadline=HELD_SECONDS + 2)
    await rollups.update_many({"run": run}, {"$unset": {"held": ""}})


async def _nominate(office: Connection, run: str, person: str) -> str:
    body = json.dumps({"person": person, "rank": "PRIMARY"}).encode()
    answer = await office.ask("POST", f"/api/enrolment/runs/{run}/nominations", body)
    if answer.status != 201:
        raise RuntimeError(f"a nomination was answered {answer.status}: {answer.body.decode()}")
    return answer.headers["pattana-position"]


async def _pages(url: str, token: str, path: str, full: Callable[[Any], bool]) -> list[float]:
    """Seconds of each; of a page that does not show what was stored it would be no measurement."""
    async with Connection(url, token) as reader:

        async def shown() -> bool:
            return full(json.loads((await reader.ask("GET", path)).body))

        await until(shown, 60, every=0.2, what=f"{path} shows what was stored")
        return [await _timed(reader, "GET", path) for _ in range(REQUESTS)]


async def _timed(connection: Connection, method: str, path: str, body: bytes = b"") -> float:
    """Seconds to the answer, which must be a success."""
    began = time.perf_counter()
    answer = await connection.ask(method, path, body)
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path} was answered {answer.status}: {answer.body.decode()}")
    return time.perf_counter() - began


def _quantiles(name: str, seconds: Iterable[float]) -> Values:
    taken = [each * 1000 for each in seconds]
    return {f"{name}_p50_ms": percentile(taken, 50), f"{name}_p99_ms": percentile(taken, 99)}


async def _until_ready(environment: Environment) -> None:
    await environment.notification.start()
    await until(environment.notification.ready, 60, every=0.1, what="the notification service is ready")


async def _until_counted(collection: Any, query: Document, count: int, what: str) -> None:
    async def counted() -> bool:
        return bool(await collection.count_documents(query) >= count)

    await until(counted, 1_800, every=0.5, what=what)


def _process(environment: Environment, service: str) -> Any:
    return running([environment.folder / "system"])[f"{service}-0"]


@asynccontextmanager
async def _store(environment: Environment, service: str) -> AsyncIterator[Database]:
    client = connect(environment.engines.database.url, app_name="bench")
    try:
        yield database(client, ENROLMENT_DATABASE.replace("enrolment", service))
    finally:
        client.close()
