"""What the loops of the services do in a transaction, on documents in memory. For drawn lives of seats."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from services.enrolment.catalogue import OfferedRun, PoolOrder, RunState
from services.enrolment.catalogue.domain.dividing import end_merged
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain import approvals, carrying, growth, offers
from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.buckets import change_seats, close_bucket
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.offer_order import Chosen, by_waiting, under_served_first
from services.enrolment.seats.domain.phases import ALLOWED, phase_of
from services.enrolment.seats.domain.released import Moved, Progress, Served
from services.enrolment.seats.domain.releases import lists_needed, release_page
from services.enrolment.seats.domain.run_moves import Phase, RunMove
from services.enrolment.seats.domain.transitions import CONFIRMED, LIVE, OFFERED, SUBMITTED, WAITLISTED, Action
from services.enrolment.seats.service.buckets import new_bucket
from services.enrolment.seats.service.carried import Desk
from services.enrolment.seats.service.releases import _opened, may_release
from shared.events.seats import NominationState, Rank
from tests.unit.enrolment.seats.life_service import POOL, UNITS, Service, put_desk
from tests.unit.enrolment.seats.life_store import Tx

MOST: Final = 2  # that one transaction deals with


class Loops:
    """Each method is one step about one run; it says whether there was anything to do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.moved: list[Moved] = []
        self.fresh = True

    @property
    def steps(self) -> dict[str, Callable[[Tx, str], bool]]:
        return {
            "deadlines": self.deadlines,
            "end": self.end_offers,
            "back": self.take_back,
            "give": self.give,
            "growth": self.growth,
            "release": self.release,
            "carry": self.carry,
        }

    def _allowed(self, run: OfferedRun, tx: Tx, action: Action) -> bool:
        return action in ALLOWED[phase_of(run, tx.now)]

    def deadlines(self, tx: Tx, key: str) -> bool:
        run = self.service.run(tx, key)
        if run.moving or run.state is RunState.CANCELLED:
            return False
        begun = tx.now >= run.starts_at
        late = [
            one for one in tx.nominations(key, SUBMITTED) if begun or (one.due_at is not None and one.due_at <= tx.now)
        ]
        for one in late[:MOST]:
            if self._allowed(run, tx, approvals.late_action(one, run.approval_route, begun=begun)):
                tx.take(approvals.overdue(tx.get("bucket", one.bucket), one, run.approval_route, tx.now, begun=begun))
        return bool(late)

    # ---- offers

    def end_offers(self, tx: Tx, key: str) -> bool:
        run = self.service.run(tx, key)
        if not self._allowed(run, tx, Action.LAPSE):
            return False
        begun = tx.now >= run.starts_at
        asked = tx.nominations(key, OFFERED)
        due = [one for one in asked if begun or (one.offered_until is not None and one.offered_until <= tx.now)]
        for one in due[:MOST]:
            tx.take(offers.lapse(tx.get("bucket", one.bucket), one, run.waiting_lists))
        return bool(due)

    def take_back(self, tx: Tx, key: str) -> bool:
        run = self.service.run(tx, key)
        left = next((one for one in tx.buckets(key) if one.returning and not one.growing), None)
        pool = None if left is None else tx.get("bucket", offers.pool_above(left))
        if left is None or pool is None or pool.growing:
            return False
        promotes = self._allowed(run, tx, Action.PROMOTE)
        tx.take(offers.give_back(left))
        tx.take(offers.regain(pool, left.returning, tx.line(pool.id) if promotes else ()))
        return True

    def give(self, tx: Tx, key: str) -> bool:
        run, pool = self.service.run(tx, key), tx.get("bucket", f"{key}:T:{POOL}")
        waiting = [one for one in tx.nominations(key, WAITLISTED) if one.waits_since is not None]
        if pool is None or not waiting:
            return False
        if not self._allowed(run, tx, Action.OFFER):
            over = run.state is RunState.CANCELLED or tx.now >= run.ends_at
            return self._forget(tx, run, waiting) if over else False
        if run.moving or not pool.free or pool.growing is not None:
            return False
        own = {
            one.id for one in tx.buckets(key) if (one.waiting and one.free) or (one.growing and one.growing.seats > 0)
        }
        first = self._first(tx, run, [one for one in waiting if one.bucket not in own], min(MOST, pool.free))
        if first:
            tx.take(offers.lend(pool, len(first)))
        until = offers.open_until(run.waiting_lists, run.starts_at, tx.now)
        for one, because in first:
            tx.take(offers.offer(tx.get("bucket", one.bucket), one, until, POOL, because))
        return bool(first)

    def _first(self, tx: Tx, run: OfferedRun, waiting: list[Nomination], most: int) -> list[Chosen]:
        """By what offices have had, or by the clock, and those of one unit in its own order."""
        if run.waiting_lists.order is PoolOrder.UNDER_SERVED_FIRST:
            lists = {key: tx.line(key)[:most] for key in sorted({one.bucket for one in waiting})}
            return under_served_first(lists, most, self._served(tx, CONFIRMED, OFFERED), most)
        primary_first = run.waiting_lists.order is PoolOrder.PRIMARY_FIRST

        def order(one: Nomination) -> tuple[bool, object, str]:
            return primary_first and one.rank is Rank.RESERVE, one.waits_since, one.id

        chosen = sorted(waiting, key=order)[:most]
        heads: dict[tuple[str, Rank], Iterator[Nomination]] = {}
        for one in chosen:
            of_rank = (each for each in tx.line(one.bucket) if each.rank is one.rank)
            heads.setdefault((one.bucket, one.rank), iter([*of_rank]))
        return by_waiting(run.waiting_lists.order, [next(heads[one.bucket, one.rank]) for one in chosen])

    def _forget(self, tx: Tx, run: OfferedRun, waiting: list[Nomination]) -> bool:
        for one in waiting:
            tx.put("nomination", one.id, replace(one, waits_since=None))
        return False

    # ---- seats

    def growth(self, tx: Tx, key: str) -> bool:
        run = self.service.run(tx, key)
        before = next((one for one in tx.buckets(key) if one.growing is not None), None)
        if before is None or before.growing is None:
            return False
        if run.state is RunState.CANCELLED:
            tx.take(growth.stopped(before))
            return True
        if before.growing.seats == before.seats and before.growing.free:
            primaries = [one for one in tx.line(before.id) if one.rank is Rank.PRIMARY][:MOST]
            tx.take(growth.catch_up(before, primaries, MOST, begun=run.begun(tx.now)))
            return True
        count = min(MOST, growth.seated_by(before, before.growing.seats))
        line = tx.line(before.id)[:count]
        tx.take(growth.resize(before, before.growing, line, begun=run.begun(tx.now)))
        return True

    def release(self, tx: Tx, key: str) -> bool:
        run, self.moved = self.service.run(tx, key), []
        if run.release is None or run.moving or tx.now < run.release.at:
            return False
        pool = f"{key}:T:{POOL}"
        begun: Progress | None = tx.get("release", pool)
        if (begun is not None and begun.done) or not run.opened:
            return False
        progress = begun or Progress(pool, key, "T", POOL, run.release.rule, served=self._served(tx, CONFIRMED))
        if not may_release(run, tx.now):
            tx.put("release", pool, replace(progress, done=True))
            return False
        buckets = tx.buckets(key)
        if not buckets or any(one.growing is not None for one in buckets):
            return False
        return self._page(tx, progress, run, buckets)

    def _page(self, tx: Tx, progress: Progress, run: OfferedRun, buckets: list[Bucket]) -> bool:
        new = None
        if all(one.id != progress.id for one in buckets):
            new = new_bucket(run, Seating("T", POOL, 0), UNITS)
            buckets = sorted([*buckets, new], key=lambda one: one.id)
        needed = lists_needed(progress, buckets, MOST)
        page = release_page(progress, buckets, {one: tx.line(one)[:count] for one, count in needed.items()}, MOST)
        assert page.moved or page.progress.done, "it gets on"
        for before, outcome in page.outcomes:
            tx.take(_opened(outcome, run) if before is new else outcome)
        tx.put("release", progress.id, page.progress)
        self.moved = [*page.moved]
        return True

    def _served(self, tx: Tx, *states: NominationState) -> Mapping[str, Served]:
        """In all runs that take place: who is in one of these states, and seats."""
        served: dict[str, Served] = {}
        runs = {run.id for run in tx.all("run") if run.state is not RunState.CANCELLED}
        for bucket in (one for one in tx.all("bucket") if one.run in runs):
            office = root_unit(bucket.bucket_unit)
            known = served.get(office, Served())
            served[office] = replace(known, seats=known.seats + bucket.seats + bucket.released)
        for one in (one for run in sorted(runs) for one in tx.nominations(run, *states)):
            office = root_unit(one.place.unit)
            known = served.get(office, Served())
            served[office] = replace(known, confirmed=known.confirmed + 1)
        return served

    # ---- people who change their run

    def carry(self, tx: Tx, key: str) -> bool:
        move: RunMove | None = tx.get("move", key)
        if move is None:
            return False
        desk = Desk(self.service.run(tx, move.source), self.service.run(tx, move.to), UNITS)
        if move.phase is Phase.ENDING:
            return self._end(tx, move, desk)
        after = self._seats_left(tx, move, desk) if move.phase is Phase.SEATS else self._people(tx, move, desk)
        tx.put("move", move.id, replace(after, version=move.version + 1))
        return True

    def _people(self, tx: Tx, move: RunMove, desk: Desk) -> RunMove:
        at = self._at_line(tx, move) if move.phase is Phase.WAITLISTED else move
        if at is None:
            return move.next_phase()
        rows = tx.line(at.bucket) if at.phase is Phase.WAITLISTED else tx.nominations(at.source, _state(at))
        behind = [one for one in rows if _is_behind(at, one)]
        page = behind[:MOST]
        going = at.chosen(page)
        if going:
            self._carry(tx, move, desk, going)
        return at.looked_at(page, len(going), MOST)

    def _at_line(self, tx: Tx, move: RunMove) -> RunMove | None:
        if move.after is not None:
            return move
        found = next((one for one in tx.buckets(move.source) if one.waiting and one.id > move.bucket), None)
        return None if found is None else replace(move, bucket=found.id)

    def _carry(self, tx: Tx, move: RunMove, desk: Desk, going: list[Nomination]) -> None:
        people = {one.person for one in going}
        there = {one.person: one for one in tx.nominations(move.to, *LIVE) if one.person in people}
        self._load(tx, desk)
        seats = 0
        for bucket in dict.fromkeys(one.bucket for one in going):
            goes = []
            for one in (each for each in going if each.bucket == bucket):
                other = there.get(one.person)
                if other is not None:
                    desk.withdraw(other if carrying.outranks(one, other) else one)
                if other is None or carrying.outranks(one, other):
                    goes.append(one)
            seats += desk.carry(bucket, goes) if goes else 0
        self.service.carry_seats(tx, move.source, move.to, seats)
        put_desk(tx, desk)

    def _load(self, tx: Tx, desk: Desk) -> None:
        for one in (*tx.buckets(desk.source.id), *tx.buckets(desk.to.id)):
            desk.before[one.id] = desk.now[one.id] = one

    def _seats_left(self, tx: Tx, move: RunMove, desk: Desk) -> RunMove:
        found = next((one for one in tx.buckets(move.source) if one.free), None)
        if found is None:
            return move.next_phase()
        self._load(tx, desk)
        there = desk.counterpart(found)
        promotes = there.waiting > 0 and not desk.to.begun(tx.now)
        count = min(found.free, MOST) if promotes else found.free
        desk.put(carrying.reseated(found, -count))
        given = desk.put(change_seats(there, there.seats + count, tx.line(there.id)[:count] if promotes else ()))
        self.service.carry_seats(tx, move.source, move.to, count)
        put_desk(tx, desk)
        for one in given.nominations:
            tx.put("nomination", one.id, one)
        return move

    def _end(self, tx: Tx, move: RunMove, desk: Desk) -> bool:
        if move.merges:
            buckets = tx.buckets(move.source)
            if any(one.free for one in buckets) or tx.nominations(move.source, *LIVE):
                again = replace(move, phase=Phase.CONFIRMED, after=None, bucket="", looked=0, moved=0)
                tx.put("move", move.id, replace(again, version=move.version + 1))
                return False
            for one in buckets:
                if one.open:
                    tx.take(close_bucket(one))
            for one in tx.buckets(move.to) if not desk.to.begun(tx.now) else ():
                tx.put("bucket", one.id, growth.behind(one, move.by))
        for run in (move.source, move.to):
            tx.put("run", run, replace(tx.get("run", run), moving=False))
        if move.merges:
            source = tx.get("run", move.source)
            tx.put("run", move.source, end_merged(source, move.to, self.service.description)[0])
        tx.drop("move", move.id)
        return True


def _state(move: RunMove) -> NominationState:
    return NominationState(move.phase)


def _is_behind(move: RunMove, one: Nomination) -> bool:
    if isinstance(move.after, int):
        return (one.queue or 0) > move.after
    return move.after is None or one.id > move.after
