"""Two replicas release the same seats, and offer others, and are killed while they do: each seat is moved once, and
none is lost."""

from asyncio import gather
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.clock import BANGKOK, now
from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import StartSystem, audited, explain
from tests.support.seeding import Seeded, nominate, seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
SEATS = 110  # more than a page moves
FEW = 8


async def nominate_and_plan(system: System, run: str, people: Sequence[str]) -> None:
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        await nominate(client, run, people, at_once=50)
        (await client.patch(f"/api/enrolment/runs/{run}", json={"releaseAt": 15})).raise_for_status()


async def deadly_day(system: System, seeded: Seeded, days: int) -> None:
    """It is that day by the clock of the run; both replicas die of what they do about it. The one that dies first
    stands still until the other one has: it would do all the rest."""
    first, second = system.services["enrolment"]
    alive = {first: first.deaths, second: second.deaths}
    first.arm(CrashPoint.BEFORE_COMMIT)
    second.arm(CrashPoint.AFTER_COMMIT, 2)  # its first one sets the clock
    moment = {"businessNow": (now() + timedelta(days=days)).astimezone(BANGKOK).isoformat(timespec="seconds")}
    async with system.client("enrolment", Role.OPERATOR, replica=1) as operator:
        (await operator.put(f"/api/enrolment/runs/{seeded.run}/clock", json=moment)).raise_for_status()
    dead = await until(lambda: [one for one in alive if one.deaths > alive[one]], what="a replica dies")
    dead[0].pause()
    await gather(*(one.died(alive[one]) for one in alive))
    dead[0].resume()


async def released(system: System, run: str) -> list[Any]:
    async with system.stores() as stores:
        store = stores["enrolment"]

        async def done() -> bool:
            row = await store["runs"].find_one({"_id": run})
            return row is not None and "release_look_at" not in row

        await until(done, 180, every=0.2, what="the seats are released")
        return await store["released_seats"].find({"run": run}).to_list(None)


async def test_what_is_killed_in_the_middle_goes_on(start_system: StartSystem) -> None:
    """A release, and another one whose seats are offered: one start serves both."""
    system = await start_system(replicas=2, PATTANA_ALLOW_RUN_CLOCK="1")
    await _released_in_order(system)
    await system.until_ready()
    await _offered_by_hand(system)
    verdict = await audited(system)
    assert verdict.kept, explain(verdict)


async def _released_in_order(system: System) -> None:
    seeded = await seed(system, people=2 * SEATS + 80, seats=SEATS)
    here = seeded.people[::2]  # of PO-50; nobody of PO-95 is nominated
    await nominate_and_plan(system, seeded.run, here)
    await deadly_day(system, seeded, 25)
    moved = await released(system, seeded.run)
    assert len(moved) == SEATS
    given = [row["nomination"] for row in moved if row["nomination"] is not None]
    assert len(given) == len(set(given)) == len(here) - SEATS


async def _offered_by_hand(system: System) -> None:
    """The seats of PO-95 go to the pool, and are offered to those of PO-50 who wait; some accept, some decline, and the
    rest have not answered when the run begins."""
    more = {"releaseRule": "BY_HAND", "waitingLists": {"pool": "OFFER", "onDecline": "WITHDRAWN"}}
    seeded = await seed(system, people=6 * FEW, seats=FEW, code="TEST-002", more=more)
    here = seeded.people[::2]
    await nominate_and_plan(system, seeded.run, here)
    await deadly_day(system, seeded, 25)
    assert len(await released(system, seeded.run)) == FEW
    asked = await _in(system, seeded, OFFERED=FEW, CONFIRMED=FEW)
    first = system.services["enrolment"][0]
    deaths = first.deaths
    first.arm(CrashPoint.AFTER_COMMIT)
    await _answered(system, seeded, asked[:3], "accept", 409)
    await first.died(deaths)
    await _answered(system, seeded, asked[3:5], "decline", 409)
    await _in(system, seeded, OFFERED=FEW - 3, CONFIRMED=FEW + 3, WITHDRAWN=2)
    await deadly_day(system, seeded, 31)
    await _in(system, seeded, CONFIRMED=FEW + 3, WAITLISTED=len(here) - FEW - 5, WITHDRAWN=2)


async def _in(system: System, seeded: Seeded, **counts: int) -> list[str]:
    """Waits until so many are in each of these states; those who are offered a seat."""
    async with system.stores() as stores:
        nominations = stores["enrolment"]["nominations"]

        async def so() -> bool:
            states = Counter([row["state"] async for row in nominations.find({"run": seeded.run}, {"state": 1})])
            return counts.items() <= states.items()

        await until(so, 120, every=0.2, what=str(counts))
        query = {"run": seeded.run, "state": "OFFERED"}
        return [row["_id"] async for row in nominations.find(query, {"_id": 1}).sort("_id", 1)]


async def _answered(system: System, seeded: Seeded, asked: Sequence[str], how: str, before: int) -> None:
    """Until each is answered with a success, or `before`: an answer that got lost was one."""
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        for one in asked:
            path = f"/api/enrolment/runs/{seeded.run}/offers/{one}/{how}"

            async def done(path: str = path) -> bool:
                try:
                    answer = await client.post(path, json={}, timeout=10)
                except httpx.TransportError:
                    return False
                assert answer.is_success or answer.status_code in (before, 502, 503), answer.text
                return answer.status_code < 500

            await until(done, 60, every=0.2, what=f"{how} {one}")
