"""Reads the cells of one row and collects what is wrong with each: what all sheets have in common. Pure.

An empty cell says nothing: whoever filled in the sheet may not have known, or a formula had no value. A hyphen removes
a value that may be missing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from services.enrolment.directory.domain.cell_refusals import (
    CitizenIdInvalid,
    IdentityDamaged,
    PhoneInvalid,
    ValueUnsaid,
)
from services.enrolment.directory.domain.cells import LONGEST_SHOWN, is_erased, is_unsaid, plain_text
from services.enrolment.directory.domain.columns import Columns
from services.enrolment.directory.domain.refusals import RequiredMissing
from shared.citizens import CitizenKeys
from shared.errors import Refused
from shared.thai import is_citizen_id
from shared.thai.dates import ARABIC_DIGITS, DASHES, SHORT_MONTHS

T = TypeVar("T")
WARNINGS: Final = (PhoneInvalid,)  # a value that is wrong for nobody else does not refuse the row
_MONTHS: Final = "|".join([*map(re.escape, SHORT_MONTHS), "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"])
# What a spreadsheet makes of a long number, of one that looks like a date (8-12 becomes 8-Dec, Dec-08 or a day), and of
# a word for yes or no.
_DAMAGED: Final = re.compile(
    r"[0-9]+[.,][0-9]+[eE][+-]?[0-9]+|[0-9]+[eE][+-][0-9]+"
    r"|(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})(?:[T ][0-9]{1,2}:[0-9:.]{2,})?"
    rf"|[0-9]{{1,4}}-(?:{_MONTHS})(?:-[0-9]{{2,4}})?|(?:{_MONTHS})-[0-9]{{1,4}}"
    r"|(?i:TRUE|FALSE)"
)


@dataclass(frozen=True, slots=True)
class Bad:
    """A problem of one row; `column` as written in the header, None for the whole row."""

    line: int
    column: str | None
    error: Refused


class CellReader:
    """`cells` are those of the known columns, in their order."""

    def __init__(self, columns: Columns, line: int, cells: tuple[str, ...]) -> None:
        self._columns = columns
        self._line = line
        self._cells = cells
        self._bad: list[Bad] = []
        self._warnings: list[Bad] = []

    def _text(self, column: str) -> str:
        return self._cell(column, str, required=True) or ""

    def _cell(self, column: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
        """Of what cannot be removed. None for an empty or bad cell, and for a missing column."""
        text = self._plain(column)
        if text and not is_erased(text):
            return self._parsed(column, parse, text)
        if required:
            self._refuse(column, RequiredMissing())
        return None

    def _id(self, column: str, parse: Callable[[str], T]) -> T | None:
        """Of whom the row is about. A word for no value is nobody's id: all rows with it would be one person."""
        text = self._plain(column)
        if not text or is_erased(text):
            return None
        if is_unsaid(text):
            self._warn(column, ValueUnsaid(text=text[:LONGEST_SHOWN]))
            return None
        return self._parsed(column, parse, text)

    def _put(self, changes: dict[str, Any], name: str, column: str, parse: Callable[[str], Any]) -> None:
        """What a cell says of a value that may be missing. An empty one says nothing: whoever filled in the sheet may
        not have known, or a formula had no value; nor does a word for that. A hyphen removes it."""
        text = self._plain(column)
        if is_erased(text):
            changes[name] = None
        elif text and is_unsaid(text):
            self._warn(column, ValueUnsaid(text=text[:LONGEST_SHOWN]))
        elif text and (value := self._parsed(column, parse, text)) is not None:
            changes[name] = value

    def _plain(self, column: str) -> str:
        try:
            return plain_text(self._columns.cell(self._cells, column))
        except Refused as error:
            self._refuse(column, error)
            return ""

    def _parsed(self, column: str, parse: Callable[[str], T], text: str) -> T | None:
        try:
            return parse(text)
        except WARNINGS as warning:
            self._warn(column, warning)
        except Refused as error:
            self._refuse(column, error)
        return None

    def _warn(self, column: str, warning: Refused) -> None:
        self._warnings.append(Bad(self._line, self._columns.header[self._columns.at[column]], warning))

    def _refuse(self, column: str, error: Refused) -> None:
        """Once per column: a missing first name is not also a missing name."""
        at = self._columns.at.get(column)
        name = self._columns.header[at] if at is not None else column
        if all(bad.column != name for bad in self._bad):
            self._bad.append(Bad(self._line, name, error))


def citizen_hashes(text: str, keys: CitizenKeys) -> tuple[str, ...]:
    """Keyed hashes of a citizen id, that of the newest key first. Raises CitizenIdInvalid."""
    if not is_citizen_id(text):
        raise CitizenIdInvalid()
    return keys.hashes("".join(filter(str.isdigit, text.translate(ARABIC_DIGITS))))


def undamaged(text: str) -> str:
    """An external id, with hyphens of the one kind that keyboards have: programs for letters make others of them, and
    nobody sees it. Raises IdentityDamaged."""
    plain = text.translate(DASHES)
    if _DAMAGED.fullmatch(plain.translate(ARABIC_DIGITS)):
        raise IdentityDamaged(text=text)
    return plain
