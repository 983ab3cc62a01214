"""Holds everything that services and the operator's commands ask of the database against the rights that their users
have in the compose edition (deploy/mongodb/rights.json): no engine of most machines knows users."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import monitoring

from pattana.audit.unnamed import READ, view_of
from tests.support.deployment import ROOT

RIGHTS: Final[Mapping[str, Any]] = json.loads((ROOT / "deploy/mongodb/rights.json").read_text())
# What the commands' connections are called, and as whom they ask.
COMMANDS: Final[Mapping[str, str]] = {"pattana-audit": "operator", "pattana-erasure": "erasure"}
_DATABASE: Final = re.compile(r".+_((?:enrolment|notification|reporting)(?:_log)?)")
# Commands that need no right, or only that to the cursor or session that is one's own.
_FREE: Final = {
    *("abortTransaction", "commitTransaction", "endSessions", "getMore", "killCursors", "killSessions"),
    *("buildInfo", "hello", "isMaster", "ismaster", "ping"),
}
_COUNTING: Final = frozenset({"$match", "$limit", "$skip", "$group"})  # as count_documents does
_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "aggregate": ("find",),
    "collMod": ("collMod",),
    "count": ("find",),
    "create": ("createCollection",),
    "createIndexes": ("createIndex",),
    "delete": ("remove",),
    "distinct": ("find",),
    "drop": ("dropCollection",),
    "find": ("find",),
    "findAndModify": ("find", "update"),
    "insert": ("insert",),
    "listCollections": ("listCollections",),
    "listIndexes": ("listIndexes",),
    "update": ("update",),
}


@dataclass
class RightsWatch(monitoring.CommandListener):
    """Of one user. `missing` is what it was not allowed to do, each once."""

    user: str
    missing: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        found = _DATABASE.fullmatch(event.database_name)
        if event.command_name in _FREE or found is None:
            return
        database = f"pattana_{found[1]}"
        if is_made_before(database, event.command_name):
            return
        for action, collection in needed(event.command_name, event.command):
            if not allowed(self.user, database, collection, action):
                self._report(f"{action} {database}.{collection}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Judged as it is asked."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Judged as it is asked."""

    def take(self) -> list[str]:
        """What was not allowed, since it was asked last."""
        taken, self.missing = self.missing, []
        return taken

    def _report(self, what: str) -> None:
        if what not in self._seen:
            self._seen.add(what)
            self.missing.append(what)


def is_made_before(database: str, command: str) -> bool:
    """Security logs: the set-up of the compose edition makes them, so there a service asks for the indexes alone."""
    return database in RIGHTS["logs"] and command in ("create", "createIndexes", "listCollections")


def needed(command: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Actions, each with its collection ("" is the database). Of a collection that has a view the view, if no more is
    asked for than it shows: where there is one, it is asked in its place."""
    target = body.get(command)
    collection = target if isinstance(target, str) else ""
    if collection in READ and _shows_no_more(command, body, collection):
        yield "find", view_of(collection)
        return
    for action in _ACTIONS.get(command, (command,)):
        yield action, collection
    if body.get("upsert") or any(update.get("upsert") for update in body.get("updates", ())):
        yield "insert", collection
    if command == "findAndModify" and body.get("remove"):
        yield "remove", collection
    if command == "aggregate" and any("$changeStream" in step for step in body["pipeline"]):
        yield "changeStream", collection


def _shows_no_more(command: str, body: Mapping[str, Any], collection: str) -> bool:
    """Of what is looked for, counted or listed too."""
    asked: set[str]
    if command == "find":
        asked = set(body.get("projection") or {"": True})
    elif command == "distinct":
        asked = {body.get("key", ""), *body.get("query", {})}
    elif command == "aggregate" and _COUNTING.issuperset(name for step in body["pipeline"] for name in step):
        asked = {name for step in body["pipeline"] for name in step.get("$match", {})}
    else:
        return False
    return asked <= {"_id", *READ[collection]}


def allowed(user: str, database: str, collection: str, action: str) -> bool:
    rights: Iterable[Mapping[str, Any]] = RIGHTS["users"][user]
    return any(
        right["db"] == database and action in right["actions"] and {"*", collection} & set(right["collections"])
        for right in rights
    )
