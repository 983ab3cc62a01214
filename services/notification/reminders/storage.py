"""Reminders in the database: runs that come near, the fan-outs of their waves, and what offices are told in time."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple

import structlog
from pydantic import ValidationError

from services.notification.delegations import in_force
from services.notification.domain import Delegation, FanOut, Message, Run, RunState, ToDo
from services.notification.reminders.domain import CLOSING_HORIZON, HORIZON, RELEASE_HORIZON, Steps, steps_awaited
from services.notification.seated import units_with_seats
from services.notification.storage import (
    DIGESTS,
    ERASED,
    MESSAGES,
    Generation,
    insert_missing,
    opening,
    run_of,
    to_do_of,
)
from shared.events.seats import NominationState
from shared.mongo import ASCENDING, Database, Document, transaction, translated_calls

PAGE: Final = 100
MOST_SUBMITTED: Final = 10_000  # of one run; nobody approves so many in a morning
DEADLINE_SECONDS: Final = 10.0
_OF_APPROVAL: Final = {"unit": 1, "approver": 1, "due_at": 1}
APPROVABLE: Final = frozenset({RunState.OPEN, RunState.CLOSED})
log = structlog.get_logger(__name__)


class NearRun(NamedTuple):
    """`turn` grows with every change of the run or its nominations."""

    run: Run
    turn: int


class Followed(NamedTuple):
    """A run of which something is left to do, by these days; `turn` grows with every change."""

    run: str
    dues: tuple[str, ...]
    turn: int


class ReminderStorage:
    """Of one generation."""

    def __init__(self, database: Database, generation: Generation, *, page: int = PAGE) -> None:
        self._client = database.client
        self._runs = generation.runs
        self._nominations = generation.nominations
        self._fan_outs = generation.fan_outs
        self._buckets = generation.buckets
        self._to_do = generation.to_do
        self._followed = generation.followed
        self._delegations = generation.delegations
        self._erased = database[ERASED.name]
        self._messages = database[MESSAGES.name]
        self._digests = database[DIGESTS.name]
        self._page = page

    async def near_runs(self, now: datetime) -> AsyncIterator[list[NearRun]]:
        """Runs that start soon, page by page; cancelled ones too."""
        async for page in self._pages("starts_at_system_time", {"$gt": now, "$lte": now + HORIZON}):
            yield page

    async def closing_runs(self, now: datetime) -> AsyncIterator[list[Run]]:
        """Open runs whose nominations end soon, page by page."""
        soon = {"$gt": now, "$lte": now + CLOSING_HORIZON}
        async for page in self._pages("closes_at_system_time", soon, {"state": RunState.OPEN}):
            yield [near.run for near in page]

    async def releasing_runs(self, now: datetime) -> AsyncIterator[list[Run]]:
        """Runs whose unclaimed seats are released soon, page by page."""
        async for page in self._pages("release_at_system_time", {"$gt": now, "$lte": now + RELEASE_HORIZON}):
            yield [near.run for near in page if near.run.state in APPROVABLE]

    async def seated_units(self, run: str) -> list[str]:
        """Those that have seats of their own in it: at most as many as a run has buckets."""
        with translated_calls():
            return sorted((await units_with_seats(self._buckets, [run]))[run])

    async def followed(self, now: datetime) -> AsyncIterator[list[Followed]]:
        """Runs that are to be looked at, page by page: each is put off by whoever has looked."""
        while True:
            order = [("look_at", ASCENDING), ("_id", ASCENDING)]
            with translated_calls():
                found = self._followed.find({"look_at": {"$lte": now}}).sort(order).limit(self._page)
                rows: list[Document] = await found.to_list(None)
            if not rows:
                return
            yield [Followed(row["_id"], tuple(row.get("dues", ())), row["turn"]) for row in rows]

    async def look_again(self, followed: Followed, at: datetime | None) -> None:
        """Not before this time, unless something has changed meanwhile; None: not until then."""
        query = {"_id": followed.run, "turn": followed.turn}
        update: Document = {"$unset": {"look_at": ""}} if at is None else {"$set": {"look_at": at}}
        with translated_calls():
            await self._followed.update_one(query, update)

    async def left_to_do(self, run: str) -> AsyncIterator[list[ToDo]]:
        """Whoever has, or had, something to do in it, page by page."""
        after = ""
        while True:
            query = {"run": run, "_id": {"$gt": after}}
            with translated_calls():
                found = self._to_do.find(query).sort("_id", ASCENDING).limit(self._page)
                rows: list[Document] = await found.to_list(None)
            if not rows:
                return
            yield [to_do_of(row) for row in rows]
            after = rows[-1]["_id"]

    async def submitted(self, now: datetime) -> AsyncIterator[tuple[Run, Steps]]:
        """Runs that can still be approved for, with what waits for approval."""
        async for page in self._pages("starts_at_system_time", {"$gt": now}):
            for run in (near.run for near in page if near.run.state in APPROVABLE):
                query = {"run": run.id, "state": NominationState.SUBMITTED}
                with translated_calls():
                    found = self._nominations.find(query, _OF_APPROVAL).limit(MOST_SUBMITTED)
                    rows: list[Document] = await found.to_list(None)
                if rows:
                    yield run, steps_awaited((row["unit"], row.get("approver"), row.get("due_at")) for row in rows)

    async def in_force(self, now: datetime) -> list[Delegation]:
        """Delegations of this business time and the rest of its day, to people who are not erased."""
        found = await in_force(self._delegations, now)
        with translated_calls():
            query = {"_id": {"$in": [one.delegate for one in found]}}
            rows: list[Document] = await self._erased.find(query, {"_id": 1}).to_list(None) if found else []
        erased = {row["_id"] for row in rows}
        return [one for one in found if one.delegate not in erased]

    async def _pages(self, field: str, within: Document, also: Document | None = None) -> AsyncIterator[list[NearRun]]:
        spans: list[Document] = [{field: within}]
        while spans:
            rows = await self._find((also or {}) | spans.pop(), field)
            if rows:
                yield [near for row in rows if (near := _near(row)) is not None]
            if len(rows) == self._page:
                last, key = rows[-1][field], rows[-1]["_id"]
                spans = [{field: within | {"$gt": last}}]
                spans.append({field: last, "_id": {"$gt": key}})

    async def _find(self, span: Document, field: str) -> list[Document]:
        order = [(field, ASCENDING), ("_id", ASCENDING)]
        with translated_calls():
            rows: list[Document] = await self._runs.find(span).sort(order).limit(self._page).to_list(None)
        return rows

    async def digested(self, day: date) -> bool:
        """Whether everybody was asked on that day."""
        with translated_calls():
            return await self._digests.find_one({"_id": day.isoformat()}) is not None

    async def note_digest(self, day: date, now: datetime) -> None:
        with translated_calls():
            await self._digests.update_one({"_id": day.isoformat()}, {"$setOnInsert": {"at": now}}, upsert=True)

    async def make(self, messages: Sequence[Message]) -> int:
        """Those that are not there yet; how many. One query for a page where nothing is new."""
        made = 0
        for start in range(0, len(messages), self._page):
            some = messages[start : start + self._page]
            with translated_calls():
                query = {"_id": {"$in": [message.id for message in some]}}
                rows: list[Document] = await self._messages.find(query, {"_id": 1}).to_list(None)
            known = {row["_id"] for row in rows}
            new = [message for message in some if message.id not in known]
            if new:
                made += await transaction(
                    self._client, partial(insert_missing, self._messages, new), deadline=DEADLINE_SECONDS
                )
        return made

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
