"""Kinds of data about people, and how a kind is read: a page at a time, in the order of ids, along an index."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, NamedTuple

from shared.mongo import Collection, Document, translated_calls

AT_ONCE: Final = 200
Item = dict[str, Any]  # a flat one, of plain values when it is told
Page = tuple[list[Item], str | None]  # and the id to go on behind; None: that was all
Read = Callable[[str, str], Awaitable[Page]]
Shape = Callable[[Document], Item | list[Item]]


class Words(NamedTuple):
    """For people, in both languages."""

    th: str
    en: str

    def in_(self, language: str) -> str:
        return self.th if language == "th" else self.en


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. `read` takes a person and the id that the page before ended with, "" at first."""

    key: str
    title: Words
    purpose: Words
    kept: Words
    source: Words
    read: Read


@dataclass(frozen=True, slots=True)
class Absent:
    """What is not told, and why."""

    what: Words
    why: Words


def rows_of(
    collection: Collection, shape: Shape, *, field: str = "person", more: Mapping[str, Any] | None = None
) -> Read:
    """Documents whose `field` is the person, which an index must serve. Their ids are something else (`row_of`)."""
    if field == "_id" or (more or {}).keys() & {field, "_id"}:
        raise ValueError("one condition would take the place of another, and others would be told")

    async def read(person: str, after: str) -> Page:
        query = {field: person, **(more or {}), "_id": {"$gt": after}}
        with translated_calls():
            rows: list[Document] = await collection.find(query).sort("_id", 1).limit(AT_ONCE + 1).to_list(None)
        items = [item for row in rows[:AT_ONCE] for item in listed(shape(row))]
        return items, rows[AT_ONCE - 1]["_id"] if len(rows) > AT_ONCE else None

    return read


def row_of(collection: Collection, shape: Shape) -> Read:
    """The document whose id is the person."""

    async def read(person: str, after: str) -> Page:
        with translated_calls():
            row: Document | None = await collection.find_one({"_id": person})
        return [] if row is None else listed(shape(row)), None

    return read


def listed(shaped: Item | list[Item]) -> list[Item]:
    """As people and machines read it: no empty values, and moments as texts."""
    items = shaped if isinstance(shaped, list) else [shaped]
    return [{name: plain(value) for name, value in item.items() if value not in (None, "")} for item in items]


def plain(value: Any) -> str | int | float | bool:
    if isinstance(value, datetime):
        return value.astimezone().isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def days_after(days: int, th: str, en: str) -> Words:
    """Kept for so long after something."""
    return Words(f"{days:,} วันนับจาก{th}", f"{days:,} days after {en}")
