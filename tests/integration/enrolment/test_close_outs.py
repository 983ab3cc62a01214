"""The close-out of a run over HTTP: due, overdue and filed."""

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import allocate, created, run_body, step

ENDED, LATE = "2048-08-31T16:30:00+07:00", "2048-11-01T00:00:00+07:00"


async def clock(driver: RunDriver, business: str) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": business})


async def test_it_is_filed_once_after_the_end(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1})
    planned = await driver.done("GET", "")
    due = (planned["closeOutDue"], planned["closeOutDueFiscalYear"], planned["closeOutOverdue"])
    assert due == ("2048-10-30", 2592, False)
    assert await driver.refused("/close-out") == (409, "run-not-ended")
    await clock(driver, LATE)
    assert (await driver.done("GET", ""))["closeOutOverdue"] is True
    for role in (Role.EXECUTIVE, Role.PROVINCIAL_HR, Role.OPERATOR):
        assert await driver.refused("/close-out", role, unit="PO-50") == (403, "forbidden")
    assert await driver.refused("/close-out", json={"by": "x"}) == (422, "unknown-field")
    headers = {"idempotency-key": "once", "if-match": await standing.version(f"/runs/{driver.run}")}
    first = await driver.ask("POST", "/close-out", headers=dict(headers))
    again = await driver.ask("POST", "/close-out", headers=dict(headers))
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert "closeOutOverdue" not in first.json()
    assert await driver.refused("/close-out") == (409, "close-out-filed")
    (event,) = await standing.published("run-close-out-filed", driver.run)
    assert event["filedAt"].startswith("2048-10-31T17:00")
    now = await driver.done("GET", "")
    assert (now["closeOutFiledAt"][:16], now["closeOutOverdue"]) == ("2048-11-01T00:00", False)
    assert now["closeOutFiledBy"]
    outside = await driver.done("GET", "", Role.PROVINCIAL_HR, unit="PO-50")
    assert (outside["closeOutFiledAt"], outside["closeOutFiledBy"]) == (now["closeOutFiledAt"], None)
    programme = f"/programmes/{driver.programme}"
    runs = (await standing.done("GET", programme, Role.LEARNER, unit="PO-50", person=driver.run))["runs"]
    assert (runs[0]["closeOutFiledAt"], runs[0]["closeOutFiledBy"]) == (now["closeOutFiledAt"], None)
    assert (await standing.done("GET", programme))["runs"][0]["closeOutFiledBy"] == now["closeOutFiledBy"]


async def test_what_was_read_before_is_not_filed(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1})
    read = await standing.version(f"/runs/{driver.run}")
    await driver.done("PATCH", "", json={"venue": {"room": "3"}})
    await clock(driver, ENDED)
    answer = await driver.ask("POST", "/close-out", headers={"if-match": read})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed-since")
    unknown = f"/runs/{driver.programme}/close-out"
    assert await standing.refused("POST", unknown) == (404, "not-found")


async def test_of_a_cancelled_programme_what_has_taken_place_is_closed_out(standing: Office) -> None:
    days = [run_body(startsAt=f"{day}T13:00:00+07:00") for day in ("2048-08-31", "2048-09-14")]
    programme, held = await created(standing, code="CLOSE-OUT-TWO", runs=days)
    rest = (await standing.done("GET", f"/programmes/{programme}"))["runs"][1]["id"]
    for run in (held, rest):
        await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve", "publish")
    await standing.done("PUT", f"/runs/{held}/clock", Role.OPERATOR, json={"businessNow": ENDED})
    await step(standing, programme, "cancel")
    assert await standing.refused("POST", f"/runs/{rest}/close-out") == (409, "run-cancelled")
    cancelled = await standing.done("GET", f"/runs/{rest}")
    assert (cancelled["closeOutDue"], cancelled["closeOutDueFiscalYear"]) == (None, None)
    assert (await standing.done("POST", f"/runs/{held}/close-out"))["closeOutFiledAt"].startswith("2048-08-31T16:3")


async def test_the_days_of_a_programme_reach_its_runs(standing: Office) -> None:
    programme, run = await created(standing, code="CLOSE-OUT-DAYS", closeOutDays=10)
    assert (await standing.done("GET", f"/runs/{run}"))["closeOutDue"] == "2048-09-10"
    changed = await standing.done("PATCH", f"/programmes/{programme}", json={"closeOutDays": 14})
    assert (changed["closeOutDays"], changed["runs"][0]["closeOutDue"]) == (14, "2048-09-14")
    assert (await standing.published("run-scheduled", run))[-1]["closeOutDays"] == 14
    for days in (0, 366, "60"):
        answer = await standing.ask("PATCH", f"/programmes/{programme}", Role.HR_OFFICER, json={"closeOutDays": days})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
