"""A process dies at every point where dying hurts; nothing that was answered is lost and nothing happens twice."""

from pathlib import Path

import pytest

from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import LONG, StartLoad, StartSystem, audited, explain
from tests.support.load import Load
from tests.support.seeding import seed
from tests.support.system import ServiceProcess

pytestmark = pytest.mark.needs("processes")

# Which service passes which point; the same relay and consumer run in several.
POINTS = {
    "notification": [
        CrashPoint.BEFORE_COMMIT,
        CrashPoint.AFTER_APPLY,
        CrashPoint.AFTER_SEND,
        CrashPoint.AFTER_ACK,
        CrashPoint.AFTER_PROVIDER,
    ],
    "enrolment": [
        CrashPoint.BEFORE_COMMIT,
        CrashPoint.AFTER_COMMIT,
        CrashPoint.AFTER_SEND,
        CrashPoint.AFTER_ACK,
    ],
    "reporting": [CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_APPLY],
}


@pytest.mark.parametrize("service", POINTS)
async def test_every_crash_point_of_a_service(
    service: str, start_system: StartSystem, load_of: StartLoad, journal: Path, rounds: int
) -> None:
    """One system, one crash after the other under load: the next one finds what the one before left behind. What the
    first one leaves open in the database nobody ends: the engine does, in its own time."""
    system = await start_system()
    seeded = await seed(system, people=60, seats=50_000)
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        load = load_of(seeded, client, workers=4)
        for number, point in enumerate(POINTS[service] * rounds):
            system.ends_sessions = number > 0 and not LONG
            await die_at(point, system.services[service][0], load)
            assert load.surprises == [], f"{service} {point}"
            await system.until_ready()
    verdict = await audited(system, journal)
    assert verdict.kept, explain(verdict)


async def die_at(point: CrashPoint, process: ServiceProcess, load: Load) -> None:
    deaths = process.deaths
    async with load:
        process.arm(point, 3)
        await process.died(deaths)
        await load.more(5)
