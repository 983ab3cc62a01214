"""What an import changes of a person who is known, field by field, as it is told to whoever imports. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from services.enrolment.directory.domain.people import Person

# What a report says of a person by name, and the field that holds it. A citizen id is told without a value.
FIELDS: Final = {
    "prefix": "prefix",
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "phone": "phone",
    "birthDate": "birth_date",
    "startDate": "start_date",
    "position": "position",
    "level": "level",
    "post": "post",
    "unit": "unit",
    "externalId": "external_id",
}
CITIZEN: Final = "citizenId"


class Kind(StrEnum):
    """What happened to a value: also for those who may not see it."""

    ADDED = "ADDED"
    REPLACED = "REPLACED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`unit` is where the person stood before: what was stored is told to those who may read people there."""

    line: int
    person: str
    unit: str
    field: str
    kind: Kind
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """To another unit; `other_office`: which is of another province, or of the centre."""

    line: int
    person: str
    before: str
    after: str
    other_office: bool


def field_changes(line: int, before: Person, after: Person, hashes: Collection[str]) -> list[FieldChange]:
    """All but a move. `hashes` are those of the citizen id in the row: one that another key has made is the same id."""
    found = [
        FieldChange(line, before.id, before.unit, name, _kind(old, new), _text(old), _text(new))
        for name, field in FIELDS.items()
        if name != "unit" and (old := getattr(before, field)) != (new := getattr(after, field))
    ]
    if hashes and before.citizen_hash not in hashes:
        kind = Kind.REPLACED if before.citizen_hash else Kind.ADDED
        found.append(FieldChange(line, before.id, before.unit, CITIZEN, kind))
    return found


def move_of(line: int, before: Person, after: Person) -> Move | None:
    if before.unit == after.unit:
        return None
    return Move(line, before.id, before.unit, after.unit, before.office != after.office)


def _kind(old: Any, new: Any) -> Kind:
    if old in (None, ""):
        return Kind.ADDED
    return Kind.REMOVED if new in (None, "") else Kind.REPLACED


def _text(value: Any) -> str | None:
    """A day as ISO; a prefix that is not there as nothing."""
    return None if value in (None, "") else str(value)
