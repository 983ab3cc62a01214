"""Units and people as documents, their indexes, and the queries that keep to a caller's scope."""

from collections import abc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.enrolment.directory.domain.erasing import Erasing
from services.enrolment.directory.domain.people import Assignment, Person
from services.enrolment.directory.domain.units import Unit
from shared.events.directory import KEY_HEADER, contact_aggregate
from shared.events.envelope import Position
from shared.mongo import (
    Collection,
    CollectionSpec,
    Conflict,
    Database,
    Document,
    Index,
    InsertOne,
    Session,
    UpdateOne,
    majority,
    translated_calls,
)
from shared.rights import Scope
from shared.thai import Name, name_search_key, sort_key

UNITS = CollectionSpec("units", indexes=(Index(("kind", "_id")), Index(("parent",))))
PEOPLE = CollectionSpec(
    "people",
    indexes=(
        Index(("citizen_hash",), unique=True, only={"citizen_hash": {"$exists": True}}),
        Index(("external_id",), unique=True, only={"external_id": {"$exists": True}}),
        Index(("external_hash",), only={"external_hash": {"$exists": True}}),  # of people who were erased
        Index(("sort_key", "_id")),
        Index(("unit", "sort_key", "_id")),
        Index(("search_key",)),
        Index(("last_key",)),
        Index(("level", "sort_key", "_id")),
        Index(("post", "sort_key", "_id")),
        Index(("erasing.due",), only={"erasing.due": {"$exists": True}}),  # only people whose erasure is under way
    ),
)
COLLECTIONS: Final = (UNITS, PEOPLE)
ERASED_AT_ONCE: Final = 100
_AFTER_ALL_TEXT: Final = "\uffff"
_DAYS: Final = ("birth_date", "start_date")
_ASSIGNMENT: Final = {"unit": 1, "level": 1, "post": 1, "position": 1, "erased": 1}
_unit = TypeAdapter(Unit)
_erasing = TypeAdapter(Erasing)


@dataclass(frozen=True, slots=True)
class Stored:
    """A person with the sequences of its two aggregates, person and contact."""

    person: Person
    seq: int
    contact_seq: int


class Units:
    """The collection of units. Reads of one unit or all of them are cheap: there are some five hundred."""

    def __init__(self, database: Database) -> None:
        self.collection = database[UNITS.name]

    async def all(self) -> list[Unit]:
        """By key."""
        with translated_calls():
            return [unit_of(row) async for row in self.collection.find({}).sort("_id", 1)]

    async def find(self, keys: abc.Collection[str], session: Session | None = None) -> dict[str, tuple[Unit, int]]:
        """Those that exist, with the sequence of each."""
        rows = self.collection.find({"_id": {"$in": list(keys)}}, session=session)
        with translated_calls():
            return {row["_id"]: (unit_of(row), row["seq"]) async for row in rows}

    async def existing(self, keys: abc.Collection[str]) -> frozenset[str]:
        """The keys that exist."""
        with translated_calls():
            rows = self.collection.find({"_id": {"$in": list(keys)}}, {"_id": 1})
            return frozenset([row["_id"] async for row in rows])

    async def one(self, key: str) -> Unit | None:
        with translated_calls():
            row = await self.collection.find_one({"_id": key})
        return None if row is None else unit_of(row)

    async def page(self, filters: Mapping[str, str], after: str | None, limit: int) -> list[Unit]:
        """One more than `limit`, to know of a next page."""
        query: Document = dict(filters)
        if after is not None:
            query["_id"] = {"$gt": after}
        with translated_calls():
            return [unit_of(row) async for row in self.collection.find(query).sort("_id", 1).limit(limit + 1)]

    async def store(self, units: Sequence[tuple[Unit, int]], session: Session) -> None:
        """Each with its new sequence. Sequence 1 is an insert."""
        writes: list[InsertOne[Document] | UpdateOne] = []
        for unit, seq in units:
            row = unit_document(unit, seq)
            key = row.pop("_id")
            writes.append(
                InsertOne({"_id": key, **row}) if seq == 1 else UpdateOne({"_id": key, "seq": seq - 1}, {"$set": row})
            )
        if writes:
            result = await self.collection.bulk_write(writes, ordered=False, session=session)
            if result.inserted_count + result.matched_count != len(writes):
                raise Conflict("a unit has changed since it was read")


class People:
    """The collection of people: the one place where their names and addresses are in the clear."""

    def __init__(self, database: Database) -> None:
        self.collection = database[PEOPLE.name]

    async def by_identity(
        self,
        citizen_hashes: abc.Collection[str],
        external_ids: abc.Collection[str],
        erased: Mapping[str, str],
        session: Session,
    ) -> tuple[dict[str, Stored], dict[str, Stored]]:
        """The known people, by citizen hash and by external id. `erased` are the external ids by the hash of them that
        an erased person keeps."""
        query = {
            "$or": [
                {"citizen_hash": {"$in": list(citizen_hashes)}},
                {"external_id": {"$in": list(external_ids)}},
                {"external_hash": {"$in": list(erased)}},
            ]
        }
        by_hash: dict[str, Stored] = {}
        by_external: dict[str, Stored] = {}
        async for row in self.collection.find(query, session=session):
            stored = stored_of(row)
            external = stored.person.external_id or erased.get(stored.person.external_hash or "")
            if stored.person.citizen_hash is not None:
                by_hash[stored.person.citizen_hash] = stored
            if external is not None:
                by_external[external] = stored
        return by_hash, by_external

    async def one(self, person: str, scope: Scope, session: Session | None = None) -> Stored | None:
        """None also for a person outside the scope."""
        with translated_calls():
            row = await self.collection.find_one({"$and": [{"_id": person}, _in_scope(scope)]}, session=session)
        return None if row is None else stored_of(row)

    async def assignments(self, people: abc.Collection[str]) -> dict[str, Assignment]:
        """For those that exist. The read cannot be rolled back."""
        cursor = majority(self.collection).find({"_id": {"$in": list(people)}}, _ASSIGNMENT)
        rows: list[Document] = await cursor.to_list(None)
        return {row["_id"]: _assignment_of(row) for row in rows}

    async def page(
        self, scope: Scope, filters: Sequence[Document], after: tuple[str, str] | None, limit: int
    ) -> list[Document]:
        """By name, one more than `limit`. `filters` come from `named`, `of_unit` and the like."""
        conditions = [_in_scope(scope), *filters]
        if after is not None:
            key, person = after
            conditions.append({"$or": [{"sort_key": {"$gt": key}}, {"sort_key": key, "_id": {"$gt": person}}]})
        cursor = self.collection.find({"$and": conditions}).sort([("sort_key", 1), ("_id", 1)]).limit(limit + 1)
        with translated_calls():
            rows: list[Document] = await cursor.to_list(None)
        return rows

    async def behind(self, person: str, most: int, session: Session) -> list[Stored]:
        """The people behind this id, in the order of ids."""
        found = self.collection.find({"_id": {"$gt": person}}, session=session).sort("_id", 1).limit(most)
        return [stored_of(row) async for row in found]

    async def being_erased(self, now: datetime) -> list[str]:
        """People with work of an erasure that is due, the longest due first."""
        rows = self.collection.find({"erasing.due": {"$lte": now}}, {"_id": 1}).sort("erasing.due", 1)
        with translated_calls():
            return [row["_id"] async for row in rows.limit(ERASED_AT_ONCE)]

    async def erasing(self, person: str, session: Session) -> Erasing | None:
        """None: nothing is left to do."""
        row = await self.collection.find_one({"_id": person}, {"erasing": 1}, session=session) or {}
        return _erasing.validate_python(row["erasing"]) if "erasing" in row else None

    async def note_erasing(self, person: str, erasing: Erasing | None, session: Session) -> None:
        """What is left to do; None: nothing."""
        update: Document = {"$unset": {"erasing": ""}}
        if erasing is not None:
            update = {"$set": {"erasing": _erasing.dump_python(erasing)}}
        await self.collection.update_one({"_id": person}, update, session=session)

    async def store(self, people: Iterable[Stored], new: abc.Collection[str], session: Session) -> None:
        """Writes each person as given; `new` are the ids not stored before."""
        writes = [_write(stored, stored.person.id in new) for stored in people]
        if writes:
            result = await self.collection.bulk_write(writes, ordered=False, session=session)
            if result.inserted_count + result.matched_count != len(writes):
                raise Conflict("a person no longer exists")


def _in_scope(scope: Scope) -> Document:
    return scope.condition(unit="unit", person="_id")


def of_unit(unit: str) -> Document:
    """People of this unit or one below it."""
    pattern = Scope(unit=unit).unit_pattern()
    return {"unit": {"$regex": pattern}}


def named(name: str) -> Document:
    """People whose full name or last name begins with this; tone marks and prefixes do not matter."""
    key = name_search_key(name)
    return {"$or": [_begins("search_key", key), _begins("last_key", key)]}


def _begins(field: str, key: str) -> Document:
    return {field: {"$gte": key, "$lt": key + _AFTER_ALL_TEXT}}


def _assignment_of(row: Document) -> Assignment:
    return Assignment(
        row["unit"], row.get("level"), row.get("post"), row.get("position"), erased=row.get("erased", False)
    )


async def last_keys(outbox: Collection, people: Iterable[Stored], session: Session) -> dict[str, str]:
    """The keys that the last events of these people's contacts were sealed with, by person."""
    ids = {str(Position(contact_aggregate(one.person.id), one.contact_seq)): one.person.id for one in people}
    field = f"headers.{KEY_HEADER}"
    rows = outbox.find({"_id": {"$in": list(ids)}, field: {"$exists": True}}, {field: 1}, session=session)
    return {ids[row["_id"]]: row["headers"][KEY_HEADER] async for row in rows}


def unit_document(unit: Unit, seq: int) -> Document:
    """Days are ISO text: MongoDB knows no dates without a time."""
    row: Document = _unit.dump_python(unit, mode="json")
    row["_id"] = row.pop("key")
    return {**row, "seq": seq, "sort_key": sort_key(unit.name_th)}


def unit_of(row: Document) -> Unit:
    return _unit.validate_python({"key": row["_id"], **{name: row.get(name) for name in _UNIT_FIELDS}})


_UNIT_FIELDS: Final = tuple(field.name for field in fields(Unit) if field.name != "key")


def person_document(stored: Stored) -> Document:
    """Without unknown fields: partial indexes and erasure need them absent, not null."""
    person = stored.person
    row: Document = {name: getattr(person, name) for name in _PERSON_FIELDS}
    for name in _DAYS:
        row[name] = row[name].isoformat() if row[name] else None
    keys = {
        "search_key": name_search_key(Name("", person.first_name, person.last_name)),
        "last_key": name_search_key(Name("", person.last_name, "")),
        "sort_key": sort_key(f"{person.first_name} {person.last_name}"),
    }
    known = {name: value for name, value in {**row, **keys}.items() if value not in (None, "", False)}
    return {"_id": person.id, "seq": stored.seq, "contact_seq": stored.contact_seq, "sort_key": "", **known}


_PERSON_FIELDS: Final = tuple(field.name for field in fields(Person) if field.name != "id")
_DROPPABLE: Final = (*_PERSON_FIELDS, "search_key", "last_key")


def stored_of(row: Document) -> Stored:
    known: dict[str, Any] = {name: row[name] for name in _PERSON_FIELDS if name in row}
    for name in _DAYS:
        if name in known:
            known[name] = date.fromisoformat(known[name])
    return Stored(Person(id=row["_id"], **known), row["seq"], row["contact_seq"])


def _write(stored: Stored, new: bool) -> InsertOne[Document] | UpdateOne:
    row = person_document(stored)
    if new:
        return InsertOne(row)
    gone = {name: "" for name in _DROPPABLE if name not in row}
    update: Document = {"$set": {name: value for name, value in row.items() if name != "_id"}}
    return UpdateOne({"_id": row["_id"]}, {**update, "$unset": gone} if gone else update)
