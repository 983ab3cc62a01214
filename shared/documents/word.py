"""A paper as DOCX, for an office to go on writing it. Of the process that makes documents.

The same blocks and moment make the same bytes: the file names no clock, no machine, and no writer but the office.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Mm

FONT: Final = "TH SarabunPSK"  # what offices write with, and have
POINTS, SMALL, BY_PDF = 16, 14, 4  # sizes; a PDF's type is larger for its points
LEFT, RIGHT, TOP, BOTTOM = Mm(30), Mm(20), Mm(25), Mm(20)
FIRST_LINE: Final = Mm(25)
DOTS: Final = "." * 50
ZIPPED_AT: Final = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN: Final = re.compile("[^\t\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_GRID: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_PAGE_FIELD: Final = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE \\* ThaiArabic '
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>๒</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def docx_of(data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Of the blocks of papers.py, as they are before a PDF is made of them."""
    document, landscape = docx.Document(), bool(data.get("landscape"))
    width = _page(document, landscape)
    _style(document)
    _number_pages(document)
    body, breaks = document.element.body, False
    for block in data["blocks"]:
        if block["kind"] == "page":
            breaks = True
            continue
        for element in _KINDS[block["kind"]](block, width, "<w:pageBreakBefore/>" if breaks else ""):
            body.insert(len(body) - 1, parse_xml(element))  # before what says how large a page is
        breaks = False
    return _same(document, data["title"], data["author"], made_at)


def _page(document: Document, landscape: bool) -> int:
    """The width of a line, in twentieths of a point."""
    section = document.sections[0]
    sides = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = LEFT, RIGHT, TOP, BOTTOM
    section.different_first_page_header_footer = True
    return _twips(Length(sides[0] - LEFT - RIGHT))


def _style(document: Document) -> None:
    """Thai is a complex script to Word, which has a type and a size of its own."""
    style = document.styles["Normal"].element
    for known in (style.rPr, style.pPr):
        if known is not None:
            style.remove(known)
    style.append(parse_xml(f'<w:pPr {nsdecls("w")}><w:spacing w:before="0" w:after="80"/></w:pPr>'))
    types = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    sizes = f'<w:sz w:val="{POINTS * 2}"/><w:szCs w:val="{POINTS * 2}"/>'
    language = '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="th-TH"/>'
    style.append(parse_xml(f"<w:rPr {nsdecls('w')}><w:rFonts {types}/>{sizes}{language}</w:rPr>"))


def _number_pages(document: Document) -> None:
    """From the second page on, above the text."""
    header = document.sections[0].header
    header.is_linked_to_previous = False
    number = f"{_run('- ')}{_PAGE_FIELD}{_run(' -')}"
    header._element.append(parse_xml(_paragraph(number, '<w:jc w:val="center"/>')))
    header._element.remove(header._element[0])


def _run(text: str, *, bold: bool = False, points: int = POINTS) -> str:
    weight = "<w:b/><w:bCs/>" if bold else ""
    size = "" if points == POINTS else f'<w:sz w:val="{points * 2}"/><w:szCs w:val="{points * 2}"/>'
    pieces = '</w:t><w:tab/><w:t xml:space="preserve">'.join(escape(_FORBIDDEN.sub("", text)).split("\t"))
    return f'<w:r><w:rPr>{weight}{size}<w:cs/></w:rPr><w:t xml:space="preserve">{pieces}</w:t></w:r>'


def _paragraph(runs: str, properties: str = "") -> str:
    return f"<w:p {nsdecls('w')}><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def _space(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    height = _twips(Mm(block["mm"]))
    return [_paragraph("", f'{breaks}<w:spacing w:after="0" w:line="{height}" w:lineRule="exact"/>')]


def _line(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    run = _run(block["text"], bold=block["bold"], points=block.get("size", POINTS - BY_PDF) + BY_PDF)
    if block["align"] == "middle":
        return [_paragraph(run, f'{breaks}<w:ind w:left="{width // 2}"/>')]
    return [_paragraph(run, f'{breaks}<w:jc w:val="{block["align"]}"/>')]


def _lines(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    return [_paragraph("<w:r><w:br/></w:r>".join(map(_run, block["lines"])), breaks)]


def _pair(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    lines = "<w:r><w:br/></w:r>".join(map(_run, block["right"]))
    halves = [width // 2, width - width // 2]
    cells = _cell(_paragraph(_run(block["left"]), breaks), halves[0]) + _cell(_paragraph(lines), halves[1])
    return [_table_of(f"<w:tr>{cells}</w:tr>", halves, ""), _paragraph("", _THIN)]


def _labelled(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    indent = 500 + 110 * len(block["label"])
    lines = "<w:r><w:br/></w:r>".join(map(_run, block["lines"]))
    label = _run(f"{block['label']}\t", bold=block["bold"])
    tab = f'<w:tabs><w:tab w:val="left" w:pos="{indent}"/></w:tabs>'
    return [_paragraph(label + lines, f'{breaks}{tab}<w:ind w:left="{indent}" w:hanging="{indent}"/>')]


def _text(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    indent = f'<w:ind w:firstLine="{_twips(FIRST_LINE)}"/><w:jc w:val="thaiDistribute"/>'
    return [_paragraph(_run(block["text"]), breaks + indent)]


def _signed(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    name = DOTS if block["name"] is None else block["name"]
    form = f'<w:keepNext/>{breaks}<w:spacing w:after="0"/><w:ind w:left="{width * 45 // 100}"/><w:jc w:val="center"/>'
    return [_paragraph(_run(text), form) for text in (*block["before"], "", "", f"({name})", *block["lines"])]


def _rule(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    return [_paragraph(_run("_" * 30), f'{breaks}<w:jc w:val="center"/>')]


def _table(block: dict[str, Any], width: int, breaks: str) -> list[str]:
    columns = block["columns"]
    whole = sum(column["share"] for column in columns)
    widths = [width * column["share"] // whole for column in columns]
    aligned = [f'<w:spacing w:after="0"/><w:jc w:val="{column["align"]}"/>' for column in columns]
    titles = "".join(
        _cell(_paragraph(_run(column["title"], bold=True, points=SMALL), _TITLE), share)
        for column, share in zip(columns, widths, strict=True)
    )
    head = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{titles}</w:tr>"
    form = _TALL if block["tall"] else _ONE_PIECE
    rows = "".join(f"<w:tr>{form}{_cells(row, widths, aligned)}</w:tr>" for row in block["rows"])
    return [_table_of(head + rows, widths, f"<w:tblBorders>{_GRID}</w:tblBorders>"), _paragraph("", _THIN)]


_THIN: Final = '<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>'  # between two tables, else they are one
_TITLE: Final = '<w:keepNext/><w:spacing w:after="0"/><w:jc w:val="center"/>'
_ONE_PIECE: Final = "<w:trPr><w:cantSplit/></w:trPr>"
_TALL: Final = '<w:trPr><w:cantSplit/><w:trHeight w:val="600"/></w:trPr>'  # there is to be signed
Written = Callable[[dict[str, Any], int, str], list[str]]
_KINDS: Final[Mapping[str, Written]] = {
    "space": _space,
    "pair": _pair,
    "line": _line,
    "lines": _lines,
    "labelled": _labelled,
    "paragraph": _text,
    "signed": _signed,
    "rule": _rule,
    "table": _table,
}


def _cells(row: list[str], widths: list[int], aligned: list[str]) -> str:
    written = zip(row, widths, aligned, strict=True)
    return "".join(_cell(_paragraph(_run(text, points=SMALL), form), width) for text, width, form in written)


def _cell(paragraph: str, width: int) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'


def _table_of(rows: str, widths: list[int], borders: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    properties = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>'
    return f"<w:tbl {nsdecls('w')}><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _twips(length: Length) -> int:
    return round(length / 635)


def _same(document: Document, title: str, author: str, made_at: datetime) -> bytes:
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, author, author, ""
    core.language, core.revision = "th-TH", 1
    core.created = core.modified = made_at.replace(tzinfo=None, microsecond=0)
    written, same = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, ZIPPED_AT)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 3
            zipped.writestr(part, parts.read(name))
    return same.getvalue()
