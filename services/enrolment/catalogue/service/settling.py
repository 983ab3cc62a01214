"""What carrying people from one run to another means for the two runs, in the unit of work of a page."""

from dataclasses import replace

from services.enrolment.catalogue.domain.changes import Change
from services.enrolment.catalogue.domain.dividing import end_merged
from services.enrolment.catalogue.storage import MOVING, Catalogue
from shared.messaging.recorder import EventRecorder
from shared.mongo import Conflict, Session


class Settling:
    """One per process."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def fence(self, runs: tuple[str, str], move: str, session: Session) -> None:
        """From here on both take no command."""
        await self._catalogue.runs.update_many({"_id": {"$in": [*runs]}}, {"$set": {MOVING: move}}, session=session)

    async def carry_seats(self, source: str, to: str, seats: int, session: Session) -> None:
        """Their sum stays."""
        for run, change in ((source, -seats), (to, seats)) if seats else ():
            await self._catalogue.runs.update_one({"_id": run}, {"$inc": {"allocated": change}}, session=session)

    async def settle(
        self, source: str, to: str, *, merged: bool, by: str, recorder: EventRecorder, session: Session
    ) -> None:
        """Everybody is where he or she is to be: both take commands again, or the one that was merged takes none any
        more. Raises Conflict."""
        await self._catalogue.runs.update_many(
            {"_id": {"$in": [source, to]}}, {"$unset": {MOVING: ""}}, session=session
        )
        left = await self._catalogue.load_run(source, session)
        parent = None if left is None else await self._catalogue.load(left.programme, session)
        if left is None or parent is None:
            raise Conflict("the run has gone since it was read")
        version = parent.programme.version + 1
        change = Change(version, ("buckets",), by, recorder.now, seats=True)
        await self._catalogue.note_change(parent.programme, change, {}, session)
        await self._catalogue.runs.update_many(
            {"_id": {"$in": [source, to]}}, {"$set": {"seats_version": version}}, session=session
        )
        if merged:
            description = parent.programme.description
            ended, events = end_merged(replace(left, version=version), to, description)
            recorder.record(events, after=left.seq, offset_seconds=left.offset_seconds)
            await self._catalogue.update_run(left, ended, description, session, merged_into=to)
