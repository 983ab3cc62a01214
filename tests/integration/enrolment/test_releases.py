"""The release of unclaimed seats on real engines: on its day, once, whoever does it and wherever it is cut off."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.clock import BANGKOK
from shared.rights import Role
from shared.security_log.storage import log_of
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import step
from tests.integration.enrolment.test_dividing import LATER, carried
from tests.support.api import Issuer
from tests.support.waiting import until

DAY = "2048-08-03"  # a Monday
MORNING = datetime(2048, 8, 3, tzinfo=BANGKOK)
SECOND = timedelta(seconds=1)
CHANGES = ["bucket-seats-changed"] * 2
OPTIONS: dict[str, Any] = {"releaseAt": DAY}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.enrolment.seats.service.releases.POLL_SECONDS", 0.1)
        yield


async def at(driver: RunDriver, moment: datetime) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": moment.isoformat()})


async def released(driver: RunDriver) -> list[Any]:
    """All rows, when all is done."""

    async def done() -> bool:
        row = await driver.office.db["runs"].find_one({"_id": driver.run})
        return row is not None and "release_look_at" not in row

    await until(done, 60, every=0.1, what="the seats are released")
    rows, cursor = [], None
    while True:
        asked = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = await driver.done("GET", "/releases", params=asked)
        rows += page["items"]
        if (cursor := page["next"]) is None:
            return rows


async def seats(driver: RunDriver) -> dict[str, tuple[int, int, int]]:
    """(seats, free, waiting) by unit; their sum is what the run was given."""
    answer = await driver.done("GET", "/buckets")
    read = await driver.done("GET", "")
    assert answer["seats"] == read["allocated"] == sum(row["seats"] for row in answer["buckets"])
    return {row["bucketUnit"]: (row["seats"], row["free"], row["waiting"]) for row in answer["buckets"]}


async def nominated(driver: RunDriver, people: list[str]) -> list[str]:
    return [(await driver.nominate(person))["id"] for person in people]


async def two_wait(office: Office, **options: Any) -> tuple[RunDriver, list[str]]:
    """Of PO-95 one waits who was nominated before the one of PO-50; PO-57 has claimed one of three seats."""
    here, there = await staff(office, "PO-50.HR", 2), await staff(office, "PO-95.HR", 2)
    few = await staff(office, "PO-57.HR", 1)
    driver = await opened(office, {"PO-50": 1, "PO-95": 1, "PO-57": 3}, more={**OPTIONS, **options})
    made = await nominated(driver, [here[0], *there, *few, here[1]])
    return driver, [made[2], made[4]]


async def test_seats_go_to_who_was_nominated_first(standing: Office) -> None:
    driver, (first, second) = await two_wait(standing)
    await at(driver, MORNING - SECOND)
    assert (await driver.done("GET", "/releases"))["items"] == []
    assert (await seats(driver))["PO-57"] == (3, 2, 0)
    assert (await driver.done("GET", ""))["releaseOn"] == DAY
    await at(driver, MORNING)
    rows = await released(driver)
    assert [(row["fromUnit"], row["toUnit"], row["nomination"], row["reason"]["code"]) for row in rows] == [
        ("PO-57", "PO-95", first, "waiting-order"),
        ("PO-57", "PO-50", second, "waiting-order"),
    ]
    assert await seats(driver) == {"PO": (0, 0, 0), "PO-50": (2, 0, 0), "PO-57": (1, 0, 0), "PO-95": (2, 0, 0)}
    assert await driver.history("PO-57") == ["bucket-opened", "seat-confirmed", "bucket-seats-changed"]
    bucket = f"{driver.run}:OFFICES:PO-95"
    last = (await standing.published("bucket-seats-changed|seat-confirmed", bucket))[-2:]
    assert [(event.get("because"), event.get("received"), event.get("by")) for event in last] == [
        ("RELEASED", 1, None),
        (None, None, "RELEASE"),
    ]
    noted = await log_of(standing.db).find({"action": "release", "object": driver.run}).to_list(9)
    assert [(one["kind"], one["count"]) for one in noted] == [("run", 2)]


async def test_who_comes_afterwards_waits(standing: Office) -> None:
    """Of an office whose seats were released."""
    driver, _ = await two_wait(standing)
    await at(driver, MORNING)
    await released(driver)
    _, late = await staff(standing, "PO-57.HR", 2)
    made = await driver.nominate(late)
    assert (made["state"], made["waitsFor"], made["bucketUnit"]) == ("WAITLISTED", "SEAT", "PO-57")
    assert made["notice"]["code"] == "seats-released"
    await driver.act("withdraw", (await nomination_of(driver, "CONFIRMED", "PO-57")))
    assert (await driver.done("GET", f"/nominations/{made['id']}"))["state"] == "CONFIRMED", "per list as ever"


async def nomination_of(driver: RunDriver, state: str, unit: str) -> Any:
    rows = await driver.done("GET", "/nominations", params={"state": state, "bucketUnit": unit})
    return rows["items"][0]


async def test_by_hand_the_seats_stay_in_the_pool_and_officers_move_them(standing: Office) -> None:
    driver, (first, _) = await two_wait(standing, releaseRule="BY_HAND")
    before = (await driver.ask("GET", "/buckets")).headers["etag"]
    await at(driver, MORNING)
    rows = await released(driver)
    assert [(row["toUnit"], row["nomination"], row["reason"]["code"]) for row in rows] == [("PO", None, "by-hand")] * 2
    assert await seats(driver) == {"PO": (2, 2, 0), "PO-50": (1, 0, 1), "PO-57": (1, 0, 0), "PO-95": (1, 0, 1)}
    move = {"from": {"target": "OFFICES", "unit": "PO"}, "to": {"target": "OFFICES", "unit": "PO-95"}, "seats": 1}
    stale = await driver.ask("POST", "/buckets/move", json=move, headers={"if-match": before})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-since"), "who read them before reads them again"
    await driver.done("POST", "/buckets/move", json=move)
    assert (await driver.done("GET", f"/nominations/{first}"))["state"] == "CONFIRMED"


async def test_the_office_with_the_fewest_confirmed_per_seat_comes_first(standing: Office) -> None:
    """In the whole fiscal year, though the other was nominated before."""
    here, there = await staff(standing, "PO-50.HR", 1), await staff(standing, "PO-95.HR", 1)
    elsewhere = await opened(standing, {"PO-50": 40, "PO-95": 2})
    await nominated(elsewhere, [*here, *there])
    driver, (of_95, of_50) = await two_wait(standing, releaseRule="UNDER_SERVED_FIRST")
    await at(driver, MORNING)
    rows = await released(driver)
    assert [row["nomination"] for row in rows] == [of_50, of_95]
    first = rows[0]["reason"]
    assert (first["code"], first["confirmed"] < first["of"]) == ("under-served", True)


async def test_an_intake_that_is_closed_and_a_run_that_moves(standing: Office) -> None:
    driver, (first, _) = await two_wait(standing, releaseAt=28)
    assert (await driver.done("GET", ""))["releaseOn"] == DAY
    await driver.done(
        "PATCH", "", json={"startsAt": "2048-09-28T13:00:00+07:00", "endsAt": "2048-09-28T16:30:00+07:00"}
    )
    assert (await driver.done("GET", ""))["releaseOn"] == "2048-08-31"
    await step(standing, driver.programme, "close")
    await at(driver, MORNING + timedelta(days=27))
    assert (await driver.done("GET", "/releases"))["items"] == []
    refusal = await driver.ask("PATCH", "", json={"releaseAt": "2048-09-27"})
    assert (refusal.status_code, refusal.json()["code"]) == (422, "release-too-late"), "a Sunday, so on the Monday"
    await driver.done("PATCH", "", json={"releaseAt": "2048-08-28"})
    await at(driver, MORNING + timedelta(days=28))
    rows = await released(driver)
    assert rows[0]["nomination"] == first
    events = await standing.published("", f"{driver.run}:OFFICES:PO")
    assert [event["type"].split(".")[1] for event in events] == ["bucket-opened", "bucket-closed", *CHANGES]
    await step(standing, driver.programme, "reopen")
    assert (await seats(driver))["PO-57"] == (1, 0, 0)
    await driver.done("PATCH", "", json={"releaseAt": "2048-09-10"})
    await at(driver, datetime(2048, 9, 11, tzinfo=BANGKOK))
    assert await released(driver) == rows, "once"


@pytest.mark.parametrize("how", ["cancelled", "begun"])
async def test_of_a_run_that_does_not_wait_nothing_is_released(standing: Office, how: str) -> None:
    driver, _ = await two_wait(standing)
    if how == "cancelled":
        await step(standing, driver.programme, "cancel")
    before = await standing.db["buckets"].find({"run": driver.run}).to_list(9)
    await at(driver, MORNING if how == "cancelled" else datetime(2048, 8, 31, 14, tzinfo=BANGKOK))
    assert await released(driver) == []
    assert await standing.db["buckets"].find({"run": driver.run}).to_list(9) == before


async def test_two_replicas_and_one_that_ends_in_the_middle_release_each_seat_once(
    standing: Office,
    beside: Office,
    standing_settings: EnrolmentSettings,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One seat a page."""
    monkeypatch.setattr("services.enrolment.seats.service.releases.MOST_SEATS", 1)
    here = await staff(standing, "PO-50.HR", 13)
    free = [f"PO-{code}" for code in ("51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63")]
    driver = await opened(standing, {"PO-50": 1, **dict.fromkeys(free, 1)}, more=OPTIONS)
    made = await nominated(driver, here)
    store = standing.db["released_seats"]

    async def moved(least: int) -> bool:
        return await store.count_documents({"run": driver.run}) >= least

    async with serving(standing_settings.model_copy(update={"instance": "small"}), issuer):
        await at(driver, MORNING)
        await until(lambda: moved(1), 60, every=0.01, what="the first seat is released")
    rows = await released(driver)
    assert [row["nomination"] for row in rows] == made[1:]
    assert Counter(row["fromUnit"] for row in rows) == Counter(free)
    now = await seats(driver)
    assert (now["PO-50"], now["PO"]) == ((13, 0, 0), (0, 0, 0))
    await asyncio.gather(*(driver.history(unit) for unit in ("PO-50", *free)))
    confirmed = await standing.published("seat-confirmed", f"{driver.run}:OFFICES:PO-50")
    assert Counter(event["by"] for event in confirmed) == {"NOMINATION": 1, "RELEASE": 12}


async def test_a_province_is_told_its_own_seats_and_nobody_of_the_others(standing: Office) -> None:
    driver, (first, _) = await two_wait(standing)
    await at(driver, MORNING)
    await released(driver)

    async def told(role: Role, **who: Any) -> list[tuple[Any, ...]]:
        rows = (await driver.done("GET", "/releases", role, **who))["items"]
        return [(row["fromUnit"], row["toUnit"], row["nomination"]) for row in rows]

    assert await told(Role.PROVINCIAL_HR, unit="PO-95") == [(None, "PO-95", first)]
    assert await told(Role.PROVINCIAL_HR, unit="PO-57") == [("PO-57", None, None)] * 2
    assert await told(Role.PROVINCIAL_HR, unit="PO-33") == []
    assert await told(Role.EXECUTIVE) == [("PO-57", "PO-95", None), ("PO-57", "PO-50", None)]
    assert await told(Role.OCSC_OBSERVER) == []


async def test_what_is_split_off_after_the_release_is_not_released_again(standing: Office) -> None:
    driver, _ = await two_wait(standing)
    await at(driver, MORNING)
    await released(driver)
    await driver.act("withdraw", await nomination_of(driver, "CONFIRMED", "PO-57"))
    made = await driver.done("POST", "/split", unit="PERS", json={"by": "UNITS", "units": ["PO-57"]})
    await carried(standing, driver.run, made["id"])
    new = RunDriver(standing, driver.programme, made["id"])
    for later in (None, "2048-08-10"):  # whatever day it has
        if later is not None:
            await new.done("PATCH", "", json={"releaseAt": later})
            await at(new, datetime(2048, 8, 11, tzinfo=BANGKOK))
        assert await released(new) == []
        assert (await seats(new))["PO-57"] == (1, 1, 0)


async def test_what_is_split_off_may_have_a_release_of_its_own(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 2}, more=OPTIONS)
    earlier = {"startsAt": "2048-07-31T13:00:00+07:00"}
    body: dict[str, Any] = {"by": "ALTERNATE", "run": earlier}
    assert await driver.refused("/split", unit="PERS", json=body) == (422, "release-too-late")
    body["run"] = earlier | {"releaseAt": 9}
    made = await driver.done("POST", "/split", unit="PERS", json=body)
    assert (made["releaseAt"], made["releaseOn"]) == (9, "2048-07-22")
    await carried(standing, driver.run, made["id"])
    own = RunDriver(standing, driver.programme, made["id"])
    back = await own.done("POST", "/split", unit="PERS", json={"by": "ALTERNATE", "run": LATER | {"releaseAt": None}})
    assert (back["releaseAt"], back["releaseOn"]) == (None, DAY), "as the programme has it"
    await carried(standing, own.run, back["id"])
