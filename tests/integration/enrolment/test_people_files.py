"""A file of people gives the same report whatever it is called, and however it is sent."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from shared.rights import Role
from tests.integration.enrolment.conftest import Office

LINES = (("externalId", "fullName", "unit"), ("F1", "นายสมชาย ใจดี", "PO-50"), ("F2", "นางสาวสมหญิง ใจดี", "PO-99"))
TEXT = "\n".join(",".join(line) for line in LINES).encode("cp874") + b"\n"
TYPES = (
    "text/csv",
    "text/plain; charset=utf-8",
    "application/vnd.ms-excel",
    "application/x-www-form-urlencoded",
    "x/y",
)


def workbook(*sheets: str, hidden: int = 3) -> bytes:
    book, file = Workbook(), io.BytesIO()
    del book["Sheet"]
    for name in sheets:
        page = book.create_sheet(name)
        for line in LINES:
            page.append(line)
        page.row_dimensions[hidden].hidden = True
        page.column_dimensions["B"].hidden = True
    book.save(file)
    return file.getvalue()


async def told(office: Office, **sent: Any) -> Any:
    """What a report says of the file, without what it did."""
    return await office.done("POST", "/imports/people", Role.INTEGRATION, params={"preview": True}, **sent)


@pytest.mark.parametrize("content", [TEXT, workbook("รายชื่อ")], ids=["text", "workbook"])
async def test_a_file_is_read_the_same_however_it_is_sent(standing: Office, content: bytes) -> None:
    report = await told(standing, content=content)
    assert (report["rows"], report["registered"], report["badRows"]) == (2, 1, 1)
    for kind in TYPES:
        assert await told(standing, content=content, headers={"content-type": kind}) == report
        for name in ("people.xls", "ก.csv", ""):
            assert await told(standing, files={"file": (name or "x", content, kind)}) == report


async def test_the_sheet_is_chosen_and_told(standing: Office) -> None:
    content = workbook("ก.ค.", "ส.ค.")
    for sheet, code in (({}, "sheet-ambiguous"), ({"sheet": "ก.ย."}, "sheet-unknown")):
        sent: dict[str, Any] = {"content": content, "params": {"preview": True, **sheet}}
        assert await standing.refused("POST", "/imports/people", **sent) == (422, code)
    report = await standing.done("POST", "/imports/people", content=content, params={"preview": True, "sheet": "ส.ค."})
    assert report["sheet"] == {"name": "ส.ค.", "hiddenRows": 1, "hiddenLines": [3], "hiddenColumns": ["fullName"]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><table>", "sheet-kind"),
        (b"%PDF-1.7", "sheet-is-no-table"),
        (b"\x1f\x8b\x08", "sheet-packed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "sheet-locked"),
    ],
)
async def test_what_is_no_sheet_is_refused_by_its_name(standing: Office, content: bytes, code: str) -> None:
    assert await standing.refused("POST", "/imports/people", content=content) == (422, code)


async def test_what_stands_around_the_list_is_left_out_and_told(standing: Office) -> None:
    around = ((("บัญชีรายชื่อ",),), (("รวมทั้งสิ้น", "1", "คน"), ("ลงชื่อ ........................ ผู้รายงาน",)))
    book, file = Workbook(), io.BytesIO()
    for line in (*around[0], *LINES[:2], *around[1]):
        book["Sheet"].append(line)
    book.save(file)
    report = await told(standing, content=file.getvalue())
    assert (report["rows"], report["registered"], report["problems"], report["leftOutRows"]) == (1, 1, [], 3)
    assert [row["line"] for row in report["leftOut"]] == [1, 4, 5]
    assert report["leftOut"][1]["text"] == "รวมทั้งสิ้น 1 คน"
