"""The list that a device takes along: who has a seat, with shortened names and nothing else, signed by the run."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import orjson

from services.enrolment.attendance.domain.passes import RunKey
from services.enrolment.attendance.domain.sittings import sittings_of
from services.enrolment.attendance.http.responses import listed_response, listed_session_response
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.recording import Recording
from shared.clock import Clock

SIGNATURE: Final = "signature"
GOOD_FOR: Final = timedelta(days=7)  # a device throws it away then: nothing here takes a name back from it


class Names(Protocol):
    """First and last names of people; nobody who was erased has any."""

    async def names(self, people: Collection[str]) -> Mapping[str, tuple[str, str]]: ...


class Listing:
    """One per process."""

    def __init__(self, recording: Recording, passes: Passes, names: Names, clock: Clock) -> None:
        self._recording = recording
        self._passes = passes
        self._names = names
        self._clock = clock

    async def page(self, run: str, after: str, limit: int) -> tuple[dict[str, Any], str | None]:
        """Without a cursor and a signature, and the nomination to go on behind. Raises NotFound and RunNotHeld."""
        offered = await self._recording.run(run)
        sheet = await self._recording.store.sheet(run)
        holders = await self._recording.holders.page(run, after, limit + 1)
        page = holders[:limit]
        names = await self._names.names([holder.person for holder in page])
        sittings = sittings_of(offered, {} if sheet is None else sheet.sittings)
        now = self._clock()
        body = {
            "run": run,
            "listedAt": _time(now),
            "goodUntil": _time(now + GOOD_FOR),
            "sessions": [listed_session_response(sitting) for sitting in sittings],
            "items": [listed_response(holder, names.get(holder.person)) for holder in page],
        }
        return body, page[-1].nomination if len(holders) > limit else None

    async def signed(self, run: str, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, SIGNATURE: signature(await self._passes.key(run), body)}


def signature(key: RunKey, body: dict[str, Any]) -> str:
    """Over the canonical form of the rest of the answer (RFC 8785), which whoever reads it makes again."""
    return key.sign(canonical(body))


def canonical(body: Mapping[str, Any]) -> bytes:
    """Of texts, whole numbers and null alone it is JSON without spaces, its keys sorted."""
    return orjson.dumps({name: value for name, value in body.items() if name != SIGNATURE}, option=orjson.OPT_SORT_KEYS)


def _time(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
