"""A page of people who go from one run to another, in one transaction: both buckets of each, guarded as by any command,
and the seats of the two runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import Unit, place_on
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.buckets import open_later
from services.enrolment.seats.domain.carrying import arrive, depart, outranks
from services.enrolment.seats.domain.leaving import leave
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.transitions import CONFIRMED
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.run_moves import Carried, RunMoves
from shared.events.seats import BucketFact, WithdrawnBecause, bucket_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session


class SeatsOfRuns(Protocol):
    """The catalogue's runs."""

    async def carry_seats(self, source: str, to: str, seats: int, session: Session) -> None: ...


@dataclass(slots=True)
class Desk:
    """The buckets that a page works on: as they were (None: there was none), as they are, and what happened."""

    source: OfferedRun
    to: OfferedRun
    units: Mapping[str, Unit]
    before: dict[str, Bucket | None] = field(default_factory=dict)
    now: dict[str, Bucket] = field(default_factory=dict)
    events: dict[str, list[BucketFact]] = field(default_factory=dict)
    withdrawn: list[tuple[Nomination, Bucket]] = field(default_factory=list)
    carried: list[Carried] = field(default_factory=list)

    def put(self, outcome: Outcome) -> Outcome:
        self.now[outcome.bucket.id] = outcome.bucket
        self.events.setdefault(outcome.bucket.id, []).extend(outcome.events)
        return outcome

    def counterpart(self, bucket: Bucket) -> Bucket:
        """In the other run; opened there where there was none."""
        key = bucket_id(self.to.id, bucket.target, bucket.bucket_unit)
        if key not in self.now:
            self.before[key] = None
            self.put(open_later(_counterpart(bucket, key, self.to, self.units), closed=not self.to.open))
        return self.now[key]

    def withdraw(self, nomination: Nomination) -> None:
        """The person keeps the other one."""
        outcome = self.put(leave(self.now[nomination.bucket], nomination, (), WithdrawnBecause.MERGED))
        self.withdrawn.append((outcome.nominations[0], outcome.bucket))

    def carry(self, bucket: str, nominations: Sequence[Nomination]) -> int:
        """These of one bucket; how many seats go with them."""
        self.put(depart(self.now[bucket], nominations, self.to.id))
        day = day_of(self.to.starts_at)
        placed = [(one, place_on(self.units, one.place.unit, day)) for one in nominations]
        came = self.put(arrive(self.counterpart(self.now[bucket]), placed, self.source.id))
        self.carried += zip(nominations, came.nominations, strict=True)
        return sum(one.state is CONFIRMED for one in nominations)


class CarriedPages:
    """Reads, decides and writes."""

    def __init__(self, seats: Seats, moves: RunMoves, runs: SeatsOfRuns) -> None:
        self._seats = seats
        self._moves = moves
        self._runs = runs

    async def carry(
        self, desk: Desk, nominations: Sequence[Nomination], by: str, session: Session, recorder: EventRecorder
    ) -> None:
        """`nominations` are of the one run, in the order in which they come into the other."""
        there = await self._seats.live_of(desk.to.id, [one.person for one in nominations], session)
        await self.load(desk, {one.bucket for one in (*nominations, *there.values())}, session)
        seats = 0
        for bucket in dict.fromkeys(one.bucket for one in nominations):
            going = []
            for one in (one for one in nominations if one.bucket == bucket):
                other = there.get(one.person)
                if other is not None:
                    desk.withdraw(other if outranks(one, other) else one)
                if other is None or outranks(one, other):
                    going.append(one)
            seats += desk.carry(bucket, going) if going else 0
        await self._runs.carry_seats(desk.source.id, desk.to.id, seats, session)
        await self.write(desk, by, session, recorder)

    async def load(self, desk: Desk, buckets: set[str], session: Session) -> None:
        """With those of the other run."""
        found = await self._seats.load_buckets(sorted(buckets), session)
        keys = [bucket_id(desk.to.id, one.target, one.bucket_unit) for one in found.values()]
        found |= await self._seats.load_buckets([key for key in keys if key not in found], session)
        desk.before |= found
        desk.now |= found

    async def write(self, desk: Desk, by: str, session: Session, recorder: EventRecorder) -> None:
        made = [desk.now[key] for key, before in desk.before.items() if before is None]
        changed = [(old, desk.now[key]) for key, old in desk.before.items() if old is not None]
        await self._seats.insert_buckets(made, session)
        await self._seats.write_buckets([(old, new) for old, new in changed if old != new], session)
        offset = desk.source.offset_seconds
        withdrawn = [
            NominationChange(one, bucket, new=False, by=by, at=recorder.now, offset_seconds=offset)
            for one, bucket in desk.withdrawn
        ]
        await self._seats.write_nominations(withdrawn, session)
        await self._moves.carry(desk.carried, by, recorder.now, session)
        for key, happened in desk.events.items():
            old = desk.before[key]
            recorder.record(happened, after=0 if old is None else old.seq, offset_seconds=offset)


def _counterpart(bucket: Bucket, key: str, to: OfferedRun, units: Mapping[str, Unit]) -> Bucket:
    return Bucket(
        id=key,
        run=to.id,
        target=bucket.target,
        bucket_unit=bucket.bucket_unit,
        programme=to.programme,
        fiscal_year=to.fiscal_year,
        run_starts_at=to.starts_at,
        place=place_on(units, bucket.bucket_unit, day_of(to.starts_at)),
        seats=0,
        free=0,
        open=False,
    )
