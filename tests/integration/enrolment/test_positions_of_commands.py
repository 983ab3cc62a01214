"""What commands answer as position: short however many buckets they touch, and enough to wait for all of them."""

import httpx
import pytest

from shared.position_tokens import LONGEST, Reached, unverified
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened

OFFICES = [f"PO-{number}" for number in range(11, 21)]
SEATS = dict.fromkeys(OFFICES, 2)


def reached(answer: httpx.Response) -> Reached:
    assert answer.status_code < 300, answer.text
    token = answer.headers["pattana-position"]
    assert len(token) <= LONGEST
    return unverified(token)


async def marked(driver: RunDriver, answer: httpx.Response) -> list[str]:
    """The aggregates of the events with the receipt of this answer, each event once; their number is in the answer."""
    (receipt,) = reached(answer).receipts
    rows = await driver.office.db["outbox"].find({"headers.ce_receipt": receipt.id}).to_list(None)
    assert len(rows) == receipt.events
    return [row["aggregate"] for row in rows]


@pytest.fixture
async def driver(standing: Office) -> RunDriver:
    return await opened(standing, SEATS)


async def test_a_command_about_all_buckets_marks_its_events(driver: RunDriver) -> None:
    path = f"/programmes/{driver.programme}/close"
    closed = await driver.office.ask("POST", path, Role.HR_OFFICER, json={}, headers={"idempotency-key": "k"})
    aggregates = await marked(driver, closed)
    assert sorted(aggregates) == sorted(
        [driver.programme, driver.run, *(f"{driver.run}:OFFICES:{office}" for office in OFFICES)]
    )
    again = await driver.office.ask("POST", path, Role.HR_OFFICER, json={}, headers={"idempotency-key": "k"})
    assert reached(again) == reached(closed)


async def test_a_list_marks_its_events_the_same_whenever_it_is_repeated(driver: RunDriver, standing: Office) -> None:
    people = [person for office in OFFICES[:5] for person in await staff(standing, f"{office}.HR", 1)]
    body, key = {"nominations": [{"person": person} for person in people]}, {"idempotency-key": "list"}
    first = await driver.ask("POST", "/nominations", json=body, headers=key)
    assert await marked(driver, first) == [f"{driver.run}:OFFICES:{office}" for office in OFFICES[:5]]
    again = await driver.ask("POST", "/nominations", json=body, headers=key)
    assert reached(again) == reached(first)
    for office, row in zip(OFFICES, first.json()["results"], strict=False):
        assert str(*unverified(row["position"]).positions) == f"{driver.run}:OFFICES:{office}:2"


async def test_who_may_not_count_a_bucket_is_told_no_number_of_it(driver: RunDriver, standing: Office) -> None:
    """Nor whether somebody moved up into the seat that was given back."""
    people = await staff(standing, "PO-12.HR", 3)
    path = "/applications"
    applied = [await driver.ask("POST", path, Role.LEARNER, person=person, json={}) for person in people]
    gone = f"/nominations/{applied[0].json()['id']}/withdraw"
    withdrawn = await driver.ask("POST", gone, Role.LEARNER, person=people[0], json={})
    assert await driver.states() == dict(zip(people, ("WITHDRAWN", "CONFIRMED", "CONFIRMED"), strict=True))
    for answer in (*applied, withdrawn):
        assert reached(answer).positions == ()
        assert await marked(driver, answer) == [f"{driver.run}:OFFICES:PO-12"]

    group = await driver.ask("POST", "/nominations", Role.PROVINCIAL_HR, unit="PO-12.HR", json={"person": people[0]})
    (other,) = await staff(standing, "PO-11.HR", 1)
    own = await driver.ask("POST", "/nominations", Role.PROVINCIAL_HR, unit="PO-11", json={"person": other})
    assert (len(reached(group).positions), len(reached(own).positions)) == (0, 1)


async def test_a_single_command_marks_nothing(driver: RunDriver, standing: Office) -> None:
    (person,) = await staff(standing, "PO-11.HR", 1)
    answer = await driver.ask("POST", "/nominations", json={"person": person})
    assert (len(reached(answer).positions), reached(answer).receipts) == (1, ())
    row = await driver.office.db["outbox"].find_one({"_id": str(*reached(answer).positions)})
    assert row is not None
    assert "ce_receipt" not in row["headers"]
