"""Whoever has something left to do after a run is reminded in time, and offices are told what is overdue. Sends
nothing.

Every message has the same id whoever makes it and whenever, so replicas make it once.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from services.notification.domain import Message, Run, Wave, looked_at
from services.notification.reminders.storage import Followed, ReminderStorage


class LeftToDo:
    """Of one database."""

    def __init__(self, storage: Callable[[], ReminderStorage]) -> None:
        self._storage = storage

    async def sweep(self, now: datetime) -> int:
        """How many messages were made. `now` is system time."""
        made, storage = 0, self._storage()
        async for page in storage.followed(now):
            for followed in page:
                made += await self._look(followed, storage, now)
        return made

    async def _look(self, followed: Followed, storage: ReminderStorage, now: datetime) -> int:
        """Of a run that is not known yet nothing is said: it is looked at when it is."""
        near = await storage.run(followed.run)
        if near is None:
            await storage.look_again(followed, None)
            return 0
        waves, then = await asyncio.to_thread(looked_at, near.run, followed.dues, now)
        made = sum([await self._tell(wave, near.run, storage, now) for wave in waves])
        await storage.look_again(followed, then)
        return made

    async def _tell(self, wave: Wave, run: Run, storage: ReminderStorage, now: datetime) -> int:
        made = 0
        async for page in storage.left_to_do(run.id):
            messages: dict[str, Message] = {}
            for to_do in page:
                if wave.about(to_do):
                    message = wave.message(to_do, run, now)
                    messages[message.id] = message
            made += await storage.make(list(messages.values()))
        return made
