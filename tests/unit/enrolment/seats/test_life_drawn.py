"""The whole life of seats under any sequence of commands and loops: two replicas that see what they have read last,
commands that come twice, deadlines that pass, runs that move, are split, become one, and end. Against a model of lists.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import event as seen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from pattana.audit.buckets import BucketFold
from pattana.audit.seats import stored_faults
from services.enrolment.catalogue import (
    ApprovalStep,
    DivideBy,
    Division,
    FromPool,
    NotTaken,
    OnDeadline,
    PoolOrder,
    ReleaseRule,
    WaitingLists,
)
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.seats.domain.commands import Command, Decide, EnterLate, Nominate, Substitute
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.storage.bucket_documents import bucket_document
from shared.errors import Refused
from shared.events.seats import Approver, NominationState, Rank
from tests.unit.enrolment.seats.life_desks import Desk, ModelRun
from tests.unit.enrolment.seats.life_expected import FITS, Expected
from tests.unit.enrolment.seats.life_in_posts import REPLICA, RUN, LifeInPosts
from tests.unit.enrolment.seats.life_loops import MOST, Loops
from tests.unit.enrolment.seats.life_model import Model
from tests.unit.enrolment.seats.life_service import (
    BEGINNING,
    OFFICES,
    PEOPLE,
    POOL,
    STARTS,
    Service,
    described,
    plan,
)
from tests.unit.enrolment.seats.life_store import Replica, Store, Tx
from tests.unit.pattana.test_audit_buckets import nomination_row

ROUTE: Final = (
    ApprovalStep(Approver.SUPERVISOR, 1, OnDeadline.ESCALATE),
    ApprovalStep(Approver.ORGANISER, 2, OnDeadline.EXPIRE),
)
HOURS: Final = 24
UNITS: Final = (*OFFICES, POOL)
ROUNDS: Final = [
    ("deadlines",),
    ("give",),
    ("end",),
    ("back",),
    ("growth",),
    ("release",),
    ("carry",),
    ("carry", "carry", "carry"),
]
LISTS: Final = st.builds(
    WaitingLists,
    pool=st.sampled_from([FromPool.OFFER, FromPool.OFFER, FromPool.NONE]),
    order=st.sampled_from(PoolOrder),
    offer_hours=st.just(HOURS),
    on_decline=st.sampled_from(NotTaken),
    on_expiry=st.sampled_from(NotTaken),
)
STEPS: Final = ["close", "reopen", "reopen", "reschedule", "reschedule", "cancel"]
PLACE: Final = st.integers(0, 99)
WHY: Final = st.sampled_from([None, "มาแทน"])
RANKS: Final = st.sampled_from([Rank.PRIMARY, Rank.PRIMARY, Rank.RESERVE])
CROWD: Final = st.lists(st.tuples(st.sampled_from(sorted(PEOPLE)), RANKS), min_size=1, max_size=4)


class Life(LifeInPosts):
    """Two runs of a programme, two offices and the pool that they and a third office share."""

    @initialize(
        seats=st.lists(st.integers(0, 3), min_size=6, max_size=6),
        route=st.booleans(),
        lists=LISTS,
        released=st.sampled_from([None, 10, 20]),
        by=st.sampled_from(ReleaseRule),
    )
    def begin(self, seats: list[int], route: bool, lists: WaitingLists, released: int | None, by: ReleaseRule) -> None:
        steps = ROUTE if route else ()
        more: dict[str, Any] = {"release_at": released, "release_rule": by, "waiting_lists": lists}
        self.set_up(described(approval_route=steps, four_eyes=False, **more))
        self.model = Model(len(steps), lists, by)
        self.expected = Expected(self.model, steps)
        self.now, self.made, self.last = BEGINNING, 0, ""
        self.sent: list[tuple[Command, str, str]] = []
        for cohort, key, given in ((1, "a", seats[:3]), (2, "b", seats[3:])):
            self.planned(cohort, key, dict(zip(UNITS, given, strict=True)))
        self.begin_posts()

    def set_up(self, description: Description) -> None:
        """What the drawn commands are carried out on."""
        self.service: Any = Service(description)
        self.loops: Any = Loops(self.service)
        self.store: Any = Store()
        self.replicas: Any = (Replica(self.store), Replica(self.store))

    def planned(self, cohort: int, key: str, given: dict[str, int]) -> None:
        self.at((0, True), lambda tx: self.service.plan(tx, key, cohort, given))
        self.model.runs[key] = ModelRun(STARTS, plan(1).ends_at, desks={u: Desk(n) for u, n in given.items()})
        for one in self.replicas:
            one.refresh()

    # ---- how commands are carried out

    def at(self, replica: tuple[int, bool], work: Callable[[Tx], Any]) -> Any:
        """Raises Refused."""
        self.now += timedelta(seconds=1)
        which = self.replicas[replica[0]]
        if replica[1]:
            which.refresh()
        return which.carry_out(work, self.now)

    def code(self, replica: tuple[int, bool], work: Callable[[Tx], Any]) -> str | None:
        """Of the refusal; None when it was done."""
        try:
            self.at(replica, work)
        except Refused as refusal:
            return refusal.code
        return None

    def send(self, replica: tuple[int, bool], command: Command) -> None:
        key = f"k{len(self.sent):03}"
        try:
            answer = self.at(replica, lambda tx: self.service.command(tx, command, key))
        except Refused as refusal:
            answer = refusal.code
        assert answer == self.expected.command(command, self.now, done=answer.isupper())
        if answer.isupper():
            self.sent.append((command, key, answer))

    def new(self) -> str:
        self.made += 1
        return f"n{self.made:04}"

    def known(self, place: int) -> str | None:
        ids = sorted(self.model.cards)
        return ids[place % len(ids)] if ids else None

    def fitting(self, place: int, action: Action) -> str | None:
        """Mostly one about which it can be done."""
        fits = [id for id in sorted(self.model.cards) if FITS[action].get(self.model.state(id)) == ""]
        return fits[place % len(fits)] if fits and place % 5 else self.known(place)

    def of(self, id: str) -> str:
        """Its run, where it lives; otherwise that of which it was last."""
        row: Nomination = self.store.look(self.now).get("nomination", id)
        return row.seats_of[0]

    # ---- commands about nominations

    @rule(crowd=CROWD, run=RUN, replica=REPLICA)
    def nominate(self, crowd: list[tuple[str, Rank]], run: str, replica: tuple[int, bool]) -> None:
        for who, rank in crowd:
            self.send(replica, Nominate(run, who, rank, None, None, self.new()))

    @precondition(lambda self: self.model.steps)
    @rule(place=PLACE, rejects=PLACE, replica=REPLICA)
    def approve(self, place: int, rejects: int, replica: tuple[int, bool]) -> None:
        self.decide(place, Action.APPROVE if rejects % 4 else Action.REJECT, replica)

    @rule(place=PLACE, replica=REPLICA)
    def withdraw(self, place: int, replica: tuple[int, bool]) -> None:
        self.decide(place, Action.WITHDRAW, replica)

    @precondition(lambda self: self.model.lists.offers)
    @rule(place=PLACE, action=st.sampled_from([Action.ACCEPT, Action.DECLINE]), replica=REPLICA)
    def answer(self, place: int, action: Any, replica: tuple[int, bool]) -> None:
        self.decide(place, action, replica)

    def decide(self, place: int, action: Any, replica: tuple[int, bool]) -> None:
        if (id := self.fitting(place, action)) is not None:
            self.decided(id, action, replica)

    def decided(self, id: str, action: Any, replica: tuple[int, bool] = (0, True)) -> None:
        self.send(replica, Decide(self.of(id), id, action, "ไม่ตรงสายงาน"))

    @rule(place=PLACE, who=st.sampled_from(sorted(PEOPLE)), swap=st.booleans(), why=WHY, replica=REPLICA)
    def substitute(self, place: int, who: str, swap: bool, why: str | None, replica: tuple[int, bool]) -> None:
        if (id := self.fitting(place, Action.SUBSTITUTE)) is not None:
            waits = self.model.beside(id) if swap else []
            who = waits[place % len(waits)] if waits else who
            self.send(replica, Substitute(self.of(id), id, who, why, self.new(), swap))

    @precondition(lambda self: any(self.now >= run.starts for run in self.model.runs.values()))
    @rule(who=st.sampled_from(sorted(PEOPLE)), run=RUN, replica=REPLICA)
    def enter_late(self, who: str, run: str, replica: tuple[int, bool]) -> None:
        self.send(replica, EnterLate(run, who, None, "มาแทน", self.new()))

    @precondition(lambda self: self.sent)
    @rule(place=PLACE, replica=REPLICA)
    def again(self, place: int, replica: tuple[int, bool]) -> None:
        """A command that comes a second time is answered as before, and changes nothing."""
        command, key, answer = self.sent[place % len(self.sent)]
        before = self.store.rows
        assert self.at(replica, lambda tx: self.service.command(tx, command, key)) == answer
        assert self.store.rows == before

    # ---- commands about seats and runs

    @rule(unit=st.sampled_from(UNITS), seats=st.integers(0, 7), run=RUN, replica=REPLICA)
    def allocate(self, unit: str, seats: int, run: str, replica: tuple[int, bool]) -> None:
        code = self.code(replica, lambda tx: self.service.allocate(tx, run, unit, seats, MOST))
        assert code == self.expected.allocated(run, {unit: seats}, MOST, self.now)

    @rule(source=st.sampled_from(UNITS), to=st.sampled_from(UNITS), seats=st.integers(1, 3), run=RUN, replica=REPLICA)
    def move_seats(self, source: str, to: str, seats: int, run: str, replica: tuple[int, bool]) -> None:
        where = ("T", source), ("T", to)
        code = self.code(replica, lambda tx: self.service.transfer(tx, run, *where, seats, MOST))
        assert code == self.expected.transferred(run, source, to, seats, MOST, self.now)

    @rule(what=st.sampled_from(STEPS), days=st.integers(-20, 25), run=RUN, replica=REPLICA, sure=PLACE)
    def step(self, what: str, days: int, run: str, replica: tuple[int, bool], sure: int) -> None:
        """Seldom the end of everything."""
        if what == "cancel" and sure % 6:
            return
        more = (STARTS + timedelta(days=days),) if what == "reschedule" else ()
        code = self.code(replica, lambda tx: getattr(self.service, what)(tx, run, *more))
        assert code == getattr(self.expected, what)(run, *more, self.now)

    @rule(
        sure=st.booleans(),
        division=st.sampled_from([("UNITS", "PO-50"), ("UNITS", "PO-52"), ("ALTERNATE", ""), ("LIST", "")]),
        run=RUN,
        replica=REPLICA,
        chosen=st.lists(PLACE, min_size=1, max_size=4),
    )
    def split(
        self, division: tuple[str, str], run: str, replica: tuple[int, bool], chosen: list[int], sure: bool
    ) -> None:
        if len(self.model.runs) == 4 or not sure:
            return
        by = DivideBy(division[0])
        names: tuple[str, ...] = (division[1],) if division[1] else ()
        if by is DivideBy.LIST:
            names = tuple(id for place in chosen if (id := self.known(place)) is not None)
            if not names:
                return
        new, divided = "cd"[len(self.model.runs) - 2], Division(by, names)
        code = self.code(replica, lambda tx: self.service.split(tx, run, new, len(self.model.runs) + 1, divided))
        assert code == self.expected.split(run, new, divided, self.now)

    @rule(run=st.sampled_from("abcd"), into=st.sampled_from("abcd"), replica=REPLICA, sure=st.booleans())
    def merge(self, run: str, into: str, replica: tuple[int, bool], sure: bool) -> None:
        if sure and run in self.model.runs and into in self.model.runs and run != into:
            code = self.code(replica, lambda tx: self.service.merge(tx, run, into))
            assert code == self.expected.merge(run, into, self.now)

    @precondition(lambda self: self.model.lists.offers and not self.model.steps)
    @rule(run=RUN, merges=st.booleans(), by=st.sampled_from(["ALTERNATE", "LIST"]), replica=REPLICA)
    def part_with_lent_seats(self, run: str, merges: bool, by: str, replica: tuple[int, bool]) -> None:
        """Whoever is asked accepts, and then the run is split, or becomes one with the other."""
        self.nominate([(who, Rank.PRIMARY) for who in ("a0", "a1", "b0")], run, replica)
        self.allocate(POOL, self.model.runs[run].desks[POOL].given + 1, run, replica)
        self.offers((replica[0], True))
        for id in sorted(id for desk in self.model.runs[run].desks.values() for id in desk.asked):
            self.decided(id, Action.ACCEPT, replica)
        self.round(("back",), (replica[0], True))
        if any(desk.lent for desk in self.model.runs[run].desks.values()):
            seen("a seat is lent when the run is divided")
        if merges:
            self.merge(run=run, into="b" if run == "a" else "a", replica=replica, sure=True)
        else:
            self.split(division=(by, ""), run=run, replica=replica, chosen=[0, 3, 5], sure=True)

    # ---- time, and the loops

    @rule(run=RUN)
    def it_begins(self, run: str) -> None:
        self.now = max(self.now, self.model.runs[run].starts + timedelta(hours=1))

    @rule(hours=st.sampled_from([1, 20, 30, 100, 250]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.model.lists.offers)
    @rule(replica=REPLICA)
    def offers(self, replica: tuple[int, bool]) -> None:
        self.round(("end", "back", "give"), replica)

    @rule(round=st.sampled_from(ROUNDS), replica=REPLICA)
    def loop(self, round: tuple[str, ...], replica: tuple[int, bool]) -> None:
        self.round(round, replica)

    def round(self, round: tuple[str, ...], replica: tuple[int, bool]) -> None:
        for what in round:
            for key in sorted(self.model.runs):
                self.turn(what, key, replica)

    def turn(self, what: str, key: str, replica: tuple[int, bool]) -> bool:
        """What is found only by who looks is found at the next look; a release is planned on what there is."""
        before = self.store.look(self.now)
        if what == "release":
            self.replicas[replica[0]].refresh()
        self.loops.fresh = replica[1] or self.replicas[replica[0]].rows == before.rows
        did = bool(self.at(replica, lambda tx: self.loops.steps[what](tx, key)))
        if not self.loops.fresh and self.store.rows is before.rows:
            return self.turn(what, key, (replica[0], True))
        getattr(self.expected, f"loop_{what}")(key, before, self.store.look(self.now), self.loops)
        return did

    @rule(replica=REPLICA)
    def come_to_rest(self, replica: tuple[int, bool]) -> None:
        """All loops, until none has anything left to do: then nobody waits who might have a seat."""
        for _ in range(200):
            if not sum(self.turn(what, key, replica) for what in self.loops.steps for key in sorted(self.model.runs)):
                break
        else:
            raise AssertionError("it never comes to rest")
        for key, run in self.model.runs.items():
            assert not run.moving
            if run.moves_up(self.now):
                self.nobody_is_forgotten(key)

    def nobody_is_forgotten(self, key: str) -> None:
        assert all(one.due is None and not one.back for one in self.model.runs[key].desks.values())
        if self.model.lists.offers and POOL in self.model.runs[key].desks:
            assert self.model.next_offered(key, 1) == [], "a seat of the pool is offered as long as anybody waits"

    # ---- what is always true

    @invariant()
    @precondition(lambda self: hasattr(self, "model"))
    def the_model_agrees(self) -> None:
        tx = self.store.look(self.now)
        for key, run in self.model.runs.items():
            buckets = {one.bucket_unit: one for one in tx.buckets(key)}
            assert buckets.keys() == run.desks.keys()
            for unit, desk in run.desks.items():
                self.same(tx, buckets[unit], desk)
            assert tx.get("run", key).allocated == run.given, "the seats of a run are those of its buckets"
            assert sum(one.lent for one in run.desks.values()) == 0
            if run.moves_up(self.now) and not run.moving:
                for desk in run.desks.values():
                    cards = [self.model.cards[id] for id in desk.line]
                    first = [one for one in cards if not (one.reserve or one.let_go)]
                    assert not (first and desk.free and not desk.owed), "nobody else waits beside a free seat"

    def same(self, tx: Tx, bucket: Bucket, desk: Desk) -> None:
        here = [one for one in tx.all("nomination") if one.bucket == bucket.id]
        by = {state: {one.id for one in here if one.state is state} for state in NominationState}
        assert by[NominationState.CONFIRMED] == desk.seated
        assert by[NominationState.OFFERED] == desk.asked
        assert by[NominationState.SUBMITTED] == set(desk.lying)
        assert [one.id for one in tx.line(bucket.id)] == desk.line, "in the order of the wait"
        seats = bucket.seats, bucket.free, bucket.waiting, bucket.returning, bucket.borrowed
        assert seats == (desk.seats, desk.free, len(desk.line), desk.back, desk.lent)
        assert (bucket.growing.seats if bucket.growing else None) == desk.due
        assert desk.free >= 0

    def teardown(self) -> None:
        """The audit, which shares no code with the services, has nothing to say of what happened."""
        if not hasattr(self, "model"):
            return
        tx = self.store.look(self.now)
        for bucket in tx.all("bucket"):
            fold = BucketFold(bucket.id)
            for seq, event in enumerate(self.store.log.get(bucket.id, ()), start=1):
                fold.apply(seq, event)
            rows = [_row(one) for one in tx.all("nomination") if one.bucket == bucket.id]
            assert [*fold.problems, *fold.overbooked] == []
            faults = list(stored_faults(fold, bucket_document(bucket), rows, least=fold.seq))
            assert faults == [], faults


def _row(one: Nomination) -> dict[str, Any]:
    row = nomination_row(one) | {"transfers": one.transfers}
    row |= {} if one.offered_until is None else {"offered_until": one.offered_until}
    return row | ({} if one.ex_officio is None else {"ex_officio": {"in_post": one.ex_officio.in_post.value}})


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
