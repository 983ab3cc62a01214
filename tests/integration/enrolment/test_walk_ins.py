"""People at the door who are on no list, on real engines: written down, matched, dismissed, and forgotten in time."""

from datetime import datetime, timedelta
from typing import Any

from services.enrolment.attendance.storage.walk_ins import WalkIns
from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import opened
from tests.integration.enrolment.test_attendance import DAY, SESSIONS, at, facts, seated, sessions
from tests.integration.enrolment.test_devices import door
from tests.support.waiting import until

ANY = {"$exists": True}
SOMEBODY = {"session": 1, "name": "สมหญิง ใจงาม", "office": "เทศบาล"}


async def test_a_walk_in_is_matched_to_somebody_who_was_entered_late(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 2)
    driver = await opened(standing, {"PO-50": 2}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    first = await driver.nominate(people[0])
    await at(driver, "09:00")
    assert await driver.refused("/walk-ins", json={**SOMEBODY, "session": 9}) == (404, "unknown-session")
    written = await driver.done("POST", "/walk-ins", json={**SOMEBODY, "inPlaceOf": first["id"]})
    assert (written["state"], written["inPlaceOf"]) == ("OPEN", first["id"])
    [listed] = (await driver.done("GET", "/walk-ins", params={"state": "OPEN"}))["items"]
    assert (listed["name"], listed["office"]) == ("สมหญิง ใจงาม", "เทศบาล")
    await at(driver, "15:00")
    path = f"/walk-ins/{written['id']}"
    assert await driver.refused(f"{path}/match", json={"nomination": "nobody"}) == (404, "unknown-attendee")
    late = await driver.done("POST", "/late-entries", json={"person": people[1], "reason": "มาแทน"})
    told = await driver.done("POST", f"{path}/match", json={"nomination": late["id"], "reason": "มาแทน"})
    assert (told["state"], told["person"], "name" in told) == ("MATCHED", people[1], False)
    [mark] = (await driver.done("GET", f"/attendance/{late['id']}"))["marks"]
    assert (mark["via"], mark["presence"], mark["minutes"]) == ("WALK_IN", "PRESENT", 180)
    await driver.done("POST", f"{path}/match", json={"nomination": late["id"]})
    assert await driver.refused(f"{path}/match", json={"nomination": first["id"]}) == (409, "walk-in-settled")
    assert await driver.refused(f"{path}/dismiss", json={"reason": "ซ้ำ"}) == (409, "walk-in-settled")
    assert [fact["via"] for fact in await facts(driver)] == ["WALK_IN"]
    stored = str(await standing.db["outbox"].find({"key": driver.run}).to_list(None))
    answers = str(await standing.db["commands"].find({}).to_list(None))
    assert not any(typed in stored + answers for typed in ("สมหญิง", "มาแทน"))


async def test_one_of_a_device_is_written_down_once_and_may_be_dismissed(standing: Office) -> None:
    driver, _, ids = await seated(standing, 1)
    one = await door(driver)
    said = {"name": "สมหญิง", "inPlaceOf": ids[0]}
    record = {"nonce": "nonce-walk", "session": 1, "at": await one.ago(5), "walkIn": said}
    assert await one.results(record) == [("WALK_IN", None, False)]
    assert await one.results(record, record) == [("WALK_IN", None, True)] * 2
    [listed] = (await driver.done("GET", "/walk-ins"))["items"]
    assert (listed["device"], listed["by"], listed["inPlaceOf"]) == (one.id, one.id, ids[0])
    path = f"/walk-ins/{listed['id']}"
    assert await driver.refused(f"{path}/dismiss", json={}) == (422, "invalid-body")
    assert (await driver.done("POST", f"{path}/dismiss", json={"reason": "ซ้ำ"}))["state"] == "DISMISSED"
    assert await driver.refused("/walk-ins/nothing/dismiss", json={"reason": "ซ้ำ"}) == (404, "unknown-walk-in")
    # It was somebody after all.
    assert (await driver.done("POST", f"{path}/match", json={"nomination": ids[0]}))["state"] == "MATCHED"
    for role, unit in ((Role.PROVINCIAL_HR, "PO-50"), (Role.LEARNER, None)):
        assert (await driver.ask("GET", "/walk-ins", role, unit=unit)).status_code == 403


async def test_one_that_a_device_brings_when_the_run_is_over_is_put_right(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 1)
    driver = await opened(standing, {"PO-50": 1}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    one = await door(driver)
    await at(driver, "17:00")
    record = {"nonce": "nonce-late", "session": 9, "at": await one.ago(1), "walkIn": {"name": "สมหญิง"}}
    assert await one.results(record) == [("WALK_IN", None, False)]
    [listed] = (await driver.done("GET", "/walk-ins"))["items"]
    late = await driver.done("POST", "/late-entries", json={"person": people[0], "reason": "ลงชื่อไว้ที่หน้างาน"})
    path, said = f"/walk-ins/{listed['id']}/match", {"nomination": late["id"]}
    assert await driver.refused(path, json=said) == (404, "unknown-session")
    assert await driver.refused(path, json=said | {"session": 2}) == (409, "outside-session")
    came = said | {"session": 2, "at": f"{DAY}T13:30:00+07:00"}
    told = await driver.done("POST", path, json=came)
    assert (told["session"], told["cameSession"], told["cameAt"]) == (9, 2, came["at"])
    [mark] = (await driver.done("GET", f"/attendance/{late['id']}"))["marks"]
    assert (mark["session"], mark["presence"], mark["minutes"]) == (2, "LATE", 180)
    for same in (said, came):
        assert (await driver.done("POST", path, json=same))["state"] == "MATCHED"
    assert await driver.refused(path, json=said | {"session": 1}) == (409, "walk-in-settled")


async def test_who_came_to_a_full_run_is_given_the_seat_of_who_did_not(standing: Office) -> None:
    """Also one who was waiting for a seat."""
    people = await staff(standing, "PO-50.HR", 2)
    driver = await opened(standing, {"PO-50": 1}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    missed, waiting = [await driver.nominate(person) for person in people]
    await at(driver, "09:00")
    written = await driver.done("POST", "/walk-ins", json={**SOMEBODY, "inPlaceOf": missed["id"]})
    await at(driver, "17:00")
    organiser: dict[str, Any] = {"unit": "PERS"}
    said: dict[str, Any] = {"person": people[1], "swap": True}
    path = f"/nominations/{missed['id']}/substitute"
    assert await driver.refused(path, json=said, **organiser) == (409, "run-ended")
    said |= {"reason": "มาแทนผู้ที่ติดราชการ"}
    assert await driver.refused(path, Role.PROVINCIAL_HR, unit="PO-50", json=said) == (409, "run-ended")
    came = await driver.done("POST", path, json=said, **organiser)
    told = await driver.done("POST", f"/walk-ins/{written['id']}/match", json={"nomination": came["id"]})
    assert (told["state"], told["person"]) == ("MATCHED", people[1])
    [mark] = (await driver.done("GET", f"/attendance/{came['id']}"))["marks"]
    assert (mark["presence"], mark["minutes"]) == ("PRESENT", 180)
    assert (await driver.bucket(), (await sessions(driver))[0]["missing"]) == ((1, 0, 0), 0)
    assert {(await driver.states())[id] for id in (people[0], waiting["person"])} == {"WITHDRAWN", "CONFIRMED"}


async def test_names_go_with_the_person_and_in_time(standing: Office) -> None:
    driver, people, ids = await seated(standing, 1, "PO-96")
    for _ in range(2):
        written = await driver.done("POST", "/walk-ins", json=SOMEBODY)
    path = f"/walk-ins/{written['id']}/match"
    await driver.done("POST", path, json={"nomination": ids[0], "reason": "มาแทน"})
    await standing.done("DELETE", f"/people/{people[0]}/contact")
    rows = standing.db["attendance_walk_ins"]

    async def gone() -> bool:
        return not await rows.find_one({"person": people[0], "$or": [{"name": {"$exists": True}}]})

    await until(gone, what="the name is gone")
    row = await rows.find_one({"person": people[0]})
    assert row is not None
    assert not {"name", "office", "reason"} & set(row)


async def test_names_go_in_time_and_sooner_where_nobody_knows_whose_they_are(standing: Office) -> None:
    driver, _, ids = await seated(standing, 1, "PO-95")
    for _ in range(2):
        written = await driver.done("POST", "/walk-ins", json=SOMEBODY)
    await driver.done("POST", f"/walk-ins/{written['id']}/match", json={"nomination": ids[0]})
    store, now = WalkIns(standing.db), datetime.now().astimezone()
    before, after = now - timedelta(days=1), now + timedelta(days=1)

    async def left() -> int:
        return int(await standing.db["attendance_walk_ins"].count_documents({"run": driver.run, "name": ANY}))

    steps = ((store.remove_unmatched, before, 2), (store.remove_unmatched, after, 1))
    for step, moment, names in (*steps, (store.remove_texts, before, 1), (store.remove_texts, after, 0)):
        await step(moment)
        assert await left() == names
