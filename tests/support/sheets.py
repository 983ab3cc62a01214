"""Sheets read in the process of a test, and workbooks whose XML a test writes itself: what no program would save, and
what a hostile hand would."""

import io
import string
import zipfile
from collections.abc import Iterator

from openpyxl import Workbook

from shared.sheets.rows import open_table
from shared.sheets.table import Choose, Row

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATED = (
    '<Relationship Id="strings" Target="/xl/sharedStrings.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
_STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def parse(data: bytes, choose: Choose, name: str = "") -> Iterator[Row]:
    """The rows below the header, without a process of their own."""
    yield from open_table(data, choose, name).body()


def workbook(rows: str, strings: str = "", megabytes: int = 0, behind: str = "", before: str = "") -> bytes:
    """An XLSX with these rows, what stands before and behind them, and shared strings in place of an empty one's own,
    and with a part of zeros of that size that nobody reads."""
    made, file = io.BytesIO(), io.BytesIO()
    Workbook().save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = f"<worksheet {NAMESPACE}>{before}<sheetData>{rows}</sheetData>{behind}</worksheet>".encode()
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", f"{_STRINGS}</Types>".encode())
            if name == "xl/_rels/workbook.xml.rels":
                content = content.replace(b"</Relationships>", f"{_RELATED}</Relationships>".encode())
            new.writestr(name, content)
        new.writestr("xl/sharedStrings.xml", strings or f"<sst {NAMESPACE}/>")
        with new.open("xl/media/image1.png", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(1024 * 1024))
    return file.getvalue()


def row(number: int, *cells: tuple[str, str], numbers: str = "") -> str:
    """With texts in these columns; those in `numbers` are numbers."""
    made = [
        f'<c r="{at}{number}"><v>{text}</v></c>'
        if at in numbers
        else f'<c r="{at}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for at, text in cells
    ]
    return f'<row r="{number}">{"".join(made)}</row>'


def partly_hidden(*lines: str) -> bytes:
    """An XLSX of these lines of CSV, whose second row and second column are hidden."""
    cells = (
        row(number, *zip(string.ascii_uppercase, line.split(","), strict=False)) for number, line in enumerate(lines, 1)
    )
    rows = "".join(cells).replace('<row r="2"', '<row r="2" hidden="1"')
    return workbook(rows, before='<cols><col min="2" max="2" hidden="1"/></cols>')
