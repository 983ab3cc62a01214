"""What offices are told because a time has come: nominations that wait for approval, once a day, units that have
not nominated, once before the deadline, and seats that are going to be released. Sends nothing.

Every message has the same id whoever makes it and whenever, so replicas make it once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import structlog

from services.notification.composing import day_in_words
from services.notification.domain import (
    MOST_LISTED,
    Facts,
    Kind,
    Listed,
    Message,
    Run,
    digest_day,
    digest_reason,
    snapshot_at,
    to_unit,
)
from services.notification.reminders.domain import Awaited, last_day, release_due, silence_reason
from services.notification.reminders.storage import ReminderStorage

log = structlog.get_logger(__name__)
Waiting = dict[str, list[tuple[Run, Awaited]]]


class Offices:
    """Of one database."""

    def __init__(self, storage: Callable[[], ReminderStorage]) -> None:
        self._storage = storage
        self._told: date | None = None

    async def sweep(self, now: datetime) -> int:
        """How many messages were made. `now` is system time."""
        made = await self._ask_for_approvals(now) + await self._name_the_silent(now)
        return made + await self._announce_releases(now)

    async def _ask_for_approvals(self, now: datetime) -> int:
        """Who has something to approve this morning. A day that was begun and not finished is gone through again."""
        day = await asyncio.to_thread(digest_day, now)
        storage = self._storage()
        if day is None or day == self._told or await storage.digested(day):
            self._told = day or self._told
            return 0
        waiting: Waiting = {}
        async for run, units in storage.submitted(now):
            for unit, waits in units.items():
                waiting.setdefault(unit, []).append((run, waits))
        made = await storage.make([_digest(unit, runs, day, now) for unit, runs in sorted(waiting.items())])
        await storage.note_digest(day, now)
        self._told = day
        log.info("approvals_digested", day=day.isoformat(), made=made)
        return made

    async def _name_the_silent(self, now: datetime) -> int:
        """Which units they are is looked up when the message is composed."""
        made = 0
        async for runs in self._storage().closing_runs(now):
            due = await asyncio.to_thread(_due, runs, now)
            made += await self._storage().make([_question(run, reason, now) for run, reason in due])
        return made

    async def _announce_releases(self, now: datetime) -> int:
        """How many seats are unclaimed is looked up when the message is composed; without any there is none."""
        made, storage = 0, self._storage()
        async for runs in storage.releasing_runs(now):
            for run, reason in await asyncio.to_thread(_releasing, runs, now):
                units = await storage.seated_units(run.id)
                made += await storage.make([_announcement(run, unit, reason, now) for unit in units])
        return made


def _releasing(runs: Sequence[Run], now: datetime) -> list[tuple[Run, str]]:
    return [(run, reason) for run in runs if (reason := release_due(run, now)) is not None]


def _announcement(run: Run, unit: str, reason: str, now: datetime) -> Message:
    message = to_unit(unit, Kind.RELEASE_AHEAD, run=run.id, reason=reason, now=now)
    return replace(message, revision=run.revision)


def _due(runs: Sequence[Run], now: datetime) -> list[tuple[Run, str]]:
    return [(run, reason) for run in runs if (reason := silence_reason(run, now)) is not None]


def _digest(unit: str, runs: list[tuple[Run, Awaited]], day: date, now: datetime) -> Message:
    """Its text is fixed here, while all that it is about has been read."""
    runs = sorted(runs, key=lambda one: one[0].starts_at)
    listed = tuple(_line(run, waits) for run, waits in runs[:MOST_LISTED])
    first = runs[0][0]
    facts = Facts(listed=listed, more=max(len(runs) - MOST_LISTED, 0))
    message = to_unit(unit, Kind.APPROVALS_WAITING, run=first.id, reason=digest_reason(unit, day), now=now)
    return replace(message, snapshot=snapshot_at(message, first, now, facts))


def _line(run: Run, waits: Awaited) -> Listed:
    """Until when there is time to decide: the office is reminded of it every morning."""
    th, en = f"{run.title} ({run.code} รุ่นที่ {run.cohort})", f"{run.title} ({run.code}, batch {run.cohort})"
    if waits.due_at is not None:
        last = last_day(waits.due_at)
        th, en = f"{th} โปรดพิจารณาภายใน{day_in_words(last, 'th')}", f"{en}, to decide by {day_in_words(last, 'en')}"
    return Listed(th, en, waits.count)


def _question(run: Run, reason: str, now: datetime) -> Message:
    message = to_unit(str(run.organiser), Kind.NOMINATIONS_MISSING, run=run.id, reason=reason, now=now)
    return replace(message, revision=run.revision)
