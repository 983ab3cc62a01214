"""Units as documents."""

from collections import abc
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from pydantic import TypeAdapter

from services.enrolment.directory.domain.units import Unit
from shared.mongo import (
    CollectionSpec,
    Conflict,
    Database,
    Document,
    Index,
    InsertOne,
    Session,
    UpdateOne,
    translated_calls,
)
from shared.thai import sort_key

UNITS = CollectionSpec("units", indexes=(Index(("kind", "_id")), Index(("parent",))))
_unit = TypeAdapter(Unit)


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

    async def below(self, key: str) -> list[str]:
        """The keys of a unit and of what is below it, if it exists or not."""
        below = {"_id": {"$gte": f"{key}.", "$lt": f"{key}/"}}  # the sign behind the dot
        with translated_calls():
            return [key, *[row["_id"] async for row in self.collection.find(below, {"_id": 1})]]

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


def unit_document(unit: Unit, seq: int) -> Document:
    """Days are ISO text: MongoDB knows no dates without a time."""
    row: Document = _unit.dump_python(unit, mode="json")
    row["_id"] = row.pop("key")
    return {**row, "seq": seq, "sort_key": sort_key(unit.name_th)}


def unit_of(row: Document) -> Unit:
    return _unit.validate_python({"key": row["_id"], **{name: row.get(name) for name in _UNIT_FIELDS}})


_UNIT_FIELDS: Final = tuple(field.name for field in fields(Unit) if field.name != "key")
