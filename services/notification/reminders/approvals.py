"""The digest of every morning: what waits for the approval of an office, and what somebody is to decide in the place of
whoever is away. Sends nothing.

Every message has the same id whoever makes it and whenever, so replicas make it once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import structlog

from services.notification.composing import day_in_words
from services.notification.domain import (
    MOST_LISTED,
    Delegation,
    Facts,
    Kind,
    Listed,
    Message,
    Run,
    delegate_reason,
    digest_day,
    digest_reason,
    snapshot_at,
    to_person,
    to_unit,
)
from services.notification.reminders.domain import Awaited, by_delegate, by_office, last_day
from services.notification.reminders.storage import ReminderStorage
from shared.clock import business

log = structlog.get_logger(__name__)
Runs = list[tuple[Run, Awaited]]


class Approvals:
    """Of one database."""

    def __init__(self, storage: Callable[[], ReminderStorage]) -> None:
        self._storage = storage
        self._told: date | None = None

    async def sweep(self, now: datetime) -> int:
        """How many messages were made. `now` is system time. A day that was begun and not finished is gone through
        again."""
        day = await asyncio.to_thread(digest_day, now)
        storage = self._storage()
        if day is None or day == self._told or await storage.digested(day):
            self._told = day or self._told
            return 0
        offices: dict[str, Runs] = {}
        delegates: dict[tuple[str, str], Runs] = {}
        in_force: dict[int, Mapping[str, Sequence[Delegation]]] = {}  # by how far the clock of a run is ahead
        async for run, steps in storage.submitted(now):
            for unit, waits in by_office(run, steps).items():
                offices.setdefault(unit, []).append((run, waits))
            if (ahead := run.offset_seconds) not in in_force:
                in_force[ahead] = _by_unit(await storage.in_force(business(now, ahead)))
            for key, waits in by_delegate(run, steps, in_force[ahead]).items():
                delegates.setdefault(key, []).append((run, waits))
        for runs in (*offices.values(), *delegates.values()):
            runs.sort(key=lambda one: one[0].starts_at)
        digests = [_to_office(unit, runs, day, now) for unit, runs in sorted(offices.items())]
        digests += [_to_delegate(*key, runs, day, now) for key, runs in sorted(delegates.items())]
        made = await storage.make(digests)
        await storage.note_digest(day, now)
        self._told = day
        log.info("approvals_digested", day=day.isoformat(), made=made)
        return made


def _by_unit(delegations: Sequence[Delegation]) -> Mapping[str, Sequence[Delegation]]:
    units: dict[str, list[Delegation]] = {}
    for one in delegations:
        units.setdefault(one.unit, []).append(one)
    return units


def _to_office(unit: str, runs: Runs, day: date, now: datetime) -> Message:
    reason = digest_reason(unit, day)
    return _listing(to_unit(unit, Kind.APPROVALS_WAITING, run=runs[0][0].id, reason=reason, now=now), runs, now)


def _to_delegate(person: str, office: str, runs: Runs, day: date, now: datetime) -> Message:
    kind, reason = Kind.APPROVALS_DELEGATED, delegate_reason(person, office, day)
    return _listing(to_person(person, office, kind, run=runs[0][0].id, reason=reason, now=now), runs, now)


def _listing(message: Message, runs: Runs, now: datetime) -> Message:
    """Its text is fixed here, while all that it is about has been read."""
    listed = tuple(_line(run, waits) for run, waits in runs[:MOST_LISTED])
    facts = Facts(listed=listed, more=max(len(runs) - MOST_LISTED, 0))
    return replace(message, snapshot=snapshot_at(message, runs[0][0], now, facts))


def _line(run: Run, waits: Awaited) -> Listed:
    """Until when there is time to decide: it is said again every morning."""
    th, en = f"{run.title} ({run.code} รุ่นที่ {run.cohort})", f"{run.title} ({run.code}, batch {run.cohort})"
    if waits.due_at is not None:
        last = last_day(waits.due_at)
        th, en = f"{th} โปรดพิจารณาภายใน{day_in_words(last, 'th')}", f"{en}, to decide by {day_in_words(last, 'en')}"
    return Listed(th, en, waits.count)
