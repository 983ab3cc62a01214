"""Identity is never taken from a damaged value and likeness never merges: the report asks, and somebody answers."""

from collections import Counter
from typing import Any

import pytest

from shared.rights import Role
from tests.integration.enrolment.conftest import Counted, Office
from tests.support.sheets import row, workbook

PLAIN = "externalId,fullName,unit"
BORN = "externalId,citizenId,fullName,unit,birthDate"
SOMCHAI = "E1,3101700534215,นายสมชาย ใจดี,PO-50.HR,31/8/2513"
OTHER_PID = "1101700203450"


def asked(report: Any) -> list[tuple[Any, ...]]:
    """Line, column, code, and whom the row resembles."""
    names = ("line", "column", "code", "person", "externalId")
    return [tuple(question[name] for name in names) for question in report["questions"]]


def numbered(*ids: str) -> bytes:
    """A workbook whose ids are numbers."""
    header = row(1, ("A", "รหัสบุคลากร"), ("B", "ชื่อ"), ("C", "นามสกุล"), ("D", "หน่วยงาน"))
    names = (("B", "ศูนย์"), ("C", "นำหน้า"), ("D", "PO-50"))
    return workbook(header + "".join(row(at, ("A", id), *names, numbers="A") for at, id in enumerate(ids, start=2)))


async def registered(office: Office, *rows: str, header: str = PLAIN) -> list[str]:
    """The ids of people who are new, one for each row."""
    report = await office.import_people([header, *rows])
    assert (report["registered"], report["questions"]) == (len(rows), []), report
    return [one["id"] for one in report["people"]]


async def test_a_number_of_an_id_with_zeros_is_asked_about(directory: Office) -> None:
    """case-12b: neither a second person, nor the first one."""
    (person,) = await registered(directory, "0012345,นายศูนย์ นำหน้า,PO-50")
    before = await directory.counts()
    report = await directory.done("POST", "/imports/people", content=numbered("12345"))
    assert asked(report) == [(2, "รหัสบุคลากร", "identity-zeros-lost", person, "0012345")]
    assert (report["registered"], report["askedRows"], report["badRows"], report["people"]) == (0, 1, 0, [])
    assert await directory.counts() == before


async def test_zeros_that_somebody_has_added_are_asked_about(directory: Office) -> None:
    """Also where the citizen id says who it is: the id would be replaced by the damaged one."""
    (person,) = await registered(directory, "12345,3101700534215,นายสมชาย ใจดี,PO-50,", header=BORN)
    rows = [BORN, "0012345,,นายสมชาย ใจดี,PO-50,", "012345,3101700534215,นายสมชาย ใจดี,PO-50,"]
    report = await directory.import_people(rows)
    assert asked(report) == [(line, "externalId", "identity-zeros-lost", person, "12345") for line in (2, 3)]


async def test_an_id_that_is_known_as_it_stands_is_not_asked_about(directory: Office) -> None:
    first, second = "0012345,นายศูนย์ นำหน้า,PO-50", "12345,นายเลข ถ้วน,PO-50"
    await registered(directory, first)
    report = await directory.import_people([PLAIN, second], params={"confirmed": 2})
    assert (report["registered"], report["askedRows"]) == (1, 0)
    assert [warning["code"] for warning in report["warnings"]] == ["identity-zeros-lost"]
    again = await directory.import_people([PLAIN, first, second])
    assert (again["unchanged"], again["askedRows"], again["warnings"]) == (2, 0, [])


@pytest.mark.parametrize("row", ["E9,,นาย สมชาย  ใจดี,PO-57,31/8/2513", f",{OTHER_PID},สมช่าย ใจดี,PERS,31 ส.ค. 13"])
async def test_a_new_person_like_one_who_is_known_is_asked_about(directory: Office, row: str) -> None:
    (person,) = await registered(directory, SOMCHAI, header=BORN)
    report = await directory.import_people([BORN, row])
    assert asked(report) == [(2, None, "person-like-known", person, "E1")]
    assert (await directory.counts())["people"] == 1
    confirmed = await directory.import_people([BORN, row], params={"confirmed": [2, 70]})
    assert (confirmed["registered"], confirmed["askedRows"]) == (1, 0)
    assert [warning["code"] for warning in confirmed["warnings"]] == ["person-like-known"]
    assert (await directory.import_people([BORN, row]))["unchanged"] == 1


@pytest.mark.parametrize("at_once", [200, 1])
async def test_an_id_that_is_written_in_another_way_makes_no_second_person(
    directory: Office, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", at_once)
    (person,) = await registered(directory, "A-001,นายสมชาย ใจดี,PO-50")
    rows = ["a-001,นายสมชาย ใจดี,PO-57", "A001,นางสาวอื่น ไกล,PO-57", "B 7,นายสอง ทดสอบ,PO-57", "b-07,สอง ทดสอบ,PO-57"]
    report = await directory.import_people([PLAIN, *rows])
    known = (2, "externalId", "identity-written-otherwise", person, "A-001")
    assert asked(report) == [known, (5, "externalId", "row-like-earlier", None, None)]
    assert report["registered"] == 2
    confirmed = await directory.import_people([PLAIN, *rows], params={"confirmed": [2, 5]})
    assert (confirmed["registered"], confirmed["unchanged"], confirmed["askedRows"]) == (2, 2, 0)
    assert [warning["line"] for warning in confirmed["warnings"]] == [2, 5]
    again = await directory.import_people([PLAIN, *rows])
    assert (again["unchanged"], again["askedRows"]) == (4, 0)


async def test_namesakes_are_people_of_their_own(directory: Office) -> None:
    header = "externalId,fullName,unit,position,birthDate"
    await registered(directory, "E1,นายสมชาย ใจดี,PO-50,นิติกร,", header=header)
    rows = ("E2,นายสมชาย ใจดี,PO-57,นิติกร,", "E3,นายสมชาย ใจดี,PO-50,นิติกร,1/1/2520", "E4,นายสมชาย ใจดี,PO-51,,2/1/2520")
    report = await directory.import_people([header, *rows])
    assert (report["registered"], report["askedRows"]) == (3, 0)
    assert [(warning["line"], warning["code"]) for warning in report["warnings"]] == [(3, "person-like-named")]


async def test_rows_of_one_file_are_compared_wherever_they_stand(
    directory: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        BORN,
        "0012345,,นายหนึ่ง ทดสอบ,PO-50,1/1/2520",
        "E2,,นายสอง ทดสอบ,PO-50,2/1/2520",
        "12345,,นายสาม ทดสอบ,PO-50,3/1/2520",
        "E5,,นายสอง ทดสอบ,PO-57,2/1/2520",
    ]
    expected = [(4, "externalId", "row-like-earlier", None, None), (5, None, "row-like-earlier", None, None)]
    for at_once in (200, 1):
        monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", at_once)
        assert asked(await directory.import_people(rows)) == expected
    report = await directory.import_people(rows, params={"confirmed": [4, 5]})
    assert (report["registered"], report["unchanged"], report["askedRows"]) == (2, 2, 0)


@pytest.mark.parametrize("at_once", [200, 1])
async def test_one_person_is_in_a_file_once_by_whatever_id(
    directory: Office, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """The second row would overwrite the first, or find nobody any more by the id that the first has replaced."""
    monkeypatch.setattr("services.enrolment.directory.service.paced.MOST_ROWS", at_once)
    await registered(directory, SOMCHAI, header=BORN)
    rows = ["E9,3101700534215,นายสมชาย ใจดี,PO-50.HR,31/8/2513", "E1,,นายสมชาย ใจดี,PO-57,"]
    report = await directory.import_people([BORN, *rows])
    assert [(problem["line"], problem["code"]) for problem in report["problems"]] == [(3, "duplicate-in-file")]
    assert (report["changed"], report["registered"], (await directory.counts())["people"]) == (1, 0, 1)


async def test_shortened_numbers_are_refused_as_before(directory: Office) -> None:
    """case-13b and case-13c."""
    for line in ("1.23457E+11,นายหนึ่ง วิทย์,PO-50", "1.23457E+11,นายสาม คนละคน,PO-57"):
        report = await directory.import_people([PLAIN, line])
        assert [problem["code"] for problem in report["problems"]] == ["identity-damaged"]
    assert (await directory.counts())["people"] == 0


async def test_blank_contact_cells_keep_what_is_known(directory: Office) -> None:
    """case-21."""
    header = "externalId,fullName,unit,position,email,phone,startDate"
    await registered(directory, "8,นายเต็ม ลำดับ,PO-50,นิติกร,a@moi.go.th,0812345678,1/10/2555", header=header)
    report = await directory.import_people([header, "8,นายเต็ม ลำดับ,PO-50,,,,"])
    assert (report["unchanged"], report["changedFields"]) == (1, 0)


async def test_who_may_not_read_people_is_not_told_whom_a_row_resembles(directory: Office) -> None:
    await registered(directory, "0012345,นายศูนย์ นำหน้า,PO-50")
    report = await directory.import_people([PLAIN, "12345,นายศูนย์ นำหน้า,PO-50"], role=Role.INTEGRATION)
    assert asked(report) == [(2, "externalId", "identity-zeros-lost", None, None)]
    assert "0012345" not in str(report)


async def test_an_erased_person_has_no_key_of_an_id(directory: Office) -> None:
    (person,) = await registered(directory, "0012345,นายศูนย์ นำหน้า,PO-50")
    assert (await directory.db["people"].find_one({"_id": person}) or {})["external_key"] == "12345"
    await directory.done("DELETE", f"/people/{person}/contact")
    assert "12345" not in str(await directory.db["people"].find_one({"_id": person}))


async def test_so_many_lines_may_be_confirmed(standing: Office) -> None:
    for confirmed in (range(1, 302), [0], ["x"]):
        answer = await standing.ask(
            "POST", "/imports/people", Role.HR_OFFICER, content=b"x", params={"confirmed": [*confirmed]}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-parameter")


async def test_one_person_is_in_a_file_once_by_the_one_id_and_by_the_other(directory: Office) -> None:
    """No two rows say the same id; only the directory knows that both are hers."""
    await registered(directory, SOMCHAI, header=BORN)
    rows = ["E1,,นางสมชาย ใจดี,PO-50.HR,", ",3101700534215,นายสมชาย ใจดี,PO-57,"]
    report = await directory.import_people([BORN, *rows])
    assert [(problem["line"], problem["code"]) for problem in report["problems"]] == [(3, "duplicate-in-file")]
    assert (report["changed"], report["moves"]) == (1, [])


async def test_who_may_be_alike_is_asked_once_for_so_many_rows(counted: Counted) -> None:
    """And only about rows that would register somebody."""
    office, sent = counted.office, counted.sent
    header = "externalId,fullName,unit,position,birthDate"
    rows = [f"{n:07},คนที่{n} ทดสอบ,PO-50,นิติกร,{n % 28 + 1}/1/2520" for n in range(1, 301)]
    for registered in (300, 0):
        sent.sent.clear()
        assert (await office.import_people([header, *rows]))["registered"] == registered
        asked = Counter(next(iter(one.body["filter"])) for one in sent.of("people") if one.name == "find")
        chunks = sent.counted("security_log")["insert"] if registered else 0
        assert [asked[field] for field in ("external_key", "search_key", "sort_key")] == [chunks] * 3
