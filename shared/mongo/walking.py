"""Pages of a list along an index, in its order: what no index knows is looked up in what is passed, and no page passes
more than so many documents. A page that passed them ends short and says where to go on.

Whoever asks sees to it that all that is passed is the caller's own: then nothing tells what others have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pymongo import ASCENDING, DESCENDING

from shared.mongo.connecting import Collection, Document
from shared.mongo.errors import translated_calls

__all__ = ["ASCENDING", "DESCENDING", "PASSED", "Order", "Walk", "Walked", "walk"]

PASSED: Final = 1_000
Order = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """`along`: equalities, and at most one range: of the field that `order` begins with. `order`: one field or two that
    tell any two documents apart, in one direction. `also` is a condition of its own."""

    along: Document
    order: Order
    also: Document = field(default_factory=dict)


class Walked(NamedTuple):
    """One document more than asked for, if there are more. `end`: what to go on behind, when the page ended short."""

    rows: list[Document]
    end: tuple[Any, ...] | None


async def walk(
    collection: Collection,
    path: Walk,
    after: Sequence[Any] | None,
    limit: int,
    *,
    passed: int = PASSED,
    fields: Mapping[str, int] | None = None,
) -> Walked:
    """The documents behind the values `after` of the order. `fields`: a projection, with those of the order."""
    rows: list[Document] = []
    at_most = max(passed, limit + 1)
    for span in _behind(path.order, after):
        along: Document = {**path.along, **{name: _narrowed(path.along.get(name), at) for name, at in span.items()}}
        few = limit + 1 - len(rows)
        if path.also:
            rest: list[Document] = [{"$match": path.also}, {"$limit": few}, *([{"$project": fields}] if fields else [])]
            rows += await _passing(collection, along, path.order, at_most, rest)
        else:
            rows += await _found(collection, along, path.order, few, fields)
        if len(rows) > limit:
            return Walked(rows, None)
        if path.also and (end := await _end(collection, along, path.order, at_most)) is not None:
            return Walked(rows, end)
    return Walked(rows, None)


def _behind(order: Order, after: Sequence[Any] | None) -> list[Document]:
    """Everything; or first what shares the first value, then the rest: each is one range of an index."""
    if after is None:
        return [{}]
    first, value = order[0], after[0]
    beyond = {name: {"$gt" if way > 0 else "$lt": at} for (name, way), at in zip(order, after, strict=True)}
    if len(order) == 1:
        return [beyond]
    second = order[1][0]
    return [{first[0]: value, second: beyond[second]}, {first[0]: beyond[first[0]]}]


def _narrowed(given: Any, at: Any) -> Any:
    """A range of the list, and where it goes on in there."""
    return {**given, **at} if isinstance(given, Mapping) and isinstance(at, Mapping) else at


async def _passing(
    collection: Collection, along: Document, order: Order, at_most: int, rest: Sequence[Document]
) -> list[Document]:
    steps: list[Document] = [{"$match": along}, {"$sort": dict(order)}, {"$limit": at_most}, *rest]
    with translated_calls():
        rows: list[Document] = await collection.aggregate(steps).to_list(None)
    return rows


async def _found(
    collection: Collection, along: Document, order: Order, limit: int, fields: Mapping[str, int] | None, skip: int = 0
) -> list[Document]:
    """Not as an aggregation, for which SecantusDB reads every document that could be in a page."""
    with translated_calls():
        found = collection.find(along, fields).sort(list(order)).skip(skip).limit(limit)
        rows: list[Document] = await found.to_list(None)
    return rows


async def _end(collection: Collection, along: Document, order: Order, at_most: int) -> tuple[Any, ...] | None:
    """The last document that was passed, when there may be more behind it."""
    names = [name for name, _ in order]
    last = await _found(collection, along, order, 1, dict.fromkeys(names, 1), skip=at_most - 1)
    return tuple(last[0].get(name) for name in names) if last else None
