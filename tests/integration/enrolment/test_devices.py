"""Devices on real engines: enrolled, revoked, the list that they take along, and what they bring back."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.enrolment.attendance.service.listing import canonical
from services.enrolment.attendance.storage import held
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from shared.rights import Role
from tests.integration.enrolment.conftest import BASE, Office
from tests.integration.enrolment.crowd import staff
from tests.integration.enrolment.nominating import RunDriver, opened
from tests.integration.enrolment.test_attendance import DAY, SESSIONS, at, check_in, facts, seated, sessions
from tests.support.waiting import until


class Door:
    """A device of a run, with its token."""

    def __init__(self, driver: RunDriver, id: str, token: str) -> None:
        self.driver, self.id, self.token = driver, id, token

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", "accept-language": "en"}
        return await self.driver.office.http.request(method, f"{BASE}{path}", headers=headers, **options)

    async def upload(self, *records: dict[str, Any], behind: int = 0) -> httpx.Response:
        """`behind`: by how many seconds its clock is behind."""
        clock = datetime.now(UTC) - timedelta(seconds=behind)
        sent = {"deviceTime": clock.isoformat(), "records": records}
        return await self.ask("POST", f"/runs/{self.driver.run}/uploads", json=sent)

    async def results(self, *records: dict[str, Any], behind: int = 0) -> list[tuple[str, str | None, bool]]:
        answer = await self.upload(*records, behind=behind)
        assert answer.status_code == 200, answer.text
        return [(row["outcome"], row["code"], row["known"]) for row in answer.json()["results"]]

    async def ago(self, minutes: float, behind: int = 0) -> str:
        """Its own time, so many minutes ago."""
        return (datetime.now(UTC) - timedelta(minutes=minutes, seconds=behind)).isoformat()


async def enrol(office: Office, code: str) -> httpx.Response:
    return await office.http.post(f"{BASE}/devices/enrol", json={"code": code}, headers={"accept-language": "en"})


async def door(driver: RunDriver, name: str = "ประตู 1") -> Door:
    invited = await driver.done("POST", "/devices", json={"name": name})
    told = (await enrol(driver.office, invited["code"])).json()
    assert (told["run"], told["device"]) == (driver.run, invited["id"])
    return Door(driver, told["device"], told["token"])


def scan(nonce: int, nomination: str, at: str, session: int = 1) -> dict[str, Any]:
    return {"nonce": f"nonce-{nonce:04}", "session": session, "at": at, "nomination": nomination}


async def test_a_device_is_enrolled_once_and_revoked_for_good(standing: Office) -> None:
    driver, _, _ = await seated(standing, 1)
    invited = await driver.done("POST", "/devices", json={"name": "ประตู 1"})
    one = (await enrol(standing, invited["code"].lower().replace("-", " "))).json()
    again = await enrol(standing, invited["code"])
    assert (again.status_code, again.json()["code"]) == (422, "device-code-wrong")
    first = Door(driver, one["device"], one["token"])
    assert (await first.ask("GET", f"/runs/{driver.run}/device-list")).status_code == 200
    second = await driver.done("POST", f"/devices/{first.id}/code", json={})
    await standing.db["attendance_devices"].update_one(
        {"_id": first.id}, {"$set": {"code_until": datetime.now(UTC) - timedelta(minutes=1)}}
    )
    assert (await enrol(standing, second["code"])).json()["code"] == "device-code-expired"
    third = await driver.done("POST", f"/devices/{first.id}/code", json={})
    new = Door(driver, first.id, (await enrol(standing, third["code"])).json()["token"])
    old = await first.ask("GET", f"/runs/{driver.run}/device-list")
    assert (old.status_code, old.json()["code"]) == (401, "device-token-unknown")
    await driver.done("POST", f"/devices/{first.id}/revoke", json={})
    refused = await new.upload(scan(1, "nobody", await new.ago(0)))
    assert (refused.status_code, refused.json()["code"]) == (403, "device-revoked")
    assert (await driver.ask("POST", f"/devices/{first.id}/code", json={})).json()["code"] == "device-revoked"
    [listed] = (await driver.done("GET", "/devices"))["items"]
    assert (listed["state"], listed["codeUntil"]) == ("REVOKED", None)
    stored = str(await standing.db["attendance_devices"].find({"run": driver.run}).to_list(None))
    assert not any(secret in stored for secret in (invited["code"], one["token"], new.token))


async def test_a_code_is_told_again_to_who_asks_again_and_stands_nowhere(standing: Office) -> None:
    driver, _, _ = await seated(standing, 1)
    sent: dict[str, Any] = {"json": {"name": "ประตู 1"}, "headers": {"idempotency-key": f"door-{driver.run}"}}
    first = await driver.done("POST", "/devices", **sent)
    assert await driver.done("POST", "/devices", **sent) == first
    again: dict[str, Any] = {"json": {}, "headers": {"idempotency-key": f"code-{driver.run}"}}
    path = f"/devices/{first['id']}/code"
    second = await driver.done("POST", path, **again)
    assert await driver.done("POST", path, **again) == second
    assert second["code"] != first["code"]
    answers = str(await standing.db["commands"].find({}).to_list(None))
    assert first["id"] in answers
    assert not any(code in answers for code in (first["code"], second["code"]))
    assert (await enrol(standing, first["code"])).json()["code"] == "device-code-wrong"
    assert (await enrol(standing, second["code"])).status_code == 201


async def test_a_device_is_of_one_run_and_does_nothing_else(standing: Office) -> None:
    driver, _, _ = await seated(standing, 1)
    elsewhere, _, ids = await seated(standing, 1, "PO-95")
    one = await door(driver)
    answer = await one.ask("GET", f"/runs/{elsewhere.run}/device-list")
    assert (answer.status_code, answer.json()["code"]) == (403, "device-of-other-run")
    for path in (f"/runs/{driver.run}/attendance", "/people", f"/runs/{driver.run}/devices", "/programmes", "/units"):
        assert (await one.ask("GET", path)).json()["code"] == "forbidden"
    forged = Door(driver, one.id, one.token[:-1] + ("A" if one.token[-1] != "A" else "B"))
    assert (await forged.ask("GET", f"/runs/{driver.run}/device-list")).json()["code"] == "device-token-unknown"
    officer = await elsewhere.ask("POST", f"/devices/{one.id}/revoke", json={})
    assert (officer.status_code, officer.json()["code"]) == (404, "unknown-device")
    assert await elsewhere.refused("/uploads", Role.HR_OFFICER, json={}) == (403, "forbidden")
    assert ids


async def test_the_list_is_signed_and_tells_no_more_than_it_must(standing: Office) -> None:
    driver, people, ids = await seated(standing, 3)
    one = await door(driver)
    path = f"/runs/{driver.run}/device-list"
    first = (await one.ask("GET", path, params={"limit": "2"})).json()
    second = (await one.ask("GET", path, params={"limit": "2", "cursor": first["next"]})).json()
    assert [row["nomination"] for row in (*first["items"], *second["items"])] == ids
    key = (await driver.done("GET", "/attendance-key"))["x"]
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key + "="))
    for page in (first, second):
        public.verify(base64.urlsafe_b64decode(page["signature"] + "=="), canonical(page))
    assert set(first["items"][0]) == {"nomination", "name", "unit"}
    row = await standing.db["people"].find_one({"_id": people[0]})
    assert row is not None
    assert first["items"][0]["name"].startswith(row["first_name"])
    assert row["last_name"] not in str(first)
    assert [session["session"] for session in first["sessions"]] == [1, 2]


async def test_a_second_upload_changes_nothing_and_clocks_are_put_right(standing: Office) -> None:
    driver, _, ids = await seated(standing, 2)
    await at(driver, "10:30")
    one = await door(driver)
    records = [scan(1, ids[0], await one.ago(60, behind=3_600)), scan(2, ids[1], await one.ago(90, behind=3_600))]
    assert await one.results(*records, behind=3_600) == [("COUNTED", None, False)] * 2
    read = await driver.done("GET", f"/attendance/{ids[0]}")
    [mark] = read["marks"]
    assert (mark["via"], mark["presence"], mark["by"]) == ("DEVICE", "LATE", one.id)
    assert abs(datetime.fromisoformat(mark["at"]) - datetime.fromisoformat(f"{DAY}T09:30:00+07:00")) < timedelta(
        minutes=2
    )
    before, history = await facts(driver), await standing.fingerprint()
    assert await one.results(*reversed(records), records[0], behind=3_600) == [("COUNTED", None, True)] * 3
    assert await facts(driver) == before
    after = await standing.fingerprint()
    assert {name for name in after if after[name] != history[name]} <= {"attendance_devices", "security_log"}
    [listed] = (await driver.done("GET", "/devices"))["items"]
    assert abs(listed["skewSeconds"] - 3_600) <= 5
    [kept] = (await driver.done("GET", f"/attendance/{ids[0]}/scans"))["items"]
    assert (kept["outcome"], kept["device"]) == ("COUNTED", one.id)
    assert datetime.fromisoformat(kept["deviceAt"]) < datetime.fromisoformat(kept["receivedAt"])


async def test_of_two_devices_the_first_recorded_counts_and_the_other_is_kept(standing: Office) -> None:
    driver, _, ids = await seated(standing, 1)
    await at(driver, "10:30")
    one, two = await door(driver), await door(driver, "ประตู 2")
    assert await one.results(scan(1, ids[0], await one.ago(20))) == [("COUNTED", None, False)]
    assert await two.results(scan(1, ids[0], await two.ago(85))) == [("COUNTED", None, False)]
    assert await one.results(scan(2, ids[0], await one.ago(50))) == [("KEPT", None, False)]
    [mark] = (await driver.done("GET", f"/attendance/{ids[0]}"))["marks"]
    assert (mark["by"], mark["presence"], mark["minutes"]) == (two.id, "PRESENT", 180)
    kept = (await driver.done("GET", f"/attendance/{ids[0]}/scans"))["items"]
    assert sorted((row["device"], row["outcome"]) for row in kept) == sorted(
        [(one.id, "COUNTED"), (one.id, "KEPT"), (two.id, "COUNTED")]
    )
    [change] = (await driver.done("GET", f"/attendance/{ids[0]}/changes"))["items"]
    assert (change["before"]["by"], change["after"]["by"]) == (one.id, two.id)


async def closed(driver: RunDriver) -> None:
    """The first session is over, and one is missing."""
    await at(driver, "12:00")
    await driver.done("POST", "/sessions/1/close", json={})

    async def absent() -> bool:
        return bool((await sessions(driver))[0]["absent"] == 1)

    await until(absent, what="the missing one is recorded")


async def test_what_is_refused_is_kept_and_an_upload_that_comes_late_counts(standing: Office) -> None:
    driver, _, ids = await seated(standing, 2)
    one = await door(driver)
    await driver.act("withdraw", {"id": ids[1]})
    await closed(driver)
    token = (await driver.done("GET", f"/passes/{ids[0]}"))["token"]
    early = await one.ago(170)
    scanned = {"session": 1, "at": early}
    records = [
        {**scanned, "nonce": "nonce-pass", "pass": token},
        {**scanned, "nonce": "nonce-fake", "pass": token[:-4] + "AAA_"},
        scan(1, ids[1], early),
        scan(2, "nobody", early),
        scan(3, ids[0], early, session=9),
        scan(4, ids[0], await one.ago(-60)),
    ]
    told = await one.results(*records)
    refused = ["pass-forged", "seat-withdrawn", "unknown-attendee", "unknown-session", "outside-session"]
    assert [code for _, code, _ in told] == [None, *refused]
    assert (told[0][0], {outcome for outcome, _, _ in told[1:]}) == ("COUNTED", {"REFUSED"})
    assert [code for _, code, _ in await one.results(*records)] == [code for _, code, _ in told]
    assert await standing.db["attendance_scans"].count_documents({"run": driver.run}) == len(records)
    assert (await sessions(driver))[0]["present"] == 1
    # A list of the organiser that says an earlier time still counts before it.
    [listed] = await check_in(driver, {"nomination": ids[0], "presence": "PRESENT"})
    assert listed["attendance"]["recorded"] is True


async def test_a_seat_that_was_given_back_meanwhile_was_one_when_it_was_recorded(standing: Office) -> None:
    driver, people, ids = await seated(standing, 3)
    one = await door(driver)
    await at(driver, "11:00")
    for id in ids[:2]:
        await driver.act("withdraw", {"id": id})
    first, late = scan(1, ids[0], await one.ago(59.5)), scan(2, ids[0], await one.ago(-1))
    assert await one.results(first, late) == [("COUNTED", None, False), ("REFUSED", "seat-withdrawn", False)]
    rows = ({"person": people[0], "at": f"{DAY}T10:30:00+07:00"}, {"person": people[0]}, {"nomination": ids[1]})
    listed = await check_in(driver, *rows)
    assert [row.get("problem", {}).get("code") for row in listed] == [None, "seat-withdrawn", "seat-withdrawn"]
    assert (listed[0]["attendance"]["minutes"], listed[0]["attendance"]["recorded"]) == (119, False)
    sent = {"presence": "LATE", "minutes": 30, "reason": "ลงชื่อในใบเซ็นชื่อ"}
    await at(driver, "13:00")
    assert await driver.refused(f"/sessions/2/attendance/{ids[1]}", json=sent) == (409, "seat-withdrawn")
    corrected = await driver.done("POST", f"/sessions/1/attendance/{ids[1]}", json=sent)
    assert (corrected["minutes"], corrected["recorded"]) == (30, True)


async def test_a_person_is_told_of_scans_that_were_refused_at_the_door(standing: Office) -> None:
    people = await staff(standing, "PO-50.HR", 1)
    driver = await opened(standing, {"PO-50": 1}, startsAt=SESSIONS[0]["startsAt"], sessions=SESSIONS)
    nomination = await driver.nominate(people[0])
    await driver.act("withdraw", nomination)
    await at(driver, "09:00")
    one = await door(driver)
    assert await one.results(scan(1, nomination["id"], await one.ago(0))) == [("REFUSED", "seat-withdrawn", False)]
    kinds = held.kinds(standing.db, NominationsOfPeople(standing.db), text_days=30)
    [read] = [kind.read for kind in kinds if kind.key == "scans"]
    told: list[Any] = []
    after: str | None = ""
    while after is not None:
        items, after = await read(people[0], after)
        told += [(item["outcome"], item.get("code")) for item in items if item["run"] == driver.run]
    assert told == [("REFUSED", "seat-withdrawn")]


async def test_an_upload_has_a_thousand_records_and_no_more(standing: Office) -> None:
    driver, _, ids = await seated(standing, 2)
    one = await door(driver)
    at_first = await one.ago(10)
    records = [scan(number, ids[number % 2], at_first) for number in range(1_001)]
    assert (await one.upload(*records)).json()["code"] == "invalid-body"
    told = await one.results(*records[:1_000])
    assert [outcome for outcome, _, _ in told].count("COUNTED") == 2
    assert await standing.db["attendance_scans"].count_documents({"run": driver.run}) == 1_000
