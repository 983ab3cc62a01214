"""A preview tells what an import would do, and does nothing of it."""

from typing import Any

import pytest

from shared.rights import Role
from shared.security_log.storage import log_of
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.crowd import HEADER, SOMCHAI, SOMSRI, SOMYING, known

# Of every kind: new, moved, changed, unchanged, refused, the same person twice by whatever id, and asked about.
FILE = [
    HEADER,
    "E9,3101700534215,นายสมชาย ใจดี,PO-57,K2,-,office50@moi.go.th,31/8/2513",
    "E1,,นายสมชาย ใจดี,PO-50.HR,K2,,,",
    SOMYING,
    "E3,,นางสมศรี ใจเย็น,PERS,M1,-,,",
    "0012,,นายใหม่ เอี่ยม,PO-50.HR,K2,นักทรัพยากรบุคคล,,1/1/2530",
    "12,,นายเลข ถ้วน,PO-50.HR,K2,,,",
    "E8,,นายใหม่ เอี่ยม,PO-57,K2,,,1/1/2530",
    "0012,,นายใหม่ เอี่ยม,PO-50.HR,K2,,,",
    "E7,,นายสมชาย ใจดี,PO-57,K2,,,31/8/2513",
    "E6,,นายผิดวัน ใจดี,PO-50,K2,,,31/8/3106",
]


async def imported(office: Office, *, preview: bool, **query: Any) -> Any:
    return await office.import_people(FILE, params={"preview": preview, **query})


def comparable(report: Any) -> Any:
    """Without what only an import has: ids of new people, and what there is to wait for."""
    people = [{**row, "position": None, "id": row["result"] != "REGISTERED" and row["id"]} for row in report["people"]]
    return {**report, "preview": None, "people": people}


@pytest.mark.parametrize("at_once", [200, 1])
async def test_it_stores_nothing_and_the_import_behind_it_reports_the_same(
    directory: Office, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    await known(directory, SOMCHAI, SOMYING, SOMSRI)
    monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", at_once)
    before = await directory.fingerprint()
    first = await imported(directory, preview=True)
    assert await directory.fingerprint() == before
    expected = {
        "preview": True,
        "registered": 1,
        "moved": 1,
        "changed": 1,
        "unchanged": 1,
        "badRows": 3,
        "askedRows": 3,
    }
    assert {name: first[name] for name in expected} == expected
    assert [row["id"] is None for row in first["people"]] == [False, False, False, True]
    second = await imported(directory, preview=False)
    assert comparable(second) == comparable(first)
    assert second["preview"] is False
    assert {row["id"] for row in second["people"]} > {row["id"] for row in first["people"]} - {None}


async def test_it_gives_out_nothing_to_wait_for(directory: Office) -> None:
    content = "\r\n".join([HEADER, SOMCHAI]).encode()
    query: Any = {"params": {"preview": True, "detail": "compact"}, "headers": {"content-type": "text/csv"}}
    answer = await directory.ask("POST", "/imports/people", Role.HR_OFFICER, content=content, **query)
    assert "pattana-position" not in answer.headers
    assert (answer.json()["registered"], "people" in answer.json()) == (1, False)


async def test_the_security_log_calls_it_a_preview(directory: Office) -> None:
    await imported(directory, preview=True)
    rows = await log_of(directory.db).find({"kind": "import"}).to_list(None)
    assert [(row["action"], row["outcome"], row["permission"]) for row in rows] == [
        ("preview-people", "done", "person.import")
    ]


async def test_what_is_confirmed_is_previewed_as_such(directory: Office) -> None:
    preview = await imported(directory, preview=True, confirmed=[7, 8])
    assert (preview["registered"], preview["askedRows"]) == (7, 1)
    assert comparable(await imported(directory, preview=False, confirmed=[7, 8])) == comparable(preview)
