"""The service dies while people are asked for answers, and in the middle of a batch of them: before its commit nothing
is told, after it all is, and each question and each answer once."""

import contextlib
from typing import Any, Final

import httpx
import pytest

from pattana.audit.audit import audit
from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import StartSystem, explain, settled
from tests.support.seeding import Seeded, seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
FORM: Final = "forms/REACTION"
ALWAYS: Final = {"opensAt": "2020-01-01T00:00:00+07:00"}
BATCH: Final = 7


async def test_a_batch_that_is_cut_off_is_told_once(start_system: StartSystem) -> None:
    system = await start_system(PATTANA_EVALUATION_QUIET_SECONDS="3")
    seeded = await seed(system, people=2 * BATCH, seats=50, forms=["REACTION"])
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as officer:
        run = f"/api/enrolment/runs/{seeded.run}"
        for person in seeded.people:
            (await officer.post(f"{run}/nominations", json={"person": person})).raise_for_status()
        await settled(system)
        await _asked(system, officer, seeded)
        for number, point in enumerate((CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_COMMIT)):
            await _die(system, point, seeded, seeded.people[number * BATCH : (number + 1) * BATCH])
            await _told(officer, run, (number + 1) * BATCH)
    await settled(system)
    verdict = await audit(system.where)
    assert verdict.kept, explain(verdict)
    assert verdict["evaluations"].counts["forms"] == 1
    assert verdict["asked"].counts["runs"] == 1
    async with system.stores() as stores:
        asked = stores["notification"]["messages"].find({"kind": "ANSWERS_ASKED"}, {"recipient": 1})
        assert sorted([row["recipient"] async for row in asked]) == sorted(seeded.people), "everybody once"


async def _asked(system: System, officer: httpx.AsyncClient, seeded: Seeded) -> None:
    """The form opens. The next commit with events asks them to answer it; its process dies before that."""
    process = system.services["enrolment"][0]
    deaths = process.deaths
    process.arm(CrashPoint.BEFORE_COMMIT)
    with contextlib.suppress(httpx.TransportError):
        await officer.put(f"/api/enrolment/runs/{seeded.run}/{FORM}", json=ALWAYS, headers={"if-match": '"0"'})
    await process.died(deaths)
    await system.until_ready()
    async with system.stores() as stores:

        async def done() -> bool:
            row = await stores["enrolment"]["evaluation_asking"].find_one({"_id": seeded.run})
            return row is not None and row["asked"] == ["REACTION"]

        await until(done, 60, every=0.2, what="everybody is asked")


async def _die(system: System, point: CrashPoint, seeded: Seeded, people: Any) -> None:
    """They answer, and the next commit with events is that of the batch."""
    process = system.services["enrolment"][0]
    deaths = process.deaths
    async with system.client("enrolment", Role.LEARNER) as client:
        for person in people:
            headers = system.issuer.bearer(Role.LEARNER, None, person)
            path = f"/api/enrolment/runs/{seeded.run}/{FORM}/answers"
            answer = await client.post(path, json={"answers": {"overall": 4}}, headers=headers)
            assert answer.status_code == 201, answer.text
    process.arm(point)
    await process.died(deaths)
    await system.until_ready()


async def _told(officer: httpx.AsyncClient, run: str, count: int) -> None:
    async def told() -> bool:
        answer = await officer.get(f"{run}/{FORM}/results")
        return answer.status_code == 200 and answer.json()["released"] == count

    await until(told, 60, every=0.2, what="the batch is told")
