"""kill -9 of whoever follows the seats of a run into its groups: in the end everybody with a seat is in one group."""

from collections import Counter
from typing import Any

import httpx
import pytest

from shared.faults import CrashPoint
from shared.rights import Role
from tests.faults.conftest import LONG, MANY, StartLoad, StartSystem, audited, explain
from tests.support.seeding import seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")
PEOPLE, SEATS, GROUPS = 60, 15, 4
ROUNDS = 10 if LONG else 2


async def test_who_follows_seats_dies_and_nobody_is_in_two_groups_or_none(
    start_system: StartSystem, load_of: StartLoad
) -> None:
    """Seats change hands through the first replica, which never dies: what the other one commits is about groups."""
    system = await start_system(replicas=2)
    seeded = await seed(system, people=PEOPLE, seats=SEATS)
    path = f"/api/enrolment/runs/{seeded.run}/groups"
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as officer:
        load = load_of(seeded, officer, workers=4)
        async with load:
            await load.more(MANY)
            (await officer.post(path, json={"count": GROUPS})).raise_for_status()
            for point in (CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_COMMIT) * ROUNDS:
                await _dies(system, point)
                await load.more(MANY)
        assert load.surprises == []
        await _everybody_is_in_one(officer, path)
    verdict = await audited(system)
    assert verdict.kept, explain(verdict)


async def _dies(system: System, point: CrashPoint) -> None:
    following = system.services["enrolment"][1]
    deaths = following.deaths
    following.arm(point)
    await following.died(deaths)


async def _everybody_is_in_one(officer: httpx.AsyncClient, path: str) -> None:
    """As many as the seats that are taken, in groups whose sizes say so."""
    nominations = path.replace("groups", "nominations")

    async def groups() -> dict[str, int]:
        return {row["nomination"]: row["group"] for row in await _rows(officer, f"{path}/members")}

    async def settled() -> bool:
        seated = [row["id"] for row in await _rows(officer, nominations, state="CONFIRMED")]
        return sorted(await groups()) == sorted(seated)

    await until(settled, 60, every=0.2, what="everybody with a seat is in a group, and nobody else")
    counted = Counter((await groups()).values())
    sizes = [row["size"] for row in await _rows(officer, path)]
    assert sizes == [counted[number] for number in range(1, GROUPS + 1)]


async def _rows(officer: httpx.AsyncClient, path: str, **params: str) -> list[dict[str, Any]]:
    answer = await officer.get(path, params={"limit": "500", **params})
    rows: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return rows
