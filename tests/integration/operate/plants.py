"""Defects that are planted in the stores of a played system, and taken out again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ENROLMENT, NOTIFICATION, REPORTING = "/pattana/enrolment", "/pattana/notification", "/pattana/reporting"
Document = dict[str, Any]
Undo = Callable[[], Awaitable[Any]]


class Stores:
    """The stores of a played system; every change can be taken back."""

    def __init__(self, databases: Document, mail: Path, generation: int) -> None:
        self._databases = databases
        self._generation = generation
        self.mail = mail
        self.undo: list[Undo] = []

    def __call__(self, source: str, name: str) -> Any:
        return self._databases[source][name.replace("_active", f"_g{self._generation}")]

    async def one(self, source: str, name: str, query: Document, place: int = 0) -> Document:
        """A document that is there; `place` chooses among several."""
        found = await self(source, name).find(query).sort("_id", 1).skip(place).limit(1).to_list(None)
        assert found, (name, query, place)
        document: Document = found[0]
        return document

    async def change(self, source: str, name: str, document: Document, **values: Any) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.replace_one({"_id": document["_id"]}, document))
        await collection.update_one({"_id": document["_id"]}, {"$set": values})

    async def drop(self, source: str, name: str, document: Document) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.insert_one(document))
        await collection.delete_one({"_id": document["_id"]})

    async def add(self, source: str, name: str, document: Document) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.delete_one({"_id": document["_id"]}))
        await collection.insert_one(document)


Plant = Callable[[Stores], Awaitable[str]]  # returns what a difference must say


@dataclass(frozen=True)
class Defect:
    """`check` must say what the plant returns; `unchecked`: as something that it could not check."""

    name: str
    check: str
    plant: Plant
    unchecked: bool = False


def wrong(
    source: str, name: str, query: Document, field: str, value: Any, place: int = 0, says: str = "{key}"
) -> Plant:
    """Another value in one field of one document."""

    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query, place)
        await stores.change(source, name, document, **{field: value})
        return says.format(key=document["_id"], field=field)

    return plant


def gone(source: str, name: str, query: Document, place: int = 0, says: str = "{key}") -> Plant:
    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query, place)
        await stores.drop(source, name, document)
        return says.format(key=document["_id"])

    return plant


def copied(source: str, name: str, query: Document, key: str, says: str | None = None, **values: Any) -> Plant:
    """One document too many."""

    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query)
        document.pop("live", None)
        await stores.add(source, name, {**document, **values, "_id": key})
        return says or key

    return plant
