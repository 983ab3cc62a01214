"""Drawn lives of seats on the real database: the commands and the steps of loops of pure lives, carried out by two
processes of the service, and what is stored then, read back as pure lives have it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from services.enrolment.catalogue import Division, OfferedRun, RunState
from services.enrolment.catalogue.domain import dividing, runs
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.programmes import Programme, State
from services.enrolment.catalogue.domain.runs import Run, offered
from services.enrolment.catalogue.storage import run_of
from services.enrolment.directory import Held
from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.storage.posts import holding_document
from services.enrolment.seats.domain import growth
from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.buckets import open_bucket
from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.domain.ex_officio import Post
from services.enrolment.seats.domain.reallocating import Where
from services.enrolment.seats.domain.released import Moved
from services.enrolment.seats.domain.run_moves import RunMove
from services.enrolment.seats.service.buckets import new_bucket
from services.enrolment.seats.service.releases import Round
from services.enrolment.seats.storage.bucket_documents import bucket_of
from services.enrolment.seats.storage.nomination_documents import nomination_of
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.run_moves import RunMoves
from shared.errors import Refused
from shared.events.directory import InPost, post_aggregate
from shared.events.registry import EVENTS
from shared.events.seats import BucketFact
from shared.idempotency import CommandKey
from shared.messaging.recorder import EventRecorder
from shared.mongo import Database, Session
from shared.rights import Principal, Role, Scope
from tests.integration.enrolment.life_process import OFFSET, Process
from tests.unit.enrolment.seats.builders import CALLER
from tests.unit.enrolment.seats.life_loops import MOST
from tests.unit.enrolment.seats.life_posts import HEAD, drawn_posts
from tests.unit.enrolment.seats.life_service import POOL, TARGET, _Over, plan
from tests.unit.enrolment.seats.life_store import Key, Tx

OFFICER: Final = Principal("officer", frozenset({Role.HR_OFFICER}))
LIVED: Final = (
    *("programmes", "runs", "buckets", "nominations", "releases", "released_seats", "run_moves"),
    *("outbox", "commands"),
)
# The same in pure lives and here, which have other checks before it.
SAME: Final = {"seats-above-capacity": "too-many-seats"}
Call = Callable[[Coroutine[Any, Any, Any]], Any]


class TooMany(Refused, code="too-many-seats", status=409, th="ที่นั่งเกิน", en="Too many seats."):
    """What pure lives say of an allocation above the capacity."""


class Service:
    """The commands. `call` waits for a coroutine on the loop that the processes run on."""

    def __init__(self, call: Call, description: Description, processes: Sequence[Process], life: int) -> None:
        self._call = call
        self.description = description
        self._processes = processes
        self._life = life

    def command(self, process: Process, command: Command, key: str) -> str:
        """Every third one is sent twice at once, to both processes."""
        of_life = CommandKey(f"life-{self._life}-{key}", b"the same")
        both = int(key[1:]) % 3 == 0
        asked = [one.send(command, of_life) for one in (self._processes if both else [process])]
        for one in self._processes:
            one.now = process.now
        answers = set(self._call(_all(asked)))
        assert len(answers) == 1, f"twins are answered differently: {answers}"
        answer = str(answers.pop())
        if not answer.isupper():
            raise _refusal(answer)
        return answer

    def plan(self, process: Process, run: str, cohort: int, seats: dict[str, int]) -> None:
        async def work(session: Session, recorder: EventRecorder) -> None:
            made = Run(run, "p1", plan(cohort), RunState.OPEN, offset_seconds=OFFSET, seq=1, version=1, opened=True)
            await process.catalogue.insert_run(made, self.description, session)
            allocated = {"$set": {"allocated": sum(seats.values())}}
            await process.db["runs"].update_one({"_id": run}, allocated, session=session)
            now, units = offered(made, self.description), await process.units.units()
            opened = [
                open_bucket(new_bucket(now, Seating(TARGET.key, unit, count), units)) for unit, count in seats.items()
            ]
            await process.seats.insert_buckets([one.bucket for one in opened], session)
            for one in opened:
                recorder.record(one.events, after=0, offset_seconds=OFFSET)

        self._call(process.writes.commit(work))

    # ---- posts

    def record(self, process: Process, unit: str, holdings: Sequence[Holding]) -> None:
        self._call(_recorded(process.db, unit, holdings))

    def invited(self, process: Process, run: str, unit: str) -> tuple[list[tuple[Held, str, str]], list[Post]]:
        """For its office, of whose other work groups lives know nothing."""
        asked = Caller("officer", Scope(unit=unit))
        found = self._call(process.ex_officio.proposal(run, TARGET.key, asked, None))
        assert found.next is None
        invited = [(one.held, one.person, one.unless.code if one.unless else "") for one in found.invited]
        return invited, [post for post in found.vacant if post in drawn_posts(unit)]

    def successions(self, process: Process, run: str) -> list[tuple[str, str | None, InPost]]:
        """In pages of one."""
        told, after, more = [], None, True
        while more:
            found, last = self._call(process.ex_officio.successions(run, CALLER, after, 1))
            told += [(one.nomination.id, one.now.person, one.now.in_post) for one in found]
            after = last and (last.ex_officio.unit, last.id)
            more = after is not None
        return told

    # ---- seats

    def allocate(self, process: Process, run: str, unit: str, seats: int, most: int) -> None:
        self._seats(self._allocated(process, run, {unit: seats}))

    async def _allocated(self, process: Process, run: str, changed: dict[str, int]) -> None:
        buckets = await process.seats.buckets_of(run)
        rows = {one.bucket_unit: growth.given(one) for one in buckets} | changed
        version = await process.catalogue.seats_version(run)
        seatings = [Seating(TARGET.key, unit, count) for unit, count in rows.items()]
        await process.buckets.allocate(_key(), run, seatings, OFFICER, version or 0)

    def transfer(self, process: Process, run: str, source: Where, to: Where, seats: int, most: int) -> None:
        self._seats(process.buckets.transfer(_key(), run, (source, to, seats), OFFICER, None))

    def _seats(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            self._call(work)
        except Refused as refusal:
            raise TooMany() if refusal.code in SAME else refusal from None

    # ---- runs

    def close(self, process: Process, run: str) -> None:
        def change(before: Run, at: datetime) -> Any:
            if before.state is not RunState.OPEN or before.begun(at):
                raise _Over()
            return runs.end_run(before, self.description, cancelled=False)

        self._call(process.change(run, self.description, change, process.buckets.close_all))

    def reopen(self, process: Process, run: str) -> None:
        def change(before: Run, at: datetime) -> Any:
            if before.state is not RunState.CLOSED or before.begun(at):
                raise _Over()
            return runs.reopen_run(before, self.description, (), at)

        self._call(process.change(run, self.description, change, process.buckets.reopen_all))

    def cancel(self, process: Process, run: str) -> None:
        def change(before: Run, at: datetime) -> Any:
            if before.state is RunState.CANCELLED or before.over(at):
                raise _Over()
            return runs.end_run(before, self.description, cancelled=True)

        self._call(process.change(run, self.description, change, process.buckets.close_all))

    def reschedule(self, process: Process, run: str, starts_at: datetime) -> None:
        def change(before: Run, at: datetime) -> Any:
            return runs.reschedule(before, plan(before.plan.cohort, starts_at), self.description, at)

        self._call(process.change(run, self.description, change, process.buckets.reschedule))

    # ---- two runs

    def split(self, process: Process, run: str, new: str, cohort: int, division: Division) -> None:
        async def work(session: Session, recorder: EventRecorder) -> None:
            before = await process.run(run, session)
            dividing.require_movable(before, recorder.now)
            planned = Run(new, "p1", plan(cohort, before.plan.starts_at), offset_seconds=OFFSET, version=1)
            other, events = dividing.split_off(planned, before, self.description)
            recorder.record(events, after=0, offset_seconds=OFFSET)
            await process.catalogue.insert_run(other, self.description, session)
            ours, theirs = offered(before, self.description), offered(other, self.description)
            await process.carrying.begin_split(ours, theirs, division, "officer", recorder, session)

        self._call(process.writes.commit(work))

    def merge(self, process: Process, run: str, into: str) -> None:
        async def work(session: Session, recorder: EventRecorder) -> None:
            source, to = await process.run(run, session), await process.run(into, session)
            dividing.require_mergeable(source, to, recorder.now)
            taken, events = dividing.take_in(to, source, self.description)
            recorder.record(events, after=to.seq, offset_seconds=OFFSET)
            await process.catalogue.update_run(to, taken, self.description, session)
            ours, theirs = offered(source, self.description), offered(taken, self.description)
            await process.carrying.begin_merge(ours, theirs, "officer", recorder, session)

        self._call(process.writes.commit(work))

    def run(self, process: Process, run: str) -> OfferedRun | None:
        found: OfferedRun | None = self._call(process.catalogue.offered(run))
        return found


class Loops:
    """Each is one step about one run, as its loop would take it; it says whether there was anything to do."""

    def __init__(self, call: Call, store: "Store") -> None:
        self._call = call
        self._store = store
        self._released: dict[str, str] = {}
        self.moved: list[Moved] = []

    @property
    def fresh(self) -> bool:
        """A transaction reads what there is."""
        return True

    @fresh.setter
    def fresh(self, value: bool) -> None: ...

    @property
    def steps(self) -> dict[str, Callable[[Process, str], bool]]:
        return {
            "deadlines": lambda process, run: self._call(process.deadlines.step(run)),
            "end": lambda process, run: self._call(process.offers.end_overdue(run)),
            "back": self.take_back,
            "give": lambda process, run: self._call(process.offers.give(f"{run}:T:{POOL}")),
            "growth": self.grow,
            "release": self.release,
            "carry": self.carry,
        }

    def take_back(self, process: Process, run: str) -> bool:
        buckets = self._store.look(process.now).buckets(run)
        pool = next((one for one in buckets if one.bucket_unit == POOL and not one.growing), None)
        left = next((one for one in buckets if one.returning and not one.growing), None)
        if left is None or pool is None:
            return False
        self._call(process.offers.take_back(left.id))
        return True

    def grow(self, process: Process, run: str) -> bool:
        buckets = self._store.look(process.now).buckets(run)
        found = next((one for one in buckets if one.growing), None)
        return found is not None and bool(self._call(process.growth.step(found.id)))

    def release(self, process: Process, run: str) -> bool:
        went_on = self._call(process.releases.step(run, Round(MOST)))
        seats = self._call(ReleaseStore(process.db).page(run, Scope(all=True), self._released.get(run, ""), 100))
        self._released[run] = seats[-1].id if seats else self._released.get(run, "")
        self.moved = [one.moved for one in seats]
        return bool(went_on)

    def carry(self, process: Process, run: str) -> bool:
        move: RunMove | None = self._store.look(process.now).get("move", run)
        return move is not None and bool(self._call(process.carrying.step(move.id)))


class Store:
    """What is stored, as pure lives keep it."""

    def __init__(self, call: Call, db: Database, processes: Sequence[Process]) -> None:
        self._call = call
        self._db = db
        self._processes = processes
        self._at = -1
        self._rows: dict[Key, Any] = {}

    @property
    def rows(self) -> dict[Key, Any]:
        at = sum(one.writes.committed for one in self._processes)
        if at != self._at:
            self._at, self._rows = at, self._call(_read(self._db))
        return self._rows

    def look(self, now: datetime) -> Tx:
        return Tx(self.rows, now)

    @property
    def log(self) -> dict[str, list[BucketFact]]:
        """Every bucket's events, in order."""
        found: dict[str, list[BucketFact]] = self._call(_events(self._db))
        return found


async def _read(db: Database) -> dict[Key, Any]:
    rows: dict[Key, Any] = {}
    for kind, name, read in (
        ("run", "runs", run_of),
        ("bucket", "buckets", bucket_of),
        ("nomination", "nominations", nomination_of),
    ):
        rows |= {(kind, row["_id"]): read(row) async for row in db[name].find({})}
    none: Any = None
    for id in await RunMoves(db).under_way(10):
        if (move := await RunMoves(db).load(id, none)) is not None:
            rows["move", move.source] = move
    for run in [id for kind, id in rows if kind == "run"]:
        rows |= {("release", id): one for id, one in (await ReleaseStore(db).of_run(run)).items()}
    return rows


async def _events(db: Database) -> dict[str, list[BucketFact]]:
    log: dict[str, list[BucketFact]] = {}
    for row in await db["outbox"].find({}).sort([("aggregate", 1), ("seq", 1)]).to_list(None):
        event = EVENTS[row["type"]].model_validate(orjson.loads(row["body"])["data"])
        if isinstance(event, BucketFact):
            log.setdefault(row["aggregate"], []).append(event)
            assert row["seq"] == len(log[row["aggregate"]])
    return log


class Ministry:
    """The processes, and one life after the other on their database. `db` is it for tests: what services ask is
    watched."""

    def __init__(self, db: Database, processes: Sequence[Process]) -> None:
        self.processes = processes
        self._db = db
        self._loop = asyncio.get_running_loop()
        self._lives = 0

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """From the thread that draws."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    def begin(self, description: Description) -> tuple[Service, Loops, Store]:
        self._lives += 1
        self.call(self._cleared(description))
        store = Store(self.call, self._db, self.processes)
        return Service(self.call, description, self.processes, self._lives), Loops(self.call, store), store

    async def _cleared(self, description: Description) -> None:
        first = self.processes[0]
        for name in LIVED:
            await self._db[name].delete_many({})
        programme = Programme("p1", description, "officer", state=State.PUBLISHED, seq=1, version=1)
        await first.writes.commit(lambda session, recorder: first.catalogue.insert(programme, recorder.now, session))


async def _recorded(db: Database, unit: str, holdings: Sequence[Holding]) -> None:
    """As they stand after any number of changes: how these are made is a matter of the directory."""
    await db["posts"].update_one(
        {"_id": post_aggregate(unit, HEAD)}, {"$set": {"unit": unit, "post": HEAD, "seq": 1}}, upsert=True
    )
    await db["holdings"].delete_many({"unit": unit, "post": HEAD})
    if holdings:
        await db["holdings"].insert_many([holding_document(one) for one in holdings])


async def _all(work: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    return await asyncio.gather(*work)


def _key() -> CommandKey:
    return CommandKey(f"seats-{next(_numbers)}", None)


_numbers: Final = iter(range(10**9))


def _refusal(code: str) -> Refused:
    found = next(one for one in _refusals(Refused) if getattr(one, "code", None) == code)
    refusal = found.__new__(found)
    Refused.__init__(refusal)
    return refusal


def _refusals(kind: type[Refused]) -> list[type[Refused]]:
    return [one for below in kind.__subclasses__() for one in (below, *_refusals(below))]
