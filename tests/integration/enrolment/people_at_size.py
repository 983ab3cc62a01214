"""People of several offices, stored directly, and who of them a list has to show. No tests in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.units import bundled_unit
from services.enrolment.directory.storage import PeopleList, Stored, person_document, unit_document
from services.enrolment.directory.storage.people_list import Key, Wanted, key_of
from shared.mongo import Database
from shared.rights import Scope
from shared.thai import name_search_key

UNITS: Final = ("PO-50", "PO-50.HR", "PO-95.HR", "PERS", "DRI", "PO-50.ADM", "PO-95")
FIRST: Final = ("สมชาย", "สมศรี", "เอกพงษ์", "กิตติ์", "ณัฐภัทร", "ไพโรจน์", "ธีจุฑา")
LAST: Final = ("ใจดี", "น้ำใจงาม", "ณ อยุธยา", "สุวรรณประทีป", "บุญราช")
LEVELS: Final = ("K1", "K2", "K3")


def person(number: int, unit: str | None = None) -> Person:
    unit = unit or UNITS[number % len(UNITS)]
    office = unit.partition(".")[0] if unit.startswith("PO-") else "OPS"
    return Person(
        id=f"p{number:05}",
        unit=unit,
        office=office,
        level=LEVELS[number % len(LEVELS)],
        post="GROUP_HEAD" if number % 11 == 0 else None,
        first_name=FIRST[number // 2 % len(FIRST)],
        last_name=LAST[number // 3 % len(LAST)],
    )


async def store(db: Database, people: Sequence[Person]) -> None:
    await db["people"].insert_many([person_document(Stored(each, 1, 1)) for each in people], ordered=False)


async def store_units(db: Database) -> None:
    reference = bundled()
    units = [bundled_unit(unit, reference) for unit in reference.units.values()]
    await db["units"].insert_many([unit_document(unit, 1) for unit in units])


@dataclass(frozen=True)
class Question:
    scope: Scope
    wanted: Wanted
    backwards: bool = False

    def shows(self, one: Person) -> bool:
        """By the person alone."""
        wanted, full = self.wanted, f"{one.first_name} {one.last_name}"
        begins = (name_search_key(full), name_search_key(one.last_name))
        return (
            (self.scope.covers_unit(one.unit) or self.scope.covers_person(one.id))
            and (wanted.unit is None or Scope(unit=wanted.unit).covers_unit(one.unit))
            and wanted.level in (None, one.level)
            and wanted.post in (None, one.post)
            and any(key.startswith(wanted.begins) for key in begins)
            and wanted.sought.finds(full)
        )

    def expected(self, people: Sequence[Person]) -> list[Key]:
        rows = [person_document(Stored(one, 1, 1)) for one in people if self.shows(one)]
        return sorted(map(key_of, rows), reverse=self.backwards)


async def pages(listing: PeopleList, question: Question, limit: int) -> list[tuple[list[Key], Key | None]]:
    """All pages as a caller sees them, each with where the next one begins."""
    seen: list[tuple[list[Key], Key | None]] = []
    after: Key | None = None
    while not seen or after is not None:
        rows, end = await listing.page(question.scope, question.wanted, after, limit, backwards=question.backwards)
        keys = [key_of(row) for row in rows]
        after = keys[limit - 1] if len(keys) > limit else end
        seen.append((keys[:limit], after))
    return seen
