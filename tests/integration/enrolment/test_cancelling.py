"""One run is cancelled over HTTP, while the other takes place."""

from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver
from tests.integration.enrolment.programmes import allocate, created, run_body, step

DAYS = ("2048-08-31", "2048-09-14")
ORGANISER: dict[str, Any] = {"unit": "PERS"}
OVER = "2048-08-31T16:30:00+07:00"


async def two(office: Office, code: str, *steps: str) -> tuple[str, str, str]:
    """A programme and its two runs."""
    runs = [run_body(startsAt=f"{day}T13:00:00+07:00") for day in DAYS]
    programme, first = await created(office, code=code, approvalRoute=[], runs=runs)
    second = (await office.done("GET", f"/programmes/{programme}"))["runs"][1]["id"]
    for run in (first, second):
        await allocate(office, run, ["PO-50"])
    await step(office, programme, *(steps or ("submit", "approve", "publish")))
    return programme, first, second


async def states(office: Office, programme: str) -> list[str]:
    return [run["state"] for run in (await office.done("GET", f"/programmes/{programme}"))["runs"]]


async def cancel(office: Office, run: str, **options: Any) -> Any:
    return await office.done("POST", f"/runs/{run}/cancel", **ORGANISER, **options)


async def test_one_is_cancelled_and_the_other_takes_place(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    programme, first, second = await two(standing, "CANCEL-ONE")
    driver, other = RunDriver(standing, programme, first), RunDriver(standing, programme, second)
    seat = await driver.nominate(people[0])
    await driver.nominate(people[1])
    before = await standing.done("GET", f"/programmes/{programme}")
    answer = await cancel(standing, first, json={"reason": "ผู้สมัครน้อย"})
    assert (answer["state"], answer["version"], answer["closeOutDue"]) == ("CANCELLED", before["version"] + 1, None)
    assert await states(standing, programme) == ["CANCELLED", "OPEN"]
    assert (await standing.done("GET", f"/programmes/{programme}"))["state"] == "PUBLISHED"
    assert await driver.states() == {people[0]: "CONFIRMED", people[1]: "WAITLISTED"}
    row = await standing.db["runs"].find_one({"_id": first})
    assert row is not None
    assert row["reason"] == "ผู้สมัครน้อย"
    assert [event["run"] for event in await standing.published("run-cancelled", first)] == [first]
    of_bucket = await standing.published(aggregate=f"{first}:PROV_HR:PO-50")
    assert [event["type"] for event in of_bucket][-1] == "enrolment.bucket-closed.v1"
    for path, body in (
        ("/nominations", {"person": people[2]}),
        (f"/nominations/{seat['id']}/withdraw", {}),
        ("/close-out", {}),
        ("/cancel", {}),
    ):
        assert await driver.refused(path, json=body, **ORGANISER) == (409, "run-cancelled")
    moved = await standing.ask("PATCH", f"/runs/{first}", Role.HR_OFFICER, json={"capacity": 90})
    assert (moved.status_code, moved.json()["code"]) == (409, "run-cancelled")
    await other.nominate(people[2])
    assert await other.states() == {people[2]: "CONFIRMED"}


async def test_what_happens_to_the_programme_later_passes_over_it(standing: Office) -> None:
    programme, first, _second = await two(standing, "CANCEL-LATER")
    await cancel(standing, first)
    for name, state in (("close", "CLOSED"), ("reopen", "OPEN"), ("cancel", "CANCELLED")):
        await step(standing, programme, name)
        assert await states(standing, programme) == ["CANCELLED", state]
    for kind, count in (("cancelled", 1), ("closed", 0), ("reopened", 0)):
        assert len(await standing.published(f"run-{kind}", first)) == count


async def test_before_it_is_published_and_after_it_is_closed(standing: Office) -> None:
    programme, first, second = await two(standing, "CANCEL-APPROVED", "submit", "approve")
    await cancel(standing, first)
    await step(standing, programme, "publish")
    assert await states(standing, programme) == ["CANCELLED", "OPEN"]
    assert await standing.published("run-opened", first) == []
    path = f"/runs/{second}/cancel"
    assert await standing.refused("POST", path, **ORGANISER) == (409, "last-run")
    closed, _, rest = await two(standing, "CANCEL-CLOSED", "submit", "approve", "publish", "close")
    await cancel(standing, rest)
    assert await states(standing, closed) == ["CLOSED", "CANCELLED"]


async def test_who_may_and_when_not(standing: Office) -> None:
    programme, first, _second = await two(standing, "CANCEL-WHO", "submit")
    path = f"/runs/{first}/cancel"
    assert await standing.refused("POST", path, **ORGANISER) == (409, "run-not-approved")
    await step(standing, programme, "approve", "publish")
    for role in (Role.EXECUTIVE, Role.PROVINCIAL_HR, Role.OPERATOR):
        assert await standing.refused("POST", path, role, unit="PERS") == (403, "forbidden")
    assert await standing.refused("POST", path, unit="DRI") == (403, "not-the-organiser")
    assert await standing.refused("POST", path, **ORGANISER, json={"why": "x"}) == (422, "unknown-field")
    assert await standing.refused("POST", f"/runs/{programme}/cancel", **ORGANISER) == (404, "not-found")
    read = await standing.version(f"/runs/{first}")
    await standing.done("PATCH", f"/runs/{first}", json={"venue": {"room": "3"}})
    outdated = await standing.ask("POST", path, Role.HR_OFFICER, **ORGANISER, headers={"if-match": read})
    assert (outdated.status_code, outdated.json()["code"]) == (412, "changed-since")
    await standing.done("PUT", f"/runs/{first}/clock", Role.OPERATOR, json={"businessNow": OVER})
    assert await standing.refused("POST", path, **ORGANISER) == (409, "run-ended")


async def test_a_repeated_command_and_two_replicas_cancel_it_once(standing: Office, beside: Office) -> None:
    _programme, first, _second = await two(standing, "CANCEL-TWICE")
    headers = {"idempotency-key": "once"}
    one, two_ = [
        await office.ask("POST", f"/runs/{first}/cancel", Role.HR_OFFICER, **ORGANISER, headers=dict(headers))
        for office in (standing, beside)
    ]
    assert (one.status_code, two_.status_code, two_.content) == (200, 200, one.content)
    assert len(await standing.published("run-cancelled", first)) == 1
