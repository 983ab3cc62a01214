"""Engines and services that a test may kill, and the audit that must be green after whatever it did."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from pattana.audit.audit import Where, audit
from pattana.audit.verdict import Verdict
from shared.mongo import connect, database
from tests.conftest import StartEngines
from tests.engines import EngineSet
from tests.support.system import System
from tests.support.waiting import until

StartSystem = Callable[..., Awaitable[System]]
Crowd = Callable[[float], int]
SETTLED_SECONDS = 120.0


@pytest.fixture
async def start_system(start_engines: StartEngines, tmp_path: Path) -> AsyncIterator[StartSystem]:
    """`await start_system(replicas=2)`: all services, ready, on engines of this test alone."""
    async with AsyncExitStack() as stack:

        async def start(*, replicas: int = 1, **more: str) -> System:
            engines = await start_engines()
            system = System(engines, tmp_path, replicas=replicas, **more)
            stack.push_async_callback(system.stop)
            await system.start()
            return system

        yield start


@pytest.fixture
def crowd(engine_set: EngineSet) -> Crowd:
    """`crowd(seconds)`: as many people as these engines can nominate in that time under the loads of these tests."""
    per_second = 250 if engine_set.name == "embedded" else 600
    return lambda seconds: round(per_second * seconds)


async def settled(system: System) -> None:
    """Waits until every row is published and every consumer has applied all of it."""
    await system.until_ready(SETTLED_SECONDS)
    client = connect(system.engines.database.url, app_name="tests")
    try:
        await until(lambda: _quiet(client), SETTLED_SECONDS, every=0.2, what="all events are applied everywhere")
    finally:
        client.close()


async def _quiet(client: object) -> bool:
    stores = {name: database(client, f"pattana_{name}") for name in ("enrolment", "notification", "reporting")}  # type: ignore[arg-type]
    speakers = ("enrolment", "notification")
    if any([await stores[name]["outbox"].find_one({"pending": True}, {"_id": 1}) for name in speakers]):
        return False
    newest: dict[str, int] = {}
    found = stores["enrolment"]["outbox"].find({"topic": "enrolment.seats"}, {"aggregate": 1, "seq": 1})
    async for row in found:
        newest[row["aggregate"]] = max(row["seq"], newest.get(row["aggregate"], 0))
    for service, consumer in (("notification", "notification"), ("reporting", "reporting.g1")):
        ids = [f"{consumer}|/pattana/enrolment|{aggregate}" for aggregate in newest]
        rows = await stores[service]["positions"].find({"_id": {"$in": ids}}).to_list(None)
        reached = {row["_id"].rpartition("|")[2]: row["seq"] for row in rows}
        if reached != newest:
            return False
    return True


async def audited(system: System, journal: Path | None = None) -> Verdict:
    """The verdict on everything, after it has come to rest."""
    await settled(system)
    where = Where(system.engines.database.url, system.engines.kafka.bootstrap)
    return await audit(where, journal)


def explain(verdict: Verdict) -> str:
    """For the message of a failed assertion."""
    lines = [promise.line() for promise in verdict.promises]
    return "\n".join([*lines, *(f"  {one}" for promise in verdict.promises for one in promise.examples)])
