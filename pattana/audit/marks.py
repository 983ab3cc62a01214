"""Compares the mark of every published row with the log: the record at that place must be the row's."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from pattana.audit.places import Place, Places, Seen
from pattana.audit.verdict import Check

# So many doubtful places are looked at one by one; beyond that something is wrong with all of them.
MOST_LOOKS = 1_000


class Rows(Protocol):
    """Where rows are read again."""

    async def rows(self, source: str, ids: list[str], fields: Mapping[str, bool] | None = None) -> dict[str, Any]:
        """Those that exist."""


# The source and id of the event at a place; None when there is none, or it is no event.
Look = Callable[[Place, int], Awaitable[tuple[str, str] | None]]


class Marks:
    def __init__(self, places: Places, begins: Mapping[Place, int], look: Look, check: Check) -> None:
        self._places = places
        self._begins = begins
        self._look = look
        self._check = check
        self._looks = 0

    async def see(self, source: str, row: Mapping[str, Any], rows: Rows) -> bool:
        """Whether the part of the log that was read must have this published row."""
        seen = self._places.see(row)
        if seen is Seen.LATER:
            self._check.count("published meanwhile")
            return False
        self._check.count("marks")
        if seen in (Seen.DOUBTFUL, Seen.EARLIER):
            return await self._settle(source, row["_id"], rows)
        if seen in (Seen.ELSEWHERE, Seen.TWICE):
            why = "another row has it too" if seen is Seen.TWICE else f"its key {row['key']} belongs elsewhere"
            self._check.broken(f"outbox row {row['_id']} is marked at {_written(row)}: {why}")
        return True

    async def _settle(self, source: str, key: str, rows: Rows) -> bool:
        """Its mark may have moved, by a replay: it is read again, and so is the record."""
        row = (await rows.rows(source, [key])).get(key)
        if row is None or row.get("pending"):
            return False
        place, offset = (row["topic"], row["partition"]), row["offset"]
        if offset >= self._places.ends.get(place, 0):
            return False
        if offset < self._begins.get(place, 0):
            self._check.could_not("published rows from before the log's beginning")
            return False
        self._looks += 1
        there = await self._look(place, offset) if self._looks <= MOST_LOOKS else None
        if there != (source, key):
            found = "nothing of ours" if there is None else f"event {there[1]}"
            self._check.broken(f"outbox row {key} is marked at {_written(row)}, the log has {found} there")
        return True


def _written(row: Mapping[str, Any]) -> str:
    return f"{row['topic']}/{row['partition']}/{row['offset']}"
