"""Passes and codes of rooms on real engines: who gets them, what a scan records, and what is refused."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.enrolment.attendance.storage.keys import RunKeys
from services.enrolment.settings import EnrolmentSettings
from shared.fresh_keys import new_key_ring
from shared.rights import Role
from shared.sealing import KeyRing
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver
from tests.integration.enrolment.test_attendance import DAY, at, check_in, facts, seated


async def pass_of(driver: RunDriver, nomination: str, role: Role = Role.HR_OFFICER, **caller: str) -> str:
    told = await driver.done("GET", f"/passes/{nomination}", role, **caller)
    assert told["nomination"] == nomination
    return str(told["token"])


def codes(results: list[dict]) -> list[str | None]:  # type: ignore[type-arg]
    return [row.get("problem", {}).get("code") for row in results]


async def test_a_pass_is_shown_scanned_and_counts_once(standing: Office) -> None:
    driver, people, ids = await seated(standing, 2)
    token = await pass_of(driver, ids[0], Role.LEARNER, person=people[0])
    assert await pass_of(driver, ids[0]) == token  # the same key, whoever asks
    key = await driver.done("GET", "/attendance-key")
    raw = base64.urlsafe_b64decode(token)
    Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=")).verify(raw[-64:], raw[:-64])
    [first] = await check_in(driver, {"pass": token})
    assert (first["attendance"]["nomination"], first["attendance"]["via"], first["attendance"]["recorded"]) == (
        ids[0],
        "QR",
        True,
    )
    again, listed = await check_in(driver, {"pass": token}, {"nomination": ids[0]})
    assert (again["attendance"]["recorded"], listed["attendance"]["recorded"]) == (False, False)
    assert len(await facts(driver)) == 1
    picture = await driver.ask("GET", f"/passes/{ids[0]}/qr")
    assert (picture.headers["content-type"], b"<svg" in picture.content) == ("image/svg+xml", True)
    other = await driver.ask("GET", f"/passes/{ids[0]}", Role.LEARNER, person=people[1])
    assert other.status_code == 404


async def test_a_scan_is_refused_with_a_code_of_its_own_and_the_rest_counts(standing: Office) -> None:
    driver, _, ids = await seated(standing, 3)
    elsewhere, _, others = await seated(standing, 1, "PO-95")
    good, gone = await pass_of(driver, ids[0]), await pass_of(driver, ids[1])
    foreign = await pass_of(elsewhere, others[0])
    await driver.act("withdraw", {"id": ids[1]})
    assert (await driver.ask("GET", f"/passes/{ids[1]}")).json()["code"] == "seat-withdrawn"
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
    results = await check_in(driver, *({"pass": token} for token in (foreign, forged, gone, "x", good)))
    assert codes(results) == ["pass-of-other-run", "pass-forged", "seat-withdrawn", "pass-forged", None]
    # Until the last session is over: the plan of the run ends earlier now than the pass says, and later.
    await at(driver, "16:30")
    late = await check_in(driver, {"pass": good, "at": f"{DAY}T16:30:00+07:00"}, session=2)
    assert codes(late) == [None]
    both = await driver.ask("POST", "/check-ins", json={"session": 1, "rows": [{"pass": good, "nomination": ids[0]}]})
    assert both.json()["code"] == "invalid-body"


async def test_somebody_checks_in_with_the_code_of_the_room(standing: Office) -> None:
    driver, people, ids = await seated(standing, 2)
    elsewhere, _, _ = await seated(standing, 1, "PO-95")
    shown = await driver.done("GET", "/sessions/1/room-code")
    foreign = (await elsewhere.done("GET", "/sessions/1/room-code"))["code"]
    assert b"<svg" in (await driver.ask("GET", "/sessions/1/room-code/qr")).content
    for role, unit in ((Role.LEARNER, None), (Role.PROVINCIAL_HR, "PO-50")):
        answer = await driver.ask("GET", "/sessions/1/room-code", role, unit=unit, person=people[0])
        assert answer.status_code == 403

    async def come(person: str, code: str) -> tuple[int, str]:
        answer = await driver.ask("POST", "/check-ins/room", Role.LEARNER, person=person, json={"code": code})
        return answer.status_code, str(answer.json().get("code", answer.json().get("via")))

    assert await come(people[0], shown["code"]) == (200, "ROOM")
    assert await come(people[0], shown["code"]) == (200, "ROOM")
    assert await come(people[1], foreign) == (422, "room-code-wrong")
    stranger = "01992f6e-8c00-7000-8000-00000000dead"
    assert await come(stranger, shown["code"]) == (404, "unknown-attendee")
    [event] = await facts(driver)
    assert (event["via"], [mark["nomination"] for mark in event["marks"]]) == ("ROOM", [ids[0]])


async def test_the_key_of_a_run_is_sealed_and_follows_the_ring(
    standing: Office, enrolment_settings: EnrolmentSettings
) -> None:
    driver, _, ids = await seated(standing, 1)
    await pass_of(driver, ids[0])
    row = await standing.db["attendance_keys"].find_one({"_id": driver.run})
    assert row is not None
    assert set(row) == {"_id", "key_id", "sealed"}
    old, new = new_key_ring("old"), new_key_ring("new")
    run, fresh = f"{driver.run}-sealed", b"s" * 32
    assert await RunKeys(standing.db, KeyRing.parse(old)).seed(run, fresh) == fresh
    both = RunKeys(standing.db, KeyRing.parse(f"{new},{old}"))
    assert await both.seed(run, b"x" * 32) == fresh
    while await both.reseal():
        pass
    alone = RunKeys(standing.db, KeyRing.parse(new))
    assert await alone.seed(run, b"x" * 32) == fresh
    # Nobody can open it any more: the run gets another key, once.
    lost = RunKeys(standing.db, KeyRing.parse(new_key_ring("other")))
    assert await lost.seed(run, b"y" * 32) == b"y" * 32
    assert await lost.seed(run, b"z" * 32) == b"y" * 32
