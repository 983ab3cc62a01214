"""Reads each row of a sheet of people into a description of the person, or into its problems. Pure.

A missing column and an empty cell keep what is stored; a hyphen removes it, where it may be missing. Identity is the
citizen id (only its keyed hashes leave this module), else the external id, and never an e-mail address: offices share
one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.enrolment.directory.domain.cell_refusals import DateUnlikely, NameUnreadable
from services.enrolment.directory.domain.cells import LONGEST_SHOWN, is_erased, parse_date, parse_email
from services.enrolment.directory.domain.columns import NAME_PARTS, PHONES, Columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.name_cells import holds_title, is_no_name, parse_title, plain_name
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
from services.enrolment.directory.domain.row_cells import Bad, CellReader, citizen_hashes, undamaged
from services.enrolment.directory.domain.short_rows import ends_early
from services.enrolment.directory.domain.units import Unit
from shared.citizens import CitizenKeys
from shared.sheets.table import Row
from shared.thai import name_beside

# How many years ago whoever is in a register of officials was born, and came into office or will.
_BORN: Final = range(15, 101)
_STARTED: Final = range(-1, 91)


@dataclass(frozen=True, slots=True)
class Described:
    """What one row says. `changes` are fields of Person by name; the first of the hashes is that of the newest key.
    `warnings` are of cells that were left out."""

    line: int
    citizen_hashes: tuple[str, ...]
    external_id: str | None
    changes: Mapping[str, Any]
    warnings: tuple[Bad, ...] = ()


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
        reader = _RowReader(self, row.line, row.cells)
        if row.width == width or (row.width < width and reader.ends_early()):
            return reader.described()
        return [Bad(row.line, None, RowWidth(expected=width, found=row.width))]


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


class _RowReader(CellReader):
    """Reads the cells of one row of people."""

    def __init__(self, reader: Reader, line: int, cells: tuple[str, ...]) -> None:
        super().__init__(reader.columns, line, cells)
        self._reader = reader

    def ends_early(self) -> bool:
        return ends_early(self._columns, self._cells, {"citizenId": self._citizen, "unit": self._reader.lookup.unit})

    def described(self) -> Described | list[Bad]:
        citizen = self._id("citizenId", self._citizen)
        external = self._id("externalId", undamaged)
        if not self._bad and citizen is None and external is None:
            self._refuse(self._columns.identity, IdentityMissing())
        changes = {**self._names(), **self._duties(), **self._addresses()}
        if self._bad:
            return self._bad
        return Described(self._line, citizen or (), external, changes, tuple(self._warnings))

    def _names(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        self._put(given, "prefix", "prefix", parse_title)
        before = given.get("prefix") or ""
        if "fullName" in self._columns.at:
            prefix, first, last = name_beside(before, self._name("fullName", *NAME_PARTS))
            self._check_seen(("fullName", first), ("fullName", "" if is_erased(last) else last))
        else:
            prefix, *first_names = name_beside(before, self._name("firstName"))
            first, last = " ".join(filter(None, first_names)), self._name("lastName")
            self._check_seen(("firstName", first), ("lastName", last))
            if last and first.endswith(f" {last}"):  # it is the whole name, and would be printed with two surnames
                self._refuse("firstName", NameUnreadable(text=f"{first} {last}"[:LONGEST_SHOWN]))
        if holds_title(last):
            column = "fullName" if "fullName" in self._columns.at else "lastName"
            self._refuse(column, NameUnreadable(text=f"{first} {last}"[:LONGEST_SHOWN]))
        names = {"first_name": first, "last_name": last}
        return {"prefix": prefix, **names} if prefix or given else names

    def _name(self, column: str, *parts: str) -> str:
        """With what stands in its other `parts` when it has no surname: a whole name has none, and these are notes."""
        text = self._text(column)
        behind = [part for one in parts if one in self._columns.at and (part := self._plain(one))]
        if behind and not name_beside("", text).last:
            text = " ".join((text, *behind))
        return self._parsed(column, plain_name, text) or ""

    def _check_seen(self, *parts: tuple[str, str]) -> None:
        """No name without anything to see in it, such as a title or a joiner alone."""
        for column, part in parts:
            if is_no_name(part):
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
        self._put_phones(addresses)
        self._put(addresses, "birth_date", "birthDate", lambda text: self._day(text, _BORN))
        self._put(addresses, "start_date", "startDate", lambda text: self._day(text, _STARTED))
        return addresses

    def _day(self, text: str, years_ago: range) -> date:
        """A spreadsheet takes the years of 31/8/15 and 31/8/25 for 2015 and 2025; and 77 may be 1977."""
        day = parse_date(text)
        if self._reader.today.year - day.year not in years_ago:
            raise DateUnlikely(text=text[:LONGEST_SHOWN], read=day.isoformat())
        return day

    def _put_phones(self, addresses: dict[str, Any]) -> None:
        """All columns of numbers are one value; when any of it is not understood, the known one stays."""
        texts = [text for column in PHONES if (text := self._plain(column))]
        numbers = ", ".join(text for text in texts if not is_erased(text))
        if numbers and (phone := self._parsed(PHONES[0], parse_phone, numbers)) is not None:
            addresses["phone"] = phone
        elif texts and not numbers:
            addresses["phone"] = None

    def _citizen(self, text: str) -> tuple[str, ...]:
        return citizen_hashes(text, self._reader.citizen_keys)

    def _unit(self, text: str) -> Unit:
        unit = self._reader.lookup.unit(text)
        if not unit.in_force(self._reader.today):
            raise UnitNotInForce(unit=unit.key, on=self._reader.today.isoformat())
        return unit

    def _post(self, text: str, unit: Unit | None) -> str:
        post = self._reader.lookup.post(text, unit)
        if unit is not None:
            check_post(post, unit)
        return post
