"""Follow-up on real engines: assigned once, reported with evidence, given back, and told by the clock of the run."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from services.enrolment.followup.storage import FollowUpStore
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.support.waiting import until

DAY = "2048-08-31"
SESSION = {"startsAt": f"{DAY}T09:00:00+07:00", "endsAt": f"{DAY}T12:00:00+07:00"}
PLAN = {"key": "PLAN", "per": "PROVINCE", "due": "2048-11-30"}
HUBS = {"key": "HUBS", "per": "GROUP", "due": "2049-01-29", "fiscalYear": 2593, "title": "แผนกลุ่มจังหวัด"}
ALL = {"key": "ALL", "per": "PERSON", "due": "2048-12-29"}
LINK = {"link": "https://plan.example/a.pdf"}


async def at(driver: RunDriver, moment: str) -> None:
    await driver.office.done("PUT", f"/runs/{driver.run}/clock", Role.OPERATOR, json={"businessNow": moment})


async def over(office: Office, count: int, place: str = "PO-50") -> tuple[RunDriver, list[str], list[str]]:
    """A run that has ended, with people of one office and their nominations."""
    people = await staff(office, f"{place}.HR", count)
    driver = await opened(office, {place: count}, startsAt=SESSION["startsAt"], sessions=[SESSION])
    nominations = [(await driver.nominate(person))["id"] for person in people]
    await at(driver, f"{DAY}T13:00:00+07:00")
    return driver, people, nominations


async def assign(driver: RunDriver, *deliverables: dict[str, Any]) -> list[Any]:
    """What is told of them when everybody has his or her own."""
    await driver.done("POST", "/follow-ups", json={"deliverables": list(deliverables)})
    await until(lambda: _assigned(driver), what="everybody has a task")
    return list((await driver.done("GET", "/follow-ups"))["items"])


async def _assigned(driver: RunDriver) -> bool:
    return not any(one["assigning"] for one in (await driver.done("GET", "/follow-ups"))["items"])


async def tasks(driver: RunDriver, deliverable: str, role: Role = Role.HR_OFFICER, **options: Any) -> list[Any]:
    return list((await driver.done("GET", f"/follow-ups/{deliverable}/tasks", role, **options))["items"])


async def facts(driver: RunDriver) -> list[Any]:
    rows = await driver.office.published(aggregate=f"follow-ups:{driver.run}")
    seqs = await driver.office.db["outbox"].find({"aggregate": f"follow-ups:{driver.run}"}).sort("seq", 1).to_list(None)
    assert [row["seq"] for row in seqs] == list(range(1, len(seqs) + 1))
    return rows


def counts(row: Any) -> tuple[int, ...]:
    return tuple(row[name] for name in ("tasks", "done", "overdue", "pending"))


async def test_offices_groups_and_people_get_their_tasks_once(standing: Office) -> None:
    driver, people, ids = await over(standing, 3)
    rows = [{"nomination": ids[0]}, {"nomination": ids[1], "presence": "EXCUSED"}]
    await at(driver, f"{DAY}T09:10:00+07:00")
    await driver.done("POST", "/check-ins", json={"session": 1, "rows": rows})
    assert await driver.refused("/follow-ups", json={"deliverables": [PLAN]}) == (409, "follow-up-too-early")
    await at(driver, f"{DAY}T13:00:00+07:00")
    given = await assign(driver, PLAN, HUBS, ALL)
    # Whoever was recorded and never there has nothing to follow up; who was not recorded may have been there.
    assert [counts(row) for row in given] == [(76, 0, 0, 76), (18, 0, 0, 18), (2, 0, 0, 2)]
    assert [row["fiscalYear"] for row in given] == [2592, 2593, 2592]
    # 30 November 2048 is a Monday; 29 December a Tuesday.
    assert [row["dueOn"] for row in given] == ["2048-11-30", "2049-01-29", "2048-12-29"]
    before = await standing.fingerprint()
    assert await assign(driver, PLAN, HUBS) == given
    after = await standing.fingerprint()
    assert {name for name in before if before[name] != after[name]} <= {"commands"}
    events = await facts(driver)
    assert sum(len(event["tasks"]) for event in events) == 96
    assert {event["type"] for event in events} == {"enrolment.follow-ups-assigned.v1"}
    assert {one["person"] for one in await tasks(driver, "ALL")} == {people[0], people[2]}
    [hub] = await tasks(driver, "HUBS", Role.PROVINCIAL_HR, unit="PO-50")
    assert (hub["unit"], hub["group"], hub["person"]) == ("PO-50", "NU1", None)
    other = {**PLAN, "due": "2048-12-01"}
    assert await driver.refused("/follow-ups", json={"deliverables": [other]}) == (409, "deliverable-differs")
    nowhere = {**PLAN, "key": "X", "only": ["PO-10"]}
    assert await driver.refused("/follow-ups", json={"deliverables": [nowhere]}) == (422, "not-to-be-assigned")


async def test_who_turns_out_to_have_been_there_gets_a_task_when_it_is_asked_for_again(standing: Office) -> None:
    driver, people, ids = await over(standing, 3)
    await at(driver, f"{DAY}T09:10:00+07:00")
    excused = {"session": 1, "rows": [{"nomination": ids[1], "presence": "EXCUSED"}]}
    await driver.done("POST", "/check-ins", json=excused)
    await at(driver, f"{DAY}T13:00:00+07:00")
    given, events = await assign(driver, ALL), await facts(driver)
    assert [one["person"] for one in await tasks(driver, "ALL")] == [people[0], people[2]]
    assert (await assign(driver, ALL), await facts(driver)) == (given, events)
    late = {"presence": "PRESENT", "reason": "ลงลายมือชื่อแล้ว"}
    await driver.done("POST", f"/sessions/1/attendance/{ids[1]}", json=late)
    assert [counts(row) for row in await assign(driver, ALL)] == [(3, 0, 0, 3)]
    assert [one["person"] for one in await tasks(driver, "ALL")] == [people[0], people[2], people[1]]


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"link": "http://plan.example"}, "evidence-not-secure"),
    ({}, "invalid-body"),
    ({**LINK, "text": "ดู"}, "invalid-body"),
    ({"text": "ก" * 2001}, "invalid-body"),
)


async def test_a_task_is_reported_given_back_and_reported_again(standing: Office) -> None:
    driver, _, _ = await over(standing, 1)
    await assign(driver, PLAN)
    [task] = await tasks(driver, "PLAN", Role.PROVINCIAL_HR, unit="PO-51")
    path = f"/follow-ups/PLAN/tasks/{task['id']}"
    clerk: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-51", "person": "clerk-51"}
    for wrong, code in WRONG:
        assert await driver.refused(f"{path}/complete", **clerk, json=wrong) == (422, code)
    elsewhere = {**clerk, "unit": "PO-50"}
    assert await driver.refused(f"{path}/complete", **elsewhere, json=LINK) == (404, "not-found")
    assert await driver.refused(f"{path}/return", json={"reason": "ไม่ครบ"}) == (409, "task-not-done")
    key = {"idempotency-key": f"once-{driver.run}"}
    done = await driver.done("POST", f"{path}/complete", **clerk, json=LINK, headers=key)
    assert await driver.done("POST", f"{path}/complete", **clerk, json=LINK, headers=key) == done
    assert (done["state"], "link" in done, done["completedBy"]) == ("DONE", False, "clerk-51")
    assert await driver.refused(f"{path}/complete", **clerk, json=LINK) == (409, "task-done")
    back = await driver.done("POST", f"{path}/return", json={"reason": "ขอแผนฉบับลงนาม"}, person="officer-1")
    assert (back["state"], back["reopened"]) == ("PENDING", "RETURNED")
    told = await driver.done("GET", path, Role.PROVINCIAL_HR, unit="PO-51")
    assert (told["reason"], told["reopenedBy"], told["link"]) == ("ขอแผนฉบับลงนาม", "officer-1", LINK["link"])
    await driver.done("POST", f"{path}/complete", **clerk, json={"text": "ส่งทางหนังสือแล้ว"})
    again = await driver.done("GET", path)
    assert (again["link"], again["text"], again["reason"]) == (None, "ส่งทางหนังสือแล้ว", None)
    reopened = await driver.done("POST", f"{path}/reopen", **clerk, json={"reason": "แนบผิดฉบับ"})
    assert (reopened["state"], reopened["reopened"]) == ("PENDING", "REOPENED")
    types = [event["type"].split(".")[1] for event in await facts(driver)]
    assert types[1:] == ["follow-up-completed", "follow-up-reopened", "follow-up-completed", "follow-up-reopened"]
    bodies = [row["body"] for row in await standing.db["outbox"].find({"key": driver.run}).to_list(None)]
    assert not any(text in (body or "") for body in bodies for text in ("ขอแผน", "แนบผิด", "plan.example", "ส่งทาง"))


async def test_overdue_is_told_by_the_clock_of_the_run(standing: Office) -> None:
    driver, _, _ = await over(standing, 1)
    await assign(driver, PLAN)
    first, *_ = await tasks(driver, "PLAN")
    await driver.done("POST", f"/follow-ups/PLAN/tasks/{first['id']}/complete", json=LINK)
    before = await standing.fingerprint()
    for moment, state, told in (
        ("2048-11-30T23:59:00+07:00", "PENDING", (76, 1, 0, 75)),
        ("2048-12-01T00:01:00+07:00", "OVERDUE", (76, 1, 75, 0)),
        ("2048-11-29T12:00:00+07:00", "PENDING", (76, 1, 0, 75)),
    ):
        await at(driver, moment)
        assert counts((await driver.done("GET", "/follow-ups"))["items"][0]) == told
        found = {name: len(await tasks(driver, "PLAN", params={"state": name, "limit": "500"})) for name in STATES}
        assert found == dict.fromkeys(STATES, 0) | {"DONE": 1, state: 75}
    after = await standing.fingerprint()
    assert [before[name] for name in ("follow_ups", "follow_up_tasks")] == [
        after[name] for name in ("follow_ups", "follow_up_tasks")
    ]


STATES = ("PENDING", "OVERDUE", "DONE")


async def test_everybody_sees_what_is_theirs_in_pages(standing: Office) -> None:
    driver, people, _ = await over(standing, 3)
    await assign(driver, ALL, PLAN)
    first = await driver.done("GET", "/follow-ups/ALL/tasks", params={"limit": "2"})
    rest = await driver.done("GET", "/follow-ups/ALL/tasks", params={"limit": "2", "cursor": first["next"]})
    assert [row["person"] for row in (*first["items"], *rest["items"])] == people
    assert rest["next"] is None
    own = await tasks(driver, "ALL", Role.LEARNER, person=people[1])
    assert [row["person"] for row in own] == [people[1]]
    assert await tasks(driver, "PLAN", Role.LEARNER, person=people[1]) == []
    assert len(await tasks(driver, "ALL", Role.SUPERVISOR, unit="PO-50")) == 3
    assert await tasks(driver, "ALL", Role.PROVINCIAL_HR, unit="PO-95") == []
    path = f"/follow-ups/ALL/tasks/{own[0]['id']}"
    done = await driver.done("POST", f"{path}/complete", Role.LEARNER, person=people[1], json={"text": "ทำแล้ว"})
    assert (done["state"], done["completedBy"]) == ("DONE", None)
    other = await driver.ask("GET", path, Role.LEARNER, person=people[0])
    assert (other.status_code, other.json()["code"]) == (404, "not-found")
    told = await driver.done("GET", "/follow-ups", Role.LEARNER, person=people[0])
    assert [row["tasks"] for row in told["items"]] == [None, None]
    unknown = await driver.ask("GET", "/follow-ups/NOTHING/tasks")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-deliverable")


async def test_a_large_assignment_goes_on_where_it_was_cut_off(standing: Office, beside: Office) -> None:
    """Two replicas page through it at once, a few at a time, and nobody has two tasks."""
    driver, people, _ = await over(standing, 9)
    many = [{**ALL, "key": f"T{number}"} for number in range(4)]
    posts = (RunDriver(office, driver.programme, driver.run) for office in (standing, beside))
    await asyncio.gather(*(one.done("POST", "/follow-ups", json={"deliverables": many}) for one in posts))
    await until(lambda: _assigned(driver), what="everybody has all of them")
    for one in many:
        assert [row["person"] for row in await tasks(driver, str(one["key"]))] == people
    assert sum(len(event["tasks"]) for event in await facts(driver)) == 36


async def test_tasks_of_two_offices_at_once_are_both_reported(standing: Office, beside: Office) -> None:
    driver, _, _ = await over(standing, 1)
    await assign(driver, PLAN)
    rows = (await tasks(driver, "PLAN"))[:6]
    both = [RunDriver(office, driver.programme, driver.run) for office in (standing, beside)]
    paths = [f"/follow-ups/PLAN/tasks/{row['id']}/complete" for row in rows]
    await asyncio.gather(*(both[n % 2].done("POST", path, json=LINK) for n, path in enumerate(paths)))
    assert counts((await driver.done("GET", "/follow-ups"))["items"][0]) == (76, 6, 0, 70)
    assert len(await facts(driver)) == 7


async def test_a_cancelled_run_has_nothing_to_follow_up(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 1)
    driver = await opened(standing, {"PO-50": 1}, startsAt=SESSION["startsAt"], sessions=[SESSION])
    await driver.nominate(people[0])
    cancel = f"/programmes/{driver.programme}/cancel"
    await standing.done("POST", cancel, unit="PERS", json={"reason": "งบประมาณ"})
    refused = await driver.refused("/follow-ups", json={"deliverables": [PLAN]})
    assert refused == (409, "follow-up-of-cancelled-run")
    assert (await driver.ask("GET", "/follow-ups")).json()["code"] == "follow-up-of-cancelled-run"
    assert (await standing.ask("GET", "/runs/nothing/follow-ups", Role.HR_OFFICER)).status_code == 404


async def test_what_was_written_goes_with_the_person_and_with_time(standing: Office) -> None:
    driver, people, _ = await over(standing, 2, "PO-96")
    await assign(driver, ALL)
    for row in await tasks(driver, "ALL"):
        path = f"/follow-ups/ALL/tasks/{row['id']}"
        await driver.done("POST", f"{path}/complete", json={"text": "ใช้แผนใหม่แล้ว"})
        await driver.done("POST", f"{path}/return", json={"reason": "ขอรายละเอียด"})
    await standing.done("DELETE", f"/people/{people[0]}/contact")

    async def gone() -> bool:
        return not await standing.db["follow_up_texts"].find_one({"person": people[0]})

    await until(gone, what="the texts are gone")
    erased, kept = await tasks(driver, "ALL")
    assert (erased["text"], erased["reason"], kept["text"]) == (None, None, "ใช้แผนใหม่แล้ว")
    store, now = FollowUpStore(standing.db), datetime.now().astimezone()
    await store.remove_reasons(now - timedelta(days=1))
    assert (await tasks(driver, "ALL"))[1]["reason"] == "ขอรายละเอียด"
    await store.remove_reasons(now + timedelta(days=1))
    told = (await tasks(driver, "ALL"))[1]
    assert (told["reason"], told["text"]) == (None, "ใช้แผนใหม่แล้ว")
