"""kill -9 of broker, database and services under load, also of two replicas each, and an outage of the broker."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from shared.rights import Role
from tests.faults.conftest import MANY, StartLoad, StartSystem, audited, explain
from tests.support.seeding import seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")


async def kill_broker(system: System) -> None:
    await system.engines.kafka.kill()
    await system.engines.kafka.start()


async def kill_database(system: System) -> None:
    await system.engines.database.kill()
    await system.engines.database.start()


async def kill_services(system: System) -> None:
    for process in system.all:
        await process.crash()


async def kill_everything(system: System) -> None:
    await asyncio.gather(*(process.crash() for process in system.all))
    await asyncio.gather(system.engines.kafka.kill(), system.engines.database.kill())
    await system.engines.start()


KILLS: list[Callable[[System], Awaitable[None]]] = [kill_broker, kill_database, kill_services, kill_everything]


@pytest.mark.parametrize("replicas", [2, 1])
async def test_kill_nine_of_everything_in_turn(
    start_system: StartSystem, load_of: StartLoad, journal: Path, rounds: int, replicas: int
) -> None:
    system = await start_system(replicas=replicas)
    seeded = await seed(system, people=60, seats=50_000)
    clients = [system.client("enrolment", Role.HR_OFFICER, "PERS", replica=n) for n in range(replicas)]
    load = load_of(seeded, *clients, workers=8)
    for kill in KILLS * rounds:
        async with load:
            await load.more(MANY)
            await kill(system)
            await load.more(MANY)
        assert load.surprises == [], kill.__name__
        await system.until_ready()
    for client in clients:
        await client.aclose()
    verdict = await audited(system, journal)
    assert verdict.kept, explain(verdict)


async def test_a_relay_that_wakes_after_its_lease_does_no_harm(
    start_system: StartSystem, load_of: StartLoad, journal: Path
) -> None:
    """Two replicas; the one that has the lanes is silent for longer than its lease and then goes on where it was."""
    system = await start_system(replicas=2, PATTANA_RELAY_LEASE_SECONDS="3")
    seeded = await seed(system, people=60, seats=50_000)
    paused, other = system.services["enrolment"]
    officer = system.client("enrolment", Role.HR_OFFICER, "PERS", replica=1)
    async with officer, load_of(seeded, officer, workers=4) as load:
        paused.pause()
        ends = asyncio.get_running_loop().time() + 6
        await until(lambda: asyncio.get_running_loop().time() > ends, 10, every=0.1)
        paused.resume()
        await load.more(MANY)
    assert load.surprises == []
    assert other.deaths == 0
    verdict = await audited(system, journal)
    assert verdict.kept, explain(verdict)


async def test_an_outage_of_the_broker_loses_nothing_and_stops_no_nomination(
    start_system: StartSystem, load_of: StartLoad, journal: Path, outage_seconds: float
) -> None:
    system = await start_system()
    seeded = await seed(system, people=60, seats=50_000)
    async with (
        system.client("enrolment", Role.HR_OFFICER, "PERS") as client,
        load_of(seeded, client, workers=4) as load,
    ):
        await system.engines.kafka.kill()
        ends = asyncio.get_running_loop().time() + outage_seconds
        await load.more(MANY)  # nominations go on without a broker
        await until(lambda: asyncio.get_running_loop().time() > ends, outage_seconds + 5, every=0.2)
        await system.engines.kafka.start()
    assert load.surprises == []
    verdict = await audited(system, journal)
    assert verdict.kept, explain(verdict)
