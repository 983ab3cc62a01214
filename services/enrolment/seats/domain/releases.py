"""The release of seats that nobody has claimed: page by page they go from units' buckets to the pool of their target
group, and from there to those who wait, by the rule of the programme. Pure.

Each page is whole by itself: what units give up, the pool gets, and what it gives, units get, so the seats of the run
are the same after every page. Nobody is seated who does not stand on a waiting list, so none skips an approval, and
each list keeps its order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from services.enrolment.catalogue import ReleaseRule
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, bucket_event, nomination_event
from services.enrolment.seats.domain.released import Moved, Progress, ReleaseWhy
from services.enrolment.seats.domain.serving import Tally
from services.enrolment.seats.domain.transitions import CONFIRMED, WAITLISTED, Action, require
from shared.events.seats import BucketFact, BucketSeatsChanged, ConfirmedBy, SeatConfirmed, SeatsChangedBecause
from shared.rights import pool_of

MOST_SEATS: Final = 100  # that one page moves


@dataclass(frozen=True, slots=True)
class Page:
    """`outcomes`: each bucket that changes, as it was read, and what becomes of it."""

    progress: Progress
    moved: tuple[Moved, ...]
    outcomes: tuple[tuple[Bucket, Outcome], ...]


def pools_of(buckets: Sequence[Bucket]) -> list[tuple[str, str]]:
    """Each target group with the pools that its units belong to: of one that is open to both sides there are two."""
    return sorted({(one.target, pool_of(one.bucket_unit)) for one in buckets})


def lists_needed(progress: Progress, buckets: Sequence[Bucket], most: int = MOST_SEATS) -> dict[str, int]:
    """How many of which waiting list a page may need: of a list that competes with others, its share."""
    waiting = [one for one in buckets if one.waiting and (_competes(progress, one) or _is_source(progress, one))]
    share = -(-most // max(1, len(waiting)))
    return {one.id: min(one.waiting, max(share, min(one.free, most))) for one in waiting}


def release_page(
    progress: Progress, buckets: Sequence[Bucket], queues: Mapping[str, Sequence[Nomination]], most: int = MOST_SEATS
) -> Page:
    """The next seats. `buckets` are all of this target group that belong to the pool, with the pool's own, in order of
    their ids; `queues` what `lists_needed` asks for. A page that runs out of a list ends there."""
    work = _Work(progress, buckets, queues)
    while len(work.moved) < most and work.step():
        pass
    return work.page()


def _competes(progress: Progress, bucket: Bucket) -> bool:
    return progress.rule is not ReleaseRule.BY_HAND or bucket.id == progress.id


def _is_source(progress: Progress, bucket: Bucket) -> bool:
    return bucket.id > progress.after and bucket.id != progress.id and bucket.free > 0


@dataclass(slots=True)
class _Draft:
    """A bucket in this page: how many seats it gives up and gets, and who is seated, in order."""

    bucket: Bucket
    queue: Sequence[Nomination]
    free: int
    waiting: int
    given_up: int = 0
    got: int = 0
    seated: list[Nomination] = field(default_factory=list)

    @property
    def next(self) -> Nomination | None:
        return self.queue[len(self.seated)] if len(self.seated) < len(self.queue) else None

    @property
    def changed(self) -> bool:
        return bool(self.given_up or self.got or self.seated)

    def seat(self) -> Nomination:
        nomination = self.queue[len(self.seated)]
        require(nomination.state, Action.PROMOTE)
        self.seated.append(nomination)
        self.waiting -= 1
        return nomination


class _RanOut(Exception):
    """Who is next on a list was not read."""


class _Work:
    def __init__(
        self, progress: Progress, buckets: Sequence[Bucket], queues: Mapping[str, Sequence[Nomination]]
    ) -> None:
        drafts = {one.id: _Draft(one, queues.get(one.id, ()), one.free, one.waiting) for one in buckets}
        self.progress = progress
        self.moved: list[Moved] = []
        self._drafts = drafts
        self._pool = drafts[progress.id]
        self._rivals = [one for one in drafts.values() if one.waiting and _competes(progress, one.bucket)]
        self._sources = [one for one in drafts.values() if _is_source(progress, one.bucket)]
        self._tally = Tally(progress.served) if progress.rule is ReleaseRule.UNDER_SERVED_FIRST else None
        self._after, self._done = progress.after, False

    def step(self) -> bool:
        """One seat; False when there is none, or when a list was not read so far."""
        try:
            return self._from_pool() or self._from_unit()
        except _RanOut:
            return False

    def page(self) -> Page:
        progress = replace(
            self.progress,
            after=self._after,
            pages=self.progress.pages + 1,
            moved=self.progress.moved + len(self.moved),
            done=self._done,
            served=self.progress.served if self._tally is None else self._tally.served,
        )
        changed = [one for one in self._drafts.values() if one.changed]
        return Page(progress, tuple(self.moved), tuple((one.bucket, self._outcome(one)) for one in changed))

    def _from_pool(self) -> bool:
        """Seats that the pool had before, or that were left in it while nobody waited."""
        if not self._pool.free or (who := self._winner()) is None:
            return False
        self._pool.free -= 1
        if who is not self._pool:
            self._pool.given_up += 1
        self._give(self._pool.bucket.bucket_unit, who)
        return True

    def _from_unit(self) -> bool:
        while self._sources and not self._sources[0].free:
            self._after = self._sources.pop(0).bucket.id
        if not self._sources:
            self._done = True
            return False
        source = self._sources[0]
        unit = source.bucket.bucket_unit
        if source.waiting:
            self._seat_own(source, unit)
            return True
        who = self._winner()
        source.free -= 1
        source.given_up += 1
        self._pool.got += 1
        if who is None:
            self._pool.free += 1
            by_hand = self.progress.rule is ReleaseRule.BY_HAND
            why = ReleaseWhy.BY_HAND if by_hand else ReleaseWhy.NOBODY_WAITS
            self.moved.append(Moved(unit, self.progress.pool, why))
            return True
        if who is not self._pool:
            self._pool.given_up += 1
        self._give(unit, who)
        return True

    def _seat_own(self, source: _Draft, unit: str) -> None:
        """What the unit's own list needs is not unclaimed."""
        if source.next is None:
            raise _RanOut
        source.free -= 1
        one = source.seat()
        self._count(one, seats=0)
        self.moved.append(Moved(unit, unit, ReleaseWhy.OWN_LIST, one.id, root_unit(one.place.unit)))

    def _give(self, source: str, who: _Draft) -> None:
        one = who.seat()
        in_pool = who is self._pool
        who.got += not in_pool
        office = root_unit(one.place.unit)
        served = None if self._tally is None else self._tally.of(one)
        self.moved.append(Moved(source, who.bucket.bucket_unit, self._why, one.id, office, served))
        self._count(one, seats=not in_pool)

    @property
    def _why(self) -> ReleaseWhy:
        return _WHY[self.progress.rule]

    def _count(self, one: Nomination, *, seats: int) -> None:
        if self._tally is not None:
            self._tally.count(one, seats=seats)

    def _winner(self) -> _Draft | None:
        """Of those who are first on their list. A unit that still has free seats of its own seats its own."""
        best: tuple[Fraction, str] | None = None
        found: _Draft | None = None
        for rival in self._rivals:
            if not rival.waiting or (_is_source(self.progress, rival.bucket) and rival.free):
                continue
            if rival.next is None:
                raise _RanOut
            key = self._order(rival.next)
            if best is None or key < best:
                best, found = key, rival
        return found

    def _order(self, one: Nomination) -> tuple[Fraction, str]:
        """Ids of nominations are in the order in which they were made."""
        return (_FIRST if self._tally is None else self._tally.of(one).share), one.id

    def _outcome(self, draft: _Draft) -> Outcome:
        before, is_pool = draft.bucket, draft is self._pool
        events: list[BucketFact] = []
        if is_pool:
            now = before
            for change in (draft.got, -draft.given_up):
                now = _resized(now, change, events)
        else:
            counted = replace(before, released=before.released + draft.given_up, received=before.received + draft.got)
            now = _resized(counted, draft.got - draft.given_up, events)
        seated = [replace(one, state=CONFIRMED, queue=None) for one in draft.seated]
        events += [
            nomination_event(SeatConfirmed, before, one, before=WAITLISTED, by=ConfirmedBy.RELEASE) for one in seated
        ]
        free = now.free - len(seated)
        after = replace(now, free=free, waiting=draft.waiting, seq=before.seq + len(events))
        return Outcome(after, tuple(seated), tuple(events))


_FIRST: Final = Fraction()
_WHY: Final[Mapping[ReleaseRule, ReleaseWhy]] = {
    ReleaseRule.WAITING_ORDER: ReleaseWhy.WAITING_ORDER,
    ReleaseRule.UNDER_SERVED_FIRST: ReleaseWhy.UNDER_SERVED,
    ReleaseRule.BY_HAND: ReleaseWhy.OWN_LIST,  # of the pool: nobody else gets what officers are to move
}


def _resized(bucket: Bucket, change: int, events: list[BucketFact]) -> Bucket:
    """With so many free seats more or fewer, and the event that says so."""
    if not change:
        return bucket
    seats = bucket.seats + change
    events.append(
        bucket_event(
            BucketSeatsChanged,
            bucket,
            seats=seats,
            before=bucket.seats,
            because=SeatsChangedBecause.RELEASED,
            released=bucket.released,
            received=bucket.received,
        )
    )
    return replace(bucket, seats=seats, free=bucket.free + change)
