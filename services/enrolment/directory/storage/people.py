"""People as documents, their indexes, and the queries that keep to a caller's scope."""

from collections import abc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.enrolment.directory.domain.erasing import Erasing
from services.enrolment.directory.domain.people import Assignment, Person
from services.enrolment.directory.domain.questions import Sought, name_place, written_key
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
from shared.mongo.searching import search_fields
from shared.rights import Scope
from shared.thai import Name, name_search_key

# Only people with something left to do. Whoever looks for them names the index: SecantusDB would read everybody.
BEING_ERASED: Final = Index(("erasing.due",), only={"erasing.due": {"$exists": True}})
BEING_MOVED: Final = Index(("moving.due",), only={"moving.due": {"$exists": True}})
PEOPLE = CollectionSpec(
    "people",
    indexes=(
        Index(("citizen_hash",), unique=True, sparse=True),
        Index(("external_id",), unique=True, sparse=True),
        Index(("external_hash",), sparse=True),  # of people who were erased
        Index(("sort_key", "unit")),  # by names first: of a unit SecantusDB would read everybody
        Index(("external_key",)),  # not partial: by those SecantusDB serves no `$in`
        Index(("search_key", "birth_date")),
        Index(("place",)),
        Index(("unit", "place")),
        Index(("office", "place")),
        Index(("tokens", "office", "place")),
        Index(("level", "place")),
        Index(("post", "place")),
        BEING_ERASED,
        BEING_MOVED,
    ),
)
ERASED_AT_ONCE: Final = 100
MOST_ALIKE: Final = 2_000  # who may be like the people of one chunk
_DAYS: Final = ("birth_date", "start_date")
_ASSIGNMENT: Final = {"unit": 1, "level": 1, "post": 1, "position": 1, "erased": 1}
_erasing = TypeAdapter(Erasing)


@dataclass(frozen=True, slots=True)
class Stored:
    """A person with the sequences of its two aggregates, person and contact."""

    person: Person
    seq: int
    contact_seq: int


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
        an erased person keeps. A query for each field: SecantusDB reads the whole collection for an $or."""
        found: dict[str, Stored] = {}
        sought = {"citizen_hash": citizen_hashes, "external_id": external_ids, "external_hash": erased}
        for field, values in sought.items():
            if values:
                rows = await self.collection.find({field: {"$in": list(values)}}, session=session).to_list(None)
                found |= {row["_id"]: stored_of(row) for row in rows}
        by_hash: dict[str, Stored] = {}
        by_external: dict[str, Stored] = {}
        for stored in found.values():
            external = stored.person.external_id or erased.get(stored.person.external_hash or "")
            if stored.person.citizen_hash is not None:
                by_hash[stored.person.citizen_hash] = stored
            if external is not None:
                by_external[external] = stored
        return by_hash, by_external

    async def alike(self, sought: Sought, session: Session) -> list[Stored]:
        """People who may be like those of an import, by their ids, by name and day of birth, by name and unit."""
        queries: list[dict[str, Sequence[str]]] = [
            {"external_key": sought.ids},
            {"search_key": sought.names, "birth_date": sought.days},
            {"sort_key": sought.sorted_names, "unit": sought.units},
        ]
        found: dict[str, Stored] = {}
        for query in queries:
            if all(query.values()):
                rows = self.collection.find({name: {"$in": [*keys]} for name, keys in query.items()}, session=session)
                found |= {row["_id"]: stored_of(row) async for row in rows.limit(MOST_ALIKE)}
        return list(found.values())

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

    async def by_ids(self, people: abc.Collection[str], session: Session | None = None) -> dict[str, Person]:
        """Those that exist."""
        rows = self.collection.find({"_id": {"$in": list(people)}}, session=session)
        return {row["_id"]: stored_of(row).person async for row in rows}

    async def with_external_ids(self, ids: abc.Collection[str]) -> dict[str, str]:
        """Who has them."""
        with translated_calls():
            cursor = self.collection.find({"external_id": {"$in": list(ids)}}, {"external_id": 1})
            return {row["external_id"]: row["_id"] async for row in cursor}

    async def names(self, people: abc.Collection[str]) -> dict[str, tuple[str, str]]:
        """First and last names, of those who were not erased."""
        query: Document = {"_id": {"$in": list(people)}, "erased": {"$ne": True}}
        with translated_calls():
            cursor = self.collection.find(query, {"first_name": 1, "last_name": 1})
            return {row["_id"]: (row.get("first_name", ""), row.get("last_name", "")) async for row in cursor}

    async def in_post(self, posts: abc.Collection[str], units: abc.Collection[str]) -> list[tuple[str, Assignment]]:
        """Whom the register itself names for these posts of these units. The read cannot be rolled back. It asks by the
        post alone: of a unit there may be any number of people."""
        rows = majority(self.collection).find({"post": {"$in": list(posts)}}, _ASSIGNMENT)
        known = [(row["_id"], _assignment_of(row)) async for row in rows if row["unit"] in units]
        return [(person, assignment) for person, assignment in known if not assignment.erased]

    async def is_anybody_in(self, unit: str) -> bool:
        """In this unit or one below it, and not erased."""
        below = {"unit": {"$gte": f"{unit}.", "$lt": f"{unit}/"}}  # the sign behind the dot
        with translated_calls():
            found = await self.collection.find_one(
                {"$or": [{"unit": unit}, below], "erased": {"$ne": True}}, {"_id": 1}
            )
        return found is not None

    async def behind(self, person: str, most: int, session: Session) -> list[Stored]:
        """The people behind this id, in the order of ids."""
        found = self.collection.find({"_id": {"$gt": person}}, session=session).sort("_id", 1).limit(most)
        return [stored_of(row) async for row in found]

    async def being_erased(self, now: datetime) -> list[str]:
        """People with work of an erasure that is due, the longest due first."""
        rows = self.collection.find({"erasing.due": {"$lte": now}}, {"_id": 1}).hint(BEING_ERASED.name)
        with translated_calls():
            return [row["_id"] async for row in rows.sort("erasing.due", 1).limit(ERASED_AT_ONCE)]

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


def person_document(stored: Stored) -> Document:
    """Without unknown fields: partial indexes and erasure need them absent, not null."""
    person = stored.person
    row: Document = {name: getattr(person, name) for name in _PERSON_FIELDS}
    for name in _DAYS:
        row[name] = row[name].isoformat() if row[name] else None
    keys = {
        "external_key": written_key(person.external_id),
        **search_fields(person.words),
        "last_key": name_search_key(Name("", person.last_name, "")),
        "sort_key": person.sorted_name,
        "place": name_place(person),
    }
    known = {name: value for name, value in {**row, **keys}.items() if value}
    return {"_id": person.id, "seq": stored.seq, "contact_seq": stored.contact_seq, "sort_key": "", **known}


_PERSON_FIELDS: Final = tuple(field.name for field in fields(Person) if field.name != "id")
_DROPPABLE: Final = (*_PERSON_FIELDS, "external_key", "search_key", "last_key", "tokens")


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
