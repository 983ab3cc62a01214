"""Fan-outs in the database: who works on one, and its pages.

A page is one small transaction: the run, up to `page` nominations by the index (run, turn), their messages, and how far
the fan-out is. A crash leaves the page whole or not at all; what is repeated makes nothing twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notification.domain import FanOut, Message, Run
from services.notification.storage import (
    MESSAGES,
    Generation,
    fan_out_of,
    insert_missing,
    nomination_of,
    run_of,
)
from shared.messaging.leases import claim, free_document
from shared.mongo import ASCENDING, Database, Document, Session, transaction, translated_calls

PAGE: Final = 200
LEASE_SECONDS: Final = 30.0
DEADLINE_SECONDS: Final = 10.0
SMALLER: Final = 5  # times half a page
BUILT_AT_ONCE: Final = 50  # messages; then others have their turn of the event loop
UNKNOWN_RUN: Final = "run-unknown"
_FREE: Final = {name: value for name, value in free_document().items() if name != "epoch"}


class LeaseLost(Exception):
    """Another worker has the fan-out now, or it concerns more than was known."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A fan-out that is ours until the lease ends. `failures` in a row so far."""

    fan_out: FanOut
    epoch: int
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What became of one. `code`: why the fan-out ended before everybody was reached."""

    after: int
    done: bool
    created: int = 0
    existing: int = 0
    code: str | None = None


class FanOutStorage:
    """Of one generation, for one owner, whose name no other process has, not even its own successor."""

    def __init__(
        self,
        database: Database,
        generation: Generation,
        *,
        owner: str,
        lease_seconds: float = LEASE_SECONDS,
        page: int = PAGE,
    ) -> None:
        self._client = database.client
        self._fan_outs = generation.fan_outs
        self._runs = generation.runs
        self._nominations = generation.nominations
        self._messages = database[MESSAGES.name]
        self._owner = owner
        self._lease_seconds = lease_seconds
        self._page = page

    async def ready(self, now: datetime, most: int) -> list[str]:
        """Those that wait the longest."""
        query = {"open": True, "ready_at": {"$lte": now}}
        with translated_calls():
            found = self._fan_outs.find(query, {"_id": 1}).sort("ready_at", ASCENDING).limit(most)
            rows: list[Document] = await found.to_list(None)
        return [row["_id"] for row in rows]

    async def claim(self, key: str) -> Claim | None:
        """Takes it, or renews what is ours; None when another worker has it, or nothing is left to do."""
        row = await claim(self._fan_outs, key, self._owner, self._lease_seconds)
        if row is None or not row.get("open"):
            return None
        return Claim(fan_out_of(row), row["epoch"], row["failures"])

    async def advance(self, claimed: Claim, now: datetime) -> Page:
        """Makes the messages of the next page and moves on; after failures a smaller one. Raises LeaseLost."""
        size = max(1, self._page >> min(claimed.failures, SMALLER))

        async def work(session: Session) -> Page:
            page = await self._reach(claimed.fan_out, now, size, session)
            await self._move(claimed, page, now, session)
            return page

        return await transaction(self._client, work, deadline=DEADLINE_SECONDS)

    async def reach(self, fan_out: FanOut, now: datetime) -> Page:
        """Makes the messages of the next page of a fan-out that may not be stored: exactly what counts as created was
        created by this call."""

        async def work(session: Session) -> Page:
            return await self._reach(fan_out, now, self._page, session)

        return await transaction(self._client, work, deadline=DEADLINE_SECONDS)

    async def _reach(self, fan_out: FanOut, now: datetime, size: int, session: Session) -> Page:
        run = await self._run(fan_out.run, session)
        code = UNKNOWN_RUN if run is None else fan_out.overtaken(run, now)
        if code is not None:
            return Page(fan_out.after, done=True, code=code)
        query = {"run": fan_out.run, "turn": {"$gt": fan_out.after, "$lte": fan_out.upto}}
        found = self._nominations.find(query, session=session).sort("turn", ASCENDING).limit(size)
        rows: list[Document] = await found.to_list(None)
        messages = await _messages(fan_out, rows, now)
        created = await insert_missing(self._messages, messages, session)
        done = len(rows) < size
        return Page(fan_out.upto if done else rows[-1]["turn"], done, created, len(messages) - created)

    async def _run(self, key: str, session: Session) -> Run | None:
        row: Document | None = await self._runs.find_one({"_id": key, "title": {"$exists": True}}, session=session)
        return None if row is None else run_of(row)

    async def _move(self, claimed: Claim, page: Page, now: datetime, session: Session) -> None:
        """What is done need not be known any more to those who change the run's nominations."""
        fan_out = claimed.fan_out
        ours = {"_id": fan_out.id, "owner": self._owner, "epoch": claimed.epoch}
        unchanged = {"open": True, "after": fan_out.after, "upto": fan_out.upto}
        values: Document = {"after": page.after, "failures": 0, "code": page.code}
        update: Document = {"$set": values, "$inc": {"made": page.created}}
        if page.done:
            values |= {"finished_at": now, **_FREE}
            update["$unset"] = {"open": ""}
            if fan_out.wave is None:
                done = {"$pull": {"fan_outs": {"_id": fan_out.id}}}
                await self._runs.update_one({"_id": fan_out.run}, done, session=session)
        result = await self._fan_outs.update_one(ours | unchanged, update, session=session)
        if result.matched_count != 1:
            raise LeaseLost(fan_out.id)

    async def release(self, key: str, ready_at: datetime) -> None:
        """Lets it go for now; the others come first."""
        await self._note(key, {"ready_at": ready_at})

    async def postpone(self, claimed: Claim, code: str, ready_at: datetime) -> None:
        """After a page that failed."""
        await self._note(claimed.fan_out.id, {"ready_at": ready_at, "code": code, "failures": claimed.failures + 1})

    async def _note(self, key: str, values: Document) -> None:
        with translated_calls():
            await self._fan_outs.update_one({"_id": key, "owner": self._owner}, {"$set": values | _FREE})

    async def any_open(self) -> bool:
        with translated_calls():
            return await self._fan_outs.find_one({"open": True}, {"_id": 1}) is not None

    async def count(self, most: int) -> tuple[int, int]:
        """How many are open, and how many of these fail."""
        with translated_calls():
            many = await self._fan_outs.count_documents({"open": True}, limit=most)
            failing = await self._fan_outs.count_documents({"open": True, "failures": {"$gt": 0}}, limit=most)
        return many, failing

    async def failing(self, times: int, most: int) -> list[tuple[str, str]]:
        """Some of those that have failed so often in a row, with the reason of the last time."""
        query = {"open": True, "failures": {"$gte": times}}
        with translated_calls():
            rows = await self._fan_outs.find(query, {"code": 1}).limit(most).to_list(None)
        return [(row["_id"], row["code"]) for row in rows]


async def _messages(fan_out: FanOut, rows: Sequence[Document], now: datetime) -> list[Message]:
    messages: list[Message] = []
    for start in range(0, len(rows), BUILT_AT_ONCE):
        nominations = map(nomination_of, rows[start : start + BUILT_AT_ONCE])
        messages += [fan_out.message(nomination, now) for nomination in nominations if fan_out.reaches(nomination)]
        await asyncio.sleep(0)
    return messages


def pause_after(failures: int) -> timedelta:
    """Until a fan-out that failed is tried again."""
    return timedelta(seconds=min(2.0 ** min(failures, 10), 300.0))
