"""What happens here when a person has moved to another office: every live nomination of a run that has not ended says
where its person belongs now, or goes there. A page of nominations in one transaction; none of them is of the same run,
for a person has one live nomination in a run."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from services.enrolment.catalogue import OfferedRun, OnMove
from services.enrolment.directory import Assignment, place_on
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.following import Way, follow, followed, places_for, way
from services.enrolment.seats.domain.leaving import frees_for_another, may_leave
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.offers import pool_for
from services.enrolment.seats.domain.transfers import marked, tells, transfer
from services.enrolment.seats.service.batch import Assignments, OfferedRuns, Units
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from services.enrolment.seats.storage.transfers import Transferred
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session

AT_ONCE: Final = 50
BY: Final = "move"  # who imported it stands in the security log


class Transfers:
    """What an import of people needs of this feature."""

    def __init__(
        self,
        nominations: NominationsOfPeople,
        transferred: Transferred,
        seats: Seats,
        runs: OfferedRuns,
        people: Assignments,
        units: Units,
    ) -> None:
        self._nominations = nominations
        self._transferred = transferred
        self._seats = seats
        self._runs = runs
        self._people = people
        self._units = units

    async def hopeful(self, people: Collection[str]) -> set[str]:
        """Those of these people who have a live nomination."""
        return await self._transferred.with_live(people)

    async def follow(self, person: str, unit: str, after: str, session: Session, recorder: EventRecorder) -> str | None:
        """The person is of this unit now. Of nominations behind the id `after`; the id to go on behind, None when these
        were the last. One made ex officio is of the post, and stays with it: who is in it is told elsewhere."""
        live, last = await self._nominations.page(person, after, AT_ONCE, session)
        for nomination in live:
            if nomination.unit_now != unit and nomination.ex_officio is None:
                await self._follow(nomination, unit, session, recorder)
        return last

    async def _follow(self, nomination: Nomination, unit: str, session: Session, recorder: EventRecorder) -> None:
        """Between work groups of one office nothing is said."""
        run = await self._runs.offered(nomination.seats_of[0], session)
        if run is None or not may_leave(run, nomination, recorder.now):
            return
        after = marked(nomination, unit, asks=False)
        if tells(nomination, after):
            after = await self._tell(nomination, unit, run, session, recorder)
        if after != nomination:
            await self._transferred.mark(after, session)

    async def _tell(
        self, nomination: Nomination, unit: str, run: OfferedRun, session: Session, recorder: EventRecorder
    ) -> Nomination:
        bucket = (await self._seats.load_buckets([nomination.bucket], session))[nomination.bucket]
        goes = await self._way(nomination, unit, run, session, recorder)
        if goes.to is not None:
            return await self._over(bucket, nomination, unit, goes.to, run, session, recorder)
        outcome = transfer(bucket, nomination, unit, run, asks=goes.asks)
        await self._store([(bucket, outcome)], [], run, session, recorder)
        return outcome.nominations[0]

    async def _way(
        self, nomination: Nomination, unit: str, run: OfferedRun, session: Session, recorder: EventRecorder
    ) -> Way:
        """A nomination of the office itself that comes home, or stays, needs no other bucket to be read."""
        if run.on_move is not OnMove.FOLLOW:
            return way(run, nomination, Assignment(unit), {}, recorder.now)
        known = (await self._people.assignments([nomination.person])).get(nomination.person, Assignment(unit))
        buckets = await self._seats.load_buckets(places_for(run, nomination, unit), session)
        return way(run, nomination, replace(known, unit=unit), buckets, recorder.now)

    async def _over(
        self,
        bucket: Bucket,
        nomination: Nomination,
        unit: str,
        to: Bucket,
        run: OfferedRun,
        session: Session,
        recorder: EventRecorder,
    ) -> Nomination:
        """Both buckets in one transaction, each guarded as by any command."""
        place = place_on(await self._units.units(), unit, day_of(run.starts_at))
        new = replace(followed(nomination, to, place, new_id()), pool=pool_for(run, to.id, unit))
        next_one = {bucket.id: 1} if bucket.waiting and frees_for_another(run, nomination, recorder.now) else {}
        queues = await self._seats.queues_of(next_one, session)
        left, came = follow(bucket, nomination, queues.get(bucket.id, ()), to, new, run)
        changes = [
            NominationChange(
                one,
                outcome.bucket,
                new=one.id == new.id,
                by=BY,
                at=recorder.now,
                offset_seconds=run.offset_seconds,
            )
            for outcome in (left, came)
            for one in outcome.nominations
        ]
        await self._store([(bucket, left), (to, came)], changes, run, session, recorder)
        return left.nominations[0]

    async def _store(
        self,
        outcomes: Sequence[tuple[Bucket, Outcome]],
        changes: Sequence[NominationChange],
        run: OfferedRun,
        session: Session,
        recorder: EventRecorder,
    ) -> None:
        await self._seats.write_buckets([(before, outcome.bucket) for before, outcome in outcomes], session)
        await self._seats.write_nominations(changes, session)
        for before, outcome in outcomes:
            recorder.record(outcome.events, after=before.seq, offset_seconds=run.offset_seconds)
