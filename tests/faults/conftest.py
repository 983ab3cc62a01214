"""Engines and services that a test may kill, and the audit that must be green after whatever it did."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from pattana.audit.audit import audit
from pattana.audit.verdict import Verdict
from shared.mongo import Database
from tests.engines import Engines
from tests.support.load import Load
from tests.support.nursery import Nursery, nursery
from tests.support.seeding import Seeded
from tests.support.system import System
from tests.support.waiting import until_done

StartSystem = Callable[..., Awaitable[System]]
StartLoad = Callable[..., Load]
LONG = bool(os.environ.get("PATTANA_LONG"))
PAUSE = 0.0 if LONG else 1.0
MANY = 50 if LONG else 15  # commands that are waited for


@pytest.fixture(scope="session")
def copies() -> Iterator[Nursery]:
    with nursery() as made:
        yield made


@pytest.fixture
async def start_system(killable: Engines, copies: Nursery, unique: str, tmp_path: Path) -> AsyncIterator[StartSystem]:
    """`await start_system(replicas=2)`: the services, ready, on engines that this test may kill."""
    async with AsyncExitStack() as stack:

        async def start(**options: Any) -> System:
            system = System(killable, tmp_path, prefix=unique, begin=copies.child, **options)
            system.ends_sessions = not LONG
            stack.push_async_callback(system.stop)
            await system.start()
            return system

        yield start


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """What the load of this test saw answered."""
    return tmp_path / "journal.jsonl"


@pytest.fixture
def load_of(journal: Path) -> StartLoad:
    """`async with load_of(seeded, client, workers=4) as load:` is the load of these tests. In `make faults` it is as
    heavy as the engines can take; in `make test` it leaves them time to deal with it."""

    def made(seeded: Seeded, *clients: httpx.AsyncClient, workers: int) -> Load:
        return Load(clients, seeded.run, seeded.people, journal, workers=workers, pause=PAUSE)

    return made


async def settled(system: System) -> None:
    """Waits until every row is published and every consumer has applied all of it."""
    await system.until_ready()
    async with system.stores() as stores:
        await until_done(lambda: _unsettled(stores), every=0.2, what="all events are applied everywhere")


async def _unsettled(stores: Mapping[str, Database]) -> dict[str, int]:
    """How much is left of what; what is heavy to find out is asked last."""
    for name, store in stores.items():
        if waiting := await store["outbox"].count_documents({"pending": True}):
            return {f"waits in the outbox of {name}": waiting}
    newest = {row["_id"]: row["seq"] async for row in stores["enrolment"]["buckets"].find({}, {"seq": 1})}
    left = {}
    for service, consumer in (("notification", "notification.g1"), ("reporting", "reporting.g1")):
        ids = [f"{consumer}|/pattana/enrolment|{bucket}" for bucket in newest]
        rows = await stores[service]["positions"].find({"_id": {"$in": ids}}).to_list(None)
        reached = {row["_id"].rpartition("|")[2]: row["seq"] for row in rows}
        if behind := sum(seq - reached.get(bucket, 0) for bucket, seq in newest.items()):
            left[f"{service} has not applied"] = behind
    return left


async def audited(system: System, journal: Path | None = None) -> Verdict:
    """The verdict on everything, after it has come to rest."""
    await settled(system)
    return await audit(system.where, journal)


def explain(verdict: Verdict) -> str:
    """For the message of a failed assertion."""
    return "\n".join("\n  ".join([check.line(), *check.examples]) for check in verdict)
