"""Approval step by step over HTTP: who decides which step, what is told of it, what waits for whom, and deadlines by
the run's own clock."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.settings import EnrolmentSettings
from shared.clock import BANGKOK
from shared.rights import Role
from tests.integration.enrolment import programmes
from tests.integration.enrolment.conftest import Office, serving
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import SECOND_OFFICER, RunDriver, opened
from tests.support.api import Issuer
from tests.support.waiting import until

SUPERVISOR: Mapping[str, Any] = {"role": Role.SUPERVISOR, "unit": "PO-50.HR", "person": "supervisor-50"}
UNIT_HR: Mapping[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-50", "person": "hr-50"}
ORGANISER: Mapping[str, Any] = {"role": Role.HR_OFFICER, "unit": "PERS", "person": SECOND_OFFICER}
WHOLE = ["SUPERVISOR", "UNIT_HR", "ORGANISER"]
WHO = dict(zip(WHOLE, (SUPERVISOR, UNIT_HR, ORGANISER), strict=True))


@pytest.fixture
async def people(standing: Office) -> list[str]:
    return await staff(standing, "PO-50.HR", 4)


async def decide(driver: RunDriver, action: str, nomination: Any, who: Mapping[str, Any], **body: Any) -> Any:
    return await driver.done("POST", f"/nominations/{nomination['id']}/{action}", json=body, **who)


async def details(driver: RunDriver, nomination: Any, **who: Any) -> Any:
    return await driver.done("GET", f"/nominations/{nomination['id']}", **who)


async def test_a_nomination_goes_from_step_to_step(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=WHOLE)
    made = await driver.nominate(people[0])
    for place, step in enumerate(WHOLE):
        assert (made["state"], made["waitsFor"]) == ("SUBMITTED", step)
        for other in WHOLE:
            if other != step:
                path = f"/nominations/{made['id']}/approve"
                assert await driver.refused(path, json={}, **WHO[other]) == (403, "not-your-step")
        made = await decide(driver, "approve", made, WHO[step], reason=f"ขั้นที่ {place + 1}")
    assert (made["state"], made["waitsFor"]) == ("CONFIRMED", None)
    read = await details(driver, made)
    assert [(one["step"], one["verdict"], one["by"], one["reason"]) for one in read["decisions"]] == [
        ("SUPERVISOR", "APPROVED", "supervisor-50", "ขั้นที่ 1"),
        ("UNIT_HR", "APPROVED", "hr-50", "ขั้นที่ 2"),
        ("ORGANISER", "APPROVED", SECOND_OFFICER, "ขั้นที่ 3"),
    ]
    assert all(datetime.fromisoformat(one["at"]) for one in read["decisions"])
    own = await details(driver, made, role=Role.LEARNER, person=people[0])
    assert [(one["by"], one["reason"]) for one in own["decisions"]] == [(None, f"ขั้นที่ {n}") for n in (1, 2, 3)]
    assert await driver.history() == [
        "bucket-opened",
        "nomination-submitted",
        "nomination-approved",
        "nomination-approved",
        "seat-confirmed",
    ]


async def test_what_waits_for_whom_is_asked_for(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=["SUPERVISOR", "ORGANISER"])
    made = [await driver.nominate(person) for person in people[:4]]
    for one in made[:3]:
        await decide(driver, "approve", one, SUPERVISOR)
    for one in made[:2]:
        await decide(driver, "approve", one, ORGANISER)

    async def waiting(what: str, **who: Any) -> list[str]:
        rows = (await driver.done("GET", "/nominations", params={"waitsFor": what, "limit": "9"}, **who))["items"]
        assert all(row["waitsFor"] == what for row in rows)
        return [row["id"] for row in rows]

    expected = {"SUPERVISOR": [made[3]["id"]], "UNIT_HR": [], "ORGANISER": [made[2]["id"]], "SEAT": [made[1]["id"]]}
    assert {what: await waiting(what) for what in expected} == expected
    assert {what: await waiting(what, **SUPERVISOR) for what in expected} == expected
    elsewhere = {"role": Role.SUPERVISOR, "unit": "PO-95"}
    assert [await waiting(what, **elsewhere) for what in expected] == [[]] * 4
    one = await driver.done("GET", "/nominations", params={"waitsFor": "SEAT", "state": "SUBMITTED"})
    assert one["items"] == []


async def test_every_row_of_a_list_is_decided_at_its_step(standing: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 2}, approval=["SUPERVISOR", "ORGANISER"])
    made = [await driver.nominate(person) for person in people[:3]]
    await decide(driver, "approve", made[0], SUPERVISOR)
    ids = [one["id"] for one in made]

    async def rows(action: str, who: Mapping[str, Any], **body: Any) -> list[str]:
        answer = await driver.done("POST", f"/nominations/{action}", json={"ids": ids, **body}, **who)
        return [
            row["nomination"]["waitsFor"] if "nomination" in row else row["problem"]["code"]
            for row in answer["results"]
        ]

    assert await rows("approve", SUPERVISOR) == ["not-your-step", "ORGANISER", "ORGANISER"]
    assert await rows("reject", SUPERVISOR, reason="x") == ["not-your-step"] * 3
    assert await rows("reject", ORGANISER) == ["reason-needed"] * 3
    assert await rows("reject", ORGANISER, reason="ไม่ตรงสายงาน") == [None] * 3
    assert await driver.states() == dict.fromkeys(people[:3], "REJECTED")


async def test_nobody_decides_two_steps(standing: Office, people: list[str]) -> None:
    both = {"unit": "PO-50", "person": "both"}
    for four_eyes, expected in ((True, (403, "decided-before")), (False, None)):
        driver = await opened(standing, {"PO-50": 1}, approval=["SUPERVISOR", "UNIT_HR"], four_eyes=four_eyes)
        made = await driver.nominate(people[0])
        await decide(driver, "approve", made, {"role": Role.SUPERVISOR, **both})
        path = f"/nominations/{made['id']}/approve"
        if expected is None:
            assert (await driver.done("POST", path, Role.PROVINCIAL_HR, json={}, **both))["state"] == "CONFIRMED"
        else:
            assert await driver.refused(path, Role.PROVINCIAL_HR, json={}, **both) == expected


LATE = [{"step": "SUPERVISOR", "days": 2}, {"step": "ORGANISER", "days": 1}]
SUNDAY = datetime(2048, 8, 2, 9, tzinfo=BANGKOK)  # Monday and Tuesday are working days


async def at(driver: RunDriver, moment: datetime) -> None:
    await driver.done("PUT", "/clock", Role.OPERATOR, json={"businessNow": moment.isoformat()})


async def reached(driver: RunDriver, nomination: Any, state: str, waits_for: str | None) -> Any:
    async def there() -> bool:
        read = await details(driver, nomination)
        return (read["state"], read["waitsFor"]) == (state, waits_for)

    await until(there, 30, every=0.1, what=f"{state} {waits_for}")
    return await details(driver, nomination)


async def test_what_nobody_decides_in_time_goes_on_and_ends(
    standing: Office, beside: Office, people: list[str]
) -> None:
    """By the clock of the run, once, whichever of two replicas does it."""
    driver = await opened(standing, {"PO-50": 1}, approval=LATE)
    other = await opened(standing, {"PO-50": 1}, approval=LATE)
    await at(driver, SUNDAY)
    made, elsewhere = await driver.nominate(people[0]), await other.nominate(people[0])
    assert datetime.fromisoformat((await details(driver, made))["dueAt"]) == datetime(2048, 8, 5, tzinfo=BANGKOK)
    await at(driver, datetime(2048, 8, 4, 23, tzinfo=BANGKOK))
    await asyncio.gather(*(reached(driver, made, "SUBMITTED", "SUPERVISOR") for _ in range(2)))
    await at(driver, datetime(2048, 8, 5, 0, 1, tzinfo=BANGKOK))
    late = await driver.refused(f"/nominations/{made['id']}/approve", json={}, **SUPERVISOR)
    assert late in ((409, "deadline-over"), (403, "not-your-step")), "whether or not it has gone on already"
    read = await reached(driver, made, "SUBMITTED", "ORGANISER")
    assert datetime.fromisoformat(read["dueAt"]) == datetime(2048, 8, 7, tzinfo=BANGKOK)
    await at(driver, datetime(2048, 8, 7, 0, 1, tzinfo=BANGKOK))
    read = await reached(driver, made, "EXPIRED", None)
    assert [(one["step"], one["verdict"], one["by"]) for one in read["decisions"]] == [
        ("SUPERVISOR", "ESCALATED", None),
        ("ORGANISER", "EXPIRED", None),
    ]
    kinds = ["bucket-opened", "nomination-submitted", "nomination-escalated", "nomination-expired"]
    assert await driver.history() == kinds
    assert (await details(other, elsewhere))["waitsFor"] == "SUPERVISOR", "another run has another clock"
    path = f"/nominations/{made['id']}/approve"
    assert await driver.refused(path, json={}, **ORGANISER) == (409, "already-expired")
    again = await driver.nominate(people[0])
    assert (again["state"], again["id"] != made["id"]) == ("SUBMITTED", True)


async def test_a_loop_that_is_cut_off_is_carried_on(
    standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several replicas deal with what is overdue, one at a time, and one of them ends in the middle."""
    monkeypatch.setattr("services.enrolment.seats.service.deadlines.AT_ONCE", 1)
    driver = await opened(standing, {"PO-50": 1}, approval=[{"step": "SUPERVISOR", "days": 1}])
    await at(driver, SUNDAY)
    made = [await driver.nominate(person) for person in await staff(standing, "PO-50.HR", 12)]
    nominations = standing.db["nominations"]

    async def expired(least: int) -> bool:
        return await nominations.count_documents({"run": driver.run, "state": "EXPIRED"}) >= least

    async with serving(standing_settings.model_copy(update={"instance": "small"}), issuer):
        await at(driver, SUNDAY + timedelta(days=3))
        await until(lambda: expired(1), 30, every=0.01, what="the first has expired")
    await until(lambda: expired(12), 30, every=0.1, what="all have expired")
    history = await driver.history()
    assert sorted(history[1:]) == ["nomination-expired"] * 12 + ["nomination-submitted"] * 12
    events = await standing.published("nomination-expired", f"{driver.run}:OFFICES:PO-50")
    assert sorted(event["nomination"] for event in events) == sorted(one["id"] for one in made)


@pytest.mark.parametrize("days", [0, 9])  # that the run has begun ago; it may be over
@pytest.mark.parametrize("route", [LATE, ["SUPERVISOR"]])
async def test_what_nobody_has_decided_when_the_run_begins_expires(
    standing: Office,
    standing_settings: EnrolmentSettings,
    issuer: Issuer,
    people: list[str],
    monkeypatch: pytest.MonkeyPatch,
    route: list[Any],
    days: int,
) -> None:
    """With a deadline or without one, once, and nobody is let up by it."""
    monkeypatch.setattr("services.enrolment.seats.service.deadlines.POLL_SECONDS", 0.1)
    driver = await opened(standing, {"PO-50": 1}, approval=route)
    made = await driver.nominate(people[0])
    await at(driver, datetime(2048, 8, 31, 13, tzinfo=BANGKOK) + timedelta(days=days))
    async with serving(standing_settings.model_copy(update={"instance": "quick"}), issuer):
        read = await reached(driver, made, "EXPIRED", None)
    assert [(one["step"], one["verdict"], one["by"]) for one in read["decisions"]] == [("SUPERVISOR", "EXPIRED", None)]
    assert await driver.history() == ["bucket-opened", "nomination-submitted", "nomination-expired"]
    assert await driver.bucket() == (0, 1, 0)


async def test_of_a_cancelled_run_nothing_is_looked_for(standing: Office, beside: Office, people: list[str]) -> None:
    driver = await opened(standing, {"PO-50": 1}, approval=LATE)
    await at(driver, SUNDAY)
    made = await driver.nominate(people[0])
    await programmes.step(standing, driver.programme, "cancel")
    nominations = standing.db["nominations"]

    async def forgotten() -> bool:
        return await nominations.count_documents({"_id": made["id"], "due_at": {"$exists": True}}) == 0

    await until(forgotten, 30, every=0.1, what="the deadline is forgotten")
    assert (await details(driver, made))["state"] == "SUBMITTED"
    assert await driver.history() == ["bucket-opened", "nomination-submitted", "bucket-closed"]
