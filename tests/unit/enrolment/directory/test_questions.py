"""What is asked before a row is taken as it stands, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.enrolment.directory.domain.people import Person, described
from services.enrolment.directory.domain.questions import Doubts, Question, Seen, sought, written_key, zeros_key
from services.enrolment.directory.domain.refusals import DuplicateInFile
from services.enrolment.directory.domain.report import MOST_BAD, Report
from services.enrolment.directory.domain.rows import Described
from services.enrolment.directory.http.responses import report_response
from shared.thai import sort_key

BORN = date(1970, 8, 31)
KNOWN = Person(
    "p1",
    "PO-50",
    "PO-50",
    prefix="นาย",
    first_name="สมชาย",
    last_name="ใจดี",
    birth_date=BORN,
    position="นักทรัพยากรบุคคล",
    external_id="0012345",
)
ROW = Described(7, (), "12345", {})


def test_whoever_is_called_otherwise_is_sorted_and_found_by_the_new_name() -> None:
    """What is worked out of a name once stays with that name."""
    assert (KNOWN.sorted_name, KNOWN.words) == (sort_key("สมชาย ใจดี"), ("สมชาย", "ใจดี"))
    renamed = described(KNOWN, {"first_name": "ก้อง"})
    assert (renamed.sorted_name, renamed.words) == (sort_key("ก้อง ใจดี"), ("กอง", "ใจดี"))


def asked(person: Person, *near: Person, seen: Seen | None = None) -> list[tuple[str, str | None, Person | None]]:
    """Code, column and the known person of each kind of question."""
    doubts = Doubts(seen or Seen(), near, "รหัสบุคลากร")
    row = replace(ROW, external_id=person.external_id)
    found = (doubts.of_id(row, person), doubts.of_new(row, person))
    return [(one.error.code, one.column, one.near) for one in found if one is not None]


@pytest.mark.parametrize(
    ("external", "key"),
    [
        ("12345", "12345"),
        ("0012345", "12345"),
        ("๐๐๑๒๓๔๕", "12345"),
        ("12345.0", "12345"),
        ("12,345", "12345"),
        ("1,2345", None),
        ("12345.5", None),
        ("000", "0"),
        ("HR-0012", None),
        ("E1", None),
        ("", None),
        (None, None),
        ("0" * 300, "0"),
        ("0" * 299 + "x", None),
    ],
)
def test_what_a_spreadsheet_leaves_of_an_id(external: str | None, key: str | None) -> None:
    assert zeros_key(external) == key


@pytest.mark.parametrize(("stored", "read"), [("0012345", "12345"), ("12345", "0012345"), ("12345", "12345.0")])
def test_an_id_that_differs_in_zeros_is_asked_about(stored: str, read: str) -> None:
    known, row = replace(KNOWN, external_id=stored), Person("p2", "PO-50", "PO-50", external_id=read)
    assert asked(row, known) == [("identity-zeros-lost", "รหัสบุคลากร", known)]


@pytest.mark.parametrize("read", ["A-001", "a-001", "A001", "A 001", "a.1", "Ａ-๐๐๑", "A-01"])
def test_an_id_that_is_written_in_another_way_is_asked_about_when_the_name_is_the_same(read: str) -> None:
    assert written_key(read) == "a1"
    known = replace(KNOWN, external_id="A-001", birth_date=None)
    new = Person("p2", "PO-57", "PO-57", first_name="สมช่าย", last_name="ใจดี", external_id=read)
    assert asked(new, known) == [("identity-written-otherwise", "รหัสบุคลากร", known)]
    assert asked(replace(new, first_name="สมหญิง"), known) == []
    seen = Seen()
    seen.note(2, None, known)
    assert asked(new, seen=seen) == [("row-like-earlier", "รหัสบุคลากร", None)]
    assert asked(replace(new, first_name="สมหญิง"), seen=seen) == []


@pytest.mark.parametrize(
    ("external", "key"),
    [("HR-0010", "hr10"), ("1-12", "112"), ("00", "0"), ("A0", "a0"), ("10,5-x", "105x"), ("---", None), (None, None)],
)
def test_what_is_left_of_an_id_however_it_is_written(external: str | None, key: str | None) -> None:
    assert written_key(external) == key


@pytest.mark.parametrize("read", ["0012346", "HR-12345", None])
def test_another_id_is_not(read: str | None) -> None:
    assert asked(Person("p2", "PO-50", "PO-50", external_id=read), KNOWN) == []


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({}, True),
        ({"prefix": "ร.ต."}, True),
        ({"first_name": "สมช่าย"}, True),  # tone marks are mistyped
        ({"last_name": "ใจ ดี"}, True),
        ({"unit": "PO-57", "position": None}, True),
        ({"birth_date": date(1970, 9, 1)}, False),
        ({"birth_date": None}, False),
        ({"first_name": "สมชัย"}, False),
    ],
)
def test_a_new_person_with_the_name_and_birthday_of_another(changes: dict[str, Any], alike: bool) -> None:
    new = replace(KNOWN, id="p2", external_id="E9", **changes)
    assert asked(new, KNOWN) == ([("person-like-known", None, KNOWN)] if alike else [])


def test_without_birthdays_names_alone_are_nothing_and_with_unit_and_position_a_warning() -> None:
    undated = replace(KNOWN, birth_date=None)
    for new, known in ((undated, undated), (undated, KNOWN), (KNOWN, undated)):
        doubts = Doubts(Seen(), [known], None)
        new = replace(new, id="p2", external_id="E9")
        assert asked(new, known) == []
        warning = doubts.namesake(new)
        assert warning is not None
        assert warning.code == "person-like-named"
        for other in ({"unit": "PO-57"}, {"position": "นิติกร"}, {"position": None}, {"last_name": "ใจงาม"}):
            assert doubts.namesake(replace(new, **other)) is None
    assert Doubts(Seen(), [KNOWN], None).namesake(replace(KNOWN, birth_date=date(1980, 1, 1))) is None


def test_rows_of_one_file_are_compared_too() -> None:
    seen = Seen()
    seen.note(2, None, KNOWN)
    like = replace(KNOWN, id="p2", external_id="12345")
    assert asked(like, seen=seen) == [("row-like-earlier", "รหัสบุคลากร", None)] * 2
    assert asked(replace(like, external_id="9", birth_date=None), seen=seen) == []


def test_people_of_earlier_rows_are_what_the_file_says_of_them() -> None:
    """The same answer whether the earlier row is stored already, or is in this chunk, or is only previewed."""
    renamed = replace(KNOWN, first_name="สมหมาย", external_id="77")
    seen = Seen()
    seen.note(2, KNOWN, renamed)
    assert asked(replace(KNOWN, id="p2"), KNOWN, seen=seen) == []
    assert asked(replace(renamed, id="p2", external_id="E9"), KNOWN, seen=seen) == [("row-like-earlier", None, None)]


def test_nobody_is_in_a_file_twice_not_even_by_an_id_that_was_taken_away() -> None:
    seen = Seen()
    seen.note(2, KNOWN, replace(KNOWN, external_id="77"))
    for key in ("person p1", "external 0012345"):
        with pytest.raises(DuplicateInFile) as refused:
            seen.check(key)
        assert refused.value.details == {"first": 2}
    seen.check("external 77")  # that the reader has seen
    seen.check("person p2")


def test_what_a_chunk_adds_counts_when_it_is_kept() -> None:
    """A transaction may run again."""
    seen = Seen()
    for _ in range(2):
        chunk = seen.chunk()
        assert chunk.line("person p1") is None
        chunk.note(2, None, KNOWN)
        assert chunk.has(KNOWN)
    assert not seen.has(KNOWN)
    seen.keep(chunk)
    assert seen.chunk().has(KNOWN)


def test_what_is_looked_for() -> None:
    bare = Person("p3", "PO-57", "PO-57", first_name="ก", last_name="ข", external_id="E3")
    looked = sought([KNOWN, bare], [KNOWN, bare])
    assert (looked.ids, looked.days, looked.units) == (["12345", "e3"], ["1970-08-31"], ["PO-50"])
    assert (len(looked.names), len(looked.sorted_names)) == (1, 1)


def test_questions_beyond_those_listed_are_counted() -> None:
    report = Report(3_000, ())
    for start in range(0, 3_000, 200):
        questions = (Doubts(Seen(), [KNOWN], None).of_id(replace(ROW, line=start + n), KNOWN) for n in range(200))
        report.ask([one for one in questions if one is not None])
    assert report.asked_rows == 3_000
    assert [question.line for question in report.questions] == list(range(MOST_BAD))


@pytest.mark.parametrize("seen", [True, False])
def test_whom_a_row_resembles_is_told_to_who_may_read_people_there(seen: bool) -> None:
    question = Doubts(Seen(), [KNOWN], "รหัส").of_id(ROW, replace(KNOWN, id="p2", external_id="12345"))
    assert isinstance(question, Question)
    report = Report(1, ())
    report.ask([question])
    answer = report_response(report, compact=True, language="en", token=str, sees=lambda unit: seen and unit == "PO-50")
    (row,) = answer["questions"]
    assert (row["line"], row["column"], row["code"]) == (7, "รหัส", "identity-zeros-lost")
    assert (row["person"], row["externalId"]) == (("p1", "0012345") if seen else (None, None))
    assert "0012345" not in row["reason"]
