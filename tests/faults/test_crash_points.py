"""A process dies at every point where dying hurts; nothing that was answered is lost and nothing happens twice."""

from pathlib import Path

import pytest

from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import Crowd, StartSystem, audited, explain
from tests.support.load import Load
from tests.support.seeding import seed

pytestmark = pytest.mark.needs("processes")

# Which service passes which point; the same relay and consumer run in several.
POINTS = [
    ("enrolment", CrashPoint.BEFORE_COMMIT),
    ("enrolment", CrashPoint.AFTER_COMMIT),
    ("enrolment", CrashPoint.AFTER_SEND),
    ("enrolment", CrashPoint.AFTER_ACK),
    ("notification", CrashPoint.BEFORE_COMMIT),
    ("notification", CrashPoint.AFTER_APPLY),
    ("notification", CrashPoint.AFTER_SEND),
    ("notification", CrashPoint.AFTER_ACK),
    ("notification", CrashPoint.AFTER_PROVIDER),
    ("reporting", CrashPoint.BEFORE_COMMIT),
    ("reporting", CrashPoint.AFTER_APPLY),
]


async def test_every_crash_point_of_every_service(
    start_system: StartSystem, tmp_path: Path, rounds: int, crowd: Crowd
) -> None:
    """One system, one crash after the other under load: the next one finds what the one before left behind."""
    system = await start_system()
    seeded = await seed(system, people=crowd(12 * rounds), seats=50_000)
    people = iter(seeded.people)
    journal = tmp_path / "journal.jsonl"
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        for _ in range(rounds):
            for service, point in POINTS:
                process = system.services[service][0]
                deaths = process.deaths
                load = Load([client], seeded.run, people, journal, workers=4)
                async with load:
                    process.arm(point, 3)
                    await process.died(deaths)
                    await load.more(5)
                assert load.surprises == [], f"{service} {point}"
                await system.until_ready()
    verdict = await audited(system, journal)
    assert verdict.kept, explain(verdict)
