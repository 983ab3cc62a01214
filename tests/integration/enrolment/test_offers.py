"""Waiting lists on two levels: seats of the pool are offered in the order of the wait, by the run's own clock;
whatever becomes of an offer, no seat is lost and nobody overtakes."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from shared.clock import BANGKOK
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import OFFICES, RunDriver, opened
from tests.integration.enrolment.test_dividing import ORGANISER, carried, split
from tests.support.waiting import until

SUNDAY: Final = datetime(2048, 8, 2, 9, tzinfo=BANGKOK)
LISTS: Final[dict[str, Any]] = {"pool": "OFFER"}
SEATS: Final = {"PO-50": 1, "PO-95": 1, "PO": 1}


async def pooled(office: Office, seats: dict[str, int] | None = None, **lists: Any) -> RunDriver:
    more = {"waitingLists": {**LISTS, **lists}}
    return await opened(office, seats or SEATS, groups=[OFFICES], more=more)


@pytest.fixture
async def here(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 5)


@pytest.fixture
async def there(standing: Office) -> list[str]:
    return await staff(standing, "PO-95.HR", 5)


async def at(driver: RunDriver, moment: datetime) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": moment.isoformat()})


async def details(driver: RunDriver, nomination: Any) -> Any:
    return await driver.done("GET", f"/nominations/{nomination['id']}")


async def reached(driver: RunDriver, nomination: Any, state: str) -> Any:
    async def there() -> bool:
        return bool((await details(driver, nomination))["state"] == state)

    await until(there, 40, every=0.1, what=f"{nomination['unit']} {state}")
    return await details(driver, nomination)


async def answered(driver: RunDriver, nomination: Any, how: str, role: Role = Role.HR_OFFICER, **options: Any) -> Any:
    return await driver.done("POST", f"/offers/{nomination['id']}/{how}", role, json={}, **options)


async def buckets(driver: RunDriver) -> dict[str, tuple[int, ...]]:
    """(given, confirmed, free, waiting, offered, from the pool) by unit; what there is always adds up."""
    rows = (await driver.done("GET", "/buckets"))["buckets"]
    for row in rows:
        assert row["seats"] + row["fromPool"] == row["confirmed"] + row["offered"] + row["free"], row
    assert sum(row["fromPool"] for row in rows) == 0
    names = ("seats", "confirmed", "free", "waiting", "offered", "fromPool")
    return {row["bucketUnit"]: tuple(row[name] for name in names) for row in rows}


async def stand(driver: RunDriver, expected: dict[str, tuple[int, ...]]) -> None:
    async def so() -> bool:
        found = await buckets(driver)
        return all(found[unit] == counts for unit, counts in expected.items())

    try:
        await until(so, 40, every=0.1)
    except AssertionError:
        assert await buckets(driver) == expected
        raise


async def test_who_has_waited_longest_is_offered_the_seat_of_the_pool(
    standing: Office, here: list[str], there: list[str]
) -> None:
    driver = await pooled(standing)
    await at(driver, SUNDAY)
    await driver.nominate(here[0])
    await driver.nominate(there[0])
    first = await driver.nominate(there[1])
    second = await driver.nominate(here[1])
    offered = await reached(driver, first, "OFFERED")
    assert datetime.fromisoformat(offered["offeredUntil"]) == datetime(2048, 8, 5, tzinfo=BANGKOK)
    assert (await details(driver, second))["state"] == "WAITLISTED"
    stands = {"PO": (1, 0, 0, 0, 0, -1), "PO-95": (1, 1, 0, 0, 1, 1), "PO-50": (1, 1, 0, 1, 0, 0)}
    assert await buckets(driver) == stands
    done = await answered(driver, first, "accept", Role.PROVINCIAL_HR, unit="PO-95")
    assert (done["state"], done["bucketUnit"]) == ("CONFIRMED", "PO-95")
    assert await buckets(driver) == stands | {"PO-95": (1, 2, 0, 0, 0, 1)}
    events = ["bucket-opened", "seat-confirmed", "nomination-waitlisted"]
    assert [row["type"].split(".")[1] for row in await history(driver, "PO-95")] == [
        *events,
        "bucket-seats-changed",
        "seat-offered",
        "seat-confirmed",
    ]
    # The seat is of the pool: nobody of this office waits for it, so it goes back, and on to the next.
    await driver.act("withdraw", first)
    await reached(driver, second, "OFFERED")
    await stand(driver, {"PO-95": (1, 1, 0, 0, 0, 0), "PO-50": (1, 1, 0, 0, 1, 1)})


async def history(driver: RunDriver, unit: str) -> list[Any]:
    rows = (
        await driver.office.db["outbox"]
        .find({"aggregate": f"{driver.run}:OFFICES:{unit}"})
        .sort("seq", 1)
        .to_list(None)
    )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return rows


async def test_who_declines_is_the_last_and_the_seat_goes_on(
    standing: Office, here: list[str], there: list[str]
) -> None:
    driver = await pooled(standing)
    await driver.nominate(here[0])
    await driver.nominate(there[0])
    first, second, third = [await driver.nominate(who) for who in (here[1], there[1], here[2])]
    await reached(driver, first, "OFFERED")
    declined = await answered(driver, first, "decline", Role.LEARNER, person=here[1])
    assert declined["state"] == "WAITLISTED"
    await reached(driver, second, "OFFERED")
    await answered(driver, second, "decline")
    await reached(driver, third, "OFFERED")
    await answered(driver, third, "decline")
    await reached(driver, first, "OFFERED")
    await answered(driver, first, "accept")
    path = f"/offers/{first['id']}/accept"
    assert await driver.refused(path, json={}) == (409, "no-open-offer")
    await stand(driver, {"PO-50": (1, 2, 0, 1, 0, 1), "PO-95": (1, 1, 0, 1, 0, 0), "PO": (1, 0, 0, 0, 0, -1)})


async def test_an_offer_ends_by_the_clock_of_the_run(standing: Office, beside: Office, here: list[str]) -> None:
    """Once, whichever of two replicas does it."""
    driver = await pooled(standing, offerHours=24, onExpiry="WITHDRAWN")
    await at(driver, SUNDAY)
    await driver.nominate(here[0])
    first, second = [await driver.nominate(who) for who in here[1:3]]
    offered = await reached(driver, first, "OFFERED")
    until = datetime.fromisoformat(offered["offeredUntil"])
    assert SUNDAY + timedelta(hours=24) <= until < SUNDAY + timedelta(hours=25)
    await at(driver, until + timedelta(seconds=1))
    gone = await reached(driver, first, "WITHDRAWN")
    assert gone["offeredUntil"] is None
    await reached(driver, second, "OFFERED")
    kinds = [row["type"].split(".")[1] for row in await history(driver, "PO-50")]
    assert kinds.count("offer-expired") == 1
    again = await driver.nominate(here[1])
    assert (again["state"], again["id"] != first["id"]) == ("WAITLISTED", True), "a new one, at the end"


async def test_nobody_answers_for_somebody_else(standing: Office, here: list[str], there: list[str]) -> None:
    driver = await pooled(standing)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    await reached(driver, first, "OFFERED")
    path = f"/offers/{first['id']}/accept"
    for role, options in (
        (Role.LEARNER, {"person": there[0]}),
        (Role.PROVINCIAL_HR, {"unit": "PO-95"}),
    ):
        assert await driver.refused(path, role, json={}, **options) == (404, "unknown-nomination")
    assert await driver.refused(path, Role.SUPERVISOR, json={}, unit="PO-50") == (403, "forbidden")


async def test_seats_come_to_the_pool_in_any_way(standing: Office, here: list[str]) -> None:
    driver = await pooled(standing, {"PO-50": 1, "PO-95": 2, "PO": 0})
    await driver.nominate(here[0])
    first, second = [await driver.nominate(who) for who in here[1:3]]
    move = {"from": {"target": "OFFICES", "bucketUnit": "PO-95"}, "to": {"target": "OFFICES", "bucketUnit": "PO"}}
    await driver.done("POST", "/buckets/move", json={**move, "seats": 1})
    await reached(driver, first, "OFFERED")
    given = {"PO-50": 1, "PO-95": 0, "PO": 2}
    rows = [{"target": "OFFICES", "bucketUnit": unit, "seats": seats} for unit, seats in given.items()]
    await driver.done("PUT", "/buckets", json={"buckets": rows})
    await reached(driver, second, "OFFERED")
    await stand(driver, {"PO": (2, 0, 0, 0, 0, -2), "PO-50": (1, 1, 0, 0, 2, 2), "PO-95": (0, 0, 0, 0, 0, 0)})
    rows[2]["seats"] = 1
    answer = await driver.ask("PUT", "/buckets", json={"buckets": rows})
    problem = answer.json()
    assert (problem["code"], problem["confirmed"], problem["seats"]) == ("seats-below-confirmed", 2, 1)


async def test_a_reserve_of_an_office_with_a_free_seat_is_offered_none(
    standing: Office, here: list[str], there: list[str]
) -> None:
    driver = await pooled(standing, order="PRIMARY_FIRST")
    await driver.nominate(there[0])
    reserve = await driver.nominate(there[1], rank="RESERVE")
    waits = await driver.nominate(here[0], rank="RESERVE")
    await driver.nominate(here[1])
    primary = await driver.nominate(there[2])
    await reached(driver, primary, "OFFERED")
    assert (await details(driver, reserve))["state"] == (await details(driver, waits))["state"] == "WAITLISTED"


async def test_the_offers_of_a_run_that_begins_are_over(standing: Office, here: list[str]) -> None:
    driver = await pooled(standing, offerWorkingDays=60)
    await at(driver, SUNDAY)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    offered = await reached(driver, first, "OFFERED")
    run = await driver.office.done("GET", f"/runs/{driver.run}")
    starts = datetime.fromisoformat(run["startsAt"])
    assert datetime.fromisoformat(offered["offeredUntil"]) == starts
    await at(driver, starts)
    await reached(driver, first, "WAITLISTED")
    await stand(driver, {"PO": (1, 0, 1, 0, 0, 0), "PO-50": (1, 1, 0, 1, 0, 0)})
    answer = await driver.done("GET", f"/nominations/{first['id']}/standing")
    assert (answer["unit"]["code"], answer["pool"]) == ("NOBODY_MOVES_UP", None)


async def test_why_somebody_has_no_seat(standing: Office, here: list[str], there: list[str]) -> None:
    driver = await pooled(standing, {"PO-50": 1, "PO-95": 1, "PO": 1})
    await driver.nominate(here[0])
    await driver.nominate(there[0])
    first, second, third = [await driver.nominate(who) for who in (there[1], here[1], here[2])]
    await reached(driver, first, "OFFERED")

    async def why(one: Any, role: Role = Role.HR_OFFICER, **options: Any) -> tuple[Any, ...]:
        read = await driver.done("GET", f"/nominations/{one['id']}/standing", role, **options)
        unit, pool = read["unit"], read["pool"]
        return (unit["code"], unit["place"], pool and pool["code"], pool and pool["place"])

    assert await why(first) == ("WAITS_FOR_ANSWER", None, None, None)
    assert await why(second) == ("NO_FREE_SEAT", 1, "NO_FREE_SEAT", 1)
    assert await why(third) == ("NO_FREE_SEAT", 2, "NO_FREE_SEAT", 2)
    assert await why(third, Role.PROVINCIAL_HR, unit="PO-50") == ("NO_FREE_SEAT", 2, "IN_LINE", None)
    assert await why(third, Role.LEARNER, person=here[2]) == ("IN_LINE", None, "IN_LINE", None)
    path = f"/runs/{driver.run}/nominations/{third['id']}/standing"
    assert await standing.refused("GET", path, Role.PROVINCIAL_HR, unit="PO-95") == (404, "unknown-nomination")


async def test_a_run_with_an_accepted_seat_of_the_pool_is_split_and_becomes_one_again(
    standing: Office, here: list[str]
) -> None:
    """The seat is the office's from then on. While somebody is asked nothing is divided."""
    driver = await pooled(standing)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    await reached(driver, first, "OFFERED")
    asked = await driver.ask("POST", "/split", **ORGANISER, json={"by": "ALTERNATE"})
    assert [asked.json()[name] for name in ("code", "unit", "offered")] == ["pool-seats-lent", "PO-50", 1]
    await answered(driver, first, "accept")
    made = await split(driver, by="UNITS", units=["PO-50"])
    new = RunDriver(standing, driver.programme, made["id"])
    nothing = (0, 0, 0, 0, 0, 0)
    assert await buckets(driver) == {"PO": nothing, "PO-50": nothing, "PO-95": (1, 0, 1, 0, 0, 0)}
    assert await buckets(new) == {"PO-50": (2, 2, 0, 0, 0, 0)}
    assert [row["type"].split(".")[1] for row in await history(driver, "PO")][-1] == "bucket-loans-settled"
    await new.done("POST", "/merge", **ORGANISER, json={"into": driver.run})
    await carried(standing, driver.run, new.run)
    await driver.act("withdraw", first)
    await stand(driver, {"PO": nothing, "PO-50": (2, 1, 1, 0, 0, 0), "PO-95": (1, 0, 1, 0, 0, 0)})


async def test_the_office_with_the_fewest_confirmed_per_seat_is_offered_first_and_is_told_why(
    standing: Office, here: list[str], there: list[str]
) -> None:
    """In the whole fiscal year, though the other waits longer; what is offered counts at once."""
    elsewhere = await opened(standing, {"PO-50": 60, "PO-95": 1})
    await elsewhere.nominate(there[4])
    driver = await pooled(standing, {"PO-50": 1, "PO-57": 1, "PO-95": 1, "PO": 0}, order="UNDER_SERVED_FIRST")
    await driver.nominate(there[0])
    await driver.nominate(here[0])
    other, first = await driver.nominate(there[1]), await driver.nominate(here[1])
    move = {"from": {"target": "OFFICES", "bucketUnit": "PO-57"}, "to": {"target": "OFFICES", "bucketUnit": "PO"}}
    await driver.done("POST", "/buckets/move", json={**move, "seats": 1})
    await reached(driver, first, "OFFERED")

    async def why(one: Any, role: Role = Role.HR_OFFICER, **options: Any) -> Any:
        return await driver.done("GET", f"/nominations/{one['id']}/standing", role, **options)

    offer = (await why(first))["offer"]
    assert (offer["code"], offer["confirmed"] < offer["of"]) == ("under-served", True)
    of_person = (await why(first, Role.LEARNER, person=here[1]))["offer"]
    assert (of_person["code"], of_person["confirmed"]) == ("under-served", None)
    waits = await why(other)
    assert (waits["offer"], waits["pool"]["code"], waits["pool"]["place"]) == (None, "NO_FREE_SEAT", None)
    await answered(driver, first, "decline")
    await reached(driver, other, "OFFERED")
    assert [(await why(one))["offer"] is None for one in (first, other)] == [True, False]


async def test_answers_at_once_of_two_replicas(standing: Office, beside: Office, here: list[str]) -> None:
    driver = await pooled(standing)
    await driver.nominate(here[0])
    first = await driver.nominate(here[1])
    await reached(driver, first, "OFFERED")
    path = f"/runs/{driver.run}/offers/{first['id']}"
    answers = await asyncio.gather(
        *(
            office.ask("POST", f"{path}/{how}", Role.HR_OFFICER, json={})
            for office in (standing, beside)
            for how in ("accept", "decline")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert (await details(driver, first))["state"] in ("CONFIRMED", "WAITLISTED", "OFFERED")
    await buckets(driver)
