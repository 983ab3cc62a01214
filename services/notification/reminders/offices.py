"""What offices are told because a time has come: units that have not nominated, once before the deadline, and seats
that are going to be released. Sends nothing.

Every message has the same id whoever makes it and whenever, so replicas make it once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from services.notification.domain import Kind, Message, Run, to_unit
from services.notification.reminders.domain import release_due, silence_reason
from services.notification.reminders.storage import ReminderStorage


class Offices:
    """Of one database."""

    def __init__(self, storage: Callable[[], ReminderStorage]) -> None:
        self._storage = storage

    async def sweep(self, now: datetime) -> int:
        """How many messages were made. `now` is system time."""
        return await self._name_the_silent(now) + await self._announce_releases(now)

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


def _question(run: Run, reason: str, now: datetime) -> Message:
    message = to_unit(str(run.organiser), Kind.NOMINATIONS_MISSING, run=run.id, reason=reason, now=now)
    return replace(message, revision=run.revision)
