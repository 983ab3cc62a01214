"""The pieces that a paper is put together from, as shared/documents/papers.py describes them. Pure."""

from collections.abc import Sequence
from typing import Any, Final

Block = dict[str, Any]
NEW_PAGE: Final[Block] = {"kind": "page"}
RULE: Final[Block] = {"kind": "rule"}


def space(millimetres: int) -> Block:
    return {"kind": "space", "mm": millimetres}


def line(text: str, align: str = "left", *, bold: bool = False, size: int = 12) -> Block:
    return {"kind": "line", "text": text, "align": align, "bold": bold, "size": size}


def heading(text: str, *, size: int = 12) -> Block:
    return line(text, "center", bold=True, size=size)


def pair(left: str, right: Sequence[str]) -> Block:
    return {"kind": "pair", "left": left, "right": list(right)}


def close_lines(texts: Sequence[str]) -> Block:
    return {"kind": "lines", "lines": list(texts)}


def labelled(label: str, *lines: str, bold: bool = False) -> Block:
    return {"kind": "labelled", "label": label, "lines": list(lines), "bold": bold}


def paragraph(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def signed(name: str | None, titles: Sequence[str], *before: str) -> Block:
    return {"kind": "signed", "before": list(before), "name": name, "lines": list(titles)}


def column(title: str, share: int, *, align: str = "left", name: bool = False) -> Block:
    return {"title": title, "share": share, "align": align, "name": name}


def table(columns: Sequence[Block], rows: Sequence[Sequence[str]], *, tall: bool = False) -> Block:
    return {"kind": "table", "columns": list(columns), "rows": [list(row) for row in rows], "tall": tall}
