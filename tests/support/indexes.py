"""Whether an index serves a query, by MongoDB's documented rules (equality, sort, range), so that it also holds
where an engine's `explain` does not count. What a query asks of more documents than it returns shows as `beside`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.mongo import Database, Index
from tests.support.commands import Command

NATURAL = "natural order"  # the first that are found
_OF_QUERIES = {"find", "filter", "projection", "sort", "skip", "limit", "aggregate", "pipeline", "cursor"}
_POINTS = {"$in", "$eq"}
_RANGES = {"$gt", "$gte", "$lt", "$lte", "$nin"}


@dataclass(frozen=True)
class Asked:
    """One query as far as an index matters: up to the first step that cuts it, or needs all of it. `limit` is with what
    is skipped, which is read as well."""

    collection: str
    filter: Mapping[str, Any]
    sort: tuple[tuple[str, int], ...]
    limit: int | None


@dataclass(frozen=True)
class Served:
    """`beside`: fields of the filter that are looked up in the documents that the index finds."""

    index: str
    beside: frozenset[str]


def asked_of(command: Command) -> Asked | None:
    """None for what is neither a query nor an update of one found by a query."""
    body, name = command.body, command.collection
    match command.name:
        case "find":
            sort = tuple(body.get("sort", {}).items())
            limit = body.get("limit")
            return Asked(name, body.get("filter", {}), sort, limit + body.get("skip", 0) if limit else None)
        case "aggregate":
            return _of_pipeline(name, body["pipeline"])
        case "findAndModify":
            return Asked(name, body["query"], (), 1)
        case "update":
            return Asked(name, body["updates"][0]["q"], (), None)
    return None


def sorted_queries(commands: Iterable[Command]) -> list[tuple[Command, Asked]]:
    """Those that ask for an order."""
    asked = ((command, asked_of(command)) for command in commands)
    return [(command, query) for command, query in asked if query is not None and query.sort]


async def examined(db: Database, command: Command, index: str) -> int:
    """How many documents a mongod reads along this index: of a few it may think that another one does as well."""
    kept = {name: value for name, value in command.body.items() if name in _OF_QUERIES}
    told = await db.command({"explain": {**kept, "hint": index}, "verbosity": "executionStats"})
    stats = told.get("executionStats") or told["stages"][0]["$cursor"]["executionStats"]
    return int(stats["totalDocsExamined"])


def _of_pipeline(name: str, steps: list[Mapping[str, Any]]) -> Asked:
    """Of its beginning: a match, perhaps a sort, and a limit."""
    sort: tuple[tuple[str, int], ...] = ()
    found: Mapping[str, Any] = steps[0]["$match"]
    for step in steps[1:]:
        if "$sort" in step:
            sort = tuple(step["$sort"].items())
        elif "$limit" in step:
            return Asked(name, found, sort, step["$limit"])
        else:
            break
    return Asked(name, found, sort, None)


def served(asked: Asked, indexes: Iterable[Index]) -> Served | None:
    """By the index that leaves the least beside; None when each would have to be read or sorted whole."""
    if not asked.filter and not asked.sort and asked.limit is not None:
        return Served(NATURAL, frozenset())
    if _is_point(asked.filter.get("_id")) and not asked.sort:
        return Served("_id_", frozenset(asked.filter) - {"_id"})
    fitting = [found for index in indexes if (found := _fit(asked, index)) is not None]
    return min(fitting, key=lambda found: len(found.beside), default=None)


def _fit(asked: Asked, index: Index) -> Served | None:
    if not all(_implied(asked.filter.get(name), value) for name, value in (index.only or {}).items()):
        return None
    if index.sparse and not any(_implied(asked.filter.get(name), {"$exists": True}) for name in index.fields):
        return None
    keys, used, place = index.keys(), set(index.only or {}), 0
    while place < len(keys) and _is_point(asked.filter.get(keys[place][0])):
        used.add(keys[place][0])
        place += 1
    rest = keys[place:]
    # What a partial index says of a field that just exists leaves its order open.
    settled = used - {name for name, value in (index.only or {}).items() if isinstance(value, Mapping)}
    settled |= {name for name, _ in keys[:place]}
    wanted = [(name, way) for name, way in asked.sort if name not in settled]
    if rest[: len(wanted)] not in (wanted, [(name, -way) for name, way in wanted]):
        return None
    if rest and _is_range(asked.filter.get(rest[0][0])):
        used.add(rest[0][0])
    if not used and not asked.sort:
        return None
    return Served(index.name, frozenset(asked.filter) - used)


def _implied(condition: Any, value: Any) -> bool:
    if value == {"$exists": True}:
        return condition == value or _is_point(condition) or _is_range(condition)
    if isinstance(value, Mapping):  # {"$gt": x} or {"$gte": x}
        ((_, bound),) = value.items()
        least = condition.get("$gt", condition.get("$gte")) if isinstance(condition, Mapping) else condition
        return least is not None and bool(least >= bound)
    return bool(condition == value)


def _is_point(condition: Any) -> bool:
    if isinstance(condition, Mapping):
        return bool(condition) and set(condition) <= _POINTS
    return condition is not None


def _is_range(condition: Any) -> bool:
    return isinstance(condition, Mapping) and bool(condition) and set(condition) <= _RANGES
