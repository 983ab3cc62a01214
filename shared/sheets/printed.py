"""Rows that a form or a printed page has within its list, and that are nobody's wherever they stand: numbers of
columns, headings over the whole list, rules."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from shared.sheets.found import Area

_FEWEST_NUMBERS: Final = 4
_LONGEST_NUMBER: Final = 3
_FEWEST_COLUMNS: Final = 3  # a list of fewer may have merged cells in which somebody stands
_BRACKETS: Final = re.compile(r"\(([0-9๐-๙]{1,3})\)")
_RULE: Final = re.compile(r":?[-–—=_*.~]{3,}:?|[+|][-=+|]*[+|]")


def counts_columns(seen: Sequence[str]) -> bool:
    """Whether these cells are (1), (2), (3) and so on, two of them at least, and nothing else; or 1, 2, 3, 4."""
    plain = [_BRACKETS.sub(r"\1", cell) for cell in seen]
    fewest = 2 if plain != list(seen) else _FEWEST_NUMBERS
    return len(plain) >= fewest and all(
        cell.isdecimal() and len(cell) <= _LONGEST_NUMBER and int(cell) == at for at, cell in enumerate(plain, start=1)
    )


def is_rule(seen: Sequence[str]) -> bool:
    return all(_RULE.fullmatch(cell) for cell in seen)


def headings(areas: Iterable[Area], places: Sequence[int]) -> frozenset[int]:
    """The lines in which one cell is merged over all columns that are read: the name of an office, or of a part."""
    if len(places) < _FEWEST_COLUMNS:
        return frozenset()
    first, last = min(places), max(places)
    return frozenset(area.top for area in areas if area.left <= first and last <= area.right)
