"""People who wait beside seats that are free have them, before anybody who comes: where runs become one, and where a
run that had begun is moved to a later day. Two replicas look after them."""

from datetime import datetime, timedelta
from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import OFFICES, RunDriver, opened
from tests.integration.enrolment.test_dividing import ORGANISER, carried, counts, rows_of, split
from tests.support.waiting import until


async def reached(driver: RunDriver, states: dict[str, str]) -> None:
    async def there() -> bool:
        return states.items() <= (await driver.states()).items()

    await until(there, 40, every=0.2, what=str(states))


async def test_who_comes_to_wait_beside_a_free_seat_has_it(standing: Office, beside: Office) -> None:
    driver = await opened(standing, {"PO-50": 2})
    people = await staff(standing, "PO-50.HR", 4)
    made = [await driver.nominate(who) for who in people[:3]]
    assert made[2]["state"] == "WAITLISTED"
    other = await split(driver, by="LIST", nominations=[made[2]["id"]])
    await driver.act("withdraw", made[0])
    assert await driver.bucket() == (1, 1, 0)
    await standing.done("POST", f"/runs/{other['id']}/merge", json={"into": driver.run}, **ORGANISER)
    await carried(standing, driver.run, other["id"])
    await reached(driver, {people[1]: "CONFIRMED", people[2]: "CONFIRMED"})
    assert (await driver.nominate(people[3]))["state"] == "WAITLISTED"
    assert await counts(standing, driver.run, other["id"]) == (2, 0, 1)
    query = {"_id": f"{driver.run}:OFFICES:PO-50"}
    bucket = await standing.db["buckets"].find_one(query)
    assert bucket is not None
    assert "growing" not in bucket


async def test_a_run_that_had_begun_is_moved(standing: Office, beside: Office) -> None:
    more: dict[str, Any] = {"waitingLists": {"pool": "OFFER"}}
    driver = await opened(standing, {"PO-50": 1, "PO": 1}, groups=[OFFICES], more=more)
    people = await staff(standing, "PO-50.HR", 4)
    first, asked = [await driver.nominate(who) for who in people[:2]]
    await reached(driver, {people[1]: "OFFERED"})
    waits = await driver.nominate(people[2])
    run = await standing.done("GET", f"/runs/{driver.run}")
    starts = datetime.fromisoformat(run["startsAt"])
    moment = {"businessNow": (starts + timedelta(minutes=1)).isoformat()}
    await driver.done("PUT", "/clock", Role.OPERATOR, json=moment)
    await reached(driver, {people[1]: "WAITLISTED"})  # the offer is over
    await driver.act("withdraw", first)
    week = timedelta(days=7)
    later = {name: (datetime.fromisoformat(run[name]) + week).isoformat() for name in ("startsAt", "endsAt")}
    await driver.done("PATCH", "", json={**later, "sessions": None}, **ORGANISER)
    assert (await driver.nominate(people[3]))["state"] == "WAITLISTED"
    await reached(driver, {people[2]: "CONFIRMED", people[1]: "OFFERED"})
    rows = await rows_of(standing, driver.run)
    assert {row["_id"] for row in rows.values()} >= {asked["id"], waits["id"]}
