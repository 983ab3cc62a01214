"""What commands and loops must come to by the model of lists, with the codes of refusals. For drawn lives of seats."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from services.enrolment.catalogue import DivideBy, Division, Route
from services.enrolment.seats.domain.commands import Command, Decide, EnterLate, Nominate, Substitute
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.run_moves import RunMove
from services.enrolment.seats.domain.transitions import Action
from shared.clock import BANGKOK
from shared.events.seats import Rank
from shared.thai import local_date, working_days_after
from tests.unit.enrolment.seats.life_desks import Card, Desk, ModelRun
from tests.unit.enrolment.seats.life_expected_posts import ExpectedOfPosts
from tests.unit.enrolment.seats.life_loops import MOST, Loops
from tests.unit.enrolment.seats.life_model import POOL, Model
from tests.unit.enrolment.seats.life_service import plan
from tests.unit.enrolment.seats.life_store import Tx

CAPACITY, HOURS, SETTLES = 40, 24, timedelta(days=30)
OVER = {"UNDER_WAY": "run-started", "ENDED": "run-ended", "CANCELLED": "run-cancelled", "CLOSED": "run-closed"}
ENDED = {"REJECTED": "already-rejected", "WITHDRAWN": "already-withdrawn", "EXPIRED": "already-expired"}
FITS = {
    Action.APPROVE: {"SUBMITTED": "", **dict.fromkeys(("CONFIRMED", "WAITLISTED", "OFFERED"), "already-approved")},
    Action.REJECT: {"SUBMITTED": "", **dict.fromkeys(("CONFIRMED", "WAITLISTED", "OFFERED"), "already-approved")},
    Action.WITHDRAW: dict.fromkeys(("SUBMITTED", "CONFIRMED", "WAITLISTED", "OFFERED"), ""),
    Action.ACCEPT: {"OFFERED": "", **dict.fromkeys(("SUBMITTED", "CONFIRMED", "WAITLISTED"), "no-open-offer")},
    Action.DECLINE: {"OFFERED": "", **dict.fromkeys(("SUBMITTED", "CONFIRMED", "WAITLISTED"), "no-open-offer")},
    Action.SUBSTITUTE: {
        "CONFIRMED": "",
        "OFFERED": "offer-pending",
        **dict.fromkeys(("SUBMITTED", "WAITLISTED"), "not-confirmed"),
    },
}


def lets_in(run: ModelRun, now: datetime) -> bool:
    """Whether the organiser may let somebody in late."""
    phase = run.phase(now)
    return phase == "UNDER_WAY" or (phase == "ENDED" and now < run.ends + SETTLES)


class Expected(ExpectedOfPosts):
    """Every method says what must be answered, and lets the model do it."""

    def __init__(self, model: Model, route: Route) -> None:
        super().__init__(model)
        self.route = route

    # ---- commands about nominations

    def command(self, command: Command, now: datetime, *, done: bool) -> str:
        """`done`: it was carried out. A command that was under way when people began to be carried may be."""
        run = self.model.runs[command.run]
        if run.moving and not done:
            return "run-being-moved"
        if isinstance(command, Nominate):
            return self._nominate(command, run, now)
        if isinstance(command, Decide):
            return self._decide(command, run, now)
        return self._substitute(command, run, now) if isinstance(command, Substitute) else self._late(command, run, now)

    def _nominate(self, command: Nominate, run: ModelRun, now: datetime) -> str:
        if (phase := run.phase(now)) != "OPEN":
            return OVER[phase]
        office, held = self.comes_as(command.person, command.run, command.ex_officio)
        if command.ex_officio is not None and held is None:
            return "not-in-post"
        if self.model.desk_for(command.run, office) is None:
            return "no-seats-for-unit"
        if self.model.live(command.run, command.person) is not None:
            return "already-nominated"
        card = Card(command.person, office, command.run, held, command.rank is Rank.RESERVE)
        state = self.model.enter(command.run, command.new_id, card)
        self._asks(card, state, now)
        return state

    def _asks(self, card: Card, state: str, now: datetime) -> None:
        """Whoever is asked now has until the end of a working day."""
        days = self.route[card.step].days if state == "SUBMITTED" else None
        last = working_days_after(local_date(now), days) if days else None
        card.due = None if last is None else datetime.combine(last + timedelta(days=1), time(), BANGKOK)

    def _decide(self, command: Decide, run: ModelRun, now: datetime) -> str:
        model, id, phase, action = self.model, command.nomination, run.phase(now), command.action
        if phase not in ("OPEN", "CLOSED") and not (phase == "UNDER_WAY" and action is Action.WITHDRAW):
            return OVER[phase]
        state = model.state(id)
        if refused := ENDED.get(state) or FITS[action][state]:
            return refused
        if action in (Action.APPROVE, Action.REJECT):
            return self._step(id, action, now)
        if action is Action.WITHDRAW:
            return model.end(id, "WITHDRAWN", moves_up=run.moves_up(now))
        until = model.cards[id].until
        if until is None or now >= until:
            return "offer-over"
        return model.accept(id) if action is Action.ACCEPT else model.let_go(id, model.lists.on_decline)

    def _step(self, id: str, action: Action, now: datetime) -> str:
        card = self.model.cards[id]
        if card.due is not None and now >= card.due:
            return "deadline-over"
        if action is Action.REJECT:
            return self.model.end(id, "REJECTED", moves_up=False)
        state = self.model.approve(id, self.model.steps)
        self._asks(card, state, now)
        return state

    def _substitute(self, command: Substitute, run: ModelRun, now: datetime) -> str:
        model, id, phase = self.model, command.nomination, run.phase(now)
        late = command.reason is not None and lets_in(run, now)
        if phase not in ("OPEN", "CLOSED") and not late:
            return OVER[phase]
        state = model.state(id)
        if refused := ENDED.get(state) or FITS[Action.SUBSTITUTE][state]:
            return refused
        waits = model.live(command.run, command.person)
        if waits is not None and (model.state(waits) != "WAITLISTED" or model.where(waits) != model.where(id)):
            return "already-nominated"
        if waits is not None and not command.swap:
            return "substitute-waits"
        office, held = self.comes_as(command.person, command.run, model.cards[id].held)
        if office != model.cards[id].unit:
            return "substitute-of-other-unit"
        if waits is not None:
            model.end(waits, "WITHDRAWN", moves_up=False)
        return model.replace(
            id, command.new_id, Card(command.person, office, command.run, held, model.cards[id].reserve)
        )

    def _late(self, command: EnterLate, run: ModelRun, now: datetime) -> str:
        phase = run.phase(now)
        if not lets_in(run, now):
            return "run-not-started" if phase in ("OPEN", "CLOSED") else OVER[phase]
        office, _ = self.comes_as(command.person, command.run, None)
        if (found := self.model.desk_for(command.run, office)) is None:
            return "no-seats-for-unit"
        if self.model.live(command.run, command.person) is not None:
            return "already-nominated"
        if not found[1].free:
            return "no-free-seat"
        return self.model.seat(command.run, command.new_id, Card(command.person, office, command.run))

    # ---- commands about seats and runs

    def allocated(self, key: str, seats: dict[str, int], most: int, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.moving:
            return "run-being-moved"
        if refused := run.seats_over(now):
            return refused
        wanted = {unit: seats.get(unit, desk.given) for unit, desk in sorted(run.desks.items())}
        if sum(wanted.values()) > CAPACITY:
            return "too-many-seats"
        changed = [(run.desks[unit], count) for unit, count in wanted.items() if count != run.desks[unit].given]
        if any(count + desk.lent < desk.taken for desk, count in changed):
            return "seats-below-confirmed"
        for desk, count in changed:
            self.model.resize(desk, count + desk.lent, most, moves_up=run.moves_up(now))
        return None

    def transferred(self, key: str, source: str, to: str, seats: int, most: int, now: datetime) -> str | None:
        desks = self.model.runs[key].desks
        if self.model.runs[key].moving or self.model.runs[key].seats_over(now):
            return self.allocated(key, {}, most, now)
        if source == to:
            return "bucket-twice"
        if source not in desks:
            return "unknown-bucket"
        if desks[source].given < seats:
            return "too-few-seats"
        wanted = {source: desks[source].given - seats, to: desks[to].given + seats}
        return self.allocated(key, wanted, most, now)

    def close(self, key: str, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.moving:
            return "run-being-moved"
        if run.phase(now) != "OPEN":
            return "over"
        run.state = "CLOSED"
        return None

    def reopen(self, key: str, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.moving:
            return "run-being-moved"
        if run.phase(now) != "CLOSED":
            return "over"
        run.state = "OPEN"
        return None

    def cancel(self, key: str, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.moving:
            return "run-being-moved"
        if run.phase(now) in ("CANCELLED", "ENDED"):
            return "over"
        run.state = "CANCELLED"
        return None

    def reschedule(self, key: str, starts: datetime, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.moving:
            return "run-being-moved"
        if run.state == "CANCELLED":
            return "run-cancelled"
        if starts == run.starts:
            return None
        if now >= run.ends:
            return "run-ended"
        if starts <= now:
            return "starts-in-past"
        begun = now >= run.starts
        run.starts, run.ends = starts, plan(1, starts).ends_at
        if begun:
            self.model.owe(key)
        return None

    def _may_move(self, key: str, now: datetime) -> str | None:
        run = self.model.runs[key]
        if run.state == "CANCELLED":
            return "run-cancelled"
        if run.moving:
            return "run-being-moved"
        return OVER[run.phase(now)] if run.phase(now) in ("UNDER_WAY", "ENDED") else None

    def _still(self, *keys: str) -> str | None:
        for run in (self.model.runs[key] for key in keys):
            if any(one.due is not None for one in run.desks.values()):
                return "run-being-moved"
        for run in (self.model.runs[key] for key in keys):
            if any(one.asked or one.back for one in run.desks.values()):
                return "pool-seats-lent"
        for key in keys:
            self.model.settle(key)
        return None

    def split(self, key: str, new: str, division: Division, now: datetime) -> str | None:
        if refused := self._may_move(key, now) or self._still(key):
            return refused
        run = self.model.runs[key]
        served = None if run.served is None else {**run.served}
        self.model.runs[new] = ModelRun(
            run.starts, run.ends, run.state, moving=True, after=run.after, served=served, released=run.released
        )
        run.moving = True
        for unit, desk in [*run.desks.items()]:
            if count := _goes(division, unit, desk):
                self.model.carry_free(key, new, unit, count, moves_up=False)
        return None

    def merge(self, key: str, into: str, now: datetime) -> str | None:
        if refused := self._may_move(key, now) or self._may_move(into, now):
            return refused
        source, to = self.model.runs[key], self.model.runs[into]
        if source.given + to.given > CAPACITY:
            return "too-many-seats"
        if refused := self._still(key, into):
            return refused
        source.moving = to.moving = True
        return None

    # ---- loops: what has changed in the documents is what the model says

    def _changed(self, before: Tx, after: Tx) -> Iterator[tuple[Nomination, Nomination]]:
        """In the order in which they came to wait."""
        pairs = [(before.get("nomination", one.id), one) for one in after.all("nomination")]
        differing = [pair for pair in pairs if pair[0] is not None and pair[0] != pair[1]]
        return iter(sorted(differing, key=lambda pair: (pair[1].queue or 0, pair[1].id)))

    def loop_deadlines(self, key: str, before: Tx, after: Tx, _: Loops) -> None:
        run, now = self.model.runs[key], after.now
        for was, one in self._changed(before, after):
            assert was.due_at is not None
            assert was.due_at <= now or now >= run.starts
            state = self.model.expire(one.id, self.model.steps, escalates=now < run.starts)
            self._asks(self.model.cards[one.id], state, now)
            assert state == one.state

    def loop_end(self, key: str, before: Tx, after: Tx, _: Loops) -> None:
        run, now = self.model.runs[key], after.now
        for was, one in self._changed(before, after):
            if was.state != "OFFERED":
                continue
            until = self.model.cards[one.id].until
            assert until is not None
            assert until <= now or now >= run.starts
            self.model.let_go(one.id, self.model.lists.on_expiry)

    def loop_back(self, key: str, before: Tx, after: Tx, _: Loops) -> None:
        run = self.model.runs[key]
        ready = [unit for unit, desk in run.desks.items() if desk.back and desk.due is None and not run.desks[POOL].due]
        left = {one.bucket_unit for one in before.buckets(key) if one.returning} - {
            one.bucket_unit for one in after.buckets(key) if one.returning
        }
        assert left <= {*ready}
        assert len(left) == bool(ready)
        for unit in left:
            self.model.take_back(key, unit, moves_up=run.moves_up(after.now))

    def loop_give(self, key: str, before: Tx, after: Tx, loops: Loops) -> None:
        run, now, model = self.model.runs[key], after.now, self.model
        offers = model.lists.offers and run.moves_up(now) and not run.moving
        ready = offers and POOL in run.desks and run.desks[POOL].due is None
        expected = model.next_offered(key, MOST) if ready else []
        asked = [one.id for _, one in self._changed(before, after) if one.state == "OFFERED"]
        assert ready or not asked
        assert not loops.fresh or sorted(asked) == sorted(expected)
        for id in asked:
            model.offer(key, id)
            model.cards[id].until = min((now + timedelta(hours=HOURS)).replace(microsecond=0), run.starts)

    def loop_growth(self, key: str, before: Tx, after: Tx, _: Loops) -> None:
        run = self.model.runs[key]
        changed = [one.bucket_unit for one in after.buckets(key) if before.get("bucket", one.id) != one]
        found = run.desks[changed[0]] if changed else None
        assert changed or all(desk.due is None for desk in run.desks.values())
        if found is not None and run.state == "CANCELLED":
            found.due, found.owed = None, False
        elif found is not None and found.due == found.seats and found.owed:
            self.model.catch_up(found, MOST, moves_up=run.moves_up(after.now))
        elif found is not None and found.due is not None:
            self.model.resize(found, found.due, MOST, moves_up=run.moves_up(after.now))

    def loop_release(self, key: str, before: Tx, after: Tx, loops: Loops) -> None:
        id = f"{key}:T:{POOL}"
        progress = after.get("release", id)
        if progress is None or progress == before.get("release", id):
            return
        if not self.model.runs[key].moves_up(after.now):
            return
        desks = self.model.runs[key].desks
        desks.setdefault(POOL, Desk(0))
        self.model.begin_page(key)
        for moved in loops.moved:
            assert self.model.release(key) == (moved.source, moved.to, moved.nomination)
        if progress.done:
            assert self.model.release(key) is None
        if after.get("bucket", id) is None:
            del desks[POOL]

    def loop_carry(self, key: str, before: Tx, after: Tx, _: Loops) -> None:
        move = before.get("move", key)
        if move is None:
            return
        changed = [*self._changed(before, after)]
        for was, one in changed:
            if was.live and not one.live:
                self.model.end(one.id, "WITHDRAWN", moves_up=False)
        for was, one in changed:
            if was.seats_of[0] != one.seats_of[0]:
                self.model.carry(one.id, move.to)
        desks = sorted(self.model.runs[move.source].desks.items())
        if move.phase == "SEATS" and (free := [unit for unit, desk in desks if desk.free]):
            self._seats_left(move.source, move.to, free[0], after.now)
        if after.get("move", key) is None:
            self._moved(move, after.now)

    def _moved(self, move: RunMove, now: datetime) -> None:
        source, to = self.model.runs[move.source], self.model.runs[move.to]
        source.moving = to.moving = False
        if not move.merges:
            return
        assert not any(desk.seats or desk.line or desk.lying for desk in source.desks.values())
        source.state = "CANCELLED"
        if to.moves_up(now):
            self.model.owe(move.to)

    def _seats_left(self, key: str, to: str, unit: str, now: datetime) -> None:
        there = self.model.runs[to].desks.get(unit)
        moves_up = there is not None and bool(there.line) and self.model.runs[to].moves_up(now)
        free = self.model.runs[key].desks[unit].free
        self.model.carry_free(key, to, unit, min(free, MOST) if moves_up else free, moves_up=moves_up)


def _goes(division: Division, unit: str, desk: Desk) -> int:
    """How many of its free seats go to the other run."""
    if division.by is DivideBy.ALTERNATE:
        return desk.free // 2
    return desk.free if division.by is DivideBy.UNITS and unit in division.names else 0
