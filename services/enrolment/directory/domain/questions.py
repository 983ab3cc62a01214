"""What is asked before a row is taken as it stands: whether it is of somebody who is known under another id. Pure.

An identity is never taken from a damaged value, and people who are merely alike never become one.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.domain.refusals import (
    DuplicateInFile,
    IdentityWrittenOtherwise,
    IdentityZerosLost,
    PersonLikeKnown,
    PersonLikeNamed,
    RowLikeEarlier,
)
from services.enrolment.directory.domain.rows import Described
from shared.errors import Refused
from shared.thai import shortened
from shared.thai.dates import ARABIC_DIGITS

# A number as a spreadsheet may have made it of digits: without zeros in front, in groups, or with a fraction.
_NUMBER: Final = re.compile(r"0*([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")
_BETWEEN: Final = re.compile(r"[\W_]+")
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
TOLD_APART: Final = 12  # hexadecimal digits of an id, of which the last twelve are random


def zeros_key(external_id: str | None) -> str | None:
    """What a spreadsheet leaves of an id of digits. None for other ids, which it leaves alone."""
    match = _NUMBER.fullmatch((external_id or "").translate(ARABIC_DIGITS))
    return None if match is None else match[1].replace(",", "")


def written_key(external_id: str | None) -> str | None:
    """What is left of an id however it is written: in small or capital letters, with or without hyphens, spaces and
    zeros in front of its numbers (A-001, a1). Of digits alone what a spreadsheet leaves."""
    key = zeros_key(external_id)
    if key is None and external_id:
        plain = unicodedata.normalize("NFKC", external_id).translate(ARABIC_DIGITS).casefold()
        key = _BETWEEN.sub("", _ZEROS.sub("", plain)) or None
    return key


def search_name(person: Person) -> str:
    return "".join(person.words)


def name_place(person: Person) -> str:
    """Where the person stands among all by name; nobody else stands there."""
    return f"{shortened(person.sorted_name)} {person.id.replace('-', '')[-TOLD_APART:]}"


def _zeros(person: Person) -> str | None:
    key = zeros_key(person.external_id)
    return None if key is None else f"zeros {key}"


def _written(person: Person) -> str | None:
    """Two ids that differ so may be of two people: then their names differ too."""
    key = written_key(person.external_id)
    return None if key is None else f"written {key} {search_name(person)}"


def _born(person: Person) -> str | None:
    return None if person.birth_date is None else f"born {person.birth_date} {search_name(person)}"


def _placed(person: Person) -> str | None:
    return None if not person.position else f"placed {person.unit} {person.position} {person.sorted_name}"


@dataclass(frozen=True, slots=True)
class Question:
    """`near` is the person whom the row resembles; None: an earlier row of the file."""

    line: int
    column: str | None
    error: Refused
    near: Person | None = None


@dataclass(slots=True)
class Seen:
    """Whom the rows so far were about, by line: so that no answer depends on how a file is cut into transactions, or on
    whether anything is stored."""

    before: dict[str, int] = field(default_factory=dict)
    now: dict[str, int] = field(default_factory=dict)  # what the rows of one chunk add

    def chunk(self) -> "Seen":
        """For the next rows; made anew as often as their transaction runs."""
        return Seen(self.before)

    def keep(self, chunk: "Seen") -> None:
        self.before |= chunk.now

    def line(self, key: str | None) -> int | None:
        return None if key is None else self.now.get(key, self.before.get(key))

    def has(self, person: Person) -> bool:
        return self.line(f"person {person.id}") is not None

    def check(self, key: str) -> None:
        """Raises DuplicateInFile."""
        if (first := self.line(key)) is not None:
            raise DuplicateInFile(first=first)

    def note(self, line: int, known: Person | None, person: Person) -> None:
        """That a row was imported. An id that it took away from somebody is nobody's in the rest of the file."""
        keys = [f"person {person.id}", _zeros(person), _written(person), _born(person)]
        if known is not None and known.external_id != person.external_id:
            keys.append(f"external {known.external_id}")
        for key in filter(None, keys):
            self.now.setdefault(key, line)


@dataclass(frozen=True, slots=True)
class Sought:
    """What people are looked for by who may be like those of the next rows."""

    ids: Sequence[str]
    names: Sequence[str]
    days: Sequence[str]
    sorted_names: Sequence[str]
    units: Sequence[str]


def sought(with_new_id: Iterable[Person], new: Sequence[Person]) -> Sought:
    """`with_new_id` have an external id that nobody has, `new` are people whom nobody knows."""
    born = [person for person in new if person.birth_date is not None]
    placed = [person for person in new if person.position]
    return Sought(
        ids=_distinct(written_key(person.external_id) for person in with_new_id),
        names=_distinct(map(search_name, born)),
        days=_distinct(str(person.birth_date) for person in born),
        sorted_names=_distinct(person.sorted_name for person in placed),
        units=_distinct(person.unit for person in placed),
    )


def _distinct(keys: Iterable[str | None]) -> Sequence[str]:
    return sorted(set(filter(None, keys)))


class Doubts:
    """What is asked of the next rows. `near` are people of the directory who may be like them."""

    def __init__(self, seen: Seen, near: Iterable[Person], external_column: str | None) -> None:
        self._seen = seen
        self._external_column = external_column
        self._near: dict[str, list[Person]] = {}
        for person in near:
            for key in filter(None, (_zeros(person), _written(person), _born(person), _placed(person))):
                self._near.setdefault(key, []).append(person)

    def of_id(self, row: Described, person: Person) -> Question | None:
        """When nobody has the external id of this row as it stands."""
        error = IdentityZerosLost(text=row.external_id)
        return self._question(row.line, self._external_column, _zeros(person), error)

    def of_new(self, row: Described, person: Person) -> Question | None:
        """When the row would register a person."""
        error = IdentityWrittenOtherwise(text=row.external_id)
        written = self._question(row.line, self._external_column, _written(person), error)
        return written or self._question(row.line, None, _born(person), PersonLikeKnown())

    def namesake(self, person: Person) -> PersonLikeNamed | None:
        """A warning: of two who were born on different days nothing is said."""
        for other in self._others(_placed(person)):
            if person.birth_date is None or other.birth_date is None:
                return PersonLikeNamed()
        return None

    def _question(self, line: int, column: str | None, key: str | None, error: Refused) -> Question | None:
        if (first := self._seen.line(key)) is not None:
            return Question(line, column, RowLikeEarlier(first=first))
        near = next(iter(self._others(key)), None)
        return None if near is None else Question(line, column, error, near)

    def _others(self, key: str | None) -> list[Person]:
        """Not those of earlier rows: of them the file says itself who they are."""
        return [person for person in self._near.get(key or "", ()) if not self._seen.has(person)]
