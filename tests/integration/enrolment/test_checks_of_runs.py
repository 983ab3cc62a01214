"""The calendar and the venue, checked when a run is made or moved, by the policy of its programme."""

from typing import Any

import pytest

from shared.ids import new_id
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.programmes import allocate, created, programme_body, run_body, step

SATURDAY, MONDAY, TUESDAY = "2048-08-29", "2048-08-31", "2048-09-01"
ROOM = {"room": "ห้องประชุมอัษฎางค์", "building": "อาคารดำรงราชานุสรณ์", "site": "กระทรวงมหาดไทย", "provinceCode": "10"}


def day(date: str, room: str = "", **changes: Any) -> dict[str, Any]:
    """A run on that day, in a room that no other test is in."""
    return run_body(startsAt=f"{date}T09:00:00+07:00", venue=ROOM | {"floor": room or new_id()}) | changes


def body(*runs: dict[str, Any], **checks: str) -> dict[str, Any]:
    return programme_body(code=f"C-{new_id()}", runs=list(runs), checks=checks)


def codes(answer: Any) -> list[str]:
    return [warning["code"] for warning in answer.get("warnings", [])]


@pytest.mark.parametrize(("policy", "warned"), [("OFF", []), ("WARN", ["not-a-working-day"])])
async def test_a_saturday_is_told_or_not(standing: Office, policy: str, warned: list[str]) -> None:
    made = await standing.done("POST", "/programmes", json=body(day(SATURDAY), calendar=policy))
    assert codes(made) == warned
    run = made["runs"][0]["id"]
    read = await standing.done("GET", f"/runs/{run}")
    assert (codes(read), read["calendarWarnings"]) == (warned, len(warned))
    assert codes(await standing.done("GET", f"/runs/{run}", Role.EXECUTIVE)) == warned


async def test_what_is_refused_is_refused_wherever_a_run_is_made_or_moved(standing: Office) -> None:
    strict = {"calendar": "REFUSE"}
    weekend = (422, "not-a-working-day")
    assert await standing.refused("POST", "/programmes", json=body(day(SATURDAY), **strict)) == weekend
    made = await standing.done("POST", "/programmes", json=body(day(MONDAY), **strict))
    path = f"/runs/{made['runs'][0]['id']}"
    saturday = {"startsAt": f"{SATURDAY}T09:00:00+07:00", "endsAt": f"{SATURDAY}T16:00:00+07:00"}
    assert await standing.refused("POST", f"/programmes/{made['id']}/runs", json=day(SATURDAY)) == weekend
    assert await standing.refused("PUT", path, json=day(SATURDAY)) == weekend
    assert await standing.refused("PATCH", path, json=saturday) == weekend
    problem = (await standing.ask("PATCH", path, Role.HR_OFFICER, json=saturday)).json()
    assert (problem["date"], problem["cohort"]) == (SATURDAY, 1)


async def test_another_policy_looks_at_the_runs_that_there_are(standing: Office) -> None:
    made = await standing.done("POST", "/programmes", json=body(day(SATURDAY), calendar="OFF"))
    path = f"/programmes/{made['id']}"
    assert await standing.refused("PATCH", path, json={"checks": {"calendar": "REFUSE"}}) == (422, "not-a-working-day")
    changed = await standing.done("PATCH", path, json={"checks": {"calendar": "WARN"}})
    assert codes(changed) == ["not-a-working-day"]
    assert codes(await standing.done("PATCH", path, json={"topics": ["งานบุคคล"]})) == []
    assert changed["checks"] == {
        "eligibility": "REFUSE",
        "clash": "OFF",
        "calendar": "WARN",
        "venue": "WARN",
        "repeated": "OFF",
        "prerequisite": "OFF",
        "hours": "OFF",
    }


async def test_a_room_is_not_given_twice_where_that_is_refused(standing: Office) -> None:
    """Nor to two runs that are made at once; the run itself is not in its own way."""
    room = new_id()
    made = await standing.done("POST", "/programmes", json=body(day(MONDAY, room)))
    run = made["runs"][0]["id"]
    refused = await standing.ask("POST", "/programmes", Role.HR_OFFICER, json=body(day(MONDAY, room), venue="REFUSE"))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["run"]) == (409, "venue-taken", run)
    other = body(day(TUESDAY, room), day(TUESDAY, room), venue="REFUSE")
    assert await standing.refused("POST", "/programmes", json=other) == (409, "venue-taken")
    strict = await standing.done("POST", "/programmes", json=body(day(TUESDAY, room), venue="REFUSE"))
    path = f"/runs/{strict['runs'][0]['id']}"
    assert (await standing.done("PATCH", path, json={"endsAt": f"{TUESDAY}T15:00:00+07:00"}))["revision"] == 1
    monday = {"startsAt": f"{MONDAY}T09:00:00+07:00", "endsAt": f"{MONDAY}T16:00:00+07:00"}
    assert await standing.refused("PATCH", path, json=monday) == (409, "venue-taken")
    assert codes(await standing.done("GET", f"/runs/{run}")) == []


async def test_a_repeated_command_gets_its_first_answer_although_it_is_in_its_own_way(standing: Office) -> None:
    sent, key = body(day(MONDAY), venue="REFUSE"), {"idempotency-key": new_id()}
    first = await standing.done("POST", "/programmes", json=sent, headers=key)
    assert await standing.done("POST", "/programmes", json=sent, headers=key) == first


async def test_who_does_not_plan_is_told_no_warnings(standing: Office) -> None:
    programme, run = await created(standing, code=f"C-{new_id()}", runs=[day(SATURDAY)])
    await allocate(standing, run, ["PO-50"])
    await step(standing, programme, "submit", "approve", "publish")
    for role in (Role.PROVINCIAL_HR, Role.LEARNER, Role.OCSC_OBSERVER):
        answer = await standing.done("GET", f"/runs/{run}", role)
        assert answer.keys().isdisjoint({"warnings", "calendarWarnings"})
        assert answer["checks"]["calendar"] == "WARN"


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ({"weather": "WARN"}, "unknown-field"),
        ({"clash": "MAYBE"}, "invalid-body"),
    ],
)
async def test_nothing_pretends_to_be_checked(standing: Office, checks: dict[str, str], code: str) -> None:
    assert await standing.refused("POST", "/programmes", json=body(day(MONDAY), **checks)) == (422, code)


async def test_the_programme_of_the_first_of_may_has_no_warning_of_the_calendar(standing: Office) -> None:
    """As that of scenario B: the first of May is Labour Day, and the government works. In 2048 it is a Friday; the
    unit tests have that of 2017."""
    made = await standing.done(
        "POST", "/programmes", json=body(day("2048-05-01"), clash="WARN", calendar="WARN", repeated="WARN")
    )
    assert codes(made) == []
    assert (await standing.done("GET", f"/runs/{made['runs'][0]['id']}"))["calendarWarnings"] == 0
