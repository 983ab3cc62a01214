"""Looks at every query that the services make while tests run: which of them no index serves, whatever the data.

A query that reads a whole collection is right on small data and stops the system years later, so it is found by its
shape: the index that serves it must exist, by MongoDB's documented rules.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pymongo import monitoring

from shared.mongo import Index
from tests.support.commands import Command
from tests.support.indexes import Asked, asked_of, served

_BY_ID = Index(("_id",))
_GENERATION = re.compile(r"_g\d+$")


@dataclass
class QueryWatch(monitoring.CommandListener):
    """`unserved` are the queries that no index serves, each shape once. `scanned` begin the names of collections
    that are small whatever happens."""

    scanned: tuple[str, ...]
    unserved: list[str] = field(default_factory=list)
    _indexes: dict[str, dict[str, Index]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        collection = event.command.get(event.command_name)
        if not isinstance(collection, str):
            return
        name, body = _GENERATION.sub("", collection), event.command
        if event.command_name == "createIndexes":
            self._learn(name, body["indexes"])
            return
        for asked in asked_by(Command(event.command_name, name, dict(body))):
            self._look(event.command_name, asked)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Queries are judged as they are asked."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Queries are judged as they are asked."""

    def take(self) -> list[str]:
        """The queries that no index serves, since it was asked last."""
        taken, self.unserved = self.unserved, []
        return taken

    def _learn(self, collection: str, made: Iterable[Mapping[str, Any]]) -> None:
        for one in made:
            fields = tuple(f"-{name}" if way == -1 else name for name, way in one["key"].items())
            index = Index(fields, only=one.get("partialFilterExpression"))
            self._indexes.setdefault(collection, {})[one["name"]] = index

    def _look(self, command: str, asked: Asked) -> None:
        limit = "a limit" if asked.limit is not None else "no limit"
        shape = f"{command} {asked.collection} {_shape(asked.filter)} sorted by {dict(asked.sort)}, {limit}"
        if shape in self._seen or asked.collection.startswith(self.scanned):
            return
        self._seen.add(shape)
        indexes = [_BY_ID, *self._indexes.get(asked.collection, {}).values()]
        if not is_served(asked, indexes):
            self.unserved.append(shape)


def _flat(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Without `$and`, where no field stands in two of its parts; an alternative of one is none."""
    flat = {name: value for name, value in condition.items() if name not in ("$and", "$or")}
    parts = [_flat(part) for part in condition.get("$and", ())]
    alternatives = condition.get("$or")
    if alternatives is not None:
        parts.append(_flat(alternatives[0]) if len(alternatives) == 1 else {"$or": alternatives})
    for part in parts:
        flat = {**part, **flat}
    return flat


def is_served(asked: Asked, indexes: Iterable[Index]) -> bool:
    """By one index, or each branch of an alternative by one."""
    flat = _flat(asked.filter)
    branches = flat.pop("$or", None)
    if branches is None:
        return served(replace(asked, filter=flat), indexes) is not None
    return all(is_served(replace(asked, filter={**flat, **_flat(branch)}), indexes) for branch in branches)


def asked_by(command: Command) -> list[Asked]:
    """What a command looks for; nothing for those that look for nothing."""
    body, name = command.body, command.collection
    match command.name:
        case "update":
            return [Asked(name, update["q"], (), None) for update in body["updates"]]
        case "delete":
            return [Asked(name, delete["q"], (), delete["limit"] or None) for delete in body["deletes"]]
        case "count" | "distinct":
            return [Asked(name, body.get("query", {}), (), body.get("limit"))]
        case "aggregate":
            first = body["pipeline"][0] if body["pipeline"] else {}
            if "$changeStream" in first:
                return []
            if "$match" not in first:
                return [Asked(name, {}, (), None)]
    asked = asked_of(command)
    return [] if asked is None else [asked]


def _shape(condition: Any) -> str:
    """Names and operators, without values."""
    if isinstance(condition, Mapping):
        return "{" + ", ".join(f"{name}: {_shape(value)}" for name, value in condition.items()) + "}"
    if isinstance(condition, list) and condition and isinstance(condition[0], Mapping):
        return "[" + ", ".join(_shape(value) for value in condition) + "]"
    return "?"
