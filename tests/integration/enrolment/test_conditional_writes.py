"""Two officers do not overwrite each other: what is replaced must be what was read, and 412 says what changed."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, planned
from tests.integration.enrolment.programmes import created, programme_body, run_body, step

OFFICER_A: dict[str, Any] = {"person": "officer-a"}
OFFICER_B: dict[str, Any] = {"person": "officer-b"}
POOL = {"target": "CENTRAL_HR", "bucketUnit": "OPS"}


@pytest.fixture
async def driver(standing: Office) -> RunDriver:
    return await planned(standing, {"PO-50": 2, "PO-95": 2}, approval=False)


def rewritten(title: str, code: str) -> dict[str, Any]:
    body = programme_body(title=title, code=code, approvalRoute=[])
    del body["runs"]
    return body


def seats(**units: int) -> dict[str, Any]:
    rows = [{"target": "OFFICES", "bucketUnit": unit.replace("_", "-"), "seats": n} for unit, n in units.items()]
    return {"buckets": rows}


def told(answer: httpx.Response) -> list[tuple[list[str], str]]:
    """What changed and by whom, according to a refusal."""
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (412, "changed-since")
    return [(change["fields"], change["by"]) for change in problem["changes"]]


async def test_of_two_who_rewrite_a_draft_the_second_is_told(standing: Office) -> None:
    programme, _ = await created(standing, code="TWO")
    path = f"/programmes/{programme}"
    read = {"if-match": await standing.version(path)}
    first = await standing.ask("PUT", path, Role.HR_OFFICER, **OFFICER_A, headers=read, json=rewritten("หนึ่ง", "TWO"))
    assert (first.status_code, first.headers["etag"]) == (200, f'"{first.json()["version"]}"')
    before = await standing.fingerprint()
    second = await standing.ask("PUT", path, Role.HR_OFFICER, **OFFICER_B, headers=read, json=rewritten("สอง", "TWO"))
    (change,) = told(second)
    assert (set(change[0]) >= {"title", "approvalRoute"}, change[1]) == (True, "officer-a")
    assert second.json()["version"] == first.json()["version"]
    assert await standing.fingerprint() == before
    assert (await standing.done("GET", path))["title"] == "หนึ่ง"


async def test_at_once_exactly_one_rewrites(standing: Office) -> None:
    programme, run = await created(standing, code="ONCE")
    for path, bodies in (
        (f"/programmes/{programme}", [rewritten(f"ชื่อ {n}", "ONCE") for n in range(5)]),
        (f"/runs/{run}", [run_body(capacity=200 + n) for n in range(5)]),
        (
            f"/runs/{run}/buckets",
            [{"buckets": [POOL | {"seats": n}]} for n in range(1, 6)],
        ),
    ):
        read = {"if-match": await standing.version(path)}
        answers = await asyncio.gather(
            *(standing.ask("PUT", path, Role.HR_OFFICER, json=body, headers=dict(read)) for body in bodies)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412], path


async def test_a_repeated_request_is_answered_as_before(driver: RunDriver) -> None:
    headers = {"idempotency-key": "k", "if-match": await driver.office.version(f"/runs/{driver.run}/buckets")}
    first = await driver.ask("PUT", "/buckets", json=seats(PO_50=1), headers=dict(headers))
    again = await driver.ask("PUT", "/buckets", json=seats(PO_50=1), headers=dict(headers))
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])


@pytest.mark.parametrize("value", ["*", None])
async def test_replacing_needs_a_version(driver: RunDriver, value: str | None) -> None:
    headers = {} if value is None else {"if-match": value}
    for path, body in (
        (f"/programmes/{driver.programme}", rewritten("x", "X")),
        (f"/runs/{driver.run}", run_body()),
        (f"/runs/{driver.run}/buckets", seats(PO_50=1)),
    ):
        signed = headers | driver.office.issuer.bearer(Role.HR_OFFICER) | {"accept-language": "th"}
        answer = await driver.office.http.put(f"/api/enrolment{path}", json=body, headers=signed)
        assert (answer.status_code, answer.json()["code"]) == (428, "if-match-required")
        assert "If-Match" in answer.json()["detail"]
        odd = await driver.office.http.put(f"/api/enrolment{path}", json=body, headers=signed | {"if-match": "7"})
        assert (odd.status_code, odd.json()["code"]) == (400, "invalid-if-match")


async def test_a_programme_that_was_changed_after_reading_is_not_approved(driver: RunDriver) -> None:
    office, path = driver.office, f"/programmes/{driver.programme}"
    await step(office, driver.programme, "submit")
    read = await office.version(path)
    await driver.done("PUT", "/buckets", json=seats(PO_50=3), **OFFICER_A)
    await driver.done("PUT", "", json=run_body(capacity=50), **OFFICER_B)
    for version in (read, '"1"'):
        answer = await office.ask("POST", f"{path}/approve", Role.EXECUTIVE, headers={"if-match": version})
        changes = told(answer)
        assert changes[1] == (["buckets"], "officer-a")
        assert (set(changes[0][0]) >= {"capacity"}, changes[0][1]) == (True, "officer-b")
    now = {"if-match": await office.version(path)}
    assert (await office.done("POST", f"{path}/approve", Role.EXECUTIVE, headers=now))["state"] == "APPROVED"
    await office.done("POST", f"{path}/publish")


async def test_a_nomination_is_no_change_of_the_seats_or_the_programme(driver: RunDriver) -> None:
    await step(driver.office, driver.programme, "submit", "approve", "publish")
    paths = (f"/programmes/{driver.programme}", f"/runs/{driver.run}", f"/runs/{driver.run}/buckets")
    before = [await driver.office.version(path) for path in paths]
    (person,) = await staff(driver.office, "PO-50.HR", 1)
    await driver.nominate(person)
    assert [await driver.office.version(path) for path in paths] == before


async def test_what_changed_elsewhere_does_not_stand_in_the_way(driver: RunDriver) -> None:
    """Seats, the plan of a run and its programme are replaced apart from each other."""
    office, run = driver.office, f"/runs/{driver.run}"
    plan, buckets = await office.version(run), await office.version(f"{run}/buckets")
    await driver.done("PUT", "/buckets", json=seats(PO_50=1), headers={"if-match": buckets})
    changed = await driver.ask("PUT", "", json=run_body(capacity=60), headers={"if-match": plan})
    assert changed.status_code == 200
    same = await driver.ask("PUT", "", json=run_body(capacity=60), headers={"if-match": changed.headers["etag"]})
    assert same.headers["etag"] == changed.headers["etag"]


async def test_a_programme_from_before_there_were_versions_gets_them(standing: Office) -> None:
    programme, run = await created(standing, code="OLD")
    await standing.db["programmes"].update_one({"_id": programme}, {"$unset": {"version": "", "changes": ""}})
    await standing.db["runs"].update_one({"_id": run}, {"$unset": {"version": "", "seats_version": ""}})
    for path, body in ((f"/runs/{run}", run_body(capacity=150)), (f"/programmes/{programme}", rewritten("x", "OLD"))):
        before = await standing.version(path)
        answer = await standing.ask("PUT", path, Role.HR_OFFICER, json=body)
        assert (answer.status_code, answer.headers["etag"] != before) == (200, True), answer.text
