"""What an office does before nominations come: programmes with open runs, and people who may be nominated."""

import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from services.enrolment.directory.domain.people import Person, register_person
from services.enrolment.directory.storage import Stored, person_document
from shared.clock import now
from shared.ids import new_id
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.outbox import Outbox
from shared.messaging.publisher import source_of
from shared.messaging.recorder import EventRecorder
from shared.mongo import Database, Document
from shared.rights import CENTRAL_POOL, Role
from shared.settings import Settings
from tests.support.seeding import people_sheet

SEATS_OF_A_RUN = 100_000
ROWS_AT_ONCE = 500
IMPORTED_AT_ONCE = 4_000
PEOPLE_AT_ONCE = 200  # SecantusDB stands still over ten times as many, which its cache has no room for
MakeToken = Callable[[Role, str | None], str]


@dataclass(frozen=True)
class Office:
    """Calls the enrolment service at `url` with tokens of its own making."""

    url: str
    token: MakeToken
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def client(self, role: Role, unit: str | None = None) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {self.token(role, unit)}", "accept-language": "en"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)

    async def bring_units(self) -> None:
        async with self.client(Role.OPERATOR) as operator:
            _ok(await operator.post("/api/enrolment/imports/reference"))

    async def open_run(self, units: Sequence[str], *, seats: int | None = None, approval: bool = False) -> str:
        """A published run with a bucket of `seats` in each unit; else as many as a run may have, shared out."""
        each = seats or SEATS_OF_A_RUN // len(units)
        async with self.client(Role.HR_OFFICER, "PERS") as officer, self.client(Role.EXECUTIVE) as executive:
            description = _programme(f"BENCH-{next(self._numbers):04}", each * len(units), approval)
            made = _ok(await officer.post("/api/enrolment/programmes", json=description))
            run: str = made["runs"][0]["id"]
            buckets = [{"target": _target(unit), "bucketUnit": unit, "seats": each} for unit in units]
            read = {"if-match": f'"{made["runs"][0]["seatsVersion"]}"'}
            _ok(await officer.put(f"/api/enrolment/runs/{run}/buckets", json={"buckets": buckets}, headers=read))
            for client, step in ((officer, "submit"), (executive, "approve"), (officer, "publish")):
                _ok(await client.post(f"/api/enrolment/programmes/{made['id']}/{step}"))
        return run

    async def import_people(self, units: Sequence[str], count: int) -> list[str]:
        """Ids of people imported as an office would: slower than bring_people, but they have addresses and get mail."""
        ids: list[str] = []
        async with self.client(Role.HR_OFFICER, "PERS") as officer:
            for start in range(0, count, IMPORTED_AT_ONCE):
                sheet = people_sheet(units, min(IMPORTED_AT_ONCE, count - start), f"MAIL-{start}")
                csv = {"content-type": "text/csv"}
                done = _ok(await officer.post("/api/enrolment/imports/people", content=sheet, headers=csv))
                ids += [row["id"] for row in done["people"]]
        return ids

    async def nominate(self, run: str, people: Sequence[str]) -> list[str]:
        """Ids of nominations, made by lists of 500: quickly, and outside of any measurement. Not by the officer whose
        load is measured: that one may approve them."""
        ids: list[str] = []
        async with self.client(Role.HR_OFFICER, CENTRAL_POOL) as officer:
            for rows in chunks(people, ROWS_AT_ONCE):
                body = {"nominations": [{"person": person} for person in rows]}
                done = _ok(await officer.post(f"/api/enrolment/runs/{run}/nominations", json=body))
                ids += [row["nomination"]["id"] for row in done["results"]]
        return ids


async def bring_people(enrolment: Database, units: Sequence[str], count: int, *, registered: bool = False) -> list[str]:
    """Ids of so many people who work in these units in turn. They are stored directly: tens of thousands in seconds.
    With `registered` there are also the events that say so: an audit finds nothing wrong with these people."""
    ids = [new_id() for _ in range(count)]
    people = [_person(id, units[n % len(units)]) for n, id in enumerate(ids)]
    for chunk in chunks(people, PEOPLE_AT_ONCE):
        documents = [person_document(Stored(person, seq=1, contact_seq=0)) for person in chunk]
        await enrolment["people"].insert_many(documents, ordered=False)
        if registered:
            await enrolment[OUTBOX.name].insert_many(_registrations(enrolment, chunk), ordered=False)
    return ids


def _registrations(enrolment: Database, people: Iterable[Person]) -> list[Document]:
    """Rows that wait for the relay."""
    outbox = Outbox(enrolment, lanes=Settings.model_fields["relay_lanes"].default)
    recorder = EventRecorder(source_of("enrolment"), now())
    for person in people:
        recorder.record(register_person(person).events, after=0)
    return [outbox.row(event) for event in recorder.events]


def nominations(run: str, people: Iterable[str]) -> list[str]:
    """Lines of load: one person each."""
    path = f"/api/enrolment/runs/{run}/nominations"
    return [f"{path}\t{json.dumps({'person': person, 'rank': 'PRIMARY'})}" for person in people]


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _person(id: str, unit: str) -> Person:
    office = unit.partition(".")[0]
    return Person(id=id, unit=unit, office=office, level="K2", first_name="ผู้ทดสอบ", last_name="ความเร็ว", external_id=id)


def _target(unit: str) -> str:
    return "CENTRAL_HR" if unit == CENTRAL_POOL else "PROV_HR"


def _programme(code: str, capacity: int, approval: bool) -> dict[str, Any]:
    starts = now() + timedelta(days=30)
    return {
        "code": code,
        "title": "โครงการวัดความเร็ว",
        "kind": "TRAINING",
        "organiser": "PERS",
        "approvalRoute": ["ORGANISER"] if approval else [],
        "targetGroups": [
            {"key": "PROV_HR", "scope": "PROVINCIAL", "unit": "PO.HR"},
            {"key": "CENTRAL_HR", "scope": "CENTRAL"},
        ],
        "runs": [
            {
                "capacity": capacity,
                "startsAt": starts.isoformat(timespec="seconds"),
                "endsAt": (starts + timedelta(hours=6)).isoformat(timespec="seconds"),
            }
        ],
    }


def _ok(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise RuntimeError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer.json()
