"""Frees what a person has or hopes for who is erased: every nomination of a run that has not ended is withdrawn, and a
seat goes to the next who waits. A page of nominations in one transaction; none of them is of the same bucket, for a
person has one live nomination in a run."""

from typing import Final

from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.leaving import frees_for_another, leave, may_leave
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from shared.events.seats import WithdrawnBecause
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session

AT_ONCE: Final = 50
BY: Final = "erasure"  # who asked for it stands in the security log


class Leaving:
    """What an erasure needs of this feature."""

    def __init__(self, nominations: NominationsOfPeople, seats: Seats, runs: OfferedRuns) -> None:
        self._nominations = nominations
        self._seats = seats
        self._runs = runs

    async def withdraw_of(self, person: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """Of nominations behind the id `after`. The id to go on behind; None when these were the last."""
        live, last = await self._nominations.page(person, after, AT_ONCE, session)
        for nomination in live:
            await self._withdraw(nomination, session, recorder)
        return last

    async def _withdraw(self, nomination: Nomination, session: Session, recorder: EventRecorder) -> None:
        run = await self._runs.offered(nomination.seats_of[0], session)
        if run is None or not may_leave(run, nomination, recorder.now):
            return
        bucket = (await self._seats.load_buckets([nomination.bucket], session))[nomination.bucket]
        next_one = {bucket.id: 1} if bucket.waiting and frees_for_another(run, nomination, recorder.now) else {}
        queues = await self._seats.queues_of(next_one, session)
        outcome = leave(bucket, nomination, queues.get(bucket.id, ()), WithdrawnBecause.ERASED)
        changes = [
            NominationChange(one, outcome.bucket, new=False, by=BY, at=recorder.now, offset_seconds=run.offset_seconds)
            for one in outcome.nominations
        ]
        await self._seats.write_buckets([(bucket, outcome.bucket)], session)
        await self._seats.write_nominations(changes, session)
        recorder.record(outcome.events, after=bucket.seq, offset_seconds=run.offset_seconds)
