"""Many commands at once, also at two instances of the service: no seat is overbooked, nobody is nominated twice."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

import httpx
import pytest

from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.programmes import step
from tests.support.api import reached_by

CROWD, SEATS = 40, 15
Command = tuple[str, dict[str, Any]]


@pytest.fixture(params=["one instance", "two instances"])
def instances(request: pytest.FixtureRequest, standing: Office, beside: Office) -> list[Office]:
    """The instances that are called, in turn."""
    return [standing] if request.param == "one instance" else [standing, beside]


@pytest.fixture
async def crowd(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", CROWD)


async def at_once(driver: RunDriver, instances: Sequence[Office], commands: Sequence[Command]) -> list[httpx.Response]:
    """Sends all commands at once, to the instances in turn. Returns the answers in order."""
    desks = [replace(driver, office=office) for office in instances]
    asked = zip(cycle(desks), commands, strict=False)
    return list(await asyncio.gather(*(one.insist(path, body) for one, (path, body) in asked)))


def nominations(people: Sequence[str]) -> list[Command]:
    return [("/nominations", {"person": person}) for person in people]


def states(answers: Sequence[httpx.Response]) -> Counter[str]:
    """The number of answers by state or by code of refusal."""
    bodies = [answer.json() for answer in answers]
    return Counter(
        body.get("state") if answer.is_success else body["code"] for answer, body in zip(answers, bodies, strict=True)
    )


async def check_history(driver: RunDriver, unit: str = "PO-50") -> None:
    """Folds the bucket's events: it is never overbooked, and the last state equals the stored one."""
    await driver.history(unit)
    seats = taken = waiting = 0
    for event in await driver.office.published(aggregate=f"{driver.run}:OFFICES:{unit}"):
        kind, before = event["type"].split(".")[1], event.get("before")
        seats = event.get("seats", seats)
        taken += (kind == "seat-confirmed") - (kind == "nomination-withdrawn" and before == "CONFIRMED")
        waiting += (kind == "nomination-waitlisted") - (before == "WAITLISTED")
        assert 0 <= taken <= seats
        assert waiting >= 0
    assert await driver.bucket(unit) == (taken, seats - taken, waiting)
    live = (
        await driver.office.db["nominations"].find({"run": driver.run, "live": True, "bucket_unit": unit}).to_list(None)
    )
    assert len({row["person"] for row in live}) == len(live)
    assert Counter(row["state"] for row in live) == +Counter(CONFIRMED=taken, WAITLISTED=waiting)


async def test_a_crowd_for_few_seats(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": SEATS})
    answers = await at_once(driver, instances, nominations(crowd))
    assert {answer.status_code for answer in answers} == {201}
    assert states(answers) == {"CONFIRMED": SEATS, "WAITLISTED": CROWD - SEATS}
    assert await driver.bucket() == (SEATS, 0, CROWD - SEATS)
    assert len(await driver.history()) == 1 + CROWD
    assert len({reached_by(answer) for answer in answers}) == CROWD
    assert await driver.states() == {answer.json()["person"]: answer.json()["state"] for answer in answers}
    await check_history(driver)


async def test_a_crowd_is_approved_at_once(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": SEATS}, approval=True)
    made = [answer.json()["id"] for answer in await at_once(driver, instances, nominations(crowd))]
    answers = await at_once(driver, instances, [(f"/nominations/{id}/approve", {}) for id in made])
    assert states(answers) == {"CONFIRMED": SEATS, "WAITLISTED": CROWD - SEATS}
    again = await at_once(driver, instances, [(f"/nominations/{id}/approve", {}) for id in made])
    assert states(again) == {"already-approved": CROWD}
    assert len(await driver.history()) == 1 + 2 * CROWD


async def test_offices_do_not_take_each_others_seats(instances: list[Office], crowd: list[str]) -> None:
    others = await staff(instances[0], "PO-95.HR", CROWD)
    driver = await opened(instances[0], {"PO-50": SEATS, "PO-95": 2})
    mixed = [person for pair in zip(crowd, others, strict=True) for person in pair]
    answers = await at_once(driver, instances, nominations(mixed))
    assert states(answers) == {"CONFIRMED": SEATS + 2, "WAITLISTED": 2 * CROWD - SEATS - 2}
    await check_history(driver)
    await check_history(driver, "PO-95")


async def test_one_person_is_nominated_once(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": SEATS})
    answers = await at_once(driver, instances, nominations(crowd[:1] * 2))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert states(answers) == {"CONFIRMED": 1, "already-nominated": 1}
    assert await driver.history() == ["bucket-opened", "seat-confirmed"]


async def test_a_bad_command_does_not_affect_its_neighbours(instances: list[Office], crowd: list[str]) -> None:
    """Everybody is nominated twice at once, with an unknown person in between."""
    driver = await opened(instances[0], {"PO-50": CROWD})
    doubled = [person for person in crowd for _ in range(2)]
    answers = await at_once(driver, instances, nominations([*doubled, "nobody"]))
    assert states(answers) == {"CONFIRMED": CROWD, "already-nominated": CROWD, "unknown-person": 1}
    await check_history(driver)


async def test_a_seat_is_freed_once(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": 1})
    made = [await driver.nominate(person) for person in crowd[:4]]
    answers = await at_once(driver, instances, [(f"/nominations/{made[0]['id']}/withdraw", {})] * 4)
    assert states(answers) == {"WITHDRAWN": 1, "already-withdrawn": 3}
    assert await driver.bucket() == (1, 0, 2)
    assert (await driver.states())[crowd[1]] == "CONFIRMED"
    await check_history(driver)


async def test_all_withdraw_at_once_and_the_waiting_list_moves_up(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": SEATS})
    made = [await driver.nominate(person) for person in crowd]
    gone: list[Command] = [(f"/nominations/{row['id']}/withdraw", {}) for row in made[:SEATS]]
    assert states(await at_once(driver, instances, gone)) == {"WITHDRAWN": SEATS}
    assert await driver.bucket() == (SEATS, 0, CROWD - 2 * SEATS)
    promoted = [person for person, state in (await driver.states()).items() if state == "CONFIRMED"]
    assert promoted == crowd[SEATS : 2 * SEATS]
    await check_history(driver)


async def test_nominating_and_withdrawing_at_once(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": SEATS})
    made = [await driver.nominate(person) for person in crowd[: SEATS + 5]]
    coming = nominations(crowd[SEATS + 5 :])
    going: list[Command] = [(f"/nominations/{row['id']}/withdraw", {}) for row in made]
    mixed = [command for pair in zip(going, coming, strict=True) for command in pair]
    answers = await at_once(driver, instances, mixed)
    assert all(answer.is_success for answer in answers)
    left = len(coming)
    assert await driver.bucket() == (min(SEATS, left), max(0, SEATS - left), max(0, left - SEATS))
    await check_history(driver)


async def test_one_seat_has_one_substitute(instances: list[Office], crowd: list[str]) -> None:
    driver = await opened(instances[0], {"PO-50": 1})
    first = await driver.nominate(crowd[0])
    path = f"/nominations/{first['id']}/substitute"
    answers = await at_once(driver, instances, [(path, {"person": person}) for person in crowd[1:5]])
    assert states(answers) == {"CONFIRMED": 1, "already-withdrawn": 3}
    assert await driver.bucket() == (1, 0, 0)
    await check_history(driver)


async def test_seats_are_moved_meanwhile(instances: list[Office], crowd: list[str]) -> None:
    """Seats of another office are moved to this one during its nominations: none is lost, none is given twice."""
    driver = await opened(instances[0], {"PO-50": 2, "PO-95": SEATS})
    rows = [
        {"target": "OFFICES", "bucketUnit": unit, "seats": seats} for unit, seats in (("PO-50", SEATS), ("PO-95", 2))
    ]
    asked = asyncio.create_task(at_once(driver, instances, nominations(crowd)))
    moving = replace(driver, office=instances[-1])
    while (moved := await moving.ask("PUT", "/buckets", json={"buckets": rows})).status_code == 503:
        pass
    assert moved.status_code == 200, moved.text
    assert {answer.status_code for answer in await asked} == {201}
    assert await driver.bucket() == (SEATS, 0, CROWD - SEATS)
    assert await driver.bucket("PO-95") == (0, 2, 0)
    await check_history(driver)


async def test_a_run_is_closed_meanwhile(instances: list[Office], crowd: list[str]) -> None:
    """Everybody answered with a seat has it, and nobody gets one after the end."""
    driver = await opened(instances[0], {"PO-50": SEATS})
    asked = asyncio.create_task(at_once(driver, instances, nominations(crowd)))
    await step(instances[-1], driver.programme, "close")
    answers = await asked
    accepted = {answer.json()["person"]: answer.json()["state"] for answer in answers if answer.is_success}
    assert {answer.json()["code"] for answer in answers if not answer.is_success} <= {"run-closed"}
    assert await driver.states() == accepted
    assert (await driver.history())[-1] == "bucket-closed"
    await check_history(driver)
