"""The buckets of whole runs: the allocation of seats, and opening and closing together with their run.

The catalogue calls `open_all`, `close_all` and `reschedule` inside its own unit of work; `allocate` has its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import Unit, place_on
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.allocation import Seating, check_allocation
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.growth import given, resize, shares
from services.enrolment.seats.domain.moving import day_of, move
from services.enrolment.seats.domain.nominations import Bucket, Growing, Outcome
from services.enrolment.seats.domain.refusals import BucketClosed, SeatsBelowConfirmed, UnknownRun
from services.enrolment.seats.http.responses import buckets_response
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.service.growth import Growth
from services.enrolment.seats.storage import Seats
from shared.events.seats import bucket_id
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import Principal
from shared.write import CommandResult, UnitOfWork


class AllocatedRuns(OfferedRuns, Protocol):
    """The catalogue's runs, with the sum of their seats."""

    async def seats_version(self, run: str) -> int | None: ...

    async def note_allocated(
        self, run: OfferedRun, seats: int, expected: int, by: str, at: datetime, session: Session
    ) -> int: ...


class BucketService:
    """The buckets of runs, all of them at once."""

    def __init__(
        self, units_of_work: UnitOfWork, seats: Seats, runs: AllocatedRuns, units: Units, growth: Growth
    ) -> None:
        self._units_of_work = units_of_work
        self._seats = seats
        self._runs = runs
        self._units = units
        self._growth = growth

    async def of_run(self, run: str, *, drafts: bool) -> tuple[list[Bucket], int]:
        """In order, with their version; without `drafts` only those ever opened. Raises UnknownRun, also when the
        caller may see none."""
        # The version first: of seats that change meanwhile the caller knows less, and not more, than is true.
        version = await self._runs.seats_version(run)
        buckets = [bucket for bucket in await self._seats.buckets_of(run) if drafts or bucket.seq > 0]
        if version is None or not (buckets or drafts):
            raise UnknownRun(run=run)
        return buckets, version

    async def allocate(
        self, key: CommandKey, run: str, seatings: Sequence[Seating], caller: Principal, expected: int
    ) -> Recorded:
        """Gives the run exactly these buckets. Raises a refusal of allocation.py, UnknownRun, and ChangedSince when its
        seats are not those of the version `expected`; changes nothing then. Nominations do not change that version.

        On an open run new seats go to the waiting list, new buckets open, and confirmed seats cannot be cut. Beyond
        what one transaction may seat, buckets grow by and by (`growing`).
        """
        units, by = await self._units.units(), caller.subject

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await self._editable(run, session)
            total = sum(seating.seats for seating in seatings)
            version = await self._runs.note_allocated(offered, total, expected, by, recorder.now, session)
            check_allocation(seatings, offered.targets, units, offered.capacity)
            await self._write(offered, seatings, units, by, session, recorder)
            buckets = await self._seats.buckets_of(run, session)
            return CommandResult(buckets_response(buckets, version, caller.counts()), version=version)

        recorded = await self._units_of_work.carry_out(key, work)
        self._growth.wake()
        return recorded

    async def open_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]:
        """Opens every bucket of a run. Returns the distinct units that have seats, in order."""
        buckets = await self._moved(run, recorder, session)
        await self._store(buckets, [rules.open_bucket(bucket) for bucket in buckets], run, recorder, session)
        return list(dict.fromkeys(bucket.bucket_unit for bucket in buckets))

    async def close_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None:
        """Closes every open bucket of a run: from now on every command about its seats is refused."""
        buckets = [bucket for bucket in await self._seats.buckets_of(run.id, session) if bucket.open]
        await self._store(buckets, [rules.close_bucket(bucket) for bucket in buckets], run, recorder, session)

    async def reschedule(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None:
        """Buckets follow the run: its start and fiscal year, and the province groups of that day."""
        await self._moved(run, recorder, session)

    async def _moved(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[Bucket]:
        """All buckets of the run, on its day."""
        units = await self._units.units()
        pairs = [(bucket, move(bucket, run, units)) for bucket in await self._seats.buckets_of(run.id, session)]
        changed = [(bucket, outcome.bucket) for bucket, outcome in pairs if outcome.bucket != bucket]
        await self._seats.move_buckets(changed, session)
        for bucket, outcome in pairs:
            recorder.record(outcome.events, after=bucket.seq, offset_seconds=run.offset_seconds)
        return [outcome.bucket for _, outcome in pairs]

    async def _editable(self, run: str, session: Session) -> OfferedRun:
        offered = await self._runs.offered(run, session)
        if offered is None:
            raise UnknownRun(run=run)
        if offered.ended:
            raise BucketClosed()
        return offered

    async def _write(
        self,
        run: OfferedRun,
        seatings: Sequence[Seating],
        units: Mapping[str, Unit],
        by: str,
        session: Session,
        recorder: EventRecorder,
    ) -> None:
        seats = {bucket_id(run.id, seating.target, seating.unit): seating.seats for seating in seatings}
        present = {bucket.id: bucket for bucket in await self._seats.buckets_of(run.id, session)}
        await self._remove([bucket for key, bucket in present.items() if key not in seats], run, session)
        made = [
            _new_bucket(run, seating, units) for key, seating in zip(seats, seatings, strict=True) if key not in present
        ]
        await self._seats.insert_buckets(made, session)
        resized = [bucket for key, bucket in present.items() if seats.get(key, given(bucket)) != given(bucket)]
        if run.open:
            await self._resize_open(run, resized, seats, made, by, recorder, session)
        else:
            changed = [replace(bucket, seats=seats[bucket.id], free=seats[bucket.id]) for bucket in resized]
            await self._seats.write_buckets(list(zip(resized, changed, strict=True)), session)

    async def _remove(self, buckets: Sequence[Bucket], run: OfferedRun, session: Session) -> None:
        """Only a bucket that was never opened can be removed: an opened one has a history."""
        if run.open and buckets:
            bucket = buckets[0]
            raise SeatsBelowConfirmed(
                unit=bucket.bucket_unit, target=bucket.target, confirmed=bucket.confirmed, seats=0
            )
        await self._seats.delete_buckets(buckets, session)

    async def _resize_open(
        self,
        run: OfferedRun,
        before: Sequence[Bucket],
        seats: dict[str, int],
        made: Sequence[Bucket],
        by: str,
        recorder: EventRecorder,
        session: Session,
    ) -> None:
        queues = await self._seats.queues_of(shares(before, seats, self._growth.most), session)
        outcomes = [resize(one, Growing(seats[one.id], by), queues.get(one.id, ())) for one in before]
        promoted = [
            NominationChange(nomination, outcome.bucket, new=False, by=by, at=recorder.now)
            for outcome in outcomes
            for nomination in outcome.nominations
        ]
        await self._seats.write_nominations(promoted, session)
        opened = [rules.open_bucket(bucket) for bucket in made]
        await self._store([*before, *made], [*outcomes, *opened], run, recorder, session)

    async def _store(
        self,
        before: Sequence[Bucket],
        outcomes: Sequence[Outcome],
        run: OfferedRun,
        recorder: EventRecorder,
        session: Session,
    ) -> None:
        pairs = list(zip(before, outcomes, strict=True))
        await self._seats.write_buckets([(old, outcome.bucket) for old, outcome in pairs], session)
        for old, outcome in pairs:
            recorder.record(outcome.events, after=old.seq, offset_seconds=run.offset_seconds)


def _new_bucket(run: OfferedRun, seating: Seating, units: Mapping[str, Unit]) -> Bucket:
    return Bucket(
        id=bucket_id(run.id, seating.target, seating.unit),
        run=run.id,
        target=seating.target,
        bucket_unit=seating.unit,
        programme=run.programme,
        fiscal_year=run.fiscal_year,
        run_starts_at=run.starts_at,
        place=place_on(units, seating.unit, day_of(run.starts_at)),
        seats=seating.seats,
        free=seating.seats,
        open=False,
    )
