"""Programmes for tests: bodies, and the steps from a draft to an open run. No tests in here."""

from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office

PROVINCIAL = {"key": "PROV_HR", "scope": "PROVINCIAL", "unit": "PO.HR", "perUnit": 1, "seats": 76}
CENTRAL = {"key": "CENTRAL_HR", "scope": "CENTRAL", "seats": 24}


def run_body(**changes: Any) -> dict[str, Any]:
    """On the weekdays of 2020, and still to come."""
    return {
        "capacity": 100,
        "startsAt": "2048-08-31T13:00:00+07:00",
        "venue": {"name": "โรงแรมเอสดี อเวนิว", "district": "เขตบางพลัด", "provinceCode": "10"},
    } | changes


def programme_body(**changes: Any) -> dict[str, Any]:
    """Scenario A, with its run."""
    return {
        "code": "PERS-2563-001",
        "title": "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล ประจำปีงบประมาณ พ.ศ. 2563",
        "kind": "TRAINING_PROJECT",
        "organiser": "PERS",
        "chair": {"name": "นายณัฐภัทร สุวรรณประทีป", "position": "หัวหน้าผู้ตรวจราชการกระทรวงมหาดไทย"},
        "frameworkTags": ["ISSUE_2"],
        "targetGroups": [PROVINCIAL, CENTRAL],
        "runs": [run_body()],
    } | changes


async def created(office: Office, **changes: Any) -> tuple[str, str]:
    """The ids of a draft and of its run."""
    made = await office.done("POST", "/programmes", json=programme_body(**changes))
    return made["id"], made["runs"][0]["id"]


async def allocate(office: Office, run: str, units: list[str] | None = None) -> None:
    """One seat each for 76 offices and the pool, or for these offices."""
    if units is None:
        offices = await office.done("GET", "/units", params={"kind": "PROVINCIAL_OFFICE", "limit": "100"})
        units = [unit["key"] for unit in offices["items"]]
    buckets = [{"target": "PROV_HR", "bucketUnit": unit, "seats": 1} for unit in units]
    buckets.append({"target": "CENTRAL_HR", "bucketUnit": "OPS", "seats": 24})
    await office.done("PUT", f"/runs/{run}/buckets", json={"buckets": buckets})


async def step(office: Office, programme: str, *steps: str) -> Any:
    """The last answer."""
    answer = None
    for name in steps:
        role = Role.EXECUTIVE if name == "approve" else Role.HR_OFFICER
        answer = await office.done("POST", f"/programmes/{programme}/{name}", role)
    return answer


async def published(office: Office, units: list[str] | None = None, **changes: Any) -> tuple[str, str]:
    programme, run = await created(office, **changes)
    await allocate(office, run, units)
    await step(office, programme, "submit", "approve", "publish")
    return programme, run
