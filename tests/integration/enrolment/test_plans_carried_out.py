"""What comes of a plan: a nomination because of a row, as any other; and hours from attendance against the target."""

import asyncio
from typing import Any, Final

from shared.ids import new_id
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_plans import LAW, ROW, agreed, code, drafted, learner, step, supervisor

DAY: Final = "2048-08-31"
MORNING: Final = {"startsAt": f"{DAY}T09:00:00+07:00", "endsAt": f"{DAY}T12:00:00+07:00"}
NEXT_YEAR: Final = {"startsAt": "2048-10-01T09:00:00+07:00", "endsAt": "2048-10-01T12:00:00+07:00"}


async def nominated(office: Office, plan: str, driver: RunDriver, row: int = 1, **options: Any) -> Any:
    path = f"/plans/{plan}/rows/{row}/nominate"
    return await office.ask("POST", path, Role.HR_OFFICER, json={"run": driver.run}, **options)


async def row_of(office: Office, plan: str, row: int = 1) -> Any:
    return (await office.done("GET", f"/plans/{plan}"))["rows"][row - 1]


async def test_a_row_nominates_once_and_tells_how_that_stands(standing: Office, beside: Office) -> None:
    anan, other = await staff(standing, "PO-50.HR", 2)
    plan = await agreed(standing, anan, ROW, LAW)
    driver = await opened(standing, {"PO-50": 1})
    key: dict[str, Any] = {"headers": {"idempotency-key": new_id()}}
    both = await asyncio.gather(*(nominated(office, plan, driver, **key) for office in (standing, beside)))
    again = await nominated(standing, plan, driver, **key)
    assert [answer.status_code for answer in (*both, again)] == [201, 201, 201]
    assert both[0].content == both[1].content == again.content
    made = again.json()
    assert (made["person"], made["state"]) == (anan, "CONFIRMED")
    row = await row_of(standing, plan)
    assert (row["nomination"], row["nominationRun"], row["nominationState"]) == (made["id"], driver.run, "CONFIRMED")
    facts = [event for event in await standing.published(aggregate=plan) if event["type"].endswith("nominated.v1")]
    assert [(fact["row"], fact["run"], fact["nomination"]) for fact in facts] == [(1, driver.run, made["id"])]
    # As any nomination is refused; and the row goes on to another run only when this one came to nothing.
    assert code(await nominated(standing, plan, driver)) == (409, "already-nominated")
    second = await opened(standing, {"PO-50": 1})
    await second.nominate(other)
    assert code(await nominated(standing, plan, second)) == (409, "row-nominated")
    await driver.act("withdraw", made)
    assert (await row_of(standing, plan))["nominationState"] == "WITHDRAWN"
    assert (await nominated(standing, plan, second)).json()["state"] == "WAITLISTED"
    assert (await row_of(standing, plan))["nominationRun"] == second.run


async def test_who_may_nominate_and_when(standing: Office) -> None:
    (anan,) = await staff(standing, "PO-50.HR", 1, "K3")
    plan = await drafted(standing, anan, ROW, LAW)
    path = f"/plans/{plan}/rows/1"
    driver = await opened(standing, {"PO-50": 1})
    run: dict[str, Any] = {"json": {"run": driver.run}}
    assert await standing.refused("POST", f"{path}/nominate", **run) == (409, "plan-not-agreed")
    await step(standing, plan, "submit", learner(anan))
    await step(standing, plan, "agree", supervisor())
    elsewhere: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-95", **run}
    assert await standing.refused("POST", f"{path}/nominate", **elsewhere) == (404, "not-found")
    assert (await standing.ask("POST", f"{path}/nominate", **learner(anan), **run)).status_code == 403
    assert await standing.refused("POST", f"{path}/nominate", json={"run": "nothing"}) == (404, "unknown-run")
    applied = await standing.done("POST", f"{path}/apply", **learner(anan), **run)
    assert (applied["person"], applied["run"]) == (anan, driver.run)
    # What somebody was nominated for stays in the plan, whatever is revised.
    await step(standing, plan, "revise", learner(anan))
    version = {"if-match": f'"{(await standing.done("GET", f"/plans/{plan}"))["version"]}"'}
    less: dict[str, Any] = {"json": {"rows": []}, "headers": version}
    assert await standing.refused("PUT", f"/plans/{plan}", **learner(anan), **less) == (409, "row-in-use")


async def test_hours_are_those_of_attendance_and_of_everybody(standing: Office) -> None:
    anan, busaba, chai = await staff(standing, "PO-57.HR", 3)
    driver = await opened(standing, {"PO-57": 3}, startsAt=MORNING["startsAt"], sessions=[MORNING, NEXT_YEAR])
    ids = [(await driver.nominate(person))["id"] for person in (anan, busaba)]
    for session, moment, who in ((1, f"{DAY}T09:10:00+07:00", ids), (2, "2048-10-01T09:05:00+07:00", ids[:1])):
        await standing.done("PUT", f"/runs/{driver.run}/clock", Role.OPERATOR, json={"businessNow": moment})
        rows = [{"nomination": id} for id in who]
        await driver.done("POST", "/check-ins", json={"session": session, "rows": rows})
    plan = await drafted(standing, busaba, year=2591)

    async def hours(year: int, **who: Any) -> dict[str, Any]:
        page = await standing.done("GET", "/plans/hours", **who, params={"fiscalYear": str(year), "unit": "PO-57"})
        return {row["person"]: row for row in page["items"]}

    told = await hours(2591, role=Role.PROVINCIAL_HR, unit="PO-57")
    assert {person: (row["minutes"], row["hours"], row["days"]) for person, row in told.items()} == {
        anan: (180, 3.0, 0.5),
        busaba: (180, 3.0, 0.5),
        chai: (0, 0.0, 0.0),
    }
    assert {(row["targetDays"], row["targetHours"], row["targetReached"]) for row in told.values()} == {
        (10, 60.0, False)
    }
    assert [(row["plan"], row["planState"]) for row in (told[anan], told[busaba])] == [(None, None), (plan, "DRAFT")]
    assert {person: row["minutes"] for person, row in (await hours(2592, **learner(anan))).items()} == {anan: 180}
    assert await hours(2591, **supervisor("PO-95")) == {}


async def test_hours_are_told_in_pages(standing: Office) -> None:
    *_, last = await staff(standing, "PO-58.HR", 3)
    page = {"fiscalYear": "2591", "unit": "PO-58", "limit": "2"}
    first = await standing.done("GET", "/plans/hours", params=page)
    rest = await standing.done("GET", "/plans/hours", params={**page, "cursor": first["next"]})
    assert len(first["items"]) == 2
    assert [row["person"] for row in rest["items"]] == [last]
