"""Any sheet that a person would read the same way imports the same: people drawn once, and written in many ways."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from services.enrolment.directory.domain.columns import HeaderFinder, find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.rows import Reader
from shared.sheets.process import SheetParser
from shared.sheets.rows import open_table
from shared.sheets.table import Header, Row
from tests.support.waiting import DEADLINE
from tests.unit.enrolment.directory.test_importing import KEYS, lookup

__all__ = ["lookup"]

Person = Mapping[str, str]
HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    "externalId": ("externalId", "รหัสบุคลากร"),
    "firstName": ("First Name", "ชื่อ"),
    "lastName": ("surname", "นามสกุล"),
    "unit": ("UNIT", "สังกัด"),
    "email": ("e-mail", "อีเมล์"),
    "phone": ("mobile", "เบอร์โทรศัพท์"),
    "startDate": ("start date", "วันที่บรรจุ"),
}
FOLDED: Final = ("firstName", "lastName")  # the columns that a header over two rows has below one cell
UNSEEN: Final = ("", "\u200b", "\u00a0", "\ufeff", " ")


@dataclass(frozen=True)
class Written:
    """How a list is written down; `form` is the encoding of a text, or a workbook."""

    form: str
    columns: Sequence[str]
    thai: bool = False
    titles: int = 0
    blank_rows: int = 0
    trailing: int = 0
    unseen: str = ""
    folded: str | None = None  # what stands over the columns of the lower row
    separator: str = ","
    told: bool = False
    newline: str = "\n"
    quoting: Any = csv.QUOTE_MINIMAL
    numbers: bool = False
    merged: bool = False
    other_sheets: bool = False

    def made(self, people: Sequence[Person]) -> bytes:
        return self._workbook(people) if self.form == "xlsx" else self._text(people)

    def _header(self) -> list[list[str]]:
        names = [HEADERS[column][self.thai] for column in self.columns]
        if self.folded is None:
            return [names]
        is_below = [column in FOLDED for column in self.columns]
        upper = [self.folded if below else name for name, below in zip(names, is_below, strict=True)]
        return [upper, [name if below else "" for name, below in zip(names, is_below, strict=True)]]

    def _lines(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        more: list[Any] = [""] * self.trailing
        titles = [[f"บัญชีรายชื่อ {number}"] for number in range(self.titles)]
        blank = [[""] * len(self.columns)] * self.blank_rows
        return [*titles, *blank, *([*name, *more] for name in self._header()), *blank, *([*row, *more] for row in rows)]

    def _text(self, people: Sequence[Person]) -> bytes:
        rows = [[f"{person[column]}{self.unseen}" for column in self.columns] for person in people]
        out = io.StringIO()
        out.write(f"sep={self.separator}{self.newline}" if self.told else "")
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.newline, quoting=self.quoting)
        writer.writerows(self._lines(rows))
        return out.getvalue().encode(self.form)

    def _workbook(self, people: Sequence[Person]) -> bytes:
        book, file = Workbook(), io.BytesIO()
        page = book.active
        assert page is not None
        rows = [[self._value(column, person[column]) for column in self.columns] for person in people]
        lines = self._lines(rows)
        for line in lines:
            page.append([value if value != "" else None for value in line])
        for number in range(1, self.titles + 1):
            page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(self.columns))
        first = len(lines) - len(people) + 1
        if self.merged and len({person["unit"] for person in people}) == 1 and len(people) > 1:
            at = self.columns.index("unit") + 1
            page.merge_cells(start_row=first, end_row=first + len(people) - 1, start_column=at, end_column=at)
        if self.other_sheets:
            old = book.create_sheet("เก่า", 0)
            old.append([HEADERS[column][1] for column in self.columns])
            old.append(["เก่า"] * len(self.columns))
            old.sheet_state = "hidden"
            book.create_sheet("คำอธิบาย").append(["กรอกให้ครบ"])
            book.active = 1
        book.save(file)
        return file.getvalue()

    def _value(self, column: str, text: str) -> Any:
        if self.numbers and text and column in {"externalId", "phone"}:
            return int(text)
        if self.numbers and text and column == "startDate":
            return datetime.fromisoformat(text)
        return f"{text}{self.unseen}" if text else ""


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    ids = draw(st.lists(st.integers(10_000, 9_999_999_999), min_size=1, max_size=5, unique=True))
    name = st.sampled_from(("สมชาย", "สมหญิง", "กำพล", "ณัฐวุฒิ", "Maria", "เสาวลักษณ์"))
    phone = st.one_of(st.just(""), st.integers(80_000_0000, 99_999_9999).map("0{}".format))
    units = ("PO-50", "PO-50.HR", "PO-57")
    same = draw(st.sampled_from((None, *units)))
    return [
        {
            "externalId": str(one),
            "firstName": draw(name),
            "lastName": draw(name),
            "unit": same or draw(st.sampled_from(units)),
            "email": draw(st.sampled_from(("", "a.b@example.go.th", "x@moi.go.th"))),
            "phone": draw(phone),
            "startDate": draw(st.one_of(st.just(""), st.dates(date(2000, 1, 1), date(2026, 1, 1)).map(str))),
        }
        for one in ids
    ]


@st.composite
def written(draw: st.DrawFn) -> Written:
    form = draw(st.sampled_from(("xlsx", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp874")))
    separator = draw(st.sampled_from(",;\t"))
    return Written(
        form=form,
        columns=draw(st.permutations(tuple(HEADERS))),
        thai=draw(st.booleans()),
        titles=draw(st.integers(0, 3)),
        blank_rows=draw(st.integers(0, 2)),
        trailing=draw(st.integers(0, 2)),
        unseen=draw(st.sampled_from(UNSEEN if form != "cp874" else ("", " "))),
        folded=draw(st.sampled_from((None, "", "รายละเอียด"))),
        separator=separator,
        told=draw(st.booleans()),
        newline=draw(st.sampled_from(("\n", "\r\n", "\r"))),
        quoting=draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))),
        numbers=draw(st.booleans()),
        merged=draw(st.booleans()),
        other_sheets=draw(st.booleans()),
    )


def imported(header: Header, rows: Sequence[Row], known: Lookup) -> list[tuple[Any, ...]]:
    reader = Reader(find_columns(header), known, KEYS, date(2026, 11, 21))
    good, bad = reader.read(rows)
    assert [(problem.line, problem.column, str(problem.error)) for problem in bad] == []
    return [(row.external_id, dict(row.changes), row.warnings) for row in good]


def plainly(drawn: Sequence[Person], known: Lookup) -> list[tuple[Any, ...]]:
    header = tuple(HEADERS)
    return imported(header, [Row(1 + at, len(header), tuple(one.values())) for at, one in enumerate(drawn)], known)


@settings(max_examples=60, deadline=None)
@given(people(), written())
def test_a_list_is_the_same_however_it_is_written_down(lookup: Lookup, drawn: list[Person], way: Written) -> None:
    table = open_table(way.made(drawn), HeaderFinder())
    assert imported(table.header, list(table.body()), lookup) == plainly(drawn, lookup)


SOMCHAI: Final[Person] = dict(zip(HEADERS, ("10001", "สมชาย", "ใจดี", "PO-50", "", "", ""), strict=True))
SOMYING: Final[Person] = {**SOMCHAI, "externalId": "10002", "firstName": "สมหญิง", "phone": "0812345678"}


@pytest.mark.parametrize(
    "way",
    [
        Written("cp874", tuple(HEADERS), thai=True, titles=2, folded="", separator=";", told=True),
        Written(
            "xlsx", tuple(HEADERS)[::-1], thai=True, folded="รายละเอียด", numbers=True, merged=True, other_sheets=True
        ),
    ],
    ids=["text", "workbook"],
)
async def test_so_it_is_when_a_process_of_its_own_reads_it(lookup: Lookup, way: Written) -> None:
    drawn = [SOMCHAI, SOMYING]
    sheet = await SheetParser(192 * 1024 * 1024, DEADLINE).read(way.made(drawn), HeaderFinder())
    assert imported(sheet.header, list(sheet.rows()), lookup) == plainly(drawn, lookup)
