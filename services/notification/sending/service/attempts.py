"""One message: claimed, composed, handed to its channel, and the answer recorded.

The promise rests on the order: the attempt is stored before the provider is called, the result and its event after
that, in one transaction, by whoever still holds the lease. A crash in between leaves an attempt that shows it.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.notification.composing import Composing, Drop, Ready, Wait
from services.notification.domain import FINAL, ChannelName, Message, State
from services.notification.sending.channels import Channel, Postponed, Rejected, Unreachable
from services.notification.sending.domain.breaker import Breaker
from services.notification.sending.domain.life import (
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
from shared.write import UnitOfWork

UNREACHED_SECONDS: Final = (0.2, 10.0)  # of the few that were under way: first and longest pause
MISSING_SECONDS: Final = (60.0, 6 * 3600.0)  # what is missing wakes the message; this is for what nobody has seen come
OWN_FAULT_SECONDS: Final = (1.0, 3600.0)
LONGEST_PAUSE_SECONDS: Final = 4 * 3600.0
RECORD_SECONDS: Final = 5.0
RECORD_PAUSES_SECONDS: Final = (0.1, 0.3, 1.0, 3.0)
log = structlog.get_logger(__name__)


class Attempts:
    """Of one process. `breakers` are told whether the provider of each channel was reached."""

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
        self._units = units
        self._clock = runtime.clock
        self._metrics = runtime.metrics
        self._crash = runtime.crash
        self._tracing = runtime.tracing
        self.breakers = {name: Breaker() for name in channels}

    async def deliver(self, key: str) -> bool:
        """One message, if it is ours to deliver. What fails half-way is left to whoever claims it after the lease.
        Raises StoreError."""
        claim = await self._ledger.claim(key, self._clock())
        if claim is None:
            return False
        try:
            with self._following(claim.message):
                await self._record(claim, await self._attempt(claim))
        except LeaseLost:
            log.warning("lease_lost", message=key)
        return True

    async def _attempt(self, claim: Claim) -> Message:
        """What becomes of the message."""
        message, now = claim.message, self._clock()
        try:
            composed = await self._composing.compose(message, now, self._channels.keys())
        except StoreError:
            raise
        except Exception:  # a bug of ours; meanwhile the others go on and this one is not lost
            log.exception("composing_failed", message=message.id, kind=message.kind)
            composed = Wait("internal-error")
        if isinstance(composed, Drop):
            return dropped(message, composed.code, now)
        if isinstance(composed, Wait):
            return self._wait(message, composed)
        if self._tried_too_often(message):
            return exhausted(message, "tried-too-often", now)
        return await self._send(claim, composed)

    def _wait(self, message: Message, wait: Wait) -> Message:
        if self._waited_too_long(message):
            return exhausted(message, wait.code, self._clock())
        pauses = MISSING_SECONDS if wait.missing else OWN_FAULT_SECONDS
        return waiting(message, wait.code, wait.until or self._later(message, pauses), wait.missing)

    async def _send(self, claim: Claim, ready: Ready) -> Message:
        message = started(claim.message, self._clock(), ready.channel, ready.snapshot, ready.mark, ready.recall)
        channel = self._channels[ready.channel]
        if channel.outside:
            await self._ledger.note(claim, message)
        try:
            async with self._renewed(claim, channel):
                await channel.send(ready.outgoing)
        except Unreachable as error:
            return self._unreached(message, ready.channel, str(error))
        except Rejected as error:
            answered = refused(message, str(error), self._clock())
        except Postponed as error:
            answered = self._again(message, str(error), error.uncertain)
        except Exception:  # a message that we cannot handle must not hold up the others
            log.exception("sending_failed", message=message.id, channel=ready.channel)
            return self._again(message, "internal-error", uncertain=True)
        else:
            if channel.outside:
                self._crash.reach(CrashPoint.AFTER_PROVIDER)
            answered = accepted(message, self._clock())
        self.breakers[ready.channel].reached()
        return answered

    @contextlib.asynccontextmanager
    async def _renewed(self, claim: Claim, channel: Channel) -> AsyncIterator[None]:
        """However long the provider takes, the message stays ours. A renewal that fails changes nothing here: the
        provider was called, and the record of its answer shows whether the message was still ours."""
        if not channel.outside:
            yield
            return
        renewing = asyncio.create_task(self._renew(claim))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(self._ledger.lease_seconds / 3)
            try:
                await self._ledger.renew(claim, self._clock())
            except LeaseLost:
                return
            except StoreError as error:
                log.warning("lease_not_renewed", message=claim.message.id, error=str(error))

    def _unreached(self, message: Message, channel: ChannelName, code: str) -> Message:
        rest = self.breakers[channel].unreached(asyncio.get_running_loop().time())
        log.warning("channel_unreachable", channel=channel, code=code, rest_seconds=round(rest, 3))
        if self._waited_too_long(message):
            return exhausted(message, code, self._clock())
        return unreached(message, code, self._later(message, UNREACHED_SECONDS))

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
            self._metrics.deliveries.labels(str(channel), str(message.state)).inc()

    async def _store(self, claim: Claim, message: Message) -> None:
        if message.state not in (State.SENT, State.FAILED):
            await self._ledger.release(claim, message)
            return
        offset = message.snapshot.run.offset_seconds if message.snapshot else 0

        async def work(session: Session, recorder: EventRecorder) -> None:
            await self._ledger.release(claim, message, session)
            if message.state is State.SENT:
                await self._ledger.remember(message, session)
            recorder.record([result_of(message)], after=message.seq - 1, offset_seconds=offset)

        await self._units.commit(work, seconds=RECORD_SECONDS, causation=message.causation)

    def _tried_too_often(self, message: Message) -> bool:
        return len(message.attempts) >= self._settings.delivery_attempts

    def _waited_too_long(self, message: Message) -> bool:
        return self._clock() - message.created_at >= timedelta(days=self._settings.delivery_patience_days)

    def _later(self, message: Message, pauses: tuple[float, float]) -> datetime:
        first, most = pauses
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
