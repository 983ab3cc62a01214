"""Attendance on real engines: lists, corrections with their history, closing, who is missing, and who may do what."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.attendance.service.shares import Attendance
from services.enrolment.attendance.storage import Attendances
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_dividing import split
from tests.support.waiting import until

DAY, LATER = "2048-08-31", "2048-09-02"
SESSIONS = [
    {"startsAt": f"{DAY}T09:00:00+07:00", "endsAt": f"{DAY}T12:00:00+07:00"},
    {"startsAt": f"{DAY}T13:00:00+07:00", "endsAt": f"{DAY}T16:30:00+07:00"},
]


async def at(driver: RunDriver, time: str) -> None:
    """The clock of the run stands at this time of its day."""
    body = {"businessNow": f"{DAY}T{time}:00+07:00"}
    await driver.office.done("PUT", f"/runs/{driver.run}/clock", Role.OPERATOR, json=body)


async def seated(
    office: Office, count: int, place: str = "PO-50", **options: Any
) -> tuple[RunDriver, list[str], list[str]]:
    """A run at its first morning, its people of one office and their nominations."""
    people = await staff(office, f"{place}.HR", count)
    driver = await opened(office, {place: count}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS, **options)
    nominations = [(await driver.nominate(person))["id"] for person in people]
    await at(driver, "09:00")
    return driver, people, nominations


async def check_in(driver: RunDriver, *rows: dict[str, Any], session: int = 1, **options: Any) -> list[Any]:
    body = {"session": session, "rows": rows}
    return list((await driver.done("POST", "/check-ins", json=body, **options))["results"])


async def sessions(driver: RunDriver) -> list[Any]:
    return list((await driver.done("GET", "/sessions"))["items"])


async def facts(driver: RunDriver) -> list[Any]:
    rows = await driver.office.published(aggregate=f"attendance:{driver.run}")
    seqs = await driver.office.db["outbox"].find({"aggregate": f"attendance:{driver.run}"}).sort("seq", 1).to_list(None)
    assert [row["seq"] for row in seqs] == list(range(1, len(seqs) + 1))
    return rows


async def test_a_list_records_who_came_and_when(standing: Office) -> None:
    driver, people, ids = await seated(standing, 4)
    await at(driver, "11:00")
    rows = (
        {"nomination": ids[0], "presence": "PRESENT"},
        {"person": people[1], "at": f"{DAY}T10:00:00+07:00"},
        {"nomination": ids[2], "presence": "EXCUSED"},
        {"nomination": "nobody"},
    )
    results = await check_in(driver, *rows)
    assert [row["status"] for row in results] == [200, 200, 200, 404]
    assert results[3]["problem"]["code"] == "unknown-attendee"
    told = [(row["attendance"]["presence"], row["attendance"]["minutes"]) for row in results[:3]]
    assert told == [("PRESENT", 180), ("LATE", 120), ("EXCUSED", 0)]
    first, second = await sessions(driver)
    assert (first["state"], first["present"], first["late"], first["excused"], first["missing"]) == (
        "RECORDED",
        1,
        1,
        1,
        1,
    )
    assert (second["state"], second["minutes"], second["halfDays"], second["missing"]) == ("PLANNED", 210, 1, 4)
    missing = await driver.done("GET", "/sessions/1/missing")
    assert [row["person"] for row in missing["items"]] == [people[3]]
    [event] = await facts(driver)
    assert (event["type"], len(event["marks"]), event["via"]) == ("enrolment.attendance-recorded.v1", 3, "LIST")


async def test_twice_is_once(standing: Office) -> None:
    driver, _, ids = await seated(standing, 1)
    first = await check_in(driver, {"nomination": ids[0]}, headers={"idempotency-key": f"once-{driver.run}"})
    before = await driver.office.fingerprint()
    assert await check_in(driver, {"nomination": ids[0]}, headers={"idempotency-key": f"once-{driver.run}"}) == first
    assert await driver.office.fingerprint() == before
    await at(driver, "10:30")
    again, _ = await check_in(driver, {"nomination": ids[0]}, {"nomination": ids[0]})
    assert (again["attendance"]["recorded"], again["attendance"]["minutes"]) == (False, 180)
    assert len(await facts(driver)) == 1


async def test_an_excuse_is_of_the_sessions_of_its_run_and_does_not_go_along_to_another(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    driver = await opened(standing, {"PO-50": 2}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    ids = [(await driver.nominate(person))["id"] for person in people]
    await check_in(driver, *({"nomination": id, "presence": "EXCUSED"} for id in ids))
    new = RunDriver(standing, driver.programme, (await split(driver, by="LIST", nominations=ids[:1]))["id"])
    here, there = await sessions(driver), await sessions(new)
    assert [(one["excused"], one["missing"]) for one in (here[0], there[0])] == [(2, 0), (0, 1)]
    await at(new, "09:00")
    assert [row["nomination"] for row in (await new.done("GET", "/sessions/1/missing"))["items"]] == ids[:1]
    [came] = await check_in(new, {"nomination": ids[0]})
    assert (came["attendance"]["presence"], came["attendance"]["minutes"]) == ("PRESENT", 180)
    first = (await sessions(new))[0]
    assert (first["present"], first["excused"], first["missing"]) == (1, 0, 0)
    shares = await Attendance(Attendances(standing.db)).shares(new.run, people)
    assert {person: tuple(share) for person, share in shares.items()} == {people[0]: (180, 180, 1)}
    assert (await new.done("GET", f"/attendance/{ids[0]}/changes"))["items"] == []
    [fact] = await facts(new)
    assert [mark["before"] for mark in fact["marks"]] == [None]


async def test_a_session_is_closed_and_who_was_not_seen_is_absent(standing: Office) -> None:
    driver, people, ids = await seated(standing, 3)
    await check_in(driver, {"nomination": ids[0]}, {"nomination": ids[1], "presence": "EXCUSED"})
    assert await driver.refused("/sessions/1/close", json={}) == (409, "session-not-over")
    assert await driver.refused("/sessions/9/close", json={}) == (404, "unknown-session")
    await at(driver, "12:00")
    await driver.done("POST", "/sessions/1/close", json={})

    async def absent() -> bool:
        return bool((await sessions(driver))[0]["absent"] == 1)

    await until(absent, what="the missing one is recorded")
    assert (await sessions(driver))[0]["state"] == "CLOSED"
    assert (await driver.done("GET", "/sessions/1/missing"))["items"] == []
    types = [fact["type"].split(".")[1] for fact in await facts(driver)]
    assert types == ["attendance-recorded", "session-closed", "attendance-recorded"]
    await driver.done("POST", "/sessions/1/close", json={})
    assert len(await facts(driver)) == 3
    shares = await Attendance(Attendances(standing.db)).shares(driver.run, [*people, "nobody"])
    assert {person: tuple(share) for person, share in shares.items()} == {
        people[0]: (180, 180, 1),
        people[1]: (0, 180, 0),
        people[2]: (0, 180, 0),
    }
    # A list that comes late counts all the same: somebody had seen her in time.
    [late] = await check_in(driver, {"nomination": ids[2], "at": f"{DAY}T09:10:00+07:00"})
    assert (late["attendance"]["presence"], late["attendance"]["recorded"]) == ("PRESENT", True)


async def test_who_is_missing_is_as_many_as_are_listed_whoever_has_left(standing: Office) -> None:
    driver, people, ids = await seated(standing, 4)
    await check_in(driver, *({"nomination": id} for id in ids[:2]))
    for id in (ids[0], ids[2]):
        await driver.act("withdraw", {"id": id})
    first, second = await sessions(driver)
    assert (first["present"], first["missing"], second["missing"]) == (2, 1, 2)
    assert (await driver.done("GET", "/sessions/1"))["missing"] == 1
    listed = (await driver.done("GET", "/sessions/1/missing"))["items"]
    assert [row["person"] for row in listed] == [people[3]]


async def test_whoever_is_excused_ahead_does_not_hold_the_run_on_its_day(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    driver = await opened(standing, {"PO-50": 2}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    ids = [(await driver.nominate(person))["id"] for person in people]
    [excused] = await check_in(driver, {"nomination": ids[0], "presence": "EXCUSED"})
    assert (excused["status"], (await driver.done("GET", f"/attendance/{ids[0]}"))["minutesHeld"]) == (200, 0)
    moved = [{name: time.replace(DAY, LATER) for name, time in session.items()} for session in SESSIONS]
    change = {"startsAt": moved[0]["startsAt"], "endsAt": moved[1]["endsAt"], "sessions": moved}
    await standing.done("PATCH", f"/runs/{driver.run}", json=change)
    first = (await sessions(driver))[0]
    assert (first["startsAt"], first["state"], first["excused"], first["missing"]) == (
        moved[0]["startsAt"],
        "PLANNED",
        1,
        1,
    )
    body = {"businessNow": f"{LATER}T10:00:00+07:00"}
    await standing.done("PUT", f"/runs/{driver.run}/clock", Role.OPERATOR, json=body)
    came, late = await check_in(driver, {"nomination": ids[1], "presence": "PRESENT"}, {"nomination": ids[0]})
    assert (came["attendance"]["minutes"], late["attendance"]["minutes"]) == (180, 120)
    assert await driver.refused("/sessions/1/close", json={}) == (409, "session-not-over")
    assert (await driver.done("GET", f"/attendance/{ids[0]}"))["minutesHeld"] == 180


async def test_a_correction_needs_a_reason_and_its_history_is_read(standing: Office) -> None:
    driver, people, ids = await seated(standing, 2)
    await check_in(driver, *({"nomination": id} for id in ids))
    path = f"/sessions/1/attendance/{ids[0]}"
    assert await driver.refused(path, json={"presence": "ABSENT"}) == (422, "invalid-body")
    sent = {"presence": "LATE", "minutes": 60, "reason": "ลงชื่อแทนกัน"}
    corrected = await driver.done("POST", path, json=sent, person="officer-9")
    assert (corrected["presence"], corrected["minutes"], corrected["by"]) == ("LATE", 60, "officer-9")
    too_many = {"presence": "LATE", "minutes": 181, "reason": "ก"}
    assert await driver.refused(path, json=too_many) == (422, "minutes-above-session")
    assert await driver.refused(f"/sessions/2/attendance/{ids[0]}", json=sent) == (409, "session-ahead")
    # Nothing that is only recorded takes the place of what somebody has corrected.
    [again] = await check_in(driver, {"nomination": ids[0], "presence": "PRESENT"})
    assert (again["attendance"]["minutes"], again["attendance"]["recorded"]) == (60, False)
    history = (await driver.done("GET", f"/attendance/{ids[0]}/changes"))["items"]
    [change] = history
    assert (change["before"]["presence"], change["after"]["by"], change["reason"]) == (
        "PRESENT",
        "officer-9",
        "ลงชื่อแทนกัน",
    )
    own = await driver.done("GET", f"/attendance/{ids[0]}/changes", Role.LEARNER, person=people[0])
    assert own["items"][0]["after"]["by"] is None
    bodies = [row["body"] for row in await standing.db["outbox"].find({"key": driver.run}).to_list(None)]
    assert not any("ลงชื่อแทนกัน" in (body or "") for body in bodies)


async def test_people_without_a_seat_are_refused_by_codes_of_their_own(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 3)
    driver = await opened(standing, {"PO-50": 1}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    first, waits = [await driver.nominate(person) for person in people[:2]]
    await driver.act("withdraw", first)
    await at(driver, "09:00")
    results = await check_in(driver, {"nomination": first["id"]}, {"person": people[2]}, {"nomination": waits["id"]})
    assert [row.get("problem", {}).get("code") for row in results] == ["seat-withdrawn", "unknown-attendee", None]
    too_late = await check_in(driver, {"nomination": waits["id"], "at": f"{DAY}T12:01:00+07:00"}, session=1)
    assert too_late[0]["problem"]["code"] == "outside-session"
    ahead = await check_in(driver, {"nomination": waits["id"], "at": f"{DAY}T09:10:00+07:00"})
    assert ahead[0]["problem"]["code"] == "check-in-ahead"


async def test_everybody_reads_what_is_theirs(standing: Office) -> None:
    driver, people, ids = await seated(standing, 2)
    await check_in(driver, *({"nomination": id} for id in ids))
    first = await driver.done("GET", "/attendance", params={"limit": "1"})
    second = await driver.done("GET", "/attendance", params={"limit": "1", "cursor": first["next"]})
    assert [row["nomination"] for row in (*first["items"], *second["items"])] == ids
    assert second["next"] is None
    assert (first["items"][0]["minutesPresent"], first["items"][0]["percentage"]) == (180, 100.0)
    for role, unit, count in ((Role.PROVINCIAL_HR, "PO-50", 2), (Role.PROVINCIAL_HR, "PO-95", 0)):
        read = await driver.done("GET", "/attendance", role, unit=unit)
        assert len(read["items"]) == count
    own = await driver.done("GET", "/attendance", Role.LEARNER, person=people[1])
    assert [row["person"] for row in own["items"]] == [people[1]]
    other = await driver.ask("GET", f"/attendance/{ids[0]}", Role.LEARNER, person=people[1])
    assert other.status_code == 404
    assert (await driver.ask("GET", "/sessions", Role.PROVINCIAL_HR, unit="PO-50")).json()["items"][0][
        "present"
    ] is None


@pytest.mark.parametrize("path", ["/sessions", "/attendance"])
async def test_of_a_run_that_nobody_was_told_of_nothing_is_read(standing: Office, path: str) -> None:
    answer = await standing.ask("GET", f"/runs/nothing{path}", Role.HR_OFFICER)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_person_who_is_erased_leaves_no_reasons(standing: Office) -> None:
    driver, people, ids = await seated(standing, 1, "PO-96")
    await check_in(driver, {"nomination": ids[0]})
    sent = {"presence": "ABSENT", "reason": "ป่วย"}
    await driver.done("POST", f"/sessions/1/attendance/{ids[0]}", json=sent)
    await standing.done("DELETE", f"/people/{people[0]}/contact")
    query = {"person": people[0], "reason": {"$exists": True}}

    async def gone() -> bool:
        return not await standing.db["attendance_changes"].find_one(query)

    await until(gone, what="the reason is gone")
    assert await standing.db["attendees"].count_documents({"person": people[0]}) == 1


async def test_old_reasons_go(standing: Office) -> None:
    driver, _, ids = await seated(standing, 1)
    await check_in(driver, {"nomination": ids[0]})
    await driver.done("POST", f"/sessions/1/attendance/{ids[0]}", json={"presence": "ABSENT", "reason": "ป่วย"})
    store, now = Attendances(standing.db), datetime.now().astimezone()
    await store.remove_reasons(now - timedelta(days=1))
    path = f"/attendance/{ids[0]}/changes"
    assert (await driver.done("GET", path))["items"][0]["reason"] == "ป่วย"
    await store.remove_reasons(now + timedelta(days=1))
    assert (await driver.done("GET", path))["items"][0]["reason"] is None
