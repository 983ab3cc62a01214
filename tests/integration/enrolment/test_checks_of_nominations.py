"""Checks of nominations over HTTP: eligibility, other runs at the same time, the same course again; what each role is
told of them, and what they cost."""

from datetime import timedelta
from typing import Any

import pytest

from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.directory.service.officeholders import Officeholders
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.storage import People, Posts, Units
from services.enrolment.seats.domain.commands import Caller, Nominate
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.queue import Ticket
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.specs import NOMINATIONS
from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.events.seats import Rank
from shared.idempotency import CommandKey, CommandRecords
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import connect, database
from shared.rights import Role, Scope
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import known
from tests.integration.enrolment.nominating import CENTRE, SECOND_OFFICER, RunDriver, checking, codes, opened
from tests.support.commands import Commands
from tests.support.indexes import asked_of, served

SEATS = {"PO-50": 5, "OPS": 5}


async def people(office: Office, unit: str = "PO-50.HR", count: int = 1) -> list[str]:
    """Whom no other test knows."""
    rows = [f"{new_id()},,คนที่{number} ทดสอบ,{unit},K2,,," for number in range(count)]
    return list((await known(office, *rows)).values())


async def on(office: Office, day: str, *, hours: tuple[int, int] = (9, 16), **options: Any) -> RunDriver:
    """An open run of that day, with these checks and this course."""
    course = options.pop("course", None)
    seats = options.pop("seats", SEATS)
    approval, groups = options.pop("approval", False), options.pop("groups", None)
    times = {
        "startsAt": f"{day}T{hours[0]:02}:00:00+07:00",
        "endsAt": f"{options.pop('until', day)}T{hours[1]:02}:00:00+07:00",
    }
    more = {"checks": options.pop("checks", options), **({"course": course} if course else {})}
    return await opened(office, seats, approval=approval, groups=groups, more=more, **times)


# ---- other runs at the same time


@pytest.mark.parametrize(
    ("day", "hours", "until", "code"),
    [
        ("2048-03-02", (15, 18), "2048-03-02", "clash"),
        ("2048-03-02", (16, 18), "2048-03-02", None),
        ("2048-02-28", (9, 16), "2048-03-05", "clash"),  # a course of a week, in one piece
        ("2048-03-03", (9, 16), "2048-03-03", None),
    ],
)
async def test_a_run_at_the_same_time_is_a_warning(
    standing: Office, day: str, hours: tuple[int, int], until: str, code: str | None
) -> None:
    """It is kept, told in both languages, and in events as a code; the seat is given all the same."""
    (person,) = await people(standing)
    first = await on(standing, day, hours=hours, until=until)
    await first.nominate(person)
    second = await on(standing, "2048-03-02", clash="WARN")
    made = await second.nominate(person)
    assert (made["state"], codes(made)) == ("CONFIRMED", [code] if code else [])
    read = await second.done("GET", f"/nominations/{made['id']}")
    assert read["warnings"] == made["warnings"]
    if code:
        assert made["warnings"][0]["run"] == first.run
        assert "same time" in made["warnings"][0]["en"]
    (event,) = await standing.published("seat-confirmed", f"{second.run}:OFFICES:PO-50")
    assert event["warnings"] == ([code] if code else [])


async def test_a_run_that_lasts_around_another_clashes_although_no_sessions_do(standing: Office) -> None:
    (person,) = await people(standing)
    sessions = [
        {"startsAt": f"{day}T09:00:00+07:00", "endsAt": f"{day}T12:00:00+07:00"} for day in ("2048-04-20", "2048-04-22")
    ]
    times = {"startsAt": sessions[0]["startsAt"], "endsAt": sessions[1]["endsAt"], "sessions": sessions}
    week = await opened(standing, SEATS, **times)
    await week.nominate(person)
    between = await on(standing, "2048-04-21", clash="WARN")
    assert codes(await between.nominate(person)) == ["clash-enclosed"]


async def test_only_live_nominations_clash(standing: Office) -> None:
    (person,) = await people(standing)
    first = await on(standing, "2048-03-09")
    await first.act("withdraw", await first.nominate(person))
    second = await on(standing, "2048-03-09", clash="REFUSE")
    assert codes(await second.nominate(person)) == []
    third = await on(standing, "2048-03-09", clash="REFUSE")
    assert await third.refused("/nominations", json={"person": person}) == (409, "clash")


async def test_a_list_is_checked_row_by_row(standing: Office) -> None:
    busy, free = await people(standing, count=2)
    await (await on(standing, "2048-03-10")).nominate(busy)
    run = await on(standing, "2048-03-10", clash="REFUSE")
    rows = {"nominations": [{"person": busy}, {"person": free}]}
    results = (await run.done("POST", "/nominations", json=rows))["results"]
    assert [row["status"] for row in results] == [409, 201]
    assert results[0]["problem"]["code"] == "clash"
    assert list(await run.states()) == [free]


async def test_the_other_run_is_named_to_who_may_see_the_nomination_there(standing: Office) -> None:
    """Somebody has moved to another office; the new one learns that there is something, and not what."""
    key = new_id()
    person = (await known(standing, f"{key},,คนหนึ่ง ทดสอบ,PO-50.HR,K2,,,"))[key]
    first = await on(standing, "2048-03-16")
    await first.nominate(person)
    await known(standing, f"{key},,คนหนึ่ง ทดสอบ,PO-95.HR,K2,,,")
    second = await on(standing, "2048-03-16", seats={"PO-95": 2}, clash="WARN", approval=True)
    made = await second.done("POST", "/nominations", Role.PROVINCIAL_HR, unit="PO-95", json={"person": person})
    assert [(row["code"], row["run"]) for row in made["warnings"]] == [("clash", None)]
    path = f"/nominations/{made['id']}"
    for role, unit, who, run in (
        (Role.PROVINCIAL_HR, "PO-95", None, None),
        (Role.SUPERVISOR, "PO-95.HR", None, None),
        (Role.HR_OFFICER, None, None, first.run),
        (Role.LEARNER, None, person, first.run),
    ):
        told = await second.done("GET", path, role, unit=unit, person=who)
        assert [row["run"] for row in told["warnings"]] == [run], role
    strict = await on(standing, "2048-03-16", seats={"PO-95": 2}, clash="REFUSE")
    body: dict[str, Any] = {"json": {"person": person}}
    problem = (await strict.ask("POST", "/nominations", Role.PROVINCIAL_HR, unit="PO-95", **body)).json()
    assert (problem["code"], problem.get("run")) == ("clash", None)
    assert (await strict.ask("POST", "/nominations", **body)).json()["run"] in (first.run, second.run)


# ---- the same course again


async def test_who_had_a_seat_in_the_course_repeats_it(standing: Office) -> None:
    """Within so many years, by the name of the course; who was only nominated has not taken it."""
    seated, waiting = await people(standing, count=2)
    first = await on(standing, "2046-06-01", course="COURSE-1", seats={"PO-50": 1})
    await first.nominate(seated)
    await first.nominate(waiting)
    again = await on(standing, "2048-06-01", course="COURSE-1", repeated="WARN")
    assert codes(await again.nominate(seated)) == ["repeated"]
    assert codes(await again.nominate(waiting)) == []
    later = await on(standing, "2049-06-01", course="COURSE-1", repeated="REFUSE", seats={"PO-50": 5})
    problem = (await later.ask("POST", "/nominations", json={"person": seated})).json()
    assert (problem["code"], problem["run"], problem["years"]) == ("repeated", again.run, 3)
    other = await on(standing, "2048-06-02", course="COURSE-2", repeated="REFUSE")
    assert codes(await other.nominate(seated)) == []
    long_after = await on(standing, "2053-06-01", course="COURSE-1", repeated="REFUSE")
    assert codes(await long_after.nominate(seated)) == []


async def test_a_later_programme_may_call_itself_the_course_of_an_earlier_one_by_its_code(standing: Office) -> None:
    (person,) = await people(standing)
    first = await on(standing, "2047-06-01")
    await first.nominate(person)
    code = (await standing.done("GET", f"/programmes/{first.programme}"))["code"]
    second = await on(standing, "2048-06-03", course=code, repeated="WARN")
    assert codes(await second.nominate(person)) == ["repeated"]


# ---- eligibility


async def test_who_applies_from_outside_waits_for_the_organiser_and_is_marked(standing: Office) -> None:
    """Also where the programme has no route. Applications of the group itself are decided at once."""
    run = await on(standing, "2048-07-01", groups=[CENTRE], seats={"OPS": 5}, eligibility="WARN")
    (outsider,), (central,) = await people(standing), await people(standing, "PERS")
    applied = await run.done("POST", "/applications", Role.LEARNER, person=outsider, json={})
    inside = await run.done("POST", "/applications", Role.LEARNER, person=central, json={})
    assert (applied["state"], codes(applied), inside["state"]) == ("SUBMITTED", ["wrong-scope"], "CONFIRMED")
    path = f"/nominations/{applied['id']}/approve"
    office = {"unit": "PO-50.HR", "person": "superior", "json": {}}
    assert await run.refused(path, Role.SUPERVISOR, **office) == (403, "not-your-step")
    approved = await run.done("POST", path, person=SECOND_OFFICER, json={})
    assert (approved["state"], codes(approved)) == ("CONFIRMED", ["wrong-scope"])


async def test_who_is_nominated_from_outside_has_the_seat_and_is_marked(standing: Office) -> None:
    run = await on(standing, "2048-07-02", groups=[CENTRE], seats={"OPS": 5}, eligibility="WARN")
    (outsider,) = await people(standing)
    made = await run.nominate(outsider)
    assert (made["state"], codes(made), made["bucketUnit"]) == ("CONFIRMED", ["wrong-scope"], "OPS")


async def test_the_warned_are_found_in_a_list(standing: Office) -> None:
    """As far as the caller sees nominations, with every other condition, and page by page."""
    run = await on(standing, "2048-07-03", groups=[CENTRE], seats={"OPS": 9}, eligibility="WARN", approval=True)
    outsiders, central = await people(standing, count=3), await people(standing, "PERS", 2)
    for person in (central[0], *outsiders, central[1]):
        await run.nominate(person)
    listed = await run.done("GET", "/nominations", params={"warned": "true", "limit": "2"})
    rest = await run.done("GET", "/nominations", params={"warned": "true", "limit": "2", "cursor": listed["next"]})
    assert [row["person"] for row in (*listed["items"], *rest["items"])] == outsiders
    assert rest["next"] is None
    await run.done("POST", f"/nominations/{listed['items'][0]['id']}/reject", json={"reason": "อยู่นอกกลุ่มเป้าหมาย"})
    for params, expected in (({"state": "SUBMITTED"}, 2), ({"state": "REJECTED"}, 1), ({"unit": "PO-50"}, 3)):
        rows = await run.done("GET", "/nominations", params={"warned": "true", **params})
        assert len(rows["items"]) == expected, params
    elsewhere = await run.done("GET", "/nominations", Role.PROVINCIAL_HR, unit="PO-95", params={"warned": "true"})
    assert elsewhere["items"] == []
    assert len((await run.done("GET", "/nominations"))["items"]) == 5


# ---- what it costs


def ticket(run: str, person: str) -> Ticket:
    command = Nominate(run, person, Rank.PRIMARY, None, None, new_id())
    caller = Caller("officer", Scope(all=True))
    return Ticket(command, CommandKey(new_id(), None), caller, EventRecorder("/pattana/enrolment", now()))


@pytest.mark.parametrize(
    ("checks", "asked"),
    [
        ({}, {"runs": 1, "nominations": 0}),
        ({"clash": "OFF", "repeated": "OFF", "eligibility": "WARN"}, {"runs": 1, "nominations": 0}),
        ({"clash": "WARN"}, {"runs": 2, "nominations": 1}),
        ({"clash": "WARN", "repeated": "REFUSE"}, {"runs": 3, "nominations": 1}),
    ],
)
async def test_a_batch_asks_once_for_each_check_and_never_without_one(
    standing: Office, standing_settings: EnrolmentSettings, checks: dict[str, str], asked: dict[str, int]
) -> None:
    """However many are nominated in it, and by indexes alone."""
    everybody = await people(standing, count=20)
    course, day = f"COURSE-{len(checks)}", f"2048-10-{len(checks) + 5:02}"
    first = await on(standing, day, course=course)
    await first.nominate(everybody[0])
    run = await on(standing, day, course=course, checks=checks)
    sent = Commands()
    client = connect(standing_settings.mongo_url, app_name="tests", listeners=[sent])
    db = database(client, f"{standing_settings.mongo_prefix}_enrolment")
    records, posts = CommandRecords(db, kept=timedelta(hours=1)), Officeholders(Posts(db), People(db))
    batches = Batches(Seats(db), Catalogue(db), People(db), Places(Units(db)), posts, records, checking(db))
    tickets = [ticket(run.run, person) for person in everybody]
    snapshot = await batches.read(run.run, tickets, again=False, seconds=5)
    client.close()
    assert {name: len(sent.of(name)) for name in asked} == asked
    assert set(snapshot.found) == ({everybody[0]} if "clash" in checks and asked["nominations"] else set())
    for command in sent.of("nominations"):
        query = asked_of(command)
        assert query is not None
        found = served(query, NOMINATIONS.indexes)
        assert found is not None
        assert found.beside == frozenset()
