"""What the services do in a transaction about the seats of runs, on documents in memory: they read, let the rules of
the domain decide, and write. For drawn lives of seats."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from services.enrolment.catalogue import (
    Division,
    OfferedRun,
    RunBeingMoved,
    RunState,
    TargetGroup,
    TargetScope,
    TooManySeats,
)
from services.enrolment.catalogue.domain import dividing, runs
from services.enrolment.catalogue.domain.description import Description, Kind
from services.enrolment.catalogue.domain.runs import Plan, Run, offered
from services.enrolment.directory import Assignment, Held, Incumbents, Unit
from services.enrolment.directory.domain.incumbents import held_by, incumbents
from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.seats.domain import growth, moving
from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.buckets import close_bucket, open_bucket, reopen_bucket
from services.enrolment.seats.domain.carrying import reseated
from services.enrolment.seats.domain.commands import Command, Decide
from services.enrolment.seats.domain.dividing import free_seats, most_seats
from services.enrolment.seats.domain.ex_officio import Post, invited_posts, successions, target_with_posts, to_take_over
from services.enrolment.seats.domain.ex_officio import plan as invitations
from services.enrolment.seats.domain.model import Bucket, Growing, Nomination, Outcome
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.needed import waiters_needed
from services.enrolment.seats.domain.nominees import Person
from services.enrolment.seats.domain.offers import settle
from services.enrolment.seats.domain.phases import require_at_rest, require_seats_open
from services.enrolment.seats.domain.reallocating import Where, transferred
from services.enrolment.seats.domain.released import inherited
from services.enrolment.seats.domain.run_moves import RunMove
from services.enrolment.seats.service.buckets import new_bucket
from services.enrolment.seats.service.carried import Desk
from shared.errors import Refused
from shared.events.catalogue import Session, Venue
from shared.events.directory import InPost
from shared.events.seats import Place
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import by_whom
from tests.unit.enrolment.seats.life_posts import GROUP_HEAD, HEAD, HEADED
from tests.unit.enrolment.seats.life_store import Tx, by_id

TARGET: Final = TargetGroup("T", TargetScope.PROVINCIAL, posts=(HEAD, GROUP_HEAD))
STARTS: Final = datetime(2020, 8, 31, 2, tzinfo=UTC)
BEGINNING: Final = datetime(2020, 8, 3, 3, tzinfo=UTC)  # a Monday
OFFICES: Final = ("PO-50", "PO-51")
POOL: Final = "PO"
UNITS: Final[dict[str, Unit]] = {}
WITH_POSTS: Final = [
    Unit(key, kind, None, key, key, key, key[3:5])
    for office in HEADED
    for key, kind in ((office, UnitKind.PROVINCIAL_OFFICE), (f"{office}.HR", UnitKind.WORK_GROUP))
]


def place(unit: str) -> Place:
    return Place(unit=unit, province=unit[3:5] or None, group="NU1", region="N")


def _person(id: str, unit: str) -> Person:
    return Person(id, Assignment(unit, post=GROUP_HEAD), place(unit))


# Of PO-52 there is no bucket: its people have seats of the pool. Whoever may act for the head of PO-50 is of PO-51.
PEOPLE: Final = {
    id: _person(id, unit)
    for id, unit in {
        **{f"a{n}": "PO-50.HR" for n in range(4)},
        **{f"b{n}": "PO-51.HR" for n in range(4)},
        **{f"c{n}": "PO-52.HR" for n in range(3)},
        "head": "PO-51.HR",
    }.items()
}


def described(**more: Any) -> Description:
    return Description("P", "โครงการ", 2563, Kind.TRAINING_PROJECT, target_groups=(TARGET,), **more)


def plan(cohort: int, starts_at: datetime = STARTS) -> Plan:
    ends = starts_at + timedelta(hours=30)
    return Plan(cohort, 40, starts_at, ends, (Session(starts_at=starts_at, ends_at=ends),), Venue())


class Service:
    """The commands. Each is what one transaction does; the rules are the domain's."""

    def __init__(self, description: Description) -> None:
        self.description = description

    def run(self, tx: Tx, run: str) -> OfferedRun:
        return offered(_known(tx, run), self.description)

    # ---- of one nomination

    def command(self, tx: Tx, command: Command, key: str) -> str:
        """The state of the nomination in the answer; the recorded one where the command was carried out before."""
        if (known := tx.get("answer", key)) is not None:
            return str(known)
        board = self._board(tx, command)
        done = board.decide(command, by_whom(command), tx.now)
        for change in board.changes:
            assert change.bucket.id in board.buckets
        tx.take(Outcome(done.bucket, tuple(change.nomination for change in board.changes), done.events))
        tx.put("answer", key, done.nomination.state.value)
        return done.nomination.state.value

    def _board(self, tx: Tx, command: Command) -> Board:
        run = self.run(tx, command.run)
        here = [one for one in tx.all("nomination") if one.seats_of[0] == run.id]
        named = {one.id: one for one in here if one.id == command.nomination}
        queues = {key: tx.line(key)[:count] for key, count in waiters_needed([command], named).items()}
        named |= {one.id: one for queue in queues.values() for one in queue}
        who = set() if isinstance(command, Decide) else {command.person}
        live = {one.person: one for one in here if one.live and one.person in who}
        return Board(run, by_id(tx.buckets(run.id)), named, people_on(tx, who, run), live, queues)

    # ---- of posts

    def record(self, tx: Tx, unit: str, holdings: tuple[Holding, ...]) -> None:
        tx.put("holdings", unit, holdings)

    def invited(self, tx: Tx, run: str, unit: str) -> tuple[list[tuple[Held, str, str]], list[Post]]:
        """Whom to invite of this office, or why not; and which posts are vacant."""
        offered, buckets = self.run(tx, run), by_id(tx.buckets(run))
        group, day = target_with_posts(offered, TARGET.key), day_of(offered.starts_at)
        asked = invited_posts(run, group, WITH_POSTS, buckets, Scope(unit=unit), day)
        known = {post: [one for one in self._for_posts(tx, run) if _post_of(one) == post] for post in asked}
        found, vacant = invitations(asked, in_posts(tx, asked, day), known, run)
        return [(one.held, one.person, one.unless.code if one.unless else "") for one in found], vacant

    def successions(self, tx: Tx, run: str) -> list[tuple[str, str | None, InPost]]:
        live = sorted((one for one in self._for_posts(tx, run) if one.live), key=_post_of)
        there = in_posts(tx, {_post_of(one) for one in live}, day_of(self.run(tx, run).starts_at))
        standing = {one.person: one for one in tx.all("nomination") if one.seats_of[0] == run and one.live}
        found = to_take_over(successions(live, there), standing)
        return [(one.nomination.id, one.now.person, one.now.in_post) for one in found]

    def _for_posts(self, tx: Tx, run: str) -> list[Nomination]:
        return [one for one in tx.all("nomination") if one.seats_of[0] == run and one.ex_officio is not None]

    # ---- of the seats of a run

    def allocate(self, tx: Tx, run: str, unit: str, seats: int, most: int) -> None:
        """One bucket gets so many; the others stay as they are."""
        rows = {one.bucket_unit: growth.given(one) for one in tx.buckets(run)}
        self._allocate(tx, run, rows | {unit: seats}, most)

    def transfer(self, tx: Tx, run: str, source: Where, to: Where, seats: int, most: int) -> None:
        self._editable(tx, run)
        rows = {one.unit: one.seats for one in transferred(tx.buckets(run), source, to, seats)}
        self._allocate(tx, run, rows, most)

    def _allocate(self, tx: Tx, run: str, seats: dict[str, int], most: int) -> None:
        now = self._editable(tx, run)
        self._note_allocated(tx, run, sum(seats.values()))
        before = [one for one in tx.buckets(run) if seats.get(one.bucket_unit, 0) != growth.given(one)]
        to = {one.id: seats.get(one.bucket_unit, 0) + one.borrowed for one in before}
        queues = {key: tx.line(key)[:count] for key, count in growth.shares(before, to, most).items()}
        for one in before:
            tx.take(growth.resize(one, Growing(to[one.id], "officer"), queues.get(one.id, ()), begun=now.begun(tx.now)))

    def _editable(self, tx: Tx, run: str) -> OfferedRun:
        now = self.run(tx, run)
        require_at_rest(now)
        require_seats_open(now, tx.now)
        return now

    def _note_allocated(self, tx: Tx, run: str, seats: int) -> None:
        known = _known(tx, run)
        if seats > known.plan.capacity:
            raise TooManySeats(seats=seats, capacity=known.plan.capacity)
        tx.put("run", run, replace(known, allocated=seats, seats_version=known.seats_version + 1))

    # ---- of runs

    def plan(self, tx: Tx, run: str, cohort: int, seats: dict[str, int]) -> None:
        """A run that takes nominations."""
        tx.put("run", run, Run(run, "p1", plan(cohort), RunState.OPEN, sum(seats.values()), seq=1, opened=True))
        now = self.run(tx, run)
        for unit, count in seats.items():
            tx.take(open_bucket(new_bucket(now, Seating(TARGET.key, unit, count), UNITS)))

    def close(self, tx: Tx, run: str) -> None:
        known = self._still(tx, run)
        if known.state is not RunState.OPEN or known.begun(tx.now):
            raise _Over()
        tx.put("run", run, runs.end_run(known, self.description, cancelled=False)[0])
        self._each(tx, run, lambda one: close_bucket(one) if one.open else None)

    def reopen(self, tx: Tx, run: str) -> None:
        known = self._still(tx, run)
        if known.state is not RunState.CLOSED or known.begun(tx.now):
            raise _Over()
        tx.put("run", run, runs.reopen_run(known, self.description, (), tx.now)[0])
        self._each(tx, run, reopen_bucket)

    def cancel(self, tx: Tx, run: str) -> None:
        known = self._still(tx, run)
        if known.state is RunState.CANCELLED or known.over(tx.now):
            raise _Over()
        tx.put("run", run, runs.end_run(known, self.description, cancelled=True)[0])
        self._each(tx, run, lambda one: close_bucket(one) if one.open else None)

    def reschedule(self, tx: Tx, run: str, starts_at: datetime) -> None:
        before = self._still(tx, run)
        moved, _ = runs.reschedule(before, plan(before.plan.cohort, starts_at), self.description, tx.now)
        tx.put("run", run, moved)
        now = self.run(tx, run)
        stood = {one.id: one.run_starts_at for one in tx.buckets(run)}
        self._each(tx, run, lambda one: moving.move(one, now, UNITS))
        for one in tx.buckets(run) if not now.begun(tx.now) else ():
            tx.put("bucket", one.id, growth.behind(one, "officer") if stood[one.id] <= tx.now else one)

    def _still(self, tx: Tx, run: str) -> Run:
        known = _known(tx, run)
        dividing.require_still([known])
        return known

    def _each(self, tx: Tx, run: str, change: Any) -> None:
        for one in tx.buckets(run):
            if (outcome := change(one)) is not None:
                tx.take(outcome)

    # ---- two runs

    def split(self, tx: Tx, run: str, new: str, cohort: int, division: Division) -> None:
        before = _known(tx, run)
        dividing.require_movable(before, tx.now)
        buckets = self._at_rest(tx, run)
        other, _ = dividing.split_off(Run(new, "p1", plan(cohort, before.plan.starts_at)), before, self.description)
        if (most := most_seats(division, buckets)) > other.plan.capacity:
            raise TooManySeats(seats=most, capacity=other.plan.capacity)
        tx.put("run", new, other)
        desk = self._settled(tx, run, new, buckets)
        for one in buckets:
            if count := free_seats(division, one):
                desk.put(reseated(desk.counterpart(one), count))
                desk.put(reseated(desk.now[one.id], -count))
                self.carry_seats(tx, run, new, count)
        put_desk(tx, desk)
        if (progress := tx.get("release", f"{run}:T:{POOL}")) is not None:
            tx.put("release", f"{new}:T:{POOL}", inherited(progress, new))
        self._fence(tx, RunMove(run, run, new, "officer", division))

    def merge(self, tx: Tx, run: str, into: str) -> None:
        source, to = _known(tx, run), _known(tx, into)
        dividing.require_mergeable(source, to, tx.now)
        tx.put("run", into, dividing.take_in(to, source, self.description)[0])
        put_desk(tx, self._settled(tx, run, into, [bucket for one in (run, into) for bucket in self._at_rest(tx, one)]))
        self._fence(tx, RunMove(run, run, into, "officer"))

    def _at_rest(self, tx: Tx, run: str) -> list[Bucket]:
        buckets = tx.buckets(run)
        if any(one.growing is not None for one in buckets):
            raise RunBeingMoved()
        return buckets

    def _settled(self, tx: Tx, source: str, to: str, buckets: list[Bucket]) -> Desk:
        desk = Desk(self.run(tx, source), self.run(tx, to), UNITS)
        for one in buckets:
            desk.before[one.id] = desk.now[one.id] = one
            desk.put(settle(one))
        return desk

    def _fence(self, tx: Tx, move: RunMove) -> None:
        for run in (move.source, move.to):
            tx.put("run", run, replace(tx.get("run", run), moving=True))
            for pool in (one for one in tx.buckets(run) if one.bucket_unit == POOL):
                tx.writes["bucket", pool.id] = replace(pool)
        tx.put("move", move.id, move)

    def carry_seats(self, tx: Tx, source: str, to: str, seats: int) -> None:
        for run, change in ((source, -seats), (to, seats)):
            known = tx.get("run", run)
            tx.put("run", run, replace(known, allocated=known.allocated + change))


def _post_of(one: Nomination) -> Post:
    assert one.ex_officio is not None
    return one.ex_officio.unit, one.ex_officio.post


def people_on(tx: Tx, who: Iterable[str], run: OfferedRun) -> dict[str, Person]:
    """With what they hold on the day of the run."""
    day, people = day_of(run.starts_at), {id: PEOPLE[id] for id in who}
    assignments = {id: one.assignment for id, one in people.items()}
    known = held_by(_holdings(tx, day), assignments, TARGET.posts, ())
    return {
        id: replace(one, assignment=known[id], posts=tuple((held, place(held.unit)) for held in known[id].held))
        for id, one in people.items()
    }


def in_posts(tx: Tx, asked: Iterable[Post], day: date) -> dict[Post, Incumbents]:
    everybody = {id: one.assignment for id, one in PEOPLE.items()}
    return incumbents(asked, _holdings(tx, day), everybody, [*everybody.items()], ())


def _holdings(tx: Tx, day: date) -> list[Holding]:
    return [holding for some in tx.all("holdings") for holding in some if holding.on(day)]


class _Over(Refused, code="over", status=409, th="สิ้นสุดแล้ว", en="It is over."):
    """What the catalogue says of a step that a run cannot take."""


def _known(tx: Tx, run: str) -> Run:
    found: Run | None = tx.get("run", run)
    if found is None:
        raise _Over()
    return found


def put_desk(tx: Tx, desk: Desk) -> None:
    """As a page of carried people is written."""
    for key, happened in desk.events.items():
        came = [after for _, after in desk.carried if after.bucket == key]
        left = [one for one, bucket in desk.withdrawn if bucket.id == key]
        tx.take(Outcome(desk.now[key], (*came, *left), tuple(happened)))
