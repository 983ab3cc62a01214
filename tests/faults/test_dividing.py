"""A run is split and becomes one again while the services that carry its people die; each person is told once."""

from collections import Counter
from typing import Any

import httpx
import pytest

from shared.faults import CrashPoint
from shared.mongo import Document
from shared.rights import Role
from tests.faults.conftest import StartSystem, audited, explain
from tests.support.seeding import nominate, seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
RUNS = "/api/enrolment/runs"
PEOPLE, SEATS = 240, 105  # more confirmed people of an office than a page carries


async def test_the_carriers_die_and_nobody_is_lost_or_told_twice(start_system: StartSystem) -> None:
    """Two replicas. The one that is asked begins to carry, and dies between two pages, then in one; the other goes on.
    120 of an office: 105 with a seat, 15 who wait."""
    system = await start_system(replicas=2)
    seeded = await seed(system, people=PEOPLE, seats=SEATS)
    async with (
        system.client("enrolment", Role.HR_OFFICER, "PERS") as officer,
        system.client("enrolment", Role.HR_OFFICER, "PERS", replica=1) as asked,
    ):
        await nominate(officer, seeded.run, seeded.people)
        new = await _asked(asked, f"{RUNS}/{seeded.run}/split", system, CrashPoint.AFTER_COMMIT, _WHO)
        await _at_rest(system, officer, seeded.run, new)
        await _as_audited(system)
        assert await _told(system) == Counter({(new, "RUN_CHANGED"): PEOPLE // 2})
        assert await _states(officer, new) == {"CONFIRMED": SEATS, "WAITLISTED": PEOPLE // 2 - SEATS}
        merge = {"into": seeded.run}
        await _asked(asked, f"{RUNS}/{new}/merge", system, CrashPoint.BEFORE_COMMIT, merge)
        await _at_rest(system, officer, seeded.run, new)
        await _as_audited(system)
        told = await _told(system)
        assert told == Counter({(new, "RUN_CHANGED"): PEOPLE // 2, (seeded.run, "RUN_CHANGED"): PEOPLE // 2})
        assert await _states(officer, seeded.run) == {"CONFIRMED": 2 * SEATS, "WAITLISTED": PEOPLE - 2 * SEATS}
        assert (await officer.get(f"{RUNS}/{new}")).json()["state"] == "CANCELLED"


_WHO: dict[str, Any] = {"by": "UNITS", "units": ["PO-50"]}


async def _asked(asked: httpx.AsyncClient, path: str, system: System, point: CrashPoint, body: dict[str, Any]) -> str:
    """The id in the answer. The replica dies of its third unit of work: the command is the first, then come pages. The
    other one stands still until then, because it looks for pages too."""
    other, process = system.services["enrolment"]
    deaths = process.deaths
    process.arm(point, 3)
    other.pause()
    try:
        answer = await asked.post(path, json=body, timeout=60)
        assert answer.is_success, answer.text
        await process.died(deaths)
    finally:
        other.resume()
    return str(answer.json()["id"])


async def _at_rest(system: System, officer: httpx.AsyncClient, *runs: str) -> None:
    await system.until_ready()

    async def still() -> bool:
        answers = [await officer.get(f"{RUNS}/{run}") for run in runs]
        return all(answer.is_success and not answer.json()["moving"] for answer in answers)

    await until(still, 120, every=0.2, what="everybody has been carried over")


async def _as_audited(system: System) -> None:
    verdict = await audited(system)
    assert verdict.kept, explain(verdict)


async def _told(system: System) -> "Counter[tuple[str, str]]":
    """How many messages to people are about another run, by run; each is to somebody else."""
    async with system.stores() as stores:
        query: Document = {"kind": {"$in": ["RUN_CHANGED", "RUN_CANCELLED", "SEAT_LEFT"]}}
        rows = await stores["notification"]["messages"].find(query).to_list(None)
    assert len({(row["run"], row["recipient"], row["kind"]) for row in rows}) == len(rows)
    return Counter((row["run"], row["kind"]) for row in rows)


async def _states(officer: httpx.AsyncClient, run: str) -> dict[str, int]:
    rows = (await officer.get(f"{RUNS}/{run}/nominations", params={"limit": 500})).json()["items"]
    return dict(Counter(row["state"] for row in rows))
