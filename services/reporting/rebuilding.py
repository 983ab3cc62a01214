"""Rebuilds as operators see them: begin one, and see how far it is."""

from typing import Any

from services.reporting.generations import State
from services.reporting.projector import Filling, Projector
from services.reporting.sums import percentage
from shared.clock import Clock


class Rebuilding:
    def __init__(self, projector: Projector, clock: Clock) -> None:
        self._projector = projector
        self._clock = clock

    async def begin(self) -> dict[str, Any]:
        """Begins to fill the next generation, unless one is being filled already; the progress."""
        state = await self._projector.generations.begin(self._clock())
        self._projector.look()
        return await self._told(state)

    async def progress(self) -> dict[str, Any]:
        """`next` is null when no rebuild is under way; the last one has then ended with `active`."""
        return await self._told(await self._projector.generations.read(self._clock()))

    async def _told(self, state: State) -> dict[str, Any]:
        return {
            "active": {
                "generation": state.active,
                "since": state.since.isoformat(),
                **_figures(self._projector.filling(state.active)),
            },
            "next": None if state.next is None else await self._next(state, state.next),
            "retired": [{"generation": old.generation, "since": old.at.isoformat()} for old in state.retired],
        }

    async def _next(self, state: State, number: int) -> dict[str, Any]:
        filling = self._projector.filling(number)
        return {
            "generation": number,
            "startedAt": state.started_at.isoformat() if state.started_at else None,
            **_figures(filling),
            "trouble": await filling.consumer.check() if filling else None,
        }


def _figures(filling: Filling | None) -> dict[str, Any]:
    """Nulls until this process has read them."""
    reading = filling.reading if filling else None
    lag = filling.lag if filling else None
    done = reading.total - reading.behind if reading else None
    total = reading.total if reading else None
    return {
        "events": done,
        "eventsTotal": total,
        "percentage": None if done is None or total is None else percentage(done, total) if total else 100.0,
        "lag": lag.seconds if lag else None,
    }
