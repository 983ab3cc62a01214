"""Reminders in the database: runs that come near, and the fan-outs of their waves."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import structlog
from pydantic import ValidationError

from services.notification.domain import FanOut, Run
from services.notification.reminders.domain import HORIZON
from services.notification.storage import Generation, opening, run_of
from shared.mongo import ASCENDING, Document, translated_calls

PAGE: Final = 100
log = structlog.get_logger(__name__)


class NearRun(NamedTuple):
    """`turn` grows with every change of the run or its nominations."""

    run: Run
    turn: int


class ReminderStorage:
    """Of one generation."""

    def __init__(self, generation: Generation, *, page: int = PAGE) -> None:
        self._runs = generation.runs
        self._fan_outs = generation.fan_outs
        self._page = page

    async def near_runs(self, now: datetime) -> AsyncIterator[list[NearRun]]:
        """Runs that start soon, page by page; cancelled ones too."""
        soon = {"$gt": now, "$lte": now + HORIZON}
        spans: list[Document] = [{"starts_at_system_time": soon}]
        while spans:
            rows = await self._find(spans.pop())
            if rows:
                yield [near for row in rows if (near := _near(row)) is not None]
            if len(rows) == self._page:
                start, key = rows[-1]["starts_at_system_time"], rows[-1]["_id"]
                spans = [{"starts_at_system_time": soon | {"$gt": start}}]
                spans.append({"starts_at_system_time": start, "_id": {"$gt": key}})

    async def _find(self, span: Document) -> list[Document]:
        order = [("starts_at_system_time", ASCENDING), ("_id", ASCENDING)]
        with translated_calls():
            rows: list[Document] = await self._runs.find(span).sort(order).limit(self._page).to_list(None)
        return rows

    async def run(self, key: str) -> NearRun | None:
        with translated_calls():
            row: Document | None = await self._runs.find_one({"_id": key, "title": {"$exists": True}})
        return None if row is None else NearRun(run_of(row), row["turn"])

    async def open(self, waves: Sequence[FanOut], now: datetime) -> int:
        """Opens those that are new, and again those that concern more than before; how many. One query where nothing
        has changed."""
        query = {"_id": {"$in": [wave.id for wave in waves]}}
        with translated_calls():
            rows = await self._fan_outs.find(query, {"upto": 1}).to_list(None)
            known = {row["_id"]: row["upto"] for row in rows}
            updates = [opening(wave, now) for wave in waves if wave.id not in known]
            if updates:
                await self._fan_outs.bulk_write(updates, ordered=False)
            grown = [wave for wave in waves if wave.id in known and known[wave.id] < wave.upto]
            for wave in grown:
                await self._fan_outs.update_one({"_id": wave.id, "upto": {"$lt": wave.upto}}, _again(wave, now))
        return len(updates) + len(grown)


def _again(wave: FanOut, now: datetime) -> Document:
    """It goes on behind what was looked at. One that fails keeps its pause."""
    return {
        "$set": {"open": True, "upto": wave.upto, "revision": wave.revision},
        "$max": {"ready_at": now},
        "$unset": {"finished_at": ""},
    }


def _near(row: Document) -> NearRun | None:
    """None for one whose form only a newer release knows: that one reminds of it."""
    try:
        return NearRun(run_of(row), row["turn"])
    except ValidationError as error:
        log.error("run_unreadable", run=row["_id"], errors=error.error_count())
        return None
