"""A paper as a list of blocks, each a kind of line, field, paragraph or table: what PDF and DOCX are made of, so that
both say the same. This makes the texts of its blocks ready for a PDF. Of the process that makes documents.

    space     mm                          left free
    pair      left, right[]               side by side: a number, and whose letter it is
    line      text, align, bold, size     `align` left, center, right, or middle: from the middle of the page on
    lines     lines[]                     close to one another
    labelled  label, lines[], bold        a field of a letter, and below it what does not fit on its line
    paragraph text                        its first line indented
    signed    before[], name, lines[]     whoever signs, around the middle of the right half; `name` None: left blank
    rule                                  a short line in the middle
    table     columns[], rows[], tall     `tall` rows have room to sign; column: title, share of width, align, name
                                          (it has names of people)
    page                                  what follows begins a new page
"""

import io
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Final

from fontTools.ttLib import TTFont

from shared.documents.copying import FONTS
from shared.documents.setting import broken
from shared.thai import clusters

MAY_BREAK: Final = "\u200b"
IN_LINE: Final = 18.0  # ems: the narrowest place for a line of a letter
LINE, INSET, SMALL = 160.0, 3.5, 11 / 72 * 25.4  # millimetres: between the margins, inside a cell, an em of a table
_WIDEST: Final = 0.9  # ems, of a sign that is not looked up
_PARTS: Final = re.compile(f"[{MAY_BREAK} ]|[^{MAY_BREAK} ]+")
_NEVER_FIRST: Final = frozenset("ะาำๅๆฯ")  # of a line
_NEVER_LAST: Final = frozenset("เแโใไ")


def printable(data: dict[str, Any]) -> dict[str, Any]:
    """With a mark wherever a line may break."""
    return {**data, "blocks": [_block(block) for block in data["blocks"]]}


@lru_cache(maxsize=10_000)
def words(text: str, room: float = IN_LINE) -> str:
    """Between words, and inside of one that no line holds."""
    return _shortened(broken(text), room) if text else ""


@lru_cache(maxsize=10_000)
def name(text: str, room: float = IN_LINE) -> str:
    """A name of a person breaks at its spaces alone, and else only where it has to."""
    parts = (part if width_of(part) <= room else broken(part) for part in text.split(" "))
    return _shortened(" ".join(parts), room)


def width_of(text: str) -> float:
    """In ems."""
    return sum(_advances().get(ord(sign), _WIDEST) for sign in text)


@cache
def _advances() -> dict[int, float]:
    font = TTFont(io.BytesIO((FONTS / "PattanaThai-Regular.ttf").read_bytes()), lazy=True)
    widths, em = font["hmtx"], font["head"].unitsPerEm
    return {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}


def _shortened(text: str, room: float) -> str:
    return "".join(MAY_BREAK.join(_pieces(part, room)) for part in _PARTS.findall(text))


def _pieces(word: str, room: float) -> Iterator[str]:
    """None begins or ends with a vowel that belongs to what is beside it."""
    signs = clusters(word)
    while width_of("".join(signs)) > room:
        at = max(1, sum(width <= room for width in accumulate(map(width_of, signs))))
        while at > 1 and (signs[at][0] in _NEVER_FIRST or signs[at - 1][0] in _NEVER_LAST):
            at -= 1
        yield "".join(signs[:at])
        signs = signs[at:]
    yield "".join(signs)


def _block(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "table":
        return {**block, "columns": [_titled(column) for column in block["columns"]], "rows": _rows(block)}
    ready = {key: words(value) if key == "text" else value for key, value in block.items()}
    for key in ("lines", "right", "before"):
        if key in block:
            ready[key] = [words(line) for line in block[key]]
    return ready


def _titled(column: dict[str, Any]) -> dict[str, Any]:
    return {**column, "title": words(column["title"])}


def _rows(table: dict[str, Any]) -> list[list[str]]:
    breaks = [name if column["name"] else words for column in table["columns"]]
    whole = sum(column["share"] for column in table["columns"])
    rooms = [(LINE * column["share"] / whole - INSET) / SMALL for column in table["columns"]]
    return [[at(cell, room) for at, cell, room in zip(breaks, row, rooms, strict=True)] for row in table["rows"]]
