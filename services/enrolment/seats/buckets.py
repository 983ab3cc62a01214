"""Whole runs of buckets: the allocation of seats, and opening and closing together with their run.

The catalogue calls `open_all` and `close_all` inside its own transaction; `allocate` has one of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.enrolment.catalogue.eligibility import target_of
from services.enrolment.seats import domain
from services.enrolment.seats.allocation import Seating, check_allocation
from services.enrolment.seats.domain import Bucket, Outcome
from services.enrolment.seats.places import Places, place_on
from services.enrolment.seats.refusals import BucketClosed, SeatsBelowConfirmed, UnknownRun
from services.enrolment.seats.storage import Seats, changed_nomination
from shared.clock import BANGKOK
from shared.events.envelope import Context, Fact, Position
from shared.messaging.outbox import Numbered, numbered
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database, DeleteOne, Document, Session, transaction

EDITABLE = frozenset({"PLANNED", "OPEN"})


@dataclass(frozen=True, slots=True)
class Allocated:
    """The buckets of a run after a change, and the positions that it reached."""

    buckets: tuple[Bucket, ...]
    positions: tuple[Position, ...]


class Buckets:
    """The buckets of runs, all of them at once."""

    def __init__(self, database: Database, seats: Seats, publisher: EventPublisher, places: Places) -> None:
        self._client = database.client
        self._runs = database["runs"]
        self._seats = seats
        self._publisher = publisher
        self._places = places

    async def of_run(self, run: str, *, drafts: bool) -> list[Bucket]:
        """In order; without `drafts` those that were opened once. Raises UnknownRun, also when nothing may be seen."""
        found = [bucket for bucket in await self._seats.buckets_of(run) if drafts or bucket.seq > 0]
        if not found and not (drafts and await self._runs.find_one({"_id": run}, {"_id": 1})):
            raise UnknownRun(run=run)
        return found

    async def allocate(self, run: str, seatings: Sequence[Seating], by: str, now: datetime) -> Allocated:
        """Gives the run exactly these buckets. Raises a refusal of allocation.py or UnknownRun; changes nothing then.

        On an open run new seats go to those who wait, new buckets open, and what is taken cannot be cut.
        """
        units = await self._places.units()

        async def work(session: Session) -> Allocated:
            row = await self._run(run, session)
            targets = tuple(target_of(target) for target in row["target_groups"])
            check_allocation(seatings, targets, units, row["capacity"])
            positions = await self._write(row, seatings, units, by, now, session)
            buckets = await self._seats.buckets_of(run, session)
            return Allocated(tuple(buckets), positions)

        allocated = await transaction(self._client, work)
        self._publisher.wake()
        return allocated

    async def open_all(self, row: Document, context: Context, session: Session) -> list[str]:
        """Opens every bucket of a run; the distinct units that have seats, in order."""
        buckets = await self._seats.buckets_of(row["_id"], session)
        outcomes = [domain.open_bucket(self._dated(bucket, row)) for bucket in buckets]
        await self._store(buckets, outcomes, context, session)
        await self.reschedule(row, session)
        return list(dict.fromkeys(bucket.unit for bucket in buckets))

    async def close_all(self, row: Document, context: Context, session: Session) -> None:
        """Closes every open bucket of a run: from now on every command about its seats is refused."""
        buckets = [bucket for bucket in await self._seats.buckets_of(row["_id"], session) if bucket.open]
        await self._store(buckets, [domain.close_bucket(bucket) for bucket in buckets], context, session)

    async def reschedule(self, row: Document, session: Session) -> None:
        """Tells the buckets of a run its start and fiscal year, which their events carry."""
        fields = {"run_starts_at": row["starts_at"], "fiscal_year": row["fiscal_year"]}
        await self._seats.buckets.update_many({"run": row["_id"]}, {"$set": fields}, session=session)

    async def _run(self, run: str, session: Session) -> Document:
        row: Document | None = await self._runs.find_one({"_id": run}, session=session)
        if row is None:
            raise UnknownRun(run=run)
        if row["state"] not in EDITABLE:
            raise BucketClosed()
        return row

    async def _write(
        self,
        row: Document,
        seatings: Sequence[Seating],
        units: Mapping[str, Document],
        by: str,
        now: datetime,
        session: Session,
    ) -> tuple[Position, ...]:
        run = row["_id"]
        wanted = {f"{run}:{seating.target}:{seating.unit}": seating for seating in seatings}
        present = {bucket.id: bucket for bucket in await self._seats.buckets_of(run, session)}
        is_open = row["state"] == "OPEN"
        context = self._publisher.context(now, row["offset_seconds"])
        await self._remove([bucket for key, bucket in present.items() if key not in wanted], is_open, session)
        made = [self._new(row, seating, units) for key, seating in wanted.items() if key not in present]
        await self._seats.insert_buckets(made, session)
        moved = {key: bucket for key, bucket in present.items() if key in wanted}
        if not is_open:
            await self._resize_closed(moved, wanted, session)
            positions: tuple[Position, ...] = ()
        else:
            positions = await self._resize_open(moved, wanted, made, context, by, session)
        total = sum(seating.seats for seating in seatings)
        # Every change of seats writes the run, so that two changes at once cannot both add up.
        await self._runs.update_one({"_id": run}, {"$set": {"allocated": total, "allocated_at": now}}, session=session)
        return positions

    async def _remove(self, buckets: Sequence[Bucket], is_open: bool, session: Session) -> None:
        """Only a bucket that was never opened can go; an open one stays in the history and may have no fewer seats."""
        if is_open and buckets:
            bucket = buckets[0]
            raise SeatsBelowConfirmed(unit=bucket.unit, target=bucket.target, confirmed=bucket.confirmed, seats=0)
        if buckets:
            await self._seats.buckets.bulk_write([DeleteOne({"_id": bucket.id}) for bucket in buckets], session=session)

    async def _resize_closed(
        self, present: Mapping[str, Bucket], wanted: Mapping[str, Seating], session: Session
    ) -> None:
        changes = [
            (bucket, replace(bucket, seats=wanted[key].seats, free=wanted[key].seats))
            for key, bucket in present.items()
            if bucket.seats != wanted[key].seats
        ]
        await self._seats.write_buckets(changes, session)

    async def _resize_open(
        self,
        present: Mapping[str, Bucket],
        wanted: Mapping[str, Seating],
        made: Sequence[Bucket],
        context: Context,
        by: str,
        session: Session,
    ) -> tuple[Position, ...]:
        before = [bucket for key, bucket in present.items() if bucket.seats != wanted[key].seats]
        queues = await self._seats.queues_of([bucket.id for bucket in before], session) if before else {}
        outcomes = [domain.change_seats(bucket, wanted[bucket.id].seats, tuple(queues[bucket.id])) for bucket in before]
        outcomes += [domain.open_bucket(bucket) for bucket in made]
        changed = [n for outcome in outcomes for n in outcome.nominations]
        await self._seats.write_nominations(
            [changed_nomination(n, by, None, context.recorded_at) for n in changed], session
        )
        return await self._store([*before, *made], outcomes, context, session)

    async def _store(
        self, before: Sequence[Bucket], outcomes: Sequence[Outcome], context: Context, session: Session
    ) -> tuple[Position, ...]:
        await self._seats.write_buckets(
            [(old, outcome.bucket) for old, outcome in zip(before, outcomes, strict=True)], session
        )
        facts: list[Numbered] = []
        for old, outcome in zip(before, outcomes, strict=True):
            facts += numbered((Fact(old.id, old.run, event) for event in outcome.events), after=old.seq)
        await self._publisher.outbox.append([(fact, context) for fact in facts], session)
        return tuple(Position(outcome.bucket.id, outcome.bucket.seq) for outcome in outcomes)

    def _new(self, row: Document, seating: Seating, units: Mapping[str, Document]) -> Bucket:
        day = row["starts_at"].astimezone(BANGKOK).date()
        return Bucket(
            id=f"{row['_id']}:{seating.target}:{seating.unit}",
            run=row["_id"],
            target=seating.target,
            unit=seating.unit,
            programme=row["programme"],
            fiscal_year=row["fiscal_year"],
            run_starts_at=row["starts_at"],
            place=place_on(units, seating.unit, day),
            seats=seating.seats,
            free=seating.seats,
            open=False,
        )

    def _dated(self, bucket: Bucket, row: Document) -> Bucket:
        """The run may have been rescheduled since the seats were given."""
        return replace(bucket, fiscal_year=row["fiscal_year"], run_starts_at=row["starts_at"])


def view(bucket: Bucket) -> dict[str, Any]:
    """A bucket as answers show it."""
    return {
        "target": bucket.target,
        "unit": bucket.unit,
        "seats": bucket.seats,
        "free": bucket.free,
        "confirmed": bucket.confirmed,
        "waiting": bucket.waiting,
        "open": bucket.open,
    }
