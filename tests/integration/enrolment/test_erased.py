"""Nothing can be done with a person who was erased: every command that begins something is refused, with one code. What
was there comes to its end (test_erased_seats), and no word is kept about it."""

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, known
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.waiting import until

REFUSED = (409, "person-erased")
BLANK = ",,,"  # level, position, email and birth date


async def two(office: Office, name: str) -> tuple[str, str]:
    """Two people of one office, known by external ids alone."""
    rows = [f"{name}-{n},,คนที่{n} ทดสอบ,PO-50.HR{BLANK}," for n in range(2)]
    first, second = (await known(office, *rows)).values()
    return first, second


async def erase(office: Office, person: str) -> None:
    """And the first turn is over."""
    await office.done("DELETE", f"/people/{person}/contact")
    await until(lambda: office.db["people"].find_one({"_id": person, "erasing.turn": 1}))


@pytest.fixture
async def driver(standing: Office) -> RunDriver:
    return await opened(standing, {"PO-50": 2}, approval=True)


async def test_an_erased_person_is_not_nominated_alone_in_a_list_or_by_herself(
    standing: Office, driver: RunDriver
) -> None:
    person, other = await two(standing, "nominated")
    await erase(standing, person)
    assert await driver.refused("/nominations", json={"person": person}) == REFUSED
    assert await driver.refused("/applications", Role.LEARNER, person=person, json={}) == REFUSED
    rows = {"nominations": [{"person": person}, {"person": other}]}
    results = (await driver.done("POST", "/nominations", json=rows))["results"]
    assert [row["status"] for row in results] == [409, 201]
    assert results[0]["problem"]["code"] == "person-erased"


async def test_who_may_not_see_a_person_is_not_told_that_it_was_erased(standing: Office, driver: RunDriver) -> None:
    person, _ = await two(standing, "hidden")
    await erase(standing, person)
    asked = driver.refused("/nominations", Role.PROVINCIAL_HR, unit="PO-95", json={"person": person})
    assert await asked == (404, "unknown-person")


async def test_an_erased_person_takes_over_no_seat_but_gives_it_back(standing: Office, driver: RunDriver) -> None:
    person, other = await two(standing, "substitute")
    made = await driver.nominate(other)
    await driver.act("approve", made)
    await erase(standing, person)
    path = f"/nominations/{made['id']}/substitute"
    assert await driver.refused(path, json={"person": person}) == REFUSED


async def test_what_was_there_ends_without_a_word_about_it(standing: Office, driver: RunDriver) -> None:
    person, _ = await two(standing, "ends")
    made = await driver.nominate(person, note="สุขภาพไม่ดี")
    await driver.act("approve", made)
    await erase(standing, person)
    row = await driver.done("GET", f"/nominations/{made['id']}")
    assert (row["state"], row["note"], row["reason"], row["erased"]) == ("WITHDRAWN", None, None, True)
    assert await driver.bucket() == (0, 2, 0)


@pytest.mark.parametrize(
    "row",
    [SOMCHAI, SOMCHAI.replace(",3101700534215,", ",,"), SOMCHAI.replace("E1,", ",", 1)],
    ids=["by both", "by the external id", "by the citizen id"],
)
async def test_no_import_brings_an_erased_person_back(directory: Office, row: str) -> None:
    person = (await known(directory, SOMCHAI))["E1"]
    await erase(directory, person)
    before = await directory.fingerprint()
    report = await directory.import_people([HEADER, row])
    assert [problem["code"] for problem in report["problems"]] == ["person-erased"]
    assert await directory.fingerprint() == before
    stored = await directory.db["people"].find_one({"_id": person}) or {}
    assert "external_id" not in stored
    assert "E1" not in str(stored)


async def test_another_person_is_not_taken_for_the_erased_one(directory: Office) -> None:
    """Who comes with another code, and without a citizen id, is a new person."""
    person = (await known(directory, SOMCHAI))["E1"]
    await erase(directory, person)
    again = await known(directory, "E9,,นายสมชาย ใจดี,PO-50.HR,K2,,,")
    assert again["E9"] != person
