"""The loops of delivery: workers for each channel, the sorter that keeps the channels apart, and the lookout for what
messages wait for.

Each channel has workers of its own, and nothing is claimed for a channel whose breaker is open. Which channel a message
goes by is known when it is composed. So the workers of the preferred channel compose it, as long as they are quick.
While that channel is away or slow, the sorter notes the channel of what comes, in bulk and once for each message.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from services.notification.composing import Composing
from services.notification.domain import ChannelName
from services.notification.sending.channels import Channel
from services.notification.sending.service.attempts import Attempts
from services.notification.sending.service.desks import Desk
from services.notification.sending.storage import Ledger
from services.notification.settings import NotificationSettings
from shared.mongo import StoreError
from shared.runtime import Runtime
from shared.waiting import first_of
from shared.write import UnitOfWork

AFTER_TROUBLE_SECONDS: Final = 0.5
SORT_SECONDS: Final = 0.5
SORTED_AT_ONCE: Final = 500
SORTED_LATER: Final = timedelta(hours=1)
LOOK_SECONDS: Final = (0.2, 1.0)  # at most and at least so often
LOOKED_AT: Final = 200
WOKEN_AT_ONCE: Final = 500
COUNT_SECONDS: Final = 30.0
COUNTED: Final = 1000
log = structlog.get_logger(__name__)


class Delivery:
    """One per process. `wake` it when there may be something to send; otherwise it looks at intervals, or when one
    that it knows of is due."""

    def __init__(
        self,
        runtime: Runtime,
        settings: NotificationSettings,
        ledger: Ledger,
        composing: Composing,
        channels: Mapping[ChannelName, Channel],
        units: UnitOfWork,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._composing = composing
        self._channels = channels
        self._clock = runtime.clock
        self._metrics = runtime.metrics
        self._attempts = Attempts(runtime, settings, ledger, composing, channels, units)
        self._desks = {name: self._desk(name) for name in channels}
        self._first = self._desks[preferred(channels)]
        self._came = asyncio.Event()
        self._looked_behind = ""
        self.trouble: str | None = None

    def _desk(self, name: ChannelName) -> Desk:
        """What a channel was chosen for that is not there any more is composed again, like what has none yet."""
        gone = (channel for channel in ChannelName if channel not in self._channels)
        return Desk(
            self._ledger,
            self._attempts.breakers[name],
            self._clock,
            serves=(name, None, *gone) if name is preferred(self._channels) else (name,),
            workers=self._settings.delivery_workers,
            poll=self._settings.delivery_poll_seconds,
        )

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop("delivery", self.run)
        runtime.add_check("delivery", self.check)

    def wake(self) -> None:
        """There may be new messages. Cheap; may be called from every commit."""
        self._first.woken.set()
        self._came.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Delivers until `stopping`; what is being sent then is finished."""
        async with asyncio.TaskGroup() as loops:
            for name, desk in self._desks.items():
                for _ in range(desk.workers):
                    loops.create_task(self._work(name, desk, stopping))
            loops.create_task(self._keep_sorting(stopping))
            loops.create_task(self._keep_looking(stopping))
            loops.create_task(self._keep_counting(stopping))
        for channel in self._channels.values():
            await channel.close_idle()

    async def check(self) -> str | None:
        """For /readyz."""
        return self.trouble

    async def _work(self, name: ChannelName, desk: Desk, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            if await self.step(desk) is not None:
                continue
            if desk.idle:
                await self._channels[name].close_idle()
            if self.trouble is not None or not desk.breaker.closed:
                await first_of(min(self._settings.delivery_poll_seconds, AFTER_TROUBLE_SECONDS), stopping)
            else:
                await first_of(desk.pause(), desk.woken, stopping)

    async def step(self, desk: Desk) -> bool | None:
        """One message, if there is one; whether it was ours. None: there is none, or the channel is away."""
        admission = desk.breaker.admit(asyncio.get_running_loop().time())
        if admission is None:
            return None
        try:
            key = await desk.take()
            self.trouble = None
            if key is None:
                return None
            with desk.working():
                return await self._attempts.deliver(key)
        except StoreError as error:
            self._interrupted(error)
            return None
        finally:
            desk.breaker.leave(admission)

    async def sweep(self) -> int:
        """Goes through what is due now, once and without loops: how many messages were ours to deliver."""
        delivered = 0

        async def work(desk: Desk) -> None:
            nonlocal delivered
            while (ours := await self.step(desk)) is not None:
                delivered += ours

        await self.look()
        await self.sort()
        for desk in self._desks.values():
            desk.woken.set()
            async with asyncio.TaskGroup() as workers:
                for _ in range(desk.workers):
                    workers.create_task(work(desk))
        return delivered

    async def sort(self) -> int:
        """While the preferred channel holds others up: notes the channel of what is due and has none, one page of it.
        Returns how many messages were sorted."""
        code = self._first.holds_up(asyncio.get_running_loop().time())
        if code is None or len(self._desks) == 1:
            return 0
        now = self._clock()
        messages = await self._ledger.unsorted(now, SORTED_AT_ONCE)
        if messages:
            chosen = await self._composing.channels(messages, now, self._channels.keys())
            await self._ledger.sort(chosen, code, now + SORTED_LATER)
            for desk in self._desks.values():
                desk.woken.set()
        return len(messages)

    async def look(self) -> int:
        """Whether something that messages wait for has come: one page of what is missing, from where the last look
        ended. Nothing is written about what has not come, however much waits for it. Returns how many things came."""
        page, self._looked_behind = await self._ledger.missing(self._looked_behind, LOOKED_AT)
        arrived = await self._composing.arrived(page) if page else set()
        for key in arrived:
            while await self._ledger.wake(key, self._clock(), WOKEN_AT_ONCE):
                self._first.woken.set()
        if arrived:
            for desk in self._desks.values():
                desk.woken.set()
        return len(arrived)

    async def count(self) -> int:
        """Of messages that only a newer release can send: they are left to it, and nobody else tells of them."""
        unreadable = await self._ledger.unreadable(COUNTED)
        for field, count in unreadable.items():
            self._metrics.messages_unreadable.labels(field).set(count)
        if any(unreadable.values()):
            log.warning("messages_of_a_newer_release", **{f"unknown_{field}": n for field, n in unreadable.items()})
        return sum(unreadable.values())

    async def _keep_sorting(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                for name, desk in self._desks.items():
                    away = desk.breaker.away(asyncio.get_running_loop().time())
                    self._metrics.channel_away.labels(name).set(away)
                await self.sort()
            except StoreError as error:
                self._interrupted(error)
            await first_of(SORT_SECONDS, stopping)

    async def _keep_looking(self, stopping: asyncio.Event) -> None:
        most_often, at_least = LOOK_SECONDS
        while not stopping.is_set():
            self._came.clear()
            try:
                await self.look()
            except StoreError as error:
                self._interrupted(error)
            await first_of(most_often, stopping)
            await first_of(at_least - most_often, self._came, stopping)

    async def _keep_counting(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self.count()
            except StoreError as error:
                self._interrupted(error)
            await first_of(COUNT_SECONDS, stopping)

    def _interrupted(self, error: StoreError) -> None:
        self.trouble = f"{type(error).__name__}: {error}"
        log.warning("delivery_interrupted", error=self.trouble)


def preferred(channels: Mapping[ChannelName, Channel]) -> ChannelName:
    """The one that most messages go by."""
    return next(name for name in ChannelName if name in channels)
