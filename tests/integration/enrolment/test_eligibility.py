"""Eligibility for the target groups of a run, over HTTP: scope, unit, level, post and position."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import known, staff
from tests.integration.enrolment.nominating import RunDriver, opened

ANYBODY = {"key": "ALL", "scope": "BOTH"}
SEATS = {"PO-50": 5, "OPS": 5}


async def desk_for(office: Office, *groups: dict[str, Any]) -> RunDriver:
    """Seats of the first of these groups for PO-50 and for the central units."""
    return await opened(office, SEATS, groups=list(groups))


@pytest.mark.parametrize(
    ("rule", "unit", "code"),
    [
        ({"levels": ["K3", "K4"]}, "PO-50.HR", "wrong-level"),
        ({"unit": "PO.HR"}, "PO-50.ADM", "wrong-unit-function"),
        ({"unit": "DRI"}, "PERS", "wrong-unit-function"),
        ({"posts": ["PROV_HEAD"]}, "PO-50.HR", "wrong-post"),
        ({"positions": ["นิติกร"]}, "PO-50.HR", "wrong-position"),
        ({"unit": "OPS"}, "PO-50.HR", "wrong-unit-function"),
    ],
)
async def test_a_rule_that_is_not_met_is_named(standing: Office, rule: dict[str, Any], unit: str, code: str) -> None:
    driver = await desk_for(standing, ANYBODY | rule)
    person = (await staff(standing, unit, 1))[0]
    assert await driver.refused("/nominations", json={"person": person}) == (422, code)


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ({"levels": ["K2"]}, "X1,,คนที่1 ทดสอบ,PO-50.HR,K2,,,"),
        ({"unit": "PO.HR"}, "X2,,คนที่2 ทดสอบ,PO-50,,,,"),
        ({"unit": "PO.HR"}, "X3,,คนที่3 ทดสอบ,PERS,,,,"),
        ({"unit": "PERS"}, "X4,,คนที่4 ทดสอบ,PERS,M1,,,"),
        ({"positions": ["นิติกร"]}, "X5,,คนที่5 ทดสอบ,PO-50.ADM,K1,นิติกร,,"),
    ],
)
async def test_a_person_who_meets_every_rule_is_seated(standing: Office, rule: dict[str, Any], row: str) -> None:
    driver = await desk_for(standing, ANYBODY | rule)
    person = next(iter((await known(standing, row)).values()))
    assert (await driver.nominate(person))["state"] == "CONFIRMED"


async def test_people_of_the_other_scope_are_refused_with_the_reason(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1}, groups=[{"key": "OFFICES", "scope": "PROVINCIAL"}])
    central = (await staff(standing, "PERS", 1))[0]
    answer = await driver.ask("POST", "/nominations", json={"person": central})
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["target"]) == (422, "wrong-scope", "OFFICES")
    assert problem["scope"] == "PROVINCIAL"


async def test_a_person_of_an_office_without_seats_is_refused(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1})
    other = (await staff(standing, "PO-95.HR", 1))[0]
    assert await driver.refused("/nominations", json={"person": other}) == (409, "no-seats-for-unit")


async def test_a_target_group_may_be_named(standing: Office) -> None:
    """Without a name the first group that fits is taken, with a name only that group."""
    driver = await opened(standing, {"PO-50": 1, "OPS": 1})
    officer = (await staff(standing, "PO-50.HR", 1))[0]
    central = (await staff(standing, "PERS", 1))[0]
    path = "/nominations"
    assert await driver.refused(path, json={"person": officer, "target": "CENTRE"}) == (422, "wrong-scope")
    assert await driver.refused(path, json={"person": officer, "target": "NOBODY"}) == (422, "unknown-target")
    seated = await driver.nominate(officer, target="OFFICES")
    pooled = await driver.nominate(central)
    assert [(row["target"], row["bucketUnit"]) for row in (seated, pooled)] == [("OFFICES", "PO-50"), ("CENTRE", "OPS")]
    assert (pooled["unit"], pooled["province"]) == ("PERS", None)


async def test_the_bucket_of_the_work_group_comes_before_that_of_the_office(standing: Office) -> None:
    driver = await opened(standing, {"PO-50": 1, "PO-50.HR": 1})
    people = await staff(standing, "PO-50.HR", 1)
    assert (await driver.nominate(people[0]))["bucketUnit"] == "PO-50.HR"
    office = await known(standing, "X9,,คนที่9 ทดสอบ,PO-50,,,,")
    assert (await driver.nominate(office["X9"]))["bucketUnit"] == "PO-50"


async def test_an_application_is_checked_by_the_same_rules(standing: Office) -> None:
    driver = await desk_for(standing, ANYBODY | {"levels": ["K4"]})
    person = (await staff(standing, "PO-50.HR", 1))[0]
    assert await driver.refused("/applications", Role.LEARNER, person=person, json={}) == (422, "wrong-level")
