"""What a file is, whatever its name says: programs keep HTML, text and two formats of their own under the name .xls."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from shared.errors import Refused
from shared.sheets.refusals import SheetIsNoTable, SheetLocked, SheetOfOtherKind, SheetPacked, SheetUnreadable

ZIP: Final = b"PK\x03\x04"
_OLE: Final = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # in which Microsoft kept everything before 2007, and what has a password
)
_LOOKED_AT: Final = 4_096
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_BEGINNINGS: Final[Sequence[tuple[bytes, Refused]]] = (
    (b"%PDF", SheetIsNoTable(kind="PDF")),
    (b"\x89PNG", SheetIsNoTable(kind="PNG")),
    (b"\xff\xd8\xff", SheetIsNoTable(kind="JPEG")),
    (b"GIF8", SheetIsNoTable(kind="GIF")),
    (b"{\\rtf", SheetIsNoTable(kind="Word (.rtf)")),
    (b"PK\x05\x06", SheetPacked(kind="ZIP")),  # an empty one
    (b"\x1f\x8b", SheetPacked(kind="GZIP")),
    (b"7z\xbc\xaf\x27\x1c", SheetPacked(kind="7z")),
    (b"Rar!", SheetPacked(kind="RAR")),
)
# Streams of a compound document, by name; the first that is in it says what it is.
_STREAMS: Final[Sequence[tuple[str, Refused]]] = (
    ("EncryptedPackage", SheetLocked()),
    ("Workbook", SheetOfOtherKind(kind="Excel 97–2003 (.xls)")),
    ("Book", SheetOfOtherKind(kind="Excel 5.0 (.xls)")),
    ("WordDocument", SheetIsNoTable(kind="Word (.doc)")),
    ("PowerPoint Document", SheetIsNoTable(kind="PowerPoint (.ppt)")),
)
_TAGS: Final = (
    "html|head|meta|title|style|script|link|body|div|p|pre|a|ul|ol|form|center|font|b|br|h[1-6]|span"
    "|table|caption|colgroup|thead|tbody|tr|t[dh]"
)
_TEXTS: Final[Sequence[tuple[re.Pattern[str], Refused]]] = (
    (re.compile(rf"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|{_TAGS})\b", re.I | re.S),
     SheetOfOtherKind(kind="HTML")),
    (re.compile(r"mime-version:", re.I), SheetOfOtherKind(kind="HTML (.mht)")),
    (re.compile(r"<(?:\?xml|(?:\w+:)?workbook)\b", re.I), SheetOfOtherKind(kind="XML")),
    (re.compile(r"\[\s*[{\[]|\{\s*\""), SheetIsNoTable(kind="JSON")),
    (re.compile(r"ID;P(?:WXL|SCALC|OOCALC)"), SheetOfOtherKind(kind="SYLK (.slk)")),
    (re.compile(r"begin:vcard", re.I), SheetIsNoTable(kind="vCard (.vcf)")),
)  # fmt: skip
# Files inside of an archive, by the beginning of their names in lower case.
_INSIDE: Final[Sequence[tuple[str, Refused]]] = (
    ("xl/workbook.bin", SheetOfOtherKind(kind="Excel Binary (.xlsb)")),
    ("word/", SheetIsNoTable(kind="Word (.docx)")),
    ("ppt/", SheetIsNoTable(kind="PowerPoint (.pptx)")),
    ("index/", SheetOfOtherKind(kind="Numbers")),
    ("content.xml", SheetOfOtherKind(kind="OpenDocument (.ods)")),
)


def check_kind(data: bytes) -> None:
    """Raises what is said of a file that is neither text nor an archive."""
    for signature, refused in _BEGINNINGS:
        if data.startswith(signature):
            raise _new(refused)
    if data.startswith(_OLE):
        raise _new(next((refused for name, refused in _STREAMS if name.encode("utf-16-le") in data), SheetUnreadable()))
    beginning = _beginning(data)
    for pattern, refused in _TEXTS:
        if pattern.match(beginning):
            raise _new(refused)


def check_archive(names: Collection[str]) -> None:
    """Raises what is said of an archive without the parts of a workbook."""
    for name, refused in _INSIDE:
        if any(inside.startswith(name) for inside in names):
            raise _new(refused)
    if "[content_types].xml" not in names:
        raise SheetPacked(kind="ZIP")


def _new(refused: Refused) -> Refused:
    return type(refused)(**refused.details)


def _beginning(data: bytes) -> str:
    """Its first signs, for what they are worth: markup is the same in all encodings, but for the zeros of UTF-16."""
    start = data[:_LOOKED_AT]
    for mark in _BOMS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").decode("latin-1").lstrip()
