"""A published programme with people for it, made through the HTTP API as an office would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from shared.clock import now
from shared.rights import Role
from tests.support.system import System
from tests.support.waiting import IMPORT_SECONDS, until

SHEET_ROWS = 2_000


@dataclass(frozen=True)
class Seeded:
    """An open run, and people who may be nominated for it, in the order of their offices."""

    programme: str
    run: str
    people: Sequence[str]


async def seed(
    system: System,
    *,
    units: Sequence[str] = ("PO-50", "PO-95"),
    seats: int = 1000,
    people: int = 400,
    approval: bool = False,
    forms: Sequence[str] = (),
    code: str = "TEST-001",
    more: Mapping[str, Any] | None = None,
) -> Seeded:
    """One run with a bucket of `seats` in each unit; `more` of its programme. Everything is visible in the reports when
    this returns."""
    ids = await import_people(system, units, people, code)
    programme, run = await _programme(
        system, units, seats, _body(units, seats, approval, code, forms) | dict(more or {})
    )
    await _visible(system, run)
    return Seeded(programme, run, ids)


async def nominate(officer: httpx.AsyncClient, run: str, people: Sequence[str], *, at_once: int = 20) -> None:
    """In order; what the database had no time for, or may have done, is sent again."""
    for start in range(0, len(people), at_once):
        left = list(people[start : start + at_once])
        while left:
            rows = [{"person": person} for person in left]
            answer = await officer.post(
                f"/api/enrolment/runs/{run}/nominations", json={"nominations": rows}, timeout=60
            )
            assert answer.is_success, answer.text
            statuses = [row["status"] for row in answer.json()["results"]]
            assert set(statuses) <= {201, 409, 503}, answer.text
            left = [person for person, status in zip(left, statuses, strict=True) if status == 503]


async def import_people(system: System, units: Sequence[str], count: int, code: str) -> list[str]:
    """People of the HR groups of these offices, in turn."""
    async with system.client("enrolment", Role.OPERATOR) as client:
        (await client.post("/api/enrolment/imports/reference", timeout=IMPORT_SECONDS)).raise_for_status()
    ids: list[str] = []
    async with system.client("enrolment", Role.HR_OFFICER, "PERS") as client:
        for start in range(0, count, SHEET_ROWS):
            sheet = people_sheet(units, min(SHEET_ROWS, count - start), f"{code}-{start}")
            csv = {"content-type": "text/csv"}
            sent: dict[str, Any] = {"content": sheet, "headers": csv, "timeout": IMPORT_SECONDS}
            report = _ok(await client.post("/api/enrolment/imports/people", **sent))
            assert report["problems"] == [], report
            ids += [row["id"] for row in report["people"]]
    return ids


def people_sheet(units: Sequence[str], count: int, code: str) -> bytes:
    """A CSV of so many people of the HR groups of these offices, in turn, each with an address."""
    lines = ["externalId,firstName,lastName,unit,level,position,email"]
    lines += [
        f"{code}-{n},คนที่{n},ทดสอบ,{units[n % len(units)]}.HR,K2,นักทรัพยากรบุคคล,p{n}@example.go.th" for n in range(count)
    ]
    return "\r\n".join(lines).encode()


def _body(units: Sequence[str], seats: int, approval: bool, code: str, forms: Sequence[str]) -> dict[str, Any]:
    return {
        "code": code,
        "title": "โครงการทดสอบความทนทาน",
        "kind": "TRAINING",
        "organiser": "PERS",
        "approvalRoute": ["ORGANISER"] if approval else [],
        "forms": list(forms),
        "targetGroups": [{"key": "PROV_HR", "scope": "PROVINCIAL", "unit": "PO.HR"}],
        "runs": [_run(seats * len(units))],
    }


async def _programme(system: System, units: Sequence[str], seats: int, body: Mapping[str, Any]) -> tuple[str, str]:
    async with (
        system.client("enrolment", Role.HR_OFFICER, "PERS") as officer,
        system.client("enrolment", Role.EXECUTIVE) as executive,
    ):
        made = _ok(await officer.post("/api/enrolment/programmes", json=body))
        programme, run = made["id"], made["runs"][0]["id"]
        buckets = [{"target": "PROV_HR", "unit": unit, "seats": seats} for unit in units]
        read = {"if-match": f'"{made["runs"][0]["seatsVersion"]}"'}
        _ok(await officer.put(f"/api/enrolment/runs/{run}/buckets", json={"buckets": buckets}, headers=read))
        for client, step in ((officer, "submit"), (executive, "approve"), (officer, "publish")):
            _ok(await client.post(f"/api/enrolment/programmes/{programme}/{step}"))
    return programme, run


def _run(capacity: int) -> dict[str, Any]:
    starts = now() + timedelta(days=30)
    ends = starts + timedelta(hours=6)
    times = {"startsAt": starts.isoformat(timespec="seconds"), "endsAt": ends.isoformat(timespec="seconds")}
    return {"capacity": capacity, **times}


async def _visible(system: System, run: str) -> None:
    async with system.client("reporting", Role.EXECUTIVE) as client:

        async def known() -> bool:
            answer = await client.get(f"/api/reporting/runs/{run}")
            return answer.status_code == 200 and answer.json()["seats"] > 0

        await until(known, every=0.1, what="the run is in the reports")


def _ok(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer.json()
