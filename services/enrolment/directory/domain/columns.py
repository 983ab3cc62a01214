"""Which column of a sheet means what: of people here, and for every list how its header is found. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType
from typing import Final

from services.enrolment.directory.domain.cells import shown
from services.enrolment.directory.domain.column_names import ALSO, NAMES, by_name, key, named_twice
from services.enrolment.directory.domain.refusals import ColumnsMissing, ColumnTwice
from shared.errors import Refused

LONGEST_SHOWN: Final = 200

# Of a column of telephone numbers there may be several: for the office, and to be carried along.
PHONES: Final = ("phone", "phone2", "phone3", "phone4")
# Columns without a name behind that of the full name, whose header stands over all of them: title, first name, surname.
NAME_PARTS: Final = ("fullName2", "fullName3")


@dataclass(frozen=True)
class Columns:
    """The place of each known column in the header, whose names are as they may be shown; `ignored` are unknown."""

    header: tuple[str, ...]
    at: Mapping[str, int]
    ignored: tuple[str, ...]

    @property
    def kept(self) -> tuple[int, ...]:
        """The places of all known columns: the only ones of which a row's cells are read, in this order."""
        return tuple(self.at.values())

    @cached_property
    def _among_kept(self) -> Mapping[str, int]:
        return {column: place for place, column in enumerate(self.at)}

    def cell(self, cells: tuple[str, ...], column: str) -> str:
        """Empty for a missing column."""
        place = self._among_kept.get(column)
        return "" if place is None else cells[place]

    @property
    def identity(self) -> str:
        return "citizenId" if "citizenId" in self.at else "externalId"


_BY_NAME: Final = by_name(NAMES)
_BY_OTHER_NAME: Final = by_name(ALSO)


def _column(name: str, known: Mapping[str, str]) -> str | None:
    """A cell of a header may have several lines, as one over two rows has: then all of them are its name together, or
    the last is, below what several columns share, or the first is, with an explanation below it."""
    lines = name.split("\n")
    return next((column for part in (name, lines[-1], lines[0]) if (column := known.get(key(shown(part))))), None)


class HeaderFinder:
    """Takes a row that names all columns that are needed for the header, below titles and dates."""

    def __init__(self, find: "Callable[[tuple[str, ...]], Columns] | None" = None) -> None:
        self._find = find or find_columns
        self.missing: ColumnsMissing | ColumnTwice | None = None  # of the row that came nearest

    def __call__(self, row: tuple[str, ...]) -> Sequence[int] | None:
        """The columns to read; None when this row is no header."""
        try:
            return self._find(row).kept
        except (ColumnsMissing, ColumnTwice) as error:
            if self.missing is None or _lacks(error) < _lacks(self.missing):
                self.missing = error.with_traceback(None)
            return None


def _lacks(error: Refused) -> int:
    return len(error.details.get("columns", ()))


def find_columns(header: tuple[str, ...]) -> Columns:
    """Raises ColumnsMissing and ColumnTwice."""
    found = known_columns(header, _BY_NAME, _BY_OTHER_NAME)
    at = dict(found.at)
    if "firstName" in at and "lastName" not in at and "fullName" in at:
        at["lastName"] = at.pop("fullName")  # ชื่อสกุล is a full name, but beside ชื่อ it is the surname
    if "fullName" in at:
        at |= _parts_of_name(at["fullName"] + 1, found.header)
    _check(at, found.header)
    return Columns(found.header, at, found.ignored)


def _parts_of_name(behind: int, header: tuple[str, ...]) -> dict[str, int]:
    unnamed = takewhile(lambda place: not header[place], range(behind, len(header)))
    return dict(zip(NAME_PARTS, unnamed, strict=False))


def known_columns(
    header: tuple[str, ...], known: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})
) -> Columns:
    """Those that are named in a header, whether or not they are enough; by `also` those that nothing else stands for.
    Raises ColumnTwice."""
    at: dict[str, int] = {}
    names = tuple(map(shown, header))
    for place, name in enumerate(names):
        column = _free(at, _column(header[place], known))
        if column in at:
            raise ColumnTwice(column=name)
        if column is not None:
            at[column] = place
    later: tuple[Callable[[str], str | None], ...] = (
        lambda name: _column(name, also),
        lambda name: named_twice(shown(name), known, also),
    )
    for find in later:
        for place in sorted(set(range(len(names))) - set(at.values())):
            column = _free(at, find(header[place]))
            if column is not None:
                at.setdefault(column, place)
    read = set(at.values())
    return Columns(names, at, tuple(name for place, name in enumerate(names) if name and place not in read))


def _free(at: Mapping[str, int], column: str | None) -> str | None:
    """Of telephone numbers the next one that is not taken."""
    return next((one for one in PHONES if one not in at), column) if column == PHONES[0] else column


def _check(at: Mapping[str, int], names: Iterable[str]) -> None:
    missing = []
    if not {"citizenId", "externalId"} & at.keys():
        missing.append("citizenId|externalId")
    if "fullName" not in at and not {"firstName", "lastName"} <= at.keys():
        missing.append("fullName|firstName+lastName")
    if "unit" not in at:
        missing.append("unit")
    if missing:
        read = " | ".join(filter(None, names))[:LONGEST_SHOWN]
        raise ColumnsMissing(columns=missing, listed=", ".join(missing), read=read)
