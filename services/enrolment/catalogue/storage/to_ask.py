"""Runs whose people are to be asked to answer forms, by when they are looked at next. An index has them in that order.

When that is follows from the times of forms, which are not the catalogue's: every change of a run has it looked at at
once, and whoever has looked says when there is something to do next.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Run, RunState, was_opened
from services.enrolment.catalogue.storage.specs import RUNS
from shared.mongo import Database, Document, Session, translated_calls
from shared.mongo.searching import fill_in

LOOK_AT: Final = "ask_look_at"
AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_READ: Final = ("forms", "state", "opened")  # what a run of before is judged by


def asking_document(run: Run, description: Description) -> Document:
    """What a run's document carries for it."""
    return _look_at(opened=run.opened, state=run.state, forms=bool(description.forms))


def _look_at(*, opened: bool, state: RunState, forms: bool) -> Document:
    return {LOOK_AT: AT_ONCE if forms and opened and state is not RunState.CANCELLED else NEVER}


class RunsToAsk:
    """In the collection of runs."""

    def __init__(self, database: Database) -> None:
        self._runs = database[RUNS.name]

    async def due(self, now: datetime, most: int) -> list[str]:
        """Some that are to be looked at, by system time."""
        with translated_calls():
            rows = self._runs.find({LOOK_AT: {"$lte": now}}, {"_id": 1}).sort(LOOK_AT, 1).limit(most)
            return [row["_id"] async for row in rows]

    async def look_at(self, run: str, at: datetime | None, session: Session) -> None:
        """By system time; None: not before it is changed. Whoever changes the run meanwhile conflicts with this."""
        await self._runs.update_one({"_id": run}, {"$set": {LOOK_AT: at or NEVER}}, session=session)

    async def look_at_once(self, run: str, session: Session) -> None:
        """The times of a form of it are others now."""
        await self.look_at(run, AT_ONCE, session)

    async def fill_in(self) -> bool:
        """Of runs of before anybody was asked; whether there may be more."""
        return await fill_in(self._runs, LOOK_AT, _of_before, _READ)


def _of_before(row: Mapping[str, Any]) -> Document:
    state = RunState(row["state"])
    return _look_at(opened=was_opened(state, row.get("opened")), state=state, forms=bool(row.get("forms")))
