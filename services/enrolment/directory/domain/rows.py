"""Reads each row of a sheet of people into a description of the person, or into its problems. Pure.

A missing column keeps stored values; an empty cell clears them, except for the identity. Identity is the citizen id
(only its keyed hashes leave this module), else the external id, and never an e-mail address: offices share one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.enrolment.directory.domain.cells import parse_date, parse_email, parse_phone, plain_text
from services.enrolment.directory.domain.columns import Columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.people import check_post
from services.enrolment.directory.domain.refusals import (
    CitizenIdInvalid,
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
from shared.thai import is_blank, is_citizen_id, split_name
from shared.thai.dates import ARABIC_DIGITS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Described:
    """What one row says. `changes` are fields of Person by name; the first of the hashes is that of the newest key."""

    line: int
    citizen_hashes: tuple[str, ...]
    external_id: str | None
    changes: Mapping[str, Any]


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


class _RowReader:
    """Reads the cells of one row and collects what is wrong with each."""

    def __init__(self, reader: Reader, line: int, cells: tuple[str, ...]) -> None:
        self._reader = reader
        self._columns = reader.columns
        self._line = line
        self._cells = cells
        self._bad: list[Bad] = []

    def described(self) -> Described | list[Bad]:
        citizen = self._cell("citizenId", self._citizen)
        external = self._cell("externalId", str)
        if not self._bad and citizen is None and external is None:
            self._refuse(self._columns.identity, IdentityMissing())
        changes = {**self._names(), **self._duties(), **self._addresses()}
        if self._bad:
            return self._bad
        return Described(self._line, citizen or (), external, changes)

    def _names(self) -> dict[str, Any]:
        prefix = self._cell("prefix", str) or ""
        if "fullName" in self._columns.at:
            name = split_name(self._text("fullName"))
            self._check_seen(("fullName", name.first), ("fullName", name.last))
            return {"prefix": prefix or name.prefix, "first_name": name.first, "last_name": name.last}
        first, last = self._text("firstName"), self._text("lastName")
        if prefix:
            first = first.removeprefix(prefix).lstrip()
        else:
            name = split_name(first)
            prefix, first = name.prefix, f"{name.first} {name.last}".rstrip()
        self._check_seen(("firstName", first), ("lastName", last))
        return {"prefix": prefix, "first_name": first, "last_name": last}

    def _check_seen(self, *parts: tuple[str, str]) -> None:
        """No name without anything to see in it, such as a title or a joiner alone."""
        for column, part in parts:
            if is_blank(part):
                self._refuse(column, RequiredMissing())

    def _duties(self) -> dict[str, Any]:
        unit = self._cell("unit", self._unit, required=True)
        duties: dict[str, Any] = {} if unit is None else {"unit": unit.key, "office": unit.office}
        if "level" in self._columns.at or "dpisLevel" in self._columns.at:
            duties["level"] = self._level()
        if "post" in self._columns.at:
            duties["post"] = self._cell("post", lambda text: self._post(text, unit))
        if "position" in self._columns.at:
            duties["position"] = self._cell("position", str)
        return duties

    def _addresses(self) -> dict[str, Any]:
        parsers: dict[str, tuple[str, Callable[[str], Any]]] = {
            "email": ("email", parse_email),
            "phone": ("phone", parse_phone),
            "birthDate": ("birth_date", parse_date),
            "startDate": ("start_date", parse_date),
        }
        present = {column: parser for column, parser in parsers.items() if column in self._columns.at}
        return {name: self._cell(column, parse) for column, (name, parse) in present.items()}

    def _citizen(self, text: str) -> tuple[str, ...]:
        digits = "".join(filter(str.isdigit, text.translate(ARABIC_DIGITS)))
        if not is_citizen_id(text):
            raise CitizenIdInvalid()
        return self._reader.citizen_keys.hashes(digits)

    def _unit(self, text: str) -> Unit:
        unit = self._reader.lookup.unit(text)
        if not unit.in_force(self._reader.today):
            raise UnitNotInForce(unit=unit.key, on=self._reader.today.isoformat())
        return unit

    def _level(self) -> str | None:
        level = self._cell("level", self._reader.lookup.level)
        dpis = self._cell("dpisLevel", self._reader.lookup.dpis_level)
        if level is not None and dpis is not None and level != dpis:
            self._refuse("dpisLevel", LevelMismatch(level=level, other=dpis))
        return level or dpis

    def _post(self, text: str, unit: Unit | None) -> str:
        post = self._reader.lookup.post(text)
        if unit is not None:
            check_post(post, unit)
        return post

    def _text(self, column: str) -> str:
        return self._cell(column, str, required=True) or ""

    def _cell(self, column: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
        """Of the normalised text. None for an empty or bad cell, and for a missing column."""
        try:
            if text := plain_text(self._columns.cell(self._cells, column)):
                return parse(text)
            if required:
                raise RequiredMissing()
        except Refused as error:
            self._refuse(column, error)
        return None

    def _refuse(self, column: str, error: Refused) -> None:
        """Once per column: a missing first name is not also a missing name."""
        at = self._columns.at.get(column)
        name = self._columns.header[at] if at is not None else column
        if all(bad.column != name for bad in self._bad):
            self._bad.append(Bad(self._line, name, error))
