"""Nobody approves the own nomination, or one that he or she has made, unless the programme says so."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened

OFFICER, SUPERIOR = "01992f6e-8c00-7000-8000-0000000000e1", "01992f6e-8c00-7000-8000-0000000000e2"


@pytest.fixture
async def people(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 4)


async def made_by(driver: RunDriver, officer: str, person: str) -> str:
    answer = await driver.done("POST", "/nominations", person=officer, json={"person": person})
    return str(answer["id"])


async def test_who_made_a_nomination_does_not_approve_it(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    path = f"/nominations/{await made_by(driver, OFFICER, people[0])}/approve"
    assert await driver.refused(path, person=OFFICER, json={}) == (403, "own-nomination")
    assert (await driver.done("POST", path, person=SUPERIOR, json={}))["state"] == "CONFIRMED"


async def test_nobody_approves_the_own_nomination(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=["SUPERVISOR"])
    applied = await driver.done("POST", "/applications", Role.LEARNER, person=people[0], json={})
    nominated = await made_by(driver, OFFICER, people[1])
    for nomination, person in ((applied["id"], people[0]), (nominated, people[1])):
        own: Any = {"role": Role.SUPERVISOR, "unit": "PO-50", "person": person}
        path = f"/nominations/{nomination}/approve"
        assert await driver.refused(path, json={}, **own) == (403, "own-nomination")


@pytest.mark.parametrize(("language", "words"), [("th", "โปรดให้ผู้มีอำนาจท่านอื่น"), ("en", "somebody else")])
async def test_a_list_is_approved_but_for_the_own_rows(
    standing: Office, people: list[str], language: str, words: str
) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    mine, theirs = await made_by(driver, OFFICER, people[0]), await made_by(driver, SUPERIOR, people[1])
    body, headers = {"ids": [mine, theirs]}, {"accept-language": language}
    answer = await driver.done("POST", "/nominations/approve", person=OFFICER, json=body, headers=headers)
    refused, approved = answer["results"]
    assert (refused["status"], refused["problem"]["code"]) == (403, "own-nomination")
    assert words in refused["problem"]["detail"]
    assert (approved["status"], approved["nomination"]["state"]) == (200, "CONFIRMED")
    assert await driver.states() == {people[0]: "SUBMITTED", people[1]: "CONFIRMED"}


async def test_giving_up_needs_no_second_person(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    for action, person in (("reject", people[0]), ("withdraw", people[1])):
        made = await made_by(driver, OFFICER, person)
        await driver.done("POST", f"/nominations/{made}/{action}", person=OFFICER, json={"reason": "ติดราชการ"})


async def test_a_programme_may_do_without(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True, four_eyes=False)
    path = f"/nominations/{await made_by(driver, OFFICER, people[0])}/approve"
    assert (await driver.done("POST", path, person=OFFICER, json={}))["state"] == "CONFIRMED"
    assert (await standing.done("GET", f"/programmes/{driver.programme}"))["fourEyes"] is False
    assert [event["fourEyes"] for event in await standing.published("programme-created", driver.programme)] == [False]


async def test_a_run_of_before_there_was_the_policy_is_under_it(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 4}, approval=True)
    for collection, id in (("runs", driver.run), ("programmes", driver.programme)):
        await standing.db[collection].update_one({"_id": id}, {"$unset": {"four_eyes": ""}})
    path = f"/nominations/{await made_by(driver, OFFICER, people[0])}/approve"
    assert await driver.refused(path, person=OFFICER, json={}) == (403, "own-nomination")
    assert (await standing.done("GET", f"/programmes/{driver.programme}"))["fourEyes"] is True
