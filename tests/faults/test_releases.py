"""Two replicas release the same seats and are killed while they do: each seat is moved once, and none is lost."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from shared.clock import BANGKOK, now
from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import StartSystem, audited, explain
from tests.support.seeding import seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
SEATS = 250


async def nominate_and_plan(system: System, path: str, people: Sequence[str]) -> None:
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        for start in range(0, len(people), 100):
            rows = {"nominations": [{"person": person} for person in people[start : start + 100]]}
            answer = await client.post(f"{path}/nominations", json=rows, timeout=60)
            assert {row["status"] for row in answer.json()["results"]} == {201}, answer.text
        (await client.patch(path, json={"releaseAt": 15})).raise_for_status()


async def test_a_release_that_is_killed_in_the_middle_goes_on(start_system: StartSystem, journal: Path) -> None:
    system = await start_system(replicas=2, PATTANA_ALLOW_RUN_CLOCK="1")
    seeded = await seed(system, people=2 * SEATS + 100, seats=SEATS)
    path = f"/api/enrolment/runs/{seeded.run}"
    here = seeded.people[::2]  # of PO-50; nobody of PO-95 is nominated
    await nominate_and_plan(system, path, here)
    first, second = system.services["enrolment"]
    deaths = first.deaths, second.deaths
    first.arm(CrashPoint.BEFORE_COMMIT)
    second.arm(CrashPoint.AFTER_COMMIT, 2)  # its first one sets the clock
    moment = {"businessNow": (now() + timedelta(days=25)).astimezone(BANGKOK).isoformat(timespec="seconds")}
    async with system.client("enrolment", Role.OPERATOR, replica=1) as operator:
        (await operator.put(f"{path}/clock", json=moment)).raise_for_status()
    await first.died(deaths[0])
    await second.died(deaths[1])
    async with system.stores() as stores:
        store = stores["enrolment"]

        async def done() -> bool:
            row = await store["runs"].find_one({"_id": seeded.run})
            return row is not None and "release_look_at" not in row

        await until(done, 180, every=0.2, what="the seats are released")
        moved = await store["released_seats"].find({"run": seeded.run}).to_list(None)
    assert len(moved) == SEATS
    given = [row["nomination"] for row in moved if row["nomination"] is not None]
    assert len(given) == len(set(given)) == len(here) - SEATS
    verdict = await audited(system, None)
    assert verdict.kept, explain(verdict)
