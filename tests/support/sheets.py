"""Workbooks whose XML a test writes itself: what no program would save, and what a hostile hand would."""

import io
import zipfile

from openpyxl import Workbook

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def workbook(rows: str, strings: str = "", megabytes: int = 0) -> bytes:
    """An XLSX with these rows and shared strings in place of an empty one's own, and with a part of zeros of that size
    that nobody reads."""
    made, file = io.BytesIO(), io.BytesIO()
    Workbook().save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>".encode()
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", f"{_STRINGS}</Types>".encode())
            new.writestr(name, content)
        new.writestr("xl/sharedStrings.xml", strings or f"<sst {NAMESPACE}/>")
        with new.open("xl/media/image1.png", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(1024 * 1024))
    return file.getvalue()


def row(number: int, *cells: tuple[str, str]) -> str:
    """With texts in these columns."""
    texts = "".join(f'<c r="{at}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in cells)
    return f'<row r="{number}">{texts}</row>'
