"""The workers: claim what is due, hand it to its channel, and record the answer. They never hold up a consumer.

The promise rests on the order: the attempt is stored before the provider is called, the result and its event after
that, in one transaction, by whoever still holds the lease. A crash in between leaves an attempt that shows it.
"""

import asyncio
import contextlib
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.notification.composing import Compose, Drop, Ready, Wait
from services.notification.domain import FINAL, ChannelName, Message, State
from services.notification.sending.channels import Channel, Postponed, Rejected, Unreachable
from services.notification.sending.domain import (
    accepted,
    dropped,
    exhausted,
    pause_seconds,
    postponed,
    refused,
    result_of,
    started,
    unreached,
    waiting,
)
from services.notification.sending.storage import Claim, LeaseLost, Ledger
from services.notification.settings import NotificationSettings
from shared.faults import CrashPoint
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session, StoreError
from shared.runtime import Runtime
from shared.telemetry import correlation
from shared.waiting import first_of
from shared.write import UnitOfWork

PAGE: Final = 200
AFTER_TROUBLE_SECONDS: Final = 0.5
WAIT_SECONDS: Final = (0.2, 10.0)  # while something is missing: first and longest pause
LONGEST_PAUSE_SECONDS: Final = 4 * 3600.0
RECORD_SECONDS: Final = 5.0
RECORD_PAUSES_SECONDS: Final = (0.1, 0.3, 1.0, 3.0)
log = structlog.get_logger(__name__)


class Delivery:
    """One per process. `wake` it when there may be something to send; otherwise it looks at intervals, or when one
    that it knows of is due."""

    def __init__(
        self,
        runtime: Runtime,
        settings: NotificationSettings,
        ledger: Ledger,
        compose: Compose,
        channels: Mapping[ChannelName, Channel],
        units: UnitOfWork,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._compose = compose
        self._channels = channels
        self._units = units
        self._clock = runtime.clock
        self._metrics = runtime.metrics
        self._crash = runtime.crash
        self._tracing = runtime.tracing
        self._woken = asyncio.Event()
        self._next_due: datetime | None = None
        self.trouble: str | None = None

    def attach(self, runtime: Runtime) -> None:
        """Gives the runtime its loop and its check."""
        runtime.add_loop("delivery", self.run)
        runtime.add_check("delivery", self.check)

    def wake(self) -> None:
        """There may be new messages. Cheap; may be called from every commit."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Delivers until `stopping`; what is being sent then is finished."""
        while not stopping.is_set():
            self._woken.clear()
            try:
                claimed = await self.sweep(stopping)
            except StoreError as error:
                self._interrupted(error)
                claimed = 0
            if not claimed:
                await self._close_idle()
                await first_of(self._pause(), self._woken, stopping)
        await self._close_idle()

    def _pause(self) -> float:
        """Until the next message is due, as far as one is known; not long after trouble."""
        poll = self._settings.delivery_poll_seconds
        if self.trouble is not None:
            return min(poll, AFTER_TROUBLE_SECONDS)
        if self._next_due is None:
            return poll
        return min(poll, max(0.01, (self._next_due - self._clock()).total_seconds()))

    async def check(self) -> str | None:
        """For /readyz."""
        return self.trouble

    async def sweep(self, stopping: asyncio.Event | None = None) -> int:
        """Goes through what is due now, once. Returns how many messages were ours to deliver."""
        due = await self._ledger.due(self._clock(), PAGE)
        keys = iter(due.ids)
        self._next_due, self.trouble = due.later, None
        claimed = 0

        async def work() -> None:
            nonlocal claimed
            for key in keys:
                if self.trouble is not None or (stopping is not None and stopping.is_set()):
                    return
                claimed += await self.deliver(key)

        async with asyncio.TaskGroup() as workers:
            for _ in range(min(self._settings.delivery_workers, len(due.ids))):
                workers.create_task(work())
        return claimed

    async def deliver(self, key: str) -> bool:
        """One message, if it is ours to deliver. What fails half-way is left to whoever claims it after the lease."""
        try:
            claim = await self._ledger.claim(key, self._clock())
            if claim is None:
                return False
            with self._following(claim.message):
                await self._record(claim, await self._attempt(claim))
        except LeaseLost:
            log.warning("lease_lost", message=key)
        except StoreError as error:
            self._interrupted(error)
        return True

    async def _attempt(self, claim: Claim) -> Message:
        """What becomes of the message."""
        message, now = claim.message, self._clock()
        try:
            composed = await self._compose(message, now, self._channels.keys())
        except StoreError:
            raise
        except Exception:  # a bug of ours; meanwhile the others go on and this one is not lost
            log.exception("composing_failed", message=message.id, kind=message.kind)
            composed = Wait("internal-error")
        if isinstance(composed, Drop):
            return dropped(message, composed.code, now)
        if isinstance(composed, Wait):
            return waiting(message, composed.code, self._later(message))
        if self._channels[composed.channel].resting():
            return waiting(message, "channel-resting", self._later(message))
        if self._tried_too_often(message):
            return exhausted(message, now)
        return await self._send(claim, composed)

    async def _send(self, claim: Claim, ready: Ready) -> Message:
        message = started(claim.message, self._clock(), ready.channel, ready.snapshot)
        channel = self._channels[ready.channel]
        if channel.outside:
            await self._ledger.note(claim, message)
        try:
            await channel.send(ready.outgoing)
        except Unreachable as error:
            return unreached(message, str(error), self._later(message))
        except Rejected as error:
            return refused(message, str(error), self._clock())
        except Postponed as error:
            return self._again(message, str(error), error.uncertain)
        except Exception:  # a message that we cannot handle must not hold up the others
            log.exception("sending_failed", message=message.id, channel=ready.channel)
            return self._again(message, "internal-error", uncertain=True)
        if channel.outside:
            self._crash.reach(CrashPoint.AFTER_PROVIDER)
        return accepted(message, self._clock())

    def _again(self, message: Message, code: str, uncertain: bool) -> Message:
        if self._tried_too_often(message):
            return refused(message, code, self._clock(), uncertain=uncertain)
        pause = pause_seconds(
            len(message.attempts),
            first=self._settings.delivery_pause_seconds,
            most=LONGEST_PAUSE_SECONDS,
            chance=random.random(),
        )
        return postponed(message, code, self._clock() + timedelta(seconds=pause), uncertain=uncertain)

    async def _record(self, claim: Claim, message: Message) -> None:
        """Keeps trying for a while: once the provider has answered, a lost record would mean a second copy."""
        for pause in (*RECORD_PAUSES_SECONDS, None):
            try:
                await self._store(claim, message)
            except StoreError:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                break
        if message.state in FINAL:
            channel = message.channel or ChannelName.INBOX
            self._metrics.deliveries.labels(channel.value, message.state.value).inc()

    async def _store(self, claim: Claim, message: Message) -> None:
        if message.state not in (State.SENT, State.FAILED):
            await self._ledger.release(claim, message)
            return
        offset = message.snapshot.run.offset_seconds if message.snapshot else 0

        async def work(session: Session, recorder: EventRecorder) -> None:
            await self._ledger.release(claim, message, session)
            recorder.record([result_of(message)], after=message.seq - 1, offset_seconds=offset)

        await self._units.commit(work, seconds=RECORD_SECONDS, causation=message.causation)

    def _tried_too_often(self, message: Message) -> bool:
        return len(message.attempts) >= self._settings.delivery_attempts

    def _later(self, message: Message) -> datetime:
        first, most = WAIT_SECONDS
        pause = pause_seconds(message.waits + 1, first=first, most=most, chance=random.random())
        return self._clock() + timedelta(seconds=pause)

    @contextlib.contextmanager
    def _following(self, message: Message) -> Iterator[None]:
        """The result carries on the correlation and the trace of what caused the message."""
        token = correlation.set(message.correlation)
        try:
            with self._tracing.span("deliver", parent=message.traceparent, message=message.id, kind=message.kind):
                yield
        finally:
            correlation.reset(token)

    def _interrupted(self, error: StoreError) -> None:
        self.trouble = f"{type(error).__name__}: {error}"
        log.warning("delivery_interrupted", error=self.trouble)

    async def _close_idle(self) -> None:
        for channel in self._channels.values():
            await channel.close_idle()
