"""kill -9 of the service again and again while certificates are issued, 10,000 in the long form: no number is missing,
none is twice."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared.clock import now
from shared.events.seats import NominationState
from shared.mongo import Database
from shared.rights import Role
from tests.faults.conftest import LONG, StartSystem
from tests.support.seeding import seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")

MANY = 10_000 if LONG else 600
AT_ONCE = 100
KILLS = 8 if LONG else 3


async def crowd(store: Database, run: str) -> None:
    """People who have seats, as they would be stored: nominating so many would be most of the test."""
    programme = (await store["runs"].find_one({"_id": run}) or {})["programme"]
    place = {"unit": "PO-50.HR", "province": "50", "group": "NU1", "region": "N"}
    for start in range(0, MANY, AT_ONCE):
        numbers = range(start, start + AT_ONCE)
        people = [_person(n) for n in numbers]
        await store["people"].insert_many(people)
        await store["nominations"].insert_many([_seat(n, run, programme, place) for n in numbers])


def _person(n: int) -> dict[str, Any]:
    known = {"unit": "PO-50.HR", "office": "PO-50", "first_name": f"คนที่{n}", "last_name": "ทดสอบ"}
    return {"_id": f"p{n:06d}", "seq": 1, "contact_seq": 0, "sort_key": f"{n:06d}", **known}


def _seat(n: int, run: str, programme: str, place: dict[str, str]) -> dict[str, Any]:
    return {
        "_id": f"n{n:06d}",
        "run": run,
        "programme": programme,
        "target": "PROV_HR",
        "bucket": f"{run}:PROV_HR:PO-50",
        "bucket_unit": "PO-50",
        "person": f"p{n:06d}",
        "place": place,
        "office": "PO-50",
        "rank": "PRIMARY",
        "state": NominationState.CONFIRMED.value,
        "live": True,
        "created_at": now(),
        "changed_at": now(),
    }


async def ended(system: System, run: str) -> None:
    async with system.stores() as stores:
        runs = stores["enrolment"]["runs"]
        row = await runs.find_one({"_id": run}) or {}
        past = {"ends_at": now() - timedelta(hours=1), "starts_at": now() - timedelta(hours=2)}
        await runs.update_one({"_id": run}, {"$set": past})
        rule = {"certificate": {"attendance_pct": 0, "forms": []}}
        await stores["enrolment"]["programmes"].update_one({"_id": row["programme"]}, {"$set": rule})


async def test_so_many_are_numbered_without_a_gap_however_often_the_service_dies(
    start_system: StartSystem,
) -> None:
    system = await start_system(replicas=2, without=("notification",))
    seeded = await seed(system, people=2, seats=1)
    await ended(system, seeded.run)
    path = f"/api/enrolment/runs/{seeded.run}/certificates"
    async with system.stores() as stores:
        store = stores["enrolment"]
        await crowd(store, seeded.run)
        async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
            (await client.post(path, json={})).raise_for_status()
        for kill in range(1, KILLS + 1):
            share = MANY * kill // (KILLS + 1)
            await until(partial(_issued, store, share), 300, every=0.1, what=f"{share} are issued")
            for process in system.services["enrolment"]:
                await process.crash()
        await until(lambda: store["certificate_issues"].find_one({"run": seeded.run, "after": None}), 600, every=0.2)
        await check(store)


async def _issued(store: Database, least: int) -> bool:
    return await store["certificates"].estimated_document_count() >= least


async def check(store: Database) -> None:
    """Numbers, certificates, events and counts tell the same."""
    rows = await store["certificates"].find({}, {"serial": 1, "person": 1, "code": 1}).to_list(None)
    assert sorted(row["serial"] for row in rows) == list(range(1, MANY + 1))
    assert max(Counter(row["person"] for row in rows).values()) == 1
    assert len({row["code"] for row in rows}) == MANY
    (register,) = await store["certificate_registers"].find({}).to_list(None)
    assert (register["last"], register["seq"]) == (MANY, MANY)
    events = await store["outbox"].find({"aggregate": register["_id"]}, {"seq": 1}).to_list(None)
    assert sorted(row["seq"] for row in events) == list(range(1, MANY + 1))
    issue = await store["certificate_issues"].find_one({}) or {}
    assert (issue["seen"], issue["issued"], issue["held"]) == (MANY, MANY, 0)
