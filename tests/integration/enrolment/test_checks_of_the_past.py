"""Checks of nominations that look at what people have been to: certificates of other courses, hours of training."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.enrolment.certifying import AFTER, WHOEVER, asked, clock, held, listed
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, codes, opened
from tests.integration.enrolment.programmes import created, run_body

DAYS = [date(2048, 8, 3) + timedelta(days=day) for day in range(10)]  # as many as are expected of everybody in a year
SESSIONS = [{"startsAt": f"{day}T09:00:00+07:00", "endsAt": f"{day}T15:00:00+07:00"} for day in DAYS]


async def checked(office: Office, **more: Any) -> RunDriver:
    """An open run of a year later than what people have been to, but where that is said."""
    times = more.pop("times", {"startsAt": "2049-03-01T09:00:00+07:00", "endsAt": "2049-03-01T16:00:00+07:00"})
    return await opened(office, {"PO-50": 5}, more=more, **times)


async def certified(office: Office, course: str, *people: str) -> RunDriver:
    run = await held(office, people, more={**WHOEVER, "course": course})
    await asked(run)
    return run


async def test_who_lacks_a_certificate_of_another_course_is_marked_or_refused(standing: Office) -> None:
    both, one, nobody = await staff(standing, "PO-50.HR", 3)
    basics, law = f"BASICS-{new_id()}", f"LAW-{new_id()}"
    await certified(standing, basics, both, one)
    of_law = await certified(standing, law, both)
    asking = await checked(standing, prerequisites=[basics, law], checks={"prerequisite": "WARN"})
    told = [codes(await asking.nominate(person)) for person in (both, one, nobody)]
    assert told == [[], ["prerequisite-missing"], ["prerequisite-missing"]]
    events = await standing.published("seat-confirmed", f"{asking.run}:OFFICES:PO-50")
    assert [event["warnings"] for event in events] == told
    strict = await checked(standing, prerequisites=[basics, law], checks={"prerequisite": "REFUSE"})
    problem = (await strict.ask("POST", "/nominations", json={"person": one})).json()
    assert (problem["status"], problem["code"], problem["courses"]) == (409, "prerequisite-missing", f"{basics}, {law}")
    assert law in problem["detail"]
    await strict.nominate(both)
    # One that was revoked is none.
    (certificate,) = await listed(of_law)
    await of_law.done("POST", f"/certificates/{certificate['id']}/revoke", json={"reason": "ออกผิดคน"})
    later = await checked(standing, prerequisites=[law], checks={"prerequisite": "REFUSE"})
    assert await later.refused("/nominations", json={"person": both}) == (409, "prerequisite-missing")


async def test_courses_are_named_but_nobody_is_checked_without_a_policy(standing: Office) -> None:
    (person,) = await staff(standing, "PO-50.HR", 1)
    basics = f"BASICS-{new_id()}"
    await certified(standing, basics, *await staff(standing, "PO-50.HR", 1))
    run = await checked(standing, prerequisites=[basics])
    assert (await standing.done("GET", f"/runs/{run.run}"))["prerequisites"] == [basics]
    assert codes(await run.nominate(person)) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"checks": {"prerequisite": "WARN"}}, "no-prerequisites"),
        ({"prerequisites": ["OWN"], "course": "OWN"}, "own-prerequisite"),
        ({"prerequisites": ["NOBODY-TEACHES-IT"]}, "unknown-course"),
        ({"prerequisites": [f"C-{number}" for number in range(6)]}, "invalid-body"),
    ],
)
async def test_courses_that_cannot_be_checked_are_refused(standing: Office, more: dict[str, Any], code: str) -> None:
    body = {"code": f"C-{new_id()}", "title": "หลักสูตร", "kind": "TRAINING", "runs": [run_body()], **more}
    assert await standing.refused("POST", "/programmes", json=body) == (422, code)
    programme, _ = await created(standing, code=f"C-{new_id()}", runs=[run_body()])
    assert await standing.refused("PATCH", f"/programmes/{programme}", json=more) == (422, code)


async def test_who_has_reached_the_training_target_of_the_year_is_marked_or_refused(standing: Office) -> None:
    trained, part = await staff(standing, "PO-50.HR", 2)
    course = await opened(standing, {"PO-50": 2}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    ids = [(await course.nominate(person))["id"] for person in (trained, part)]
    for number, day in enumerate(DAYS, start=1):
        await clock(course, f"{day}T09:05:00+07:00")
        rows = [{"nomination": id} for id in (ids if number > 1 else ids[:1])]
        await course.done("POST", "/check-ins", json={"session": number, "rows": rows})
    await clock(course, AFTER)
    same_year = {"startsAt": "2048-09-20T09:00:00+07:00", "endsAt": "2048-09-20T16:00:00+07:00"}
    asking = await checked(standing, checks={"hours": "WARN"}, times=same_year)
    assert codes(await asking.nominate(trained)) == ["hours-reached"]
    assert codes(await asking.nominate(part)) == []
    strict = await checked(standing, checks={"hours": "REFUSE"}, times=same_year)
    problem = (await strict.ask("POST", "/nominations", json={"person": trained})).json()
    assert (problem["status"], problem["code"], problem["year"]) == (409, "hours-reached", 2591)
    next_year = await checked(standing, checks={"hours": "REFUSE"})
    assert codes(await next_year.nominate(trained)) == []
