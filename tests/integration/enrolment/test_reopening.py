"""Nominations that were closed and are taken again, over HTTP."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import allocate, created, run_body, step

BEGUN, DEADLINE = "2048-08-31T13:01:00+07:00", "2048-08-20T16:30:00+07:00"


async def clock(office: Office, run: str, business: str) -> None:
    await office.done("PUT", f"/runs/{run}/clock", Role.OPERATOR, json={"businessNow": business})


async def test_a_closed_programme_takes_nominations_again(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 1, "PO-95": 1})
    await driver.nominate(people[0])
    await driver.nominate(people[1])
    before = await step(standing, driver.programme, "close")
    assert await driver.refused("/nominations", json={"person": people[2]}) == (409, "run-closed")
    reopened = await step(standing, driver.programme, "reopen")
    assert (reopened["state"], reopened["version"]) == ("PUBLISHED", before["version"] + 1)
    run = reopened["runs"][0]
    assert (run["state"], run["revision"], run["version"]) == ("OPEN", 0, reopened["version"])
    assert (await driver.states(), await driver.bucket()) == (
        {people[0]: "CONFIRMED", people[1]: "WAITLISTED"},
        (1, 0, 1),
    )
    await driver.nominate(people[2])
    assert (await driver.history())[-3:] == ["bucket-closed", "bucket-reopened", "nomination-waitlisted"]
    (event,) = await standing.published("run-reopened", driver.run)
    assert (event["units"], event["closesAt"]) == (["PO-95"], None)
    assert len(await standing.published("programme-reopened", driver.programme)) == 1
    assert (await step(standing, driver.programme, "close", "reopen", "close"))["state"] == "CLOSED"


async def test_what_is_not_closed_is_not_reopened(standing: Office) -> None:
    path = "/programmes/{}/reopen".format
    programme, _ = await created(standing, code="REOPEN-DRAFT")
    assert await standing.refused("POST", path(programme)) == (409, "programme-not-closed")
    driver = await opened(standing, {"PO-50": 1})
    assert await standing.refused("POST", path(driver.programme)) == (409, "programme-not-closed")
    for role in (Role.EXECUTIVE, Role.PROVINCIAL_HR, Role.OPERATOR):
        assert await standing.refused("POST", path(driver.programme), role, unit="PO-50") == (403, "forbidden")
    await step(standing, driver.programme, "cancel")
    assert await standing.refused("POST", path(driver.programme)) == (409, "programme-ended")


async def test_a_run_that_has_begun_or_whose_deadline_has_passed_stays_closed(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1}, closesAt=DEADLINE)
    await step(standing, driver.programme, "close")
    path = f"/programmes/{driver.programme}/reopen"
    await clock(standing, driver.run, "2048-08-20T16:31:00+07:00")
    assert await standing.refused("POST", path) == (422, "intake-over")
    await driver.done("PATCH", "", json={"closesAt": "2048-08-25T16:30:00+07:00"})
    assert (await step(standing, driver.programme, "reopen"))["state"] == "PUBLISHED"
    await step(standing, driver.programme, "close")
    await clock(standing, driver.run, BEGUN)
    assert await standing.refused("POST", path) == (409, "run-started")


async def test_of_several_runs_those_that_have_begun_stay_closed(standing: Office) -> None:
    runs = [run_body(startsAt=f"{day}T13:00:00+07:00") for day in ("2048-08-31", "2048-09-14")]
    programme, first = await created(standing, code="REOPEN-TWO", runs=runs)
    second = (await standing.done("GET", f"/programmes/{programme}"))["runs"][1]["id"]
    for run in (first, second):
        await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve", "publish", "close")
    await clock(standing, first, BEGUN)
    reopened = await step(standing, programme, "reopen")
    assert [run["state"] for run in reopened["runs"]] == ["CLOSED", "OPEN"]
    closed = await step(standing, programme, "close")
    assert [run["state"] for run in closed["runs"]] == ["CLOSED", "CLOSED"]
    assert [len(await standing.published("run-closed", run)) for run in (first, second)] == [1, 2]


@pytest.fixture
async def closed(standing: Office) -> RunDriver:
    driver = await opened(standing, {"PO-50": 1})
    await step(standing, driver.programme, "close")
    return driver


async def test_repeated_and_outdated_requests(standing: Office, closed: RunDriver) -> None:
    path = f"/programmes/{closed.programme}"
    read = await standing.version(path)
    await closed.done("PATCH", "", json={"capacity": 60})
    outdated: Any = await standing.ask("POST", f"{path}/reopen", Role.HR_OFFICER, headers={"if-match": read})
    assert (outdated.status_code, outdated.json()["code"]) == (412, "changed-since")
    headers = {"idempotency-key": "again", "if-match": await standing.version(path)}
    first = await standing.ask("POST", f"{path}/reopen", Role.HR_OFFICER, headers=dict(headers))
    again = await standing.ask("POST", f"{path}/reopen", Role.HR_OFFICER, headers=dict(headers))
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert len(await standing.published("programme-reopened", closed.programme)) == 1
