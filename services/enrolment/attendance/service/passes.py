"""Passes of people and codes of rooms, with the key of the run. A run without one gets one."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from services.enrolment.attendance.domain.passes import Pass, RunKey
from services.enrolment.attendance.domain.refusals import NoSeatInRun, RunNotHeld, SeatWithdrawn
from services.enrolment.attendance.domain.room_codes import RoomCode, room_code, session_of
from services.enrolment.attendance.domain.sittings import sitting_of, sittings_of
from services.enrolment.attendance.service.recording import Recording
from services.enrolment.attendance.storage.keys import RunKeys
from services.enrolment.seats import Holder
from shared.clock import Clock
from shared.errors import NotFound, Refused
from shared.fresh_keys import KEY_BYTES
from shared.rights import Scope

AT_ONCE: Final = 50  # passes that are read on the loop; of more the signatures are checked beside it


class Passes:
    """One per process."""

    def __init__(self, recording: Recording, keys: RunKeys, clock: Clock) -> None:
        self._recording = recording
        self._keys = keys
        self._clock = clock

    async def key(self, run: str) -> RunKey:
        """Raises NotFound and RunNotHeld."""
        await self._recording.run(run)
        return await self._key(run)

    async def any_key(self, run: str) -> RunKey:
        """Also of a run that does not take place any more. Raises NotFound."""
        with suppress(RunNotHeld):
            await self._recording.run(run)
        return await self._key(run)

    async def _key(self, run: str) -> RunKey:
        return RunKey(await self._keys.seed(run, os.urandom(KEY_BYTES)))

    async def issue(self, run: str, nomination: str, scope: Scope) -> tuple[Holder, Pass, str]:
        """Good until the last session is over. Raises NotFound for whom the caller does not see, NoSeatInRun and
        SeatWithdrawn."""
        key, offered = await self.key(run), await self._recording.run(run)
        holder = (await self._recording.holders.of(run, [nomination])).get(nomination)
        if holder is None or not (scope.covers_unit(holder.place.unit) or scope.covers_person(holder.person)):
            raise NotFound()
        if not holder.seated:
            raise SeatWithdrawn() if holder.withdrawn else NoSeatInRun()
        sheet = await self._recording.store.sheet(run)
        sittings = sittings_of(offered, {} if sheet is None else sheet.sittings)
        content = Pass(run, nomination, max(sitting.ends_at for sitting in sittings))
        return holder, content, key.issue(content)

    async def read(self, run: str, tokens: Sequence[str]) -> list[Pass | Refused]:
        """Each pass, or why it is none, in order."""
        if not tokens:
            return []
        key = await self.key(run)
        if len(tokens) <= AT_ONCE:
            return _read(key, run, tokens)
        return await asyncio.to_thread(_read, key, run, tokens)

    async def room_code(self, run: str, number: int) -> RoomCode:
        """Raises NotFound, RunNotHeld and UnknownSession."""
        key, offered = await self.key(run), await self._recording.run(run)
        sheet = await self._recording.store.sheet(run)
        sitting_of(offered, {} if sheet is None else sheet.sittings, number)
        return room_code(key.room, number, self._clock())

    async def session_of(self, run: str, code: str) -> int:
        """Raises RoomCodeWrong and RoomCodeOld."""
        key, now = await self.key(run), self._clock()
        return session_of(key.room, code, now)


def _read(key: RunKey, run: str, tokens: Sequence[str]) -> list[Pass | Refused]:
    return [_one(key, run, token) for token in tokens]


def _one(key: RunKey, run: str, token: str) -> Pass | Refused:
    try:
        return key.read(run, token)
    except Refused as refusal:
        return refusal
