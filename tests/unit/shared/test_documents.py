"""Thai documents: what is set can be read, seen and copied, and is the same again."""

import io
import re
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest

from shared.documents import copying
from shared.documents.copying import FONTS, OUTLINES
from shared.documents.deriving import derived
from shared.documents.setting import CannotBeSet, NoSuchTemplate, broken, pdf, qr, thai_digits

MADE_AT = datetime(2020, 9, 2, 3, 0, tzinfo=UTC)
NAMES = (
    "ว่าที่ร้อยตรีหญิง ปั๊มน้ำ ผู้ปฏิบัติงาน ณ อยุธยา",
    "นางสาวกตัญญุตานันท์ ศรีสุริยวงศ์พิพัฒน์กุลธนานันต์",
    "นายปุณณ์ปวีร์ ญาณิศาภิรมย์ฐานันดร",
    "นายฐิติวัฒน์ ฎีกาวุฒิ",
    "ม.ร.ว.ก้ำกึ่ง ปี่พาทย์ ปู่ป่วย ฝ้ายน้ำผึ้ง",
    "นางเพ็ญพิชชา ปิ่นปฐมรัฐ O'Brien-Müller",
)
COURSE = "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคลและนวัตกรรม เพื่อพัฒนาพื้นที่อย่างยั่งยืน"
CHECK = "https://training.example.go.th/api/enrolment/certificates/abcdefghijklmnopqrstuvwx"


def certificate(name: str) -> dict[str, Any]:
    return {
        "title": "ประกาศนียบัตร",
        "issuer": "กองการเจ้าหน้าที่",
        "name": name,
        "number": "PERS-๒๕๖๓-๐๐๐๑๒๓",
        "words": {
            "issuer": "กองการเจ้าหน้าที่",
            "course": COURSE,
            "held": "เมื่อวันที่ ๓๑ สิงหาคม พ.ศ. ๒๕๖๓",
            "given": "ให้ไว้ ณ วันที่ ๒ กันยายน พ.ศ. ๒๕๖๓",
        },
        "links": {"check": CHECK},
    }


def copied(document: bytes) -> str:
    """The text that a reader copies, without the spaces that it puts or leaves out by itself."""
    opened = pypdfium2.PdfDocument(document)
    try:
        return re.sub(r"\s", "", opened[0].get_textpage().get_text_range())
    finally:
        opened.close()


def ink(document: bytes, top: float, bottom: float) -> int:
    """Dark points between two heights (parts of the page), inside the frame."""
    opened = pypdfium2.PdfDocument(document)
    try:
        picture = opened[0].render(scale=1).to_pil().convert("L")
    finally:
        opened.close()
    width, height = picture.size
    part = picture.crop((width // 10, int(height * top), width * 9 // 10, int(height * bottom)))
    return sum(part.histogram()[:96])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_copied_is_what_was_set(name: str) -> None:
    data = certificate(name)
    text = copied(pdf("certificate", data, MADE_AT))
    for part in (name, data["number"], *data["words"].values()):
        assert part.replace(" ", "") in text


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_seen_on_one_line(name: str) -> None:
    document = pdf("certificate", certificate(name), MADE_AT)
    assert ink(document, 0.31, 0.39) > 300
    assert ink(document, 0.395, 0.425) == 0, "a second line"


def test_the_same_is_the_same_bytes() -> None:
    first = pdf("certificate", certificate(NAMES[0]), MADE_AT)
    pdf("certificate", certificate(NAMES[1]), MADE_AT)
    assert pdf("certificate", certificate(NAMES[0]), MADE_AT) == first
    assert pdf("certificate", certificate(NAMES[0]), MADE_AT.replace(hour=4)) != first


def test_it_calls_itself_an_archive_document_with_structure(tmp_path: Any) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(pdf("certificate", certificate(NAMES[0]), MADE_AT))
    with pikepdf.open(path) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "th-TH"
        assert len(document.pages) == 1
        fonts = [part for part in document.objects if isinstance(part, pikepdf.Dictionary) and "/FontFile2" in part]
        assert fonts
        assert all("Pattana-Thai" in str(font.FontName) for font in fonts)


@pytest.mark.parametrize("name", ["สมชาย 龍", "สมชาย \U0001f600", "\u0e00สมชาย"])
def test_a_sign_that_no_font_has_is_refused(name: str) -> None:
    with pytest.raises(CannotBeSet):
        pdf("certificate", certificate(name), MADE_AT)


@pytest.mark.parametrize("template", ["../templates/certificate", "nothing", "/etc/passwd"])
def test_only_templates_of_the_house_are_set(template: str) -> None:
    with pytest.raises(NoSuchTemplate):
        pdf(template, {}, MADE_AT)


def test_lines_break_between_words_only() -> None:
    parts = broken("การขับเคลื่อนนวัตกรรมในระดับอำเภอ").split("\u200b")
    assert "นวัตกรรม" in parts
    assert "อำเภอ" in parts
    assert broken("").strip() == ""


def test_digits_and_codes() -> None:
    assert thai_digits("PERS-2563-000123") == "PERS-๒๕๖๓-๐๐๐๑๒๓"
    assert qr(CHECK) == qr(CHECK)
    assert qr(CHECK) != qr(CHECK + "z")


def test_the_fonts_are_what_is_derived() -> None:
    made = derived()
    assert OUTLINES.name in made
    assert {name: (FONTS / name).read_bytes() == content for name, content in made.items()} == dict.fromkeys(made, True)


def test_a_year_stands_beside_its_era() -> None:
    assert "พ.ศ.\u00a0๒๕๖๓" in broken("ประจำปีงบประมาณ พ.ศ. ๒๕๖๓").split("\u200b")[-1]


def noted(document: bytes) -> dict[str, set[str]]:
    """What the PDF says of each glyph that it holds, by the text that the glyph's outline stands for."""
    found: dict[str, set[str]] = {}
    with pikepdf.open(io.BytesIO(document)) as opened:
        for part in opened.objects:
            if isinstance(part, pikepdf.Dictionary) and part.get("/Subtype") == "/Type0":
                meanings = copying._meanings(part.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes())
                entries = copying._ENTRY.findall(part.ToUnicode.read_bytes().decode("latin1"))
                said = {int(number, 16): bytes.fromhex(text).decode("utf-16-be") for number, text in entries}
                for number, text in meanings.items():
                    found.setdefault(text, set()).add(said.get(number, "nothing"))
    return found


def test_every_glyph_says_what_it_stands_for_in_every_reader() -> None:
    said = noted(pdf("certificate", certificate("น้ำ ปั๊ม กิ่ง ที่ ผู้ กำ ก้ำ ญี่ ฐิ ปู่ ฝ้ำ"), MADE_AT))
    assert len(said) > 40
    assert {text: one for text, one in said.items() if one != {text}} == {}
