"""The buckets of whole runs: the allocation of seats, and opening and closing together with their run.

The catalogue calls `open_all`, `close_all`, `reopen_all` and `reschedule` inside its own unit of work; `allocate` has
its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import Unit, place_on
from services.enrolment.seats.domain.allocation import Seating, asked_for_nominations, check_allocation
from services.enrolment.seats.domain.allocation_refusals import SeatsBelowConfirmed
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.buckets import close_bucket, open_bucket, open_later, reopen_bucket
from services.enrolment.seats.domain.growth import behind, given, resize, shares
from services.enrolment.seats.domain.model import Bucket, Growing, Outcome
from services.enrolment.seats.domain.moving import day_of, move
from services.enrolment.seats.domain.phases import require_at_rest, require_seats_open
from services.enrolment.seats.domain.reallocating import Where, seatings_of, transferred
from services.enrolment.seats.domain.refusals import UnknownRun
from services.enrolment.seats.http.responses import buckets_response
from services.enrolment.seats.service.batch import OfferedRuns, Units
from services.enrolment.seats.service.concerned import Concerned
from services.enrolment.seats.service.growth import Growth
from services.enrolment.seats.storage import Seats
from shared.clock import business
from shared.events.seats import bucket_id
from shared.idempotency import CommandKey, Recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.rights import POOLS, Principal
from shared.write import CommandResult, UnitOfWork

BY: Final = "reschedule"  # who has moved the run stands in its history


class AllocatedRuns(OfferedRuns, Protocol):
    """The catalogue's runs, with the sum of their seats."""

    async def seats_version(self, run: str) -> int | None: ...

    async def note_allocated(
        self, run: OfferedRun, seats: int, expected: int | None, by: str, at: datetime, session: Session
    ) -> int: ...


class Staff(Protocol):
    """The directory's people."""

    async def is_anybody_in(self, unit: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Plan:
    """The seats that a run is to have, made from the buckets that it has; the units among them without anybody; and
    the version that is meant (None: whatever is there)."""

    run: str
    seatings: Callable[[Sequence[Bucket]], Sequence[Seating]]
    empty: list[str]
    expected: int | None


class BucketService:
    """The buckets of runs, all of them at once."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        seats: Seats,
        runs: AllocatedRuns,
        units: Units,
        staff: Staff,
        growth: Growth,
        concerned: Concerned,
    ) -> None:
        self._units_of_work = units_of_work
        self._seats = seats
        self._runs = runs
        self._units = units
        self._staff = staff
        self._growth = growth
        self._concerned = concerned

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

        On a run that was opened, and until it begins also where its intake is closed, new seats go to the waiting
        list, new buckets open, those that are left out stay without seats, and confirmed seats cannot be cut. Beyond
        what one transaction may seat, buckets grow by and by (`growing`). The answer names the units that have nobody
        who could take their seats: it is no mistake where people are still to be imported.
        """
        empty = await self._without_people({seating.unit for seating in seatings if seating.seats})
        return await self._allocate(key, _Plan(run, lambda _: seatings, empty, expected), caller)

    async def copy(self, key: CommandKey, run: str, source: str, caller: Principal, expected: int) -> Recorded:
        """Gives the run the buckets of another. Raises UnknownRun also for one without any, else as `allocate`."""
        buckets = await self._seats.buckets_of(source)
        if not buckets:
            raise UnknownRun(run=source)
        return await self.allocate(key, run, seatings_of(buckets), caller, expected)

    async def transfer(
        self, key: CommandKey, run: str, transfer: tuple[Where, Where, int], caller: Principal, expected: int | None
    ) -> Recorded:
        """Moves seats from one bucket to another in one transaction: their sum stays. Raises the refusals of
        `transferred`, else as `allocate`."""
        source, to, seats = transfer
        empty = await self._without_people({to[1]})
        return await self._allocate(
            key, _Plan(run, lambda buckets: transferred(buckets, source, to, seats), empty, expected), caller
        )

    async def _allocate(self, key: CommandKey, plan: "_Plan", caller: Principal) -> Recorded:
        units, by, run = await self._units.units(), caller.subject, plan.run

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            offered = await self._editable(run, recorder.now, session)
            seatings = plan.seatings(await self._seats.buckets_of(run, session))
            total = sum(seating.seats for seating in seatings)
            version = await self._runs.note_allocated(offered, total, plan.expected, by, recorder.now, session)
            check_allocation(seatings, offered.targets, units, offered.capacity)
            try:
                await self._write(offered, seatings, units, by, session, recorder)
            except SeatsBelowConfirmed as refusal:
                raise await self._concerned.by(run, refusal, caller) from None
            buckets = await self._seats.buckets_of(run, session)
            answer = buckets_response(buckets, version, caller.counts())
            return CommandResult({**answer, "unitsWithoutPeople": plan.empty}, version=version)

        recorded = await self._units_of_work.carry_out(key, work)
        self._growth.wake()
        return recorded

    async def _without_people(self, units: Collection[str]) -> list[str]:
        """A pool is for people of many offices. A look into an index for each of some five hundred units."""
        asked = sorted(unit for unit in units if unit not in POOLS)
        return [unit for unit in asked if not await self._staff.is_anybody_in(unit)]

    async def open_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]:
        """Opens every bucket of a run. Returns the distinct units that are asked for nominations, in order."""
        buckets = await self._moved(run, recorder, session)
        await self._store(buckets, [open_bucket(bucket) for bucket in buckets], run, recorder, session)
        units = await self._units.units()
        return asked_for_nominations([one.bucket_unit for one in buckets], units, day_of(run.starts_at))

    async def close_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None:
        """Closes every open bucket of a run: from now on it takes no nomination."""
        buckets = [bucket for bucket in await self._seats.buckets_of(run.id, session) if bucket.open]
        await self._store(buckets, [close_bucket(bucket) for bucket in buckets], run, recorder, session)

    async def reopen_all(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[str]:
        """Reopens every bucket of a run. Returns the distinct units that are asked, in order."""
        buckets = await self._seats.buckets_of(run.id, session)
        await self._store(buckets, [reopen_bucket(bucket) for bucket in buckets], run, recorder, session)
        units, open_seats = await self._units.units(), [bucket.bucket_unit for bucket in buckets if bucket.free]
        return asked_for_nominations(open_seats, units, day_of(run.starts_at))

    async def reschedule(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> None:
        """Buckets follow the run: its start and fiscal year, and the province groups of that day. Of one that had begun
        and is to begin later people move up again: first those who wait, into the seats that have come free."""
        stood = {one.id: one.run_starts_at for one in await self._seats.buckets_of(run.id, session)}
        moved = await self._moved(run, recorder, session)
        if run.begun(recorder.now):
            return
        now = business(recorder.now, run.offset_seconds)
        left = [(one, behind(one, BY)) for one in moved if stood[one.id] <= now]
        await self._seats.write_buckets([(one, after) for one, after in left if after is not one], session)

    async def _moved(self, run: OfferedRun, recorder: EventRecorder, session: Session) -> list[Bucket]:
        """All buckets of the run, on its day."""
        units = await self._units.units()
        pairs = [(bucket, move(bucket, run, units)) for bucket in await self._seats.buckets_of(run.id, session)]
        changed = [(bucket, outcome.bucket) for bucket, outcome in pairs if outcome.bucket != bucket]
        await self._seats.move_buckets(changed, session)
        for bucket, outcome in pairs:
            recorder.record(outcome.events, after=bucket.seq, offset_seconds=run.offset_seconds)
        return [outcome.bucket for _, outcome in pairs]

    async def _editable(self, run: str, at: datetime, session: Session) -> OfferedRun:
        """Raises UnknownRun, and the refusals of `require_seats_open`."""
        offered = await self._runs.offered(run, session)
        if offered is None:
            raise UnknownRun(run=run)
        require_at_rest(offered)
        require_seats_open(offered, business(at, offered.offset_seconds))
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
        made = [
            new_bucket(run, seating, units) for key, seating in zip(seats, seatings, strict=True) if key not in present
        ]
        await self._seats.insert_buckets(made, session)
        left_out = [bucket for key, bucket in present.items() if key not in seats]
        if run.opened:  # an opened bucket has a history: it stays, without seats
            seats |= dict.fromkeys((bucket.id for bucket in left_out), 0)
        else:
            await self._seats.delete_buckets(left_out, session)
        resized = [bucket for key, bucket in present.items() if seats.get(key, given(bucket)) != given(bucket)]
        if run.opened:
            await self._resize_opened(run, resized, seats, made, by, recorder, session)
        else:
            changed = [replace(bucket, seats=seats[bucket.id], free=seats[bucket.id]) for bucket in resized]
            await self._seats.write_buckets(list(zip(resized, changed, strict=True)), session)

    async def _resize_opened(
        self,
        run: OfferedRun,
        before: Sequence[Bucket],
        seats: dict[str, int],
        made: Sequence[Bucket],
        by: str,
        recorder: EventRecorder,
        session: Session,
    ) -> None:
        begun = run.begun(recorder.now)
        to = {one.id: seats[one.id] + one.borrowed for one in before}
        queues = await self._seats.queues_of(shares(before, to, self._growth.most), session)
        outcomes = [resize(one, Growing(to[one.id], by), queues.get(one.id, ()), begun=begun) for one in before]
        promoted = [
            NominationChange(nomination, outcome.bucket, new=False, by=by, at=recorder.now)
            for outcome in outcomes
            for nomination in outcome.nominations
        ]
        await self._seats.write_nominations(promoted, session)
        opened = [open_later(bucket, closed=not run.open) for bucket in made]
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


def new_bucket(run: OfferedRun, seating: Seating, units: Mapping[str, Unit]) -> Bucket:
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
