"""People and nominations are found by a part of a name: in the Thai order, within the caller's scope; nobody who was
erased is."""

from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, known
from tests.integration.enrolment.nominating import RunDriver, opened, planned
from tests.support.waiting import until

# As ICU sorts them: a vowel in front comes after its consonant, tone marks count last, Latin stands behind Thai.
NAMES = (
    "กมล",
    "เกษม",
    "ขวัญใจ",
    "จันทร์เพ็ญ",
    "ใจทิพย์",
    "ณัฐพล",
    "ปา",
    "ป่า",
    "เปรม",
    "ไพโรจน์",
    "สมชาย",
    "แสงดาว",
    "เอกชัย",
    "Anna",
    "john",
)
ORDERED = dict(enumerate(NAMES))


@pytest.fixture(scope="module")
async def people(standing: Office) -> Office:
    rows = [
        f"ORD-{n},,{name} ลำดับดี,PO-57.HR,K2,,," for n, name in sorted(ORDERED.items(), key=lambda row: row[1][::-1])
    ]
    others = (
        "S1,,ว่าที่ ร.ต.หญิง กิตติ์ น้ำใจงาม,PO-58.HR,K2,,,",
        "S2,,ดร. กิตติพงษ์ สุวรรณประทีป,PO-96.HR,K3,,,",
        "S3,,นางสาวสุวรรณา ณ อยุธยา,PERS,K3,,,",
        "S4,,นายสายที่ ๒ ทดลองเลข,PO-58,K1,,,",
    )
    await known(standing, *rows, *others)
    return standing


async def named(office: Office, role: Role = Role.HR_OFFICER, unit: str | None = None, **query: Any) -> list[str]:
    """First names, over all pages."""
    names: list[str] = []
    asked = {"limit": "4", **query}
    while True:
        page = await office.done("GET", "/people", role, unit=unit, params=asked)
        names += [row["firstName"] for row in page["items"]]
        if page["next"] is None:
            return names
        asked["cursor"] = page["next"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("กิตติ", ["กิตติ์", "กิตติพงษ์"]),
        ("ว่าที่ร้อยตรีหญิงกิตติ์", ["กิตติ์", "กิตติพงษ์"]),
        ("นายกิตติ น้ำใจ", ["กิตติ์"]),
        ("กิตติ์น้ําใจงาม", ["กิตติ์"]),
        ("นำใจ", ["กิตติ์"]),
        ("สุวรรณ", ["กิตติพงษ์", "สุวรรณา"]),
        ("อยุธยา", ["สุวรรณา"]),
        ("ณ สุวรรณา", ["สุวรรณา"]),
        ("สายที่ 2", ["สายที่"]),
        ("สายที่ ๒", ["สายที่"]),
        ("ไม่มีใครชื่อนี้", []),
    ],
)
async def test_people_are_found_however_their_names_are_written(people: Office, q: str, found: list[str]) -> None:
    assert await named(people, q=q) == found


async def test_the_order_is_that_of_a_thai_dictionary_both_ways(people: Office) -> None:
    assert await named(people, q="ลำดับดี") == [*NAMES]
    assert await named(people, q="ลำดับดี", sort="-name") == [*reversed(NAMES)]
    assert await named(people, Role.PROVINCIAL_HR, "PO-57") == [*NAMES]
    assert await named(people, q="ลำดับดี", unit="PO-57.HR", level="K2", post="", sort="-name") == [*reversed(NAMES)]
    answer = await people.refused("GET", "/people", params={"sort": "birthday"})
    assert answer == (422, "invalid-parameter")


async def test_an_office_finds_its_own_people_alone(people: Office) -> None:
    own: Any = {"role": Role.PROVINCIAL_HR, "unit": "PO-58"}
    assert await named(people, **own, q="กิตติ") == ["กิตติ์"]
    assert await named(people, **own, q="ก") == ["กิตติ์"]
    assert await named(people, Role.SUPERVISOR, "PO-58.HR", q="กิตติ") == ["กิตติ์"]
    assert await named(people, Role.SUPERVISOR, "PO-58.ADM", q="กิตติ") == []
    assert await named(people, Role.PROVINCIAL_HR, None, q="กิตติ") == []
    assert await named(people, Role.SUPERVISOR, "OPS", q="สุวรรณ") == ["สุวรรณา"]
    page = await people.done("GET", "/people", Role.PROVINCIAL_HR, unit="PO-58", params={"q": "กิตติ", "limit": "1"})
    assert page["next"] is None


async def test_who_was_erased_is_found_by_no_letter(people: Office) -> None:
    erased = (await known(people, "GONE,,นายลบชื่อ ทิ้งแล้ว,PO-60.HR,K2,,,"))["GONE"]
    for q in ("ลบชื่อ", "ทิ้ง", "ล"):
        assert "ลบชื่อ" in await named(people, q=q)
    await people.done("DELETE", f"/people/{erased}/contact")
    for q in ("ลบชื่อ", "ทิ้ง", "ล"):
        assert "" not in await named(people, q=q)
    row = await people.db["people"].find_one({"_id": erased})
    assert row is not None
    assert {"tokens", "search_key", "last_key"}.isdisjoint(row)
    assert (row["sort_key"], row["place"]) == ("", f" {erased.replace('-', '')[-12:]}")


async def test_who_gets_another_name_is_found_by_that_alone(people: Office) -> None:
    await known(people, "RENAMED,,นางสาวเดิมที นามสกุลเก่า,PO-60.HR,K2,,,")
    await people.import_people([HEADER, "RENAMED,,นางเดิมที นามสกุลใหม่กว่า,PO-60.HR,K2,,,"])
    assert await named(people, q="เดิมที เก่า") == []
    assert await named(people, q="เดิมที ใหม่กว่า") == ["เดิมที"]


# ---- nominations


@pytest.fixture(scope="module")
async def driver(people: Office) -> tuple[RunDriver, dict[str, str]]:
    """Three nominated people, and their ids by external id."""
    run = await opened(people, {"PO-71": 5, "PO-72": 5}, approval=True)
    ids = await known(
        people,
        "N1,,นายธีระ ใจกล้า,PO-71.HR,K2,,,",
        "N2,,นางธีรา กล้าหาญ,PO-72.HR,K2,,,",
        "N3,,นายมานพ กล้าหาญ,PO-71.HR,K2,,,",
    )
    for person in ids.values():
        await run.nominate(person)
    return run, ids


async def nominated(driver: RunDriver, role: Role = Role.HR_OFFICER, *, caller: Any = None, **query: str) -> list[str]:
    page = await driver.done("GET", "/nominations", role, params=query, **(caller or {}))
    assert page["next"] is None
    return [row["person"] for row in page["items"]]


async def test_nominations_are_found_by_the_names_of_their_people(driver: tuple[RunDriver, dict[str, str]]) -> None:
    run, ids = driver
    assert await nominated(run, q="กล้าหาญ") == [ids["N2"], ids["N3"]]
    assert await nominated(run, q="นางสาวธีร") == [ids["N1"], ids["N2"]]
    assert await nominated(run, q="ธี", state="SUBMITTED", unit="PO-71") == [ids["N1"]]
    assert await nominated(run, q="ธีระ", state="CONFIRMED") == []
    assert await nominated(run, q="ไม่มีใครชื่อนี้") == []
    other = await opened(run.office, {"PO-71": 1})
    assert await nominated(other, q="ธีระ") == []
    asked = await run.office.refused("GET", "/runs/nothing/nominations", params={"q": "ธีระ"})
    assert asked == (404, "unknown-run")


async def test_nominations_are_found_within_the_scope(driver: tuple[RunDriver, dict[str, str]]) -> None:
    run, ids = driver
    own: Any = {"caller": {"unit": "PO-71"}}
    assert await nominated(run, Role.PROVINCIAL_HR, **own, q="กล้า") == [ids["N1"], ids["N3"]]
    assert await nominated(run, Role.PROVINCIAL_HR, **own, q="ธีรา") == []
    assert await nominated(run, Role.SUPERVISOR, caller={"unit": "PO-71.ADM"}, q="กล้า") == []
    assert await nominated(run, Role.LEARNER, caller={"person": ids["N1"]}, q="กล้า") == [ids["N1"]]
    assert await nominated(run, Role.LEARNER, caller={"person": ids["N1"]}, q="หาญ") == []


async def test_a_name_that_may_not_be_read_any_more_finds_no_nomination(people: Office) -> None:
    """The nomination stays with the office of that day, which does not find it by letters; the office of now does."""
    run = await opened(people, {"PO-73": 2})
    person = (await known(people, "MOVES,,นายย้ายไป ที่ใหม่,PO-73.HR,K2,,,"))["MOVES"]
    await run.nominate(person)
    own: Any = {"caller": {"unit": "PO-73"}}
    assert await nominated(run, Role.PROVINCIAL_HR, **own, q="ย้ายไป") == [person]
    await known(people, "MOVES,,นายย้ายไป ที่ใหม่,PO-74.HR,K2,,,")
    assert await nominated(run, Role.PROVINCIAL_HR, **own) == [person]
    assert await nominated(run, Role.PROVINCIAL_HR, **own, q="ย้ายไป") == []
    assert await nominated(run, q="ย้ายไป") == [person]
    await until(lambda: people.db["nominations"].find_one({"person": person, "moved": True}))
    new: Any = {"caller": {"unit": "PO-74"}}
    assert await nominated(run, Role.PROVINCIAL_HR, **new, q="ย้ายไป", moved="true") == [person]
    assert await nominated(run, Role.PROVINCIAL_HR, **new, q="ย้ายมา") == []
    assert await nominated(run, q="ย้ายไป", waitsFor="SEAT") == []


async def test_the_nomination_of_who_was_erased_is_found_by_no_letter(people: Office) -> None:
    run = await opened(people, {"PO-75": 2})
    person = (await known(people, "ERASED-N,,นายหายไป จากระบบ,PO-75.HR,K2,,,"))["ERASED-N"]
    await run.nominate(person)
    await people.done("DELETE", f"/people/{person}/contact")
    await until(lambda: people.db["people"].find_one({"_id": person, "erasing.turn": 1}))
    assert await nominated(run) == [person]
    for q in ("หายไป", "ห"):
        assert await nominated(run, q=q) == []


# ---- programmes and runs


async def test_runs_and_programmes_are_listed_and_found(people: Office) -> None:
    shown, hidden = await opened(people, {"PO-76": 1}), await planned(people, {"PO-76": 1})
    query = {"q": "ประสิทธิภาพ บริหาร", "limit": "500"}
    for role, both in ((Role.HR_OFFICER, True), (Role.LEARNER, False)):
        runs = {row["id"] for row in (await people.done("GET", "/runs", role, params=query))["items"]}
        programmes = {row["id"] for row in (await people.done("GET", "/programmes", role, params=query))["items"]}
        assert {shown.run, hidden.run} & runs == ({shown.run, hidden.run} if both else {shown.run})
        assert (hidden.programme in programmes, shown.programme in programmes) == (both, True)
    one = await people.done("GET", "/runs", params={"limit": "1", "sort": "-start"})
    assert await people.refused("GET", "/people", params={"cursor": one["next"]}) == (422, "invalid-cursor")
    asked = await people.refused("GET", "/programmes", params={"q": "บริหาร", "sort": "title"})
    assert asked == (422, "order-not-served")
