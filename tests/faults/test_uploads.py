"""kill -9 of the service while devices upload: every record is there once, whichever answers were lost, and the first
one of each person counts."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from pattana.audit.audit import audit
from shared.mongo import Database
from shared.rights import Role
from tests.faults.conftest import LONG, StartSystem, explain, settled
from tests.support.seeding import Seeded, seed
from tests.support.system import System
from tests.support.waiting import until

pytestmark = pytest.mark.needs("processes")

PEOPLE = 40
DEVICES = 4
UPLOADS, SCANS = (40, 50) if LONG else (10, 20)  # of each device
KILLS = 8 if LONG else 3
SKEWS = (0, 3_600, -7_200, 45)


class Device:
    """With a clock of its own, and what it has recorded: pairs of a person and how many seconds ago that truly was."""

    def __init__(self, number: int, token: str, nominations: Sequence[str]) -> None:
        self.skew = timedelta(seconds=SKEWS[number % len(SKEWS)])
        self.headers = {"authorization": f"Bearer {token}"}
        choose, now = random.Random(number), datetime.now(UTC)
        self.batches = [
            [self._record(f"{batch}-{one}", choose, now, nominations) for one in range(SCANS)]
            for batch in range(UPLOADS)
        ]

    def _record(self, name: str, choose: random.Random, now: datetime, nominations: Sequence[str]) -> dict[str, Any]:
        true = now - timedelta(seconds=choose.randrange(10, 3_000))
        at = (true - self.skew).isoformat()
        return {"nonce": f"nonce-{name}", "session": 1, "at": at, "nomination": choose.choice(nominations)}

    async def upload(self, path: str, clients: Sequence[httpx.AsyncClient]) -> None:
        """Every batch until it is answered, and each one once more afterwards."""
        for batch, client in zip([*self.batches, *self.batches], itertools.cycle(clients)):
            await until(partial(self._answered, client, path, batch), 120, every=0.05, what="an upload is answered")

    async def _answered(self, client: httpx.AsyncClient, path: str, batch: list[dict[str, Any]]) -> bool:
        sent = {"deviceTime": (datetime.now(UTC) - self.skew).isoformat(), "records": batch}
        try:
            answer = await client.post(path, json=sent, headers=self.headers)
        except httpx.HTTPError:
            return False
        assert answer.status_code in (200, 503), answer.text
        return answer.status_code == 200


async def test_uploads_that_are_cut_off_are_there_once(start_system: StartSystem) -> None:
    system = await start_system(replicas=2, PATTANA_ALLOW_RUN_CLOCK="true")
    seeded = await seed(system, people=PEOPLE, seats=PEOPLE)
    path = f"/api/enrolment/runs/{seeded.run}"
    devices = await _begun(system, seeded, path)
    async with system.stores() as stores:
        scans = stores["enrolment"]["attendance_scans"]
        clients = [system.client("enrolment", Role.DEVICE, replica=number) for number in range(2)]
        uploading = asyncio.gather(*(device.upload(f"{path}/uploads", clients) for device in devices))
        for kill in range(1, KILLS + 1):
            share = DEVICES * UPLOADS * SCANS * kill // (KILLS + 1)
            await until(partial(_reached, scans, share), 120, every=0.02, what=f"{share} records are there")
            await system.services["enrolment"][kill % 2].crash()
        await uploading
        for client in clients:
            await client.aclose()
        await _check(stores["enrolment"], seeded.run)
    await settled(system)
    verdict = await audit(system.where)
    assert verdict.kept, explain(verdict)
    assert verdict["attendance"].counts["people"] == PEOPLE


async def _begun(system: System, seeded: Seeded, path: str) -> list[Device]:
    """Everybody has a seat, and an hour has passed since the beginning."""
    nominations = []
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as officer:
        for person in seeded.people:
            made = await officer.post(f"{path}/nominations", json={"person": person})
            nominations.append(made.json()["id"])
        starts = datetime.fromisoformat((await officer.get(path)).json()["startsAt"])
        codes = [(await officer.post(f"{path}/devices", json={"name": f"d{n}"})).json()["code"] for n in range(DEVICES)]
        enrol = "/api/enrolment/devices/enrol"
        tokens = [(await officer.post(enrol, json={"code": code})).json()["token"] for code in codes]
    async with system.client("enrolment", Role.OPERATOR) as operator:
        body = {"businessNow": (starts + timedelta(hours=1)).isoformat()}
        (await operator.put(f"{path}/clock", json=body)).raise_for_status()
    return [Device(number, token, nominations) for number, token in enumerate(tokens)]


async def _reached(scans: Any, share: int) -> bool:
    return bool(await scans.count_documents({}) >= share)


async def _check(store: Database, run: str) -> None:
    rows = await store["attendance_scans"].find({"run": run}).to_list(None)
    assert len(rows) == DEVICES * UPLOADS * SCANS
    assert {row["outcome"] for row in rows} <= {"COUNTED", "KEPT"}
    first: dict[str, tuple[datetime, str]] = {}
    for row in rows:
        order = (row["at"], row["_id"])
        first[row["nomination"]] = min(order, first.get(row["nomination"], order))
    people = await store["attendees"].find({"run": run}).to_list(None)
    assert {row["nomination"]: (row["marks"]["1"]["at"], row["marks"]["1"]["source"]) for row in people} == first
