"""People in the order of their names, by what somebody looks for: along an index, and within the caller's reach.

Whoever does not see all walks along what is his or her own alone, so no page tells whom others have.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from services.enrolment.directory.domain.people import Person
from services.enrolment.directory.domain.reference import OPS, UnitKind, bundled
from services.enrolment.directory.storage.people import PEOPLE, Stored, person_document
from services.enrolment.directory.storage.units import Units
from shared.mongo import Database, Document, translated_calls
from shared.mongo.searching import beside, conditions, fill_in, rarest
from shared.mongo.walking import ASCENDING, DESCENDING, PASSED, Walk, walk
from shared.rights import Scope
from shared.thai import GRAM, Sought

EVERYBODY: Final = Sought(())
Key = tuple[str]
_SUMMARY: Final = dict.fromkeys(
    ("unit", "level", "post", "position", "prefix", "first_name", "last_name", "erased", "place"), 1
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None: not narrowed. `begins` is the key of what a full name or a last name begins
    with. `unit` includes what is below it."""

    sought: Sought = EVERYBODY
    begins: str = ""
    unit: str | None = None
    level: str | None = None
    post: str | None = None

    @property
    def tokens(self) -> tuple[str, ...]:
        """Whoever is wanted has each of these."""
        begin = self.begins[: GRAM if len(self.begins) >= GRAM else 1]  # of two letters one may be a word of its own
        return (*self.sought.tokens, *Sought((begin,) if begin else ()).tokens)

    @property
    def duties(self) -> list[Document]:
        """Each of them an index begins with."""
        return [{name: value} for name, value in (("level", self.level), ("post", self.post)) if value is not None]

    @property
    def names(self) -> list[Document]:
        found = conditions(self.sought)
        if self.begins:
            found += [{"$or": [{name: {"$regex": f"^{self.begins}"}} for name in ("search_key", "last_key")]}]
        return found


class Page(NamedTuple):
    """One row more than asked for, if there are more. `end`: what to go on behind, when the page ended short."""

    rows: list[Document]
    end: Key | None


class Found(NamedTuple):
    """`place` is what the list goes on behind."""

    person: str
    unit: str
    place: str
    erased: bool


class PeopleList:
    def __init__(self, database: Database, units: Units, *, passed: int = PASSED) -> None:
        self._people = database[PEOPLE.name]
        self._units = units
        self._passed = passed

    async def page(
        self, scope: Scope, wanted: Wanted, after: Key | None, limit: int, *, backwards: bool = False
    ) -> Page:
        """By name."""
        rows: dict[str, Document] = {}
        ends: list[Key] = []
        for along in await self._reach(scope, wanted.unit):
            if "_id" in along:
                found = await self._oneself(along, wanted, after, backwards=backwards)
            else:
                found = await self._walked(along, wanted, after, limit, backwards=backwards)
            rows |= {row["_id"]: row for row in found.rows}
            ends += [] if found.end is None else [found.end]
        sorted_rows = sorted(rows.values(), key=key_of, reverse=backwards)
        if not ends:
            return Page(sorted_rows[: limit + 1], None)
        end = max(ends) if backwards else min(ends)  # behind it others may be found that were not looked for
        before = [row for row in sorted_rows if (key_of(row) >= end if backwards else key_of(row) <= end)]
        return Page(before[: limit + 1], end)

    async def along(
        self, scope: Scope, unit: str | None, after: str | None, limit: int
    ) -> tuple[list[Found], str | None]:
        """For the features behind this one: the same page without names, and what to go on behind."""
        page = await self.page(scope, Wanted(unit=unit), None if after is None else (after,), limit)
        found = [Found(row["_id"], row["unit"], key_of(row)[0], bool(row.get("erased"))) for row in page.rows]
        return found, None if page.end is None else page.end[0]

    async def few(self, scope: Scope, sought: Sought, most: int) -> list[str] | None:
        """The ids of all who are found, or None when that would be more than so many, or long to look for."""
        page = await self.page(scope, Wanted(sought), None, most)
        if page.end is not None or len(page.rows) > most:
            return None
        return [row["_id"] for row in page.rows]

    async def among(self, scope: Scope, sought: Sought, people: Collection[str]) -> frozenset[str]:
        """Those of these people who are found."""
        reached = scope.condition(unit="unit", person="_id")
        query = {"$and": [{"_id": {"$in": list(people)}}, *([reached] if reached else [])]}
        query["$and"] += Wanted(sought).names
        with translated_calls():
            rows: list[Document] = await self._people.find(query, {"_id": 1}).to_list(None)
        return frozenset(row["_id"] for row in rows)

    async def fill_in(self) -> bool:
        """Of people of before names were found by parts; whether there may be more. Who was erased has no name."""
        return await fill_in(self._people, "place", _name_fields, ("first_name", "last_name"))

    async def _reach(self, scope: Scope, unit: str | None) -> list[Document]:
        """The people of the scope and of the unit asked for: each a condition that an index begins with."""
        if scope.all:
            return [{} if unit is None else await self._below(unit)]
        reach: list[Document] = []
        if scope.unit is not None and (narrower := _narrower(scope.unit, unit)) is not None:
            reach.append(await self._below(narrower))
        if scope.person is not None:
            reach.append({"_id": scope.person, **_of_unit(unit)})
        return reach

    async def _below(self, unit: str) -> Document:
        if unit in offices():
            return {"office": unit}
        return {"unit": {"$in": await self._units.below(unit)}}

    async def _oneself(self, along: Document, wanted: Wanted, after: Key | None, *, backwards: bool) -> Page:
        query = {"$and": [along, *wanted.duties, *wanted.names]}
        with translated_calls():
            row: Document | None = await self._people.find_one(query, _SUMMARY)
        if row is None or not (after is None or (key_of(row) < after if backwards else key_of(row) > after)):
            return Page([], None)
        return Page([row], None)

    async def _walked(self, along: Document, wanted: Wanted, after: Key | None, limit: int, *, backwards: bool) -> Page:
        duties, names, tokens = wanted.duties, wanted.names, wanted.tokens
        if tokens and "unit" not in along:
            token = await rarest(self._people, tokens, along)
            along = {"tokens": token, "office": {"$in": list(offices())}, **along}
            names = beside(names, token)
        elif not along and duties:
            along, *duties = duties
        looked_up = [*duties, *names]
        way = DESCENDING if backwards else ASCENDING
        also: Document = {"$and": looked_up} if looked_up else {}
        path = Walk(along, (("place", way),), also)
        found = await walk(self._people, path, after, limit, passed=self._passed, fields=_SUMMARY)
        return Page(found.rows, None if found.end is None else (found.end[0],))


def key_of(row: Mapping[str, Any]) -> Key:
    """What people are sorted by."""
    return (row.get("place", ""),)


@cache
def offices() -> tuple[str, ...]:
    """All that people's units lie below: so an order by name begins anew in each of them."""
    units = bundled().units.values()
    return (*(unit.id for unit in units if unit.kind is UnitKind.PROVINCIAL_OFFICE), OPS)


def _name_fields(row: Mapping[str, Any]) -> Document:
    names = {"first_name": row.get("first_name", ""), "last_name": row.get("last_name", "")}
    document = person_document(Stored(Person(id=row["_id"], unit="", office="", **names), 0, 0))
    return {name: document[name] for name in ("place", "tokens", "search_key") if name in document}


def _narrower(scope_unit: str, unit: str | None) -> str | None:
    """Of the unit of a scope and the one asked for; None when they have nobody in common."""
    if unit is None or Scope(unit=unit).covers_unit(scope_unit):
        return scope_unit
    return unit if Scope(unit=scope_unit).covers_unit(unit) else None


def _of_unit(unit: str | None) -> Document:
    return {} if unit is None else {"unit": {"$regex": Scope(unit=unit).unit_pattern()}}
