"""What a text says besides the run, and whether there is still anything to say. Sends nothing."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from services.notification.composing.domain.outgoing import Drop
from services.notification.composing.storage import FactStore
from services.notification.domain import KINDS, MOST_LISTED, Fact, Facts, Kind, Listed, Message, Run
from services.notification.memory import ReadModel
from shared.clock import business

NOTHING_CHANGED: Final = Drop("nothing-changed")
NO_SEAT: Final = Drop("seat-taken")
OFFER_OVER: Final = Drop("offer-over")
ALL_DONE: Final = Drop("all-done")
FORM_OVER: Final = Drop("form-closed")
ALL_NOMINATED: Final = Drop("all-nominated")
RECORDED_ANEW: Final = Drop("attendance-changed")
BACK_AGAIN: Final = Drop("delegation-over")


class FactFinder:
    """Asked anew at every attempt: what was true at the first one may not be any more."""

    def __init__(self, store: FactStore, read_model: ReadModel) -> None:
        self._store = store
        self._read_model = read_model
        self._of: Mapping[Fact, Callable[[Message, Run, datetime], Awaitable[Facts | Drop]]] = {
            Fact.CHANGES: self._changes,
            Fact.SEATS: self._seats,
            Fact.SILENT: self._silent,
            Fact.ANSWER: self._answer,
            Fact.RELEASED: self._released,
            Fact.TO_DO: self._to_do,
            Fact.FORMS: self._forms,
            Fact.AWAY: self._away,
            Fact.STANDING_IN: self._standing_in,
            Fact.ABSENCE: self._absence,
        }

    async def find(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """`now` is system time."""
        kind = KINDS[message.kind]
        if kind.fact is not None:
            return await self._of[kind.fact](message, run, now)
        if kind.invitation is not None and message.nomination is not None:
            told = await self._store.told(message.nomination)
            return Facts(told=told.schedule, invited=told.invited) if told is not None else Facts()
        return Facts()

    async def _changes(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """Since the recipient was last told; who was never told anything learns what the last change was."""
        told = await self._store.told(message.nomination) if message.nomination is not None else None
        known = told.schedule if told is not None else run.before
        if known is not None and not known.differs(run.schedule):
            return NOTHING_CHANGED
        return Facts(told=known, invited=told.invited if told is not None else None)

    async def _seats(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        seats = await self._store.open_seats(run.id, message.recipient)
        return Facts(open_seats=seats) if seats > 0 else NO_SEAT

    async def _answer(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """By business time; an offer that is over is worth no message."""
        nomination = None if message.nomination is None else await self._read_model.nomination(message.nomination)
        if nomination is None or nomination.due_at is None or run.system_time(nomination.due_at) <= now:
            return OFFER_OVER
        return Facts(answer_by=nomination.due_at)

    async def _released(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        released, received = await self._store.released(run.id, message.recipient)
        return Facts(released=released, received=received) if released or received else NO_SEAT

    async def _to_do(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """All may have been done since."""
        return Facts() if await self._store.has_to_do(run.id, message.recipient) else ALL_DONE

    async def _forms(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """By business time, as of the question: a form that is closed can be answered no more."""
        if message.closes_at is None or run.system_time(message.closes_at) <= now:
            return FORM_OVER
        return Facts(forms=message.forms, answer_by=message.closes_at)

    async def _away(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """Always true: it is by the clocks of the runs that somebody is back."""
        return Facts(answer_by=message.closes_at)

    async def _standing_in(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """Who was away may have ended it since the morning. Of several runs, by the clock of the first."""
        stands_in = await self._store.stands_in(message.recipient, business(now, run.offset_seconds))
        return Facts() if stands_in else BACK_AGAIN

    async def _absence(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        """It may have been put right since, or be wrong again."""
        of_one = message.kind == Kind.NO_SHOW
        is_true = self._store.is_missing(message.reason) if of_one else self._store.has_news(message)
        return Facts() if await is_true else RECORDED_ANEW

    async def _silent(self, message: Message, run: Run, now: datetime) -> Facts | Drop:
        silent = await self._store.silent(run.id, run.units)
        if not silent:
            return ALL_NOMINATED
        units = await self._read_model.units(silent[:MOST_LISTED])
        names = [
            (units[key].name_th, units[key].name_en) if key in units else (key, key) for key in silent[:MOST_LISTED]
        ]
        return Facts(listed=tuple(Listed(*name) for name in names), more=max(len(silent) - MOST_LISTED, 0))
