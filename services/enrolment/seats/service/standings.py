"""Where one nomination stands, and what stands before it: read, never decided here."""

from typing import Final

from services.enrolment.catalogue import PoolOrder
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.phases import phase_of
from services.enrolment.seats.domain.refusals import UnknownNomination, UnknownRun
from services.enrolment.seats.domain.standing import Lines, Standing, Told, standing
from services.enrolment.seats.domain.transitions import WAITLISTED
from services.enrolment.seats.service.batch import OfferedRuns
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.offers import OfferStore
from shared.clock import Clock, business
from shared.mongo import translated_calls
from shared.rights import Permission, Principal

MOST_COUNTED: Final = 30_000  # of a line
BY_TIME: Final = (PoolOrder.WAITING, PoolOrder.PRIMARY_FIRST)  # in the others nobody has a place


class Standings:
    def __init__(self, seats: Seats, store: OfferStore, runs: OfferedRuns, clock: Clock) -> None:
        self._seats = seats
        self._store = store
        self._runs = runs
        self._clock = clock

    async def of(self, run: str, id: str, caller: Principal) -> Standing:
        """Raises UnknownNomination, also for one outside the caller's scope, and UnknownRun."""
        with translated_calls():
            record = await self._seats.one(run, id, caller.scope(Permission.NOMINATION_READ))
            if record is None:
                raise UnknownNomination(nomination=id)
            offered = await self._runs.offered(run)
            if offered is None:
                raise UnknownRun(run=run)
            nomination = record.nomination
            bucket, pool = await self._buckets(nomination)
            waits = nomination.state is WAITLISTED
            order = offered.waiting_lists.order
            lines = Lines(
                bucket,
                pool,
                await self._store.ahead_in_unit(nomination, MOST_COUNTED) if waits else 0,
                await self._store.ahead(nomination, order, MOST_COUNTED) if waits and order in BY_TIME else 0,
            )
        counts = caller.counts()
        told = Told(counts.covers_unit(bucket.bucket_unit), counts.all)  # in the line of the pool are all units
        phase = phase_of(offered, business(self._clock(), offered.offset_seconds))
        return standing(offered, phase, nomination, lines, told)

    async def _buckets(self, nomination: Nomination) -> tuple[Bucket, Bucket | None]:
        names = [nomination.bucket, *([] if nomination.pool is None else [nomination.pool])]
        found = await self._seats.load_buckets(names)
        return found[nomination.bucket], found.get(nomination.pool or "")
