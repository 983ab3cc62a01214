"""Figures of what must not grow: large runs, long waiting lists, years of history, and a neighbour that is stuck.

`Environment.size` is the share of the people and rows that the figures speak of: 1 is all of them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from bench.claims import percentile
from bench.client import Connection
from bench.environment import CENTRAL_UNIT, ENROLMENT_DATABASE, HOT, Environment
from bench.office import bring_people
from bench.processes import memory_mb, running
from bench.stock import OLDEST_YEAR, fill, message_row, outbox_row, rollup_row
from pattana.audit.audit import audit
from services.notification.domain import Kind
from services.notification.storage import MESSAGES
from shared.events.topics import SEATS
from shared.messaging.kafka import partition_of
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Database, Document, Session, connect, database, transaction
from shared.rights import Role
from tests.support.waiting import until

Values = dict[str, float]
CANCELLED: Final = 30_000
WAITING: Final = 20_000
ROWS: Final = 1_000_000
REQUESTS: Final = 40
LOOK_SECONDS: Final = 0.01
HELD_SECONDS: Final = 6.0  # less than a database lets a transaction live


async def cancelled(environment: Environment) -> Values:
    """Everybody of a large run is written to. Nobody has an address here: messages are made, none is sent."""
    count = _share(environment, CANCELLED)
    notification = environment.notification
    await _until_ready(environment)
    run, programme, _ = await _crowd(environment, count, seats=count)
    async with _store(environment, "notification") as store:
        told = {"run": run, "state": "CONFIRMED"}
        await _until_counted(store["nominations"], told, count, "notification knows everybody")
        messages = store[MESSAGES.name]
        before = memory_mb([_process(environment, "notification")])
        began, blocked = time.perf_counter(), asyncio.create_task(_longest_answer(notification.url))
        async with environment.office.client(Role.HR_OFFICER, CENTRAL_UNIT) as officer:
            path = f"/api/enrolment/programmes/{programme}/cancel"
            (await officer.post(path, json={"reason": "bench"})).raise_for_status()
        answered = time.perf_counter()
        await _until_counted(messages, {"run": run, "kind": Kind.RUN_CANCELLED.value}, count, "everybody is written to")
        seconds = time.perf_counter() - began
        blocked.cancel()
        longest = await blocked
        grown = memory_mb([_process(environment, "notification")]) - before
    await notification.stop()
    return {
        "cancel_answer_ms": (answered - began) * 1000,
        "cancel_seconds": seconds,
        "cancel_longest_block_ms": longest * 1000,
        "cancel_memory_mb": grown,
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
    async with _store(environment, "notification") as store:
        await fill(store, MESSAGES.name, _share(environment, ROWS), lambda n: message_row(n, environment))
    token = environment.token(Role.PROVINCIAL_HR, environment.provinces[0])
    taken = await _pages(environment.notification.url, token, "/api/notification/inbox?limit=20")
    await environment.notification.stop()
    return _quantiles("inbox", taken)


async def coverage(environment: Environment) -> Values:
    """A province's coverage and its runs of a year, after five years with 2,000 runs in 77 buckets each."""
    async with _store(environment, "reporting") as store:
        active = (await store["generations"].find_one({}) or {})["active"]
        await fill(store, f"rollups_g{active}", _share(environment, ROWS), lambda n: rollup_row(n, environment))
    token = environment.token(Role.PROVINCIAL_HR, environment.provinces[0])
    taken = await _pages(environment.reporting.url, token, f"/api/reporting/coverage?by=group&fiscalYear={OLDEST_YEAR}")
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
    """The whole audit, by the events of the log."""
    await environment.settled()
    async with _store(environment, "enrolment") as store:
        events = await store[OUTBOX.name].estimated_document_count()
    began = time.perf_counter()
    await audit(environment.system.where)
    return {"audit_seconds_per_million": (time.perf_counter() - began) / events * 1_000_000}


# --- what they have in common ---------------------------------------------------------------------------------------


def _share(environment: Environment, count: int) -> int:
    return max(1, round(count * environment.size))


async def _crowd(environment: Environment, count: int, *, seats: int) -> tuple[str, str, list[str]]:
    """A run with one bucket, its programme, and nominations of so many new people in order."""
    async with _store(environment, "enrolment") as store:
        people = await bring_people(store, [f"{HOT[0]}.HR"], count)
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


async def _pages(url: str, token: str, path: str) -> list[float]:
    async with Connection(url, token) as reader:
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


async def _longest_answer(url: str) -> float:
    """The longest time that a request without any work took, until cancelled: the event loop was busy elsewhere."""
    longest = 0.0
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        try:
            while True:
                began = time.perf_counter()
                await client.get("/healthz")
                longest = max(longest, time.perf_counter() - began)
                await asyncio.sleep(LOOK_SECONDS)
        except asyncio.CancelledError:
            return longest


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
