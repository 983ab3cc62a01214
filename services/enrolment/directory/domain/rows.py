"""Reads each row of a sheet of people into a description of the person, or into its problems. Pure.

A missing column and an empty cell keep what is stored; a hyphen removes it, where it may be missing. Identity is the
citizen id (only its keyed hashes leave this module), else the external id, and never an e-mail address: offices share
one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from services.enrolment.directory.domain.cell_refusals import CitizenIdInvalid, IdentityDamaged, PhoneInvalid
from services.enrolment.directory.domain.cells import is_erased, parse_date, parse_email, plain_text
from services.enrolment.directory.domain.columns import Columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.people import check_post
from services.enrolment.directory.domain.phones import parse_phone
from services.enrolment.directory.domain.refusals import (
    DuplicateInFile,
    IdentityMissing,
    LevelMismatch,
    RequiredMissing,
    RowUnreadable,
    RowWidth,
    UnitNotInForce,
)
from services.enrolment.directory.domain.units import Unit
from shared.citizens import CitizenKeys
from shared.errors import Refused
from shared.sheets.rows import Row
from shared.thai import is_blank, is_citizen_id, name_beside
from shared.thai.dates import ARABIC_DIGITS

T = TypeVar("T")
WARNINGS: Final = (PhoneInvalid,)  # a value that is wrong for nobody else does not refuse the person
_SHORTENED: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+")


@dataclass(frozen=True, slots=True)
class Described:
    """What one row says. `changes` are fields of Person by name; the first of the hashes is that of the newest key.
    `warnings` are of cells that were left out."""

    line: int
    citizen_hashes: tuple[str, ...]
    external_id: str | None
    changes: Mapping[str, Any]
    warnings: "tuple[Bad, ...]" = ()


@dataclass(frozen=True, slots=True)
class Bad:
    """A problem of one row; `column` as written in the header, None for the whole row."""

    line: int
    column: str | None
    error: Refused


class Reader:
    """Reads the rows of one sheet, chunk by chunk. `citizen_keys` make the keyed hashes."""

    def __init__(self, columns: Columns, lookup: Lookup, citizen_keys: CitizenKeys, today: date) -> None:
        self.columns = columns
        self.lookup = lookup
        self.citizen_keys = citizen_keys
        self.today = today
        self._seen: dict[str, int] = {}

    def read(self, rows: Iterable[Row]) -> tuple[list[Described], list[Bad]]:
        """The good rows and the problems of the others; a second row for one person is a problem."""
        good: list[Described] = []
        bad: list[Bad] = []
        for row in rows:
            described = self._row(row)
            if isinstance(described, Described):
                described = _first_of_person(described, self._seen)
            if isinstance(described, Described):
                good.append(described)
            else:
                bad.extend(described)
        return good, bad

    def _row(self, row: Row) -> Described | list[Bad]:
        if row.cells is None:
            return [Bad(row.line, None, RowUnreadable())]
        width = len(self.columns.header)
        if row.width != width:
            return [Bad(row.line, None, RowWidth(expected=width, found=row.width))]
        return _RowReader(self, row.line, row.cells).described()


def _first_of_person(row: Described, seen: dict[str, int]) -> Described | list[Bad]:
    for identity in filter(None, (*row.citizen_hashes[:1], row.external_id and f"external:{row.external_id}")):
        first = seen.setdefault(identity, row.line)
        if first != row.line:
            return [Bad(row.line, None, DuplicateInFile(first=first))]
    return row


def external_hashes(external_id: str, keys: CitizenKeys) -> tuple[str, ...]:
    """What is kept of the external id of an erased person is the first; by all of them an import finds out that the
    person is erased. None is that of a citizen id, whatever the external id is."""
    return keys.hashes(f"external\0{external_id}")


class _RowReader:
    """Reads the cells of one row and collects what is wrong with each."""

    def __init__(self, reader: Reader, line: int, cells: tuple[str, ...]) -> None:
        self._reader = reader
        self._columns = reader.columns
        self._line = line
        self._cells = cells
        self._bad: list[Bad] = []
        self._warnings: list[Bad] = []

    def described(self) -> Described | list[Bad]:
        citizen = self._cell("citizenId", self._citizen)
        external = self._cell("externalId", self._external)
        if not self._bad and citizen is None and external is None:
            self._refuse(self._columns.identity, IdentityMissing())
        changes = {**self._names(), **self._duties(), **self._addresses()}
        if self._bad:
            return self._bad
        return Described(self._line, citizen or (), external, changes, tuple(self._warnings))

    def _names(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        self._put(given, "prefix", "prefix", str)
        before = given.get("prefix") or ""
        if "fullName" in self._columns.at:
            prefix, first, last = name_beside(before, self._text("fullName"))
            self._check_seen(("fullName", first), ("fullName", last))
        else:
            prefix, *first_names = name_beside(before, self._text("firstName"))
            first, last = " ".join(filter(None, first_names)), self._text("lastName")
            self._check_seen(("firstName", first), ("lastName", last))
        names = {"first_name": first, "last_name": last}
        return {"prefix": prefix, **names} if prefix or given else names

    def _check_seen(self, *parts: tuple[str, str]) -> None:
        """No name without anything to see in it, such as a title or a joiner alone."""
        for column, part in parts:
            if is_blank(part):
                self._refuse(column, RequiredMissing())

    def _duties(self) -> dict[str, Any]:
        unit = self._cell("unit", self._unit, required=True)
        duties: dict[str, Any] = {} if unit is None else {"unit": unit.key, "office": unit.office}
        levels: dict[str, Any] = {}
        self._put(levels, "level", "level", self._reader.lookup.level)
        self._put(levels, "dpisLevel", "dpisLevel", self._reader.lookup.dpis_level)
        known = [level for level in levels.values() if level is not None]
        if len(set(known)) > 1:
            self._refuse("dpisLevel", LevelMismatch(level=known[0], other=known[1]))
        if levels:
            duties["level"] = known[0] if known else None
        self._put(duties, "post", "post", lambda text: self._post(text, unit))
        self._put(duties, "position", "position", str)
        return duties

    def _addresses(self) -> dict[str, Any]:
        addresses: dict[str, Any] = {}
        self._put(addresses, "email", "email", parse_email)
        self._put(addresses, "phone", "phone", parse_phone)
        self._put(addresses, "birth_date", "birthDate", parse_date)
        self._put(addresses, "start_date", "startDate", parse_date)
        return addresses

    def _citizen(self, text: str) -> tuple[str, ...]:
        digits = "".join(filter(str.isdigit, text.translate(ARABIC_DIGITS)))
        if not is_citizen_id(text):
            raise CitizenIdInvalid()
        return self._reader.citizen_keys.hashes(digits)

    def _external(self, text: str) -> str:
        if _SHORTENED.fullmatch(text):
            raise IdentityDamaged(text=text)
        return text

    def _unit(self, text: str) -> Unit:
        unit = self._reader.lookup.unit(text)
        if not unit.in_force(self._reader.today):
            raise UnitNotInForce(unit=unit.key, on=self._reader.today.isoformat())
        return unit

    def _post(self, text: str, unit: Unit | None) -> str:
        post = self._reader.lookup.post(text)
        if unit is not None:
            check_post(post, unit)
        return post

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

    def _put(self, changes: dict[str, Any], name: str, column: str, parse: Callable[[str], Any]) -> None:
        """What a cell says of a value that may be missing. An empty one says nothing: whoever filled in the sheet may
        not have known, or a formula had no value. A hyphen removes it."""
        text = self._plain(column)
        if is_erased(text):
            changes[name] = None
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
            self._warnings.append(Bad(self._line, self._columns.header[self._columns.at[column]], warning))
        except Refused as error:
            self._refuse(column, error)
        return None

    def _refuse(self, column: str, error: Refused) -> None:
        """Once per column: a missing first name is not also a missing name."""
        at = self._columns.at.get(column)
        name = self._columns.header[at] if at is not None else column
        if all(bad.column != name for bad in self._bad):
            self._bad.append(Bad(self._line, name, error))
