"""Papers of blocks, as PDF and as DOCX: both say the same, the same again, and nothing that somebody is called runs."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
from docx.oxml.ns import qn

from services.enrolment.paper.domain.blocks import (
    NEW_PAGE,
    RULE,
    close_lines,
    heading,
    labelled,
    line,
    pair,
    paragraph,
    signed,
    space,
)
from services.enrolment.paper.domain.papers import Named, Paper, names
from shared.documents import PAPER
from shared.documents.papers import MAY_BREAK, name, printable, width_of, words
from shared.documents.setting import pdf
from shared.documents.word import docx_of
from tests.unit.enrolment.paper.samples import HOSTILE, MADE_AT, as_docx, as_pdf, bare, crowd, pages, texts_of, written

EVERYTHING = Paper(
    "ชื่อเรื่อง",
    "กองการเจ้าหน้าที่",
    (
        space(30),
        pair("ที่ มท ๐๒๐๒/ว ๑", ["สำนักงานปลัดกระทรวงมหาดไทย", "ถนนอัษฎางค์"]),
        line("๑ ธันวาคม ๒๕๖๙", "middle"),
        labelled("เรียน", "ผู้ว่าราชการจังหวัด", "หัวหน้าหน่วยงาน", bold=True),
        paragraph(f"ด้วยกองการเจ้าหน้าที่ กำหนดจัดฝึกอบรม{HOSTILE}"),
        RULE,
        signed(None, ["ตำแหน่ง"], "ขอแสดงความนับถือ"),
        signed("นายก้ำกึ่ง ปั๊มน้ำ", ["ผู้อำนวยการ"]),
        close_lines(["โทร. ๐ ๒๒๒๒", "โทรสาร ๑"]),
        NEW_PAGE,
        heading("บัญชี", size=14),
        names([Named(HOSTILE, HOSTILE, HOSTILE, "PO-50"), Named("ก" * 200, "ข" * 200, "ค" * 200, "PO-50"), *crowd(60)]),
    ),
)


def test_both_say_what_the_blocks_say() -> None:
    printed, text = "".join(pages(as_pdf(EVERYTHING))), bare("".join(written(as_docx(EVERYTHING))))
    said = [bare(one) for one in texts_of(EVERYTHING)]
    assert len(said) > 250
    assert [one for one in said if one not in text] == []
    assert [one for one in said if one not in printed] == []


def test_the_same_is_the_same_bytes_and_another_moment_is_another_file() -> None:
    data = EVERYTHING.data()
    assert as_pdf(EVERYTHING) == as_pdf(EVERYTHING)
    first = docx_of(data, MADE_AT)
    assert docx_of(data, MADE_AT) == first
    assert docx_of(data, MADE_AT + timedelta(days=1)) != first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_file_names_nobody_but_the_office() -> None:
    core = as_docx(EVERYTHING).core_properties
    assert (core.title, core.author, core.last_modified_by) == ("ชื่อเรื่อง", "กองการเจ้าหน้าที่", "กองการเจ้าหน้าที่")
    assert (core.comments, core.keywords, core.subject) == ("", "", "")
    assert core.created == core.modified == MADE_AT
    with pikepdf.open(io.BytesIO(as_pdf(EVERYTHING))) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert "กองการเจ้าหน้าที่" in str(metadata.get("dc:creator"))


def test_head_rows_are_on_every_page_and_pages_are_numbered_from_the_second_on() -> None:
    printed = pages(as_pdf(EVERYTHING))
    assert len(printed) > 3
    assert "ลำดับชื่อ-นามสกุล" not in printed[0]
    for number, text in enumerate(printed[1:], 2):
        assert "ลำดับชื่อ-นามสกุล" in text
        assert f"-{'๐๑๒๓๔๕๖๗๘๙'[number]}-" in text
    document = as_docx(EVERYTHING)
    (table,) = [one for one in document.tables if len(one.rows) > 2]
    assert len(table._tbl.findall(f".//{qn('w:tblHeader')}")) == 1
    assert len(table._tbl.findall(f".//{qn('w:cantSplit')}")) == len(table.rows)
    header = document.sections[0].header._element.xml
    assert "PAGE \\* ThaiArabic" in header
    assert document.sections[0].different_first_page_header_footer


def test_margins_are_those_of_the_rules() -> None:
    section = as_docx(EVERYTHING).sections[0]
    assert [round(side.mm) for side in (section.left_margin, section.right_margin)] == [30, 20]  # type: ignore[union-attr]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]  # type: ignore[union-attr]


@pytest.mark.parametrize("made", [lambda text: name(text, 9.0), lambda text: words(text, 9.0)])
@pytest.mark.parametrize(
    "text", ["ก" * 200, "นางสาวกตัญญุตานันท์ ศรีสุริยวงศ์พิพัฒน์กุลธนานันต์", "เ" * 40, "า" * 40, "ก\u0e49" * 60, "", " ", HOSTILE]
)
def test_a_word_that_no_column_holds_is_broken_and_stays_what_it_is(made: Any, text: str) -> None:
    ready = made(text)
    assert bare(ready.replace(MAY_BREAK, "")) == bare(text)
    for part in ready.replace(" ", MAY_BREAK).split(MAY_BREAK):
        assert width_of(part) <= 9.0


def test_a_short_name_breaks_at_its_spaces_alone() -> None:
    assert name("นายปุณณ์ปวีร์ ญาณิศาภิรมย์", 9.0) == "นายปุณณ์ปวีร์ ญาณิศาภิรมย์"
    long = name("นางสาวกตัญญุตานันท์ ศรีสุริยวงศ์พิพัฒน์กุลธนานันต์", 9.0)
    assert not any(part[:1] in "ะาำ" for part in long.split(MAY_BREAK))


def test_nothing_is_outside_of_the_page_or_over_another_column() -> None:
    """The widest signs of the type, without a place to break."""
    wide = Paper("ก", "ก", (names([Named("ฌ" * 100, "ญ" * 100, "ฒ" * 100, "PO-50")]), paragraph("ฌ" * 300)))
    found = []
    opened = pypdfium2.PdfDocument(as_pdf(wide))
    assert len(opened) == 1
    text = opened[0].get_textpage()
    for at in range(text.count_chars()):
        sign, (left, _, right, _) = text.get_text_range(at, 1), text.get_charbox(at)
        found.append((sign, left, right))
    opened.close()
    edge = {sign: max(right for one, _, right in found if one == sign) for sign in "ญฒ"}
    start = {sign: min(left for one, left, _ in found if one == sign) for sign in "ญฒ"}
    assert edge["ญ"] < start["ฒ"]
    assert max(right for _, _, right in found) <= 190 / 25.4 * 72 + 1


def test_two_thousand_names_are_a_file_of_bounded_size() -> None:
    whole = Paper("ก", "ก", (names(crowd(2_000)),))
    printed = pdf(PAPER, printable(whole.data()), MADE_AT)
    assert len(printed) < 8 * 1024 * 1024
    assert len(docx_of(whole.data(), MADE_AT)) < 1024 * 1024
