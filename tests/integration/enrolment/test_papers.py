"""Letters over HTTP: who gets them about whom, in which form, and with what of the unit's letterhead."""

import asyncio
from typing import Any

import pytest

from services.enrolment.paper.domain.papers import ERASED
from services.enrolment.paper.service import sources
from shared.ids import new_id
from shared.rights import Role
from tests.integration.enrolment.certifying import AFTER, WHOEVER, asked, clock
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import known, staff
from tests.integration.enrolment.drawing import NAMED, drawn, letterhead, printed, refused, text
from tests.integration.enrolment.nominating import RunDriver, opened, planned
from tests.integration.enrolment.test_offers import pooled, reached
from tests.integration.enrolment.test_security_log import entries
from tests.support.waiting import until
from tests.unit.enrolment.paper.samples import bare

LETTER, REQUEST = "nomination-letter", "nomination-request"
SEATS = {"PO-50": 2, "PO-95": 2}
HOSTILE = "#set text(red) [*x*] $a$ </w:t>&lt; ผู้ช่วย"


async def nominated(office: Office) -> tuple[RunDriver, list[str]]:
    """Two of Chiang Mai, one of whom waits, and one of Yala."""
    mark = new_id()  # nobody here is of another test, which may erase people
    rows = [
        f'{mark}-1,,ว่าที่ร้อยตรีสมชาย ใจดี,PO-50.HR,K2,"{HOSTILE}",,',
        f"{mark}-2,,นายก้ำกึ่ง ปั๊มน้ำ,PO-50.HR,K2,,,",
        f"{mark}-3,,นางสาวยะลา ใจงาม,PO-95.HR,K3,นักทรัพยากรบุคคล,,",
    ]
    people = list((await known(office, *rows)).values())
    driver = await opened(office, SEATS)
    for person in people:
        await driver.nominate(person, **({"rank": "RESERVE"} if person == people[1] else {}))
    return driver, people


async def test_a_province_sends_its_own_names_and_no_others(standing: Office) -> None:
    driver, people = await nominated(standing)
    own = await text(driver, LETTER, Role.PROVINCIAL_HR, of="PO-50")
    for part in ("จังหวัดเชียงใหม่พิจารณาแล้ว", HOSTILE, "ว่าที่ร้อยตรีสมชายใจดี", "นายก้ำกึ่งปั๊มน้ำ", "สำรอง"):
        assert bare(part) in own
    assert "ยะลา" not in own
    theirs = await text(driver, LETTER, unit="PO-95")
    assert "นางสาวยะลา" in theirs
    assert "ก้ำกึ่ง" not in theirs
    assert await refused(driver, LETTER, Role.PROVINCIAL_HR, of="PO-50", unit="PO-95") == (404, "not-found")
    assert await refused(driver, LETTER, Role.PROVINCIAL_HR, of="PO-95", unit="PO-50.HR") == (404, "not-found")
    assert await refused(driver, LETTER, Role.PROVINCIAL_HR) == (404, "not-found")
    assert await refused(driver, LETTER, unit="PO-10") == (404, "not-found")
    assert await refused(driver, LETTER, Role.PROVINCIAL_HR, of="PO-38") == (409, "nobody-on-paper")
    for role in (Role.EXECUTIVE, Role.SUPERVISOR, Role.LEARNER, Role.OCSC_OBSERVER, Role.OPERATOR, Role.INTEGRATION):
        for kind in (LETTER, REQUEST):
            assert await refused(driver, kind, role, of="PO-50") == (403, "forbidden")
    assert await refused(driver, REQUEST, Role.PROVINCIAL_HR, of="PO-50") == (403, "forbidden")
    read = await until(lambda: entries(standing, object=driver.run, outcome="read"), what="who has read is kept")
    assert {row["permission"] for row in read} == {"paper.read"}
    assert all(row["action"].endswith(LETTER) for row in read)
    await standing.done("DELETE", f"/people/{people[1]}/contact")
    after = await text(driver, LETTER, unit="PO-50")
    assert "ก้ำกึ่ง" not in after
    assert bare(HOSTILE) in after


async def test_who_is_asked_to_take_a_seat_stands_in_the_letter(standing: Office) -> None:
    driver = await pooled(standing)
    seated, asked = [await driver.nominate(person) for person in await staff(standing, "PO-50.HR", 2)]
    await reached(driver, asked, "OFFERED")
    letter = await text(driver, LETTER, unit="PO-50")
    assert (seated["state"], letter.count(bare("รอตอบรับที่นั่ง"))) == ("CONFIRMED", 1)
    assert bare("ผู้เข้ารับการอบรม จำนวน ๒ คน") in letter


async def test_a_pdf_is_the_same_again_and_says_what_the_docx_says(standing: Office) -> None:
    driver, _ = await nominated(standing)
    query: dict[str, Any] = {"unit": "PO-95", "number": "123", "date": "2026-11-02", "reference": "หนังสือที่ มท 1"}
    first, again = [await drawn(driver, LETTER, **query) for _ in range(2)]
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"] == 'attachment; filename="nomination-letter.pdf"'
    assert first.content == again.content
    words = await text(driver, LETTER, **query)
    for part in ("/๑๒๓", "๒พฤศจิกายน๒๕๖๙", "หนังสือที่มท๑", "นางสาวยะลาใจงาม", "สำนักงานจังหวัดยะลา"):
        assert part in words
        assert part in printed(first)
    both = [await drawn(driver, LETTER, format="docx", **query) for _ in range(2)]
    assert both[0].content == both[1].content


async def test_a_request_is_a_circular_to_all_or_a_letter_to_one(standing: Office) -> None:
    driver = await opened(standing, SEATS)
    circular = await text(driver, REQUEST)
    assert "ผู้ว่าราชการจังหวัดตามบัญชีแนบท้าย" in circular
    assert "/ว" in circular
    assert circular.index("สำนักงานจังหวัดเชียงใหม่") < circular.index("สำนักงานจังหวัดยะลา")
    one = await text(driver, REQUEST, unit="PO-95")
    assert "ผู้ว่าราชการจังหวัดยะลา" in one
    assert "จำนวน๒คน" in one
    assert "เชียงใหม่" not in one
    assert await refused(driver, REQUEST, unit="PO-38") == (409, "no-seats-of-unit")
    groups = await text(await opened(standing, {"PO-50.HR": 1, "PO-50.STRAT": 2}), REQUEST)
    assert "ผู้ว่าราชการจังหวัดเชียงใหม่" in groups
    assert "ตามบัญชีแนบท้าย" not in groups
    assert groups.count("ผู้ว่าราชการจังหวัดเชียงใหม่") == 1
    assert groups.count("สำนักงานจังหวัดเชียงใหม่") == 2, "its groups stand in the list, each with the office once"
    memo = await opened(standing, {"OPS": 3})
    assert "บันทึกข้อความ" in await text(memo, REQUEST)


async def test_what_cannot_be_drawn_has_a_code_of_its_own(standing: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await planned(standing, SEATS)
    assert await refused(draft, REQUEST) == (404, "not-found")
    driver, _ = await nominated(standing)
    assert await refused(driver, "receipt") == (404, "unknown-paper")
    assert await refused(driver, REQUEST, format="odt") == (422, "unknown-paper-format")
    wrongs: tuple[Any, ...] = ({"number": "12a"}, {"number": "1" * 10}, {"date": "2569-11-02"}, {"reference": "\0"})
    for wrong in wrongs:
        assert (await drawn(driver, REQUEST, **wrong)).status_code == 422
    answers = await asyncio.gather(*(drawn(driver, REQUEST) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"paper-running"}
    monkeypatch.setattr(sources, "MOST_NAMES", 1)
    monkeypatch.setattr(sources, "AT_ONCE", 1)
    assert await refused(driver, LETTER, unit="PO-50") == (422, "paper-too-long")
    await standing.done("POST", f"/programmes/{driver.programme}/cancel", json={})
    assert await refused(driver, REQUEST) == (409, "paper-of-cancelled-run")


async def test_a_letterhead_is_on_the_letters_of_its_unit_and_keeps_no_name(standing: Office) -> None:
    path, signer = "/letterheads/PO-50", (await staff(standing, "PO-50.HR", 1))[0]
    before = await standing.done("GET", path)
    assert (before["version"], before["signer"], before["office"]) == (0, None, [])
    written = await letterhead(standing, "PO-50", signer=signer)
    assert written == {"unit": "PO-50", "version": 1}
    read = await standing.done("GET", path, Role.PROVINCIAL_HR, unit="PO-50")
    assert read == {"unit": "PO-50", **NAMED, "authority": None, "signer": signer, "version": 1}
    driver, _ = await nominated(standing)
    words = await text(driver, LETTER, unit="PO-50")
    for part in ("ที่มท๐๒๐๒/", "ถนนอัษฎางค์", "(คนที่0ทดสอบ)", "ผู้อำนวยการกองการเจ้าหน้าที่", "โทร.๐๒๒๒๒๑๒๓๔"):
        assert part in words
    row = await standing.db["letterheads"].find_one({"_id": "PO-50"})
    assert "ทดสอบ" not in str(row)
    assert [one["action"] for one in await entries(standing, object="PO-50")] == ["write-letterhead"]
    stale = await standing.ask("PUT", path, Role.HR_OFFICER, json=NAMED, headers={"if-match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-since")
    own: dict[str, Any] = {"unit": "PO-95", "role": Role.PROVINCIAL_HR}
    assert await standing.refused("PUT", path, json=NAMED, **own) == (404, "not-found")
    other = {**NAMED, "signer": signer}
    assert await standing.refused("PUT", "/letterheads/PO-95", json=other, **own) == (422, "unknown-signer")
    nobody = {**NAMED, "signer": new_id()}
    assert await standing.refused("PUT", path, json=nobody) == (422, "unknown-signer")
    assert await standing.refused("PUT", "/letterheads/PO-10", json=NAMED) == (404, "not-found")
    assert await standing.refused("PUT", path, Role.LEARNER, json=NAMED) == (403, "forbidden")
    assert await standing.refused("PUT", path, json={"office": ["ก"] * 5}) == (422, "invalid-body")
    assert ERASED not in words


async def with_certificates(office: Office) -> tuple[RunDriver, list[str]]:
    """One person each of two offices, after a run."""
    mark, names = new_id(), (("PO-50", "กานดา"), ("PO-95", "ขวัญ"))
    rows = [f"{mark}-{unit},,นาง{name} ใจงาม,{unit}.HR,K2,,," for unit, name in names]
    people = list((await known(office, *rows)).values())
    driver = await opened(office, SEATS, more=WHOEVER)
    for person in people:
        await driver.nominate(person)
    assert await refused(driver, "certificate-list") == (409, "nobody-on-paper")
    await clock(driver, AFTER)
    await asked(driver)
    return driver, people


LISTS = ("appointment-order", "attendance-sheet", "certificate-list")


async def test_lists_have_everybody_for_the_organiser_and_for_an_office_its_own(standing: Office) -> None:
    driver, people = await with_certificates(standing)
    for kind in LISTS:
        every = await text(driver, kind)
        assert every.index("นางกานดา") < every.index("นางขวัญ")
        own = await text(driver, kind, Role.PROVINCIAL_HR, of="PO-95")
        assert "นางขวัญใจงาม" in own
        assert "กานดา" not in own
        assert "ขวัญ" not in await text(driver, kind, unit="PO-50")
        assert await refused(driver, kind, Role.PROVINCIAL_HR, of="PO-95", unit="PO-50") == (404, "not-found")
        assert await refused(driver, kind, Role.PROVINCIAL_HR, of="PO-38") == (409, "nobody-on-paper")
        assert await refused(driver, kind, Role.OCSC_OBSERVER) == (403, "forbidden")
        assert "นางขวัญใจงาม" in printed(await drawn(driver, kind))
    assert "คำสั่งจังหวัดยะลา" in await text(driver, "appointment-order", Role.PROVINCIAL_HR, of="PO-95")
    assert "วันที่๓๑สิงหาคม๒๕๙๑" in await text(driver, "attendance-sheet", day="2048-08-31")
    assert await refused(driver, "attendance-sheet", day="2048-09-01") == (422, "no-session-that-day")
    assert "PERS-๒๕๙๑-" in await text(driver, "certificate-list")
    await standing.done("DELETE", f"/people/{people[1]}/contact")

    async def gone() -> bool:
        return "ขวัญ" not in await text(driver, "certificate-list")

    await until(gone, what="the name is erased")
    for kind in LISTS:
        assert bare(ERASED) in await text(driver, kind)
