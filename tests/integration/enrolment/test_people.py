"""People are imported from sheets, row by row and repeatably; the events that follow, and what no event contains."""

import asyncio
import io

import orjson
import pytest
from openpyxl import Workbook

from services.enrolment.settings import EnrolmentSettings
from shared.events.envelope import Position
from shared.position_tokens import unverified
from shared.rights import Role
from shared.sealing import KeyRing, Sealed
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, SOMYING, known
from tests.support.api import reached_by
from tests.support.waiting import until


async def test_good_rows_are_imported_and_bad_ones_reported(directory: Office) -> None:
    lines = [
        HEADER,
        SOMCHAI,
        "E4,,นายผิดวัน ใจดี,PO-50,K2,,,31/8/3106",
        "E5,,นายผิดหน่วย ใจดี,PO-10,K9,,,",
        "E6,,ขาดช่อง",
        SOMYING,
    ]
    report = await directory.import_people(lines)
    assert {name: report[name] for name in ("rows", "registered", "badRows")} == {
        "rows": 5,
        "registered": 2,
        "badRows": 3,
    }
    assert [(problem["line"], problem["column"], problem["code"]) for problem in report["problems"]] == [
        (3, "birthDate", "date-year-out-of-range"),
        (4, "unit", "unknown-unit"),
        (4, "level", "unknown-level"),
        (5, None, "row-width"),
    ]
    assert "3106" in report["problems"][0]["reason"]
    assert [row["line"] for row in report["people"]] == [2, 6]


async def test_problems_are_in_thai_by_default(directory: Office) -> None:
    lines = [HEADER, "E4,,นายผิดวัน ใจดี,PO-50,K2,,,31/8/3106"]
    report = await directory.import_people(lines, headers={"accept-language": "th"})
    assert report["problems"][0]["reason"].startswith("ปีของวันที่")


async def test_the_same_file_again_changes_nothing(directory: Office) -> None:
    first = await known(directory, SOMCHAI, SOMYING)
    before = await directory.counts()
    again = await directory.import_people([HEADER, SOMCHAI, SOMYING])
    assert (again["unchanged"], again["registered"]) == (2, 0)
    assert [row["id"] for row in again["people"]] == list(first.values())
    assert all(row["position"] is None for row in again["people"])
    assert await directory.counts() == before


async def test_two_imports_of_one_file_at_once_register_nobody_twice(directory: Office) -> None:
    rows = [f"E{n},,คนที่{n} ทดสอบ,PO-50.HR,K2,,," for n in range(300)]
    callers = [f"officer-{n}" for n in range(2)]
    reports = await asyncio.gather(*(directory.import_people([HEADER, *rows], person=caller) for caller in callers))
    assert sum(report["registered"] for report in reports) == 300
    assert {row["id"] for report in reports for row in report["people"]} == {row["id"] for row in reports[0]["people"]}
    assert (await directory.counts())["people"] == 300
    assert len(await directory.published("person-registered")) == 300


async def test_people_with_a_shared_address_stay_separate(directory: Office) -> None:
    ids = await known(directory, SOMCHAI, SOMYING)
    assert len(set(ids.values())) == 2


async def test_an_import_gives_out_only_what_can_be_waited_for(directory: Office) -> None:
    """No consumer keeps positions of people: they have no readers."""
    content = "\r\n".join([HEADER, SOMCHAI, SOMYING]).encode()
    csv = {"content-type": "text/csv"}
    answer = await directory.ask("POST", "/imports/people", Role.HR_OFFICER, content=content, headers=csv)
    for row in answer.json()["people"]:
        assert unverified(row["position"]).positions == (Position(f"contact:{row['id']}", 1),)
    reached = unverified(answer.headers["pattana-position"])
    assert (reached.positions, [receipt.events for receipt in reached.receipts]) == ((), [2])
    marked = await directory.db["outbox"].find({"headers.ce_receipt": reached.receipts[0].id}).to_list(None)
    assert [row["type"] for row in marked] == ["enrolment.contact-changed.v1"] * 2


async def test_a_move_is_published(directory: Office) -> None:
    ids = await known(directory, SOMCHAI)
    report = await directory.import_people(["externalId,fullName,unit", "E1,นายสมชาย ใจดี,PO-51.HR"])
    assert (report["moved"], report["people"][0]["position"]) == (1, None)
    assert [(row["type"], row["unit"], row["level"]) for row in await directory.published(aggregate=ids["E1"])] == [
        ("enrolment.person-registered.v1", "PO-50.HR", "K2"),
        ("enrolment.person-moved.v1", "PO-51.HR", "K2"),
    ]


async def test_a_contact_is_published_sealed_and_events_name_nobody(
    directory: Office, enrolment_settings: EnrolmentSettings
) -> None:
    ids = await known(directory, SOMCHAI)
    events = (await directory.published("contact-changed"))[0]
    assert events["person"] == ids["E1"]
    ring = KeyRing.parse(enrolment_settings.contact_keys)
    contact = ring.open(Sealed(events["keyId"], events["sealed"]), f"contact:{ids['E1']}")
    assert (contact.first_name, contact.email) == ("สมชาย", "office50@moi.go.th")
    everything = orjson.dumps(await directory.db["outbox"].find({}).to_list(None), default=str).decode()
    assert "สมชาย" not in everything
    assert "office50" not in everything


async def test_a_citizen_id_is_stored_nowhere(directory: Office) -> None:
    await known(directory, SOMCHAI)
    for name in await directory.db.list_collection_names():
        rows = await directory.db[name].find({}).to_list(None)
        assert "3101700534215" not in str(rows)


async def test_the_citizen_id_finds_a_person_with_a_new_code(directory: Office) -> None:
    ids = await known(directory, SOMCHAI, SOMYING)
    assert await known(directory, SOMCHAI.replace("E1,", "E9,", 1)) == {"E9": ids["E1"]}
    stolen = await directory.import_people([HEADER, SOMCHAI.replace("E1,", "E2,", 1)])
    assert [problem["code"] for problem in stolen["problems"]] == ["identity-conflict"]


async def test_erasing_leaves_a_tombstone_and_cannot_be_undone(directory: Office) -> None:
    person = (await known(directory, SOMCHAI))["E1"]
    answer = await directory.ask("DELETE", f"/people/{person}/contact", Role.HR_OFFICER)
    assert (answer.status_code, reached_by(answer)) == (200, f"contact:{person}:2")
    rows = await directory.db["outbox"].find({"aggregate": f"contact:{person}"}).sort("seq", 1).to_list(None)
    assert [(row["seq"], row["body"], row["headers"]["ce_type"]) for row in rows] == [
        (1, None, "enrolment.contact-erased.v1"),
        (2, None, "enrolment.contact-erased.v1"),
    ]
    assert "pattana-key-id" not in rows[0]["headers"]
    row = await directory.db["people"].find_one({"_id": person}) or {}
    assert "สมชาย" not in str(row)
    assert (row["unit"], row["erased"]) == ("PO-50.HR", True)
    report = await directory.import_people([HEADER, SOMCHAI])
    assert [problem["code"] for problem in report["problems"]] == ["person-erased"]
    assert await directory.refused("DELETE", f"/people/{person}/contact") == (409, "person-erased")


async def test_everything_reaches_the_broker_including_tombstones(directory: Office) -> None:
    person = (await known(directory, SOMCHAI))["E1"]
    await directory.done("DELETE", f"/people/{person}/contact")

    async def sent() -> bool:
        return await directory.db["outbox"].count_documents({"pending": True}) == 0

    await until(sent, what="the relay has sent everything")


# ---- files


async def test_a_workbook_in_a_form_is_imported(directory: Office) -> None:
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in (("เลขประจำตัวประชาชน", "ชื่อ-สกุล", "สังกัด"), (3101700534215, "นายสมชาย ใจดี", "กองการเจ้าหน้าที่")):
        sheet.append(line)
    book.save(file)
    report = await directory.done(
        "POST", "/imports/people", Role.INTEGRATION, files={"file": ("people.xlsx", file.getvalue())}
    )
    assert (report["registered"], report["problems"]) == (1, [])


async def test_a_compact_report_names_nobody(directory: Office) -> None:
    report = await directory.import_people([HEADER, SOMCHAI], params={"detail": "compact"})
    assert report["registered"] == 1
    assert "people" not in report


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file-missing"),
        (b"\n\n", 422, "sheet-empty"),
        (b"PK\x03\x04nothing", 422, "sheet-unreadable"),
        (b"a,b\n1,2\n", 422, "columns-missing"),
        (b"pid,pid,name,unit\n", 422, "column-twice"),
        (b"x" * (16 * 1024 * 1024 + 1), 413, "body-too-large"),
    ],
    ids=["nothing", "blank", "no workbook", "other columns", "a column twice", "oversize"],
)
async def test_files_that_are_refused(standing: Office, content: bytes, status: int, code: str) -> None:
    headers = {"content-type": "text/csv"}
    assert await standing.refused("POST", "/imports/people", content=content, headers=headers) == (status, code)


async def test_a_form_without_a_file_is_refused(standing: Office) -> None:
    assert await standing.refused("POST", "/imports/people", data={"x": "y"}, files={"other": b"z"}) == (
        422,
        "file-missing",
    )


async def test_who_may_import_and_erase(standing: Office) -> None:
    for role in (Role.PROVINCIAL_HR, Role.EXECUTIVE, Role.OPERATOR):
        assert await standing.refused("POST", "/imports/people", role, content=b"x") == (403, "forbidden")
    assert await standing.refused("DELETE", "/people/x/contact", Role.INTEGRATION) == (403, "forbidden")
    assert await standing.refused("DELETE", "/people/x/contact") == (404, "not-found")
