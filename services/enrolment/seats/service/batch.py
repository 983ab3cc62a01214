"""A batch of commands of one run, decided and written in one transaction: read the board, decide, write guarded."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import orjson

from services.enrolment.catalogue import OfferedRun, Policy
from services.enrolment.directory import Assignment, Unit, place_on
from services.enrolment.seats.domain.board import Board, Decision
from services.enrolment.seats.domain.checks import Found
from services.enrolment.seats.domain.commands import Command, Decide, EnterLate, Nominate, Substitute
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.moving import day_of
from services.enrolment.seats.domain.needed import bucket_ids, waiters_needed
from services.enrolment.seats.domain.nominees import Person
from services.enrolment.seats.domain.refusals import UnknownRun
from services.enrolment.seats.http.notices import decided_response
from services.enrolment.seats.service.attempts import Answers
from services.enrolment.seats.service.calendars import calendars
from services.enrolment.seats.service.checking import Checking
from services.enrolment.seats.service.queue import Ticket
from services.enrolment.seats.storage import Seats
from shared.clock import business
from shared.errors import Refused
from shared.idempotency import CommandRecords, Recorded, record, recorded
from shared.messaging.recorder import EventRecorder
from shared.mongo import Document, InsertOne, Session, translated_calls
from shared.position_tokens import Reached


class OfferedRuns(Protocol):
    """The catalogue's runs. Reads without a session cannot be rolled back."""

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None: ...


class Assignments(Protocol):
    """The directory's people. Reads cannot be rolled back."""

    async def assignments(self, people: Collection[str]) -> Mapping[str, Assignment]: ...


class Officeholders(Protocol):
    """The directory's posts. Reads cannot be rolled back."""

    async def of_people(
        self, people: Mapping[str, Assignment], posts: Collection[str], day: date
    ) -> Mapping[str, Assignment]: ...


class Units(Protocol):
    """The directory's units, from memory."""

    async def units(self) -> Mapping[str, Unit]: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Read before the transaction, which is then shorter and conflicts less often. This is safe: no command about
    seats changes runs or people, buckets know whether the run is open, and the unique id of a command record refuses a
    second answer to its key."""

    run: OfferedRun | None
    people: Mapping[str, Person]
    answered: Mapping[str, Document]
    found: Found = field(default_factory=dict)


class Batches:
    """Reads and carries out batches against one database."""

    def __init__(
        self,
        seats: Seats,
        runs: OfferedRuns,
        people: Assignments,
        units: Units,
        posts: Officeholders,
        records: CommandRecords,
        checking: Checking,
    ) -> None:
        self._seats = seats
        self._runs = runs
        self._people = people
        self._units = units
        self._posts = posts
        self._records = records
        self._checking = checking

    async def read(self, run: str, tickets: Sequence[Ticket], *, again: bool, seconds: float) -> Snapshot:
        """`again`: an earlier attempt may have been committed, so the records of all commands are looked up, not only
        of those sent with a key. Raises StoreUnavailable after `seconds`.
        """
        keys = [ticket.key for ticket in tickets if again or ticket.key.fingerprint is not None]
        named = {c.person for ticket in tickets if not isinstance(c := ticket.command, Decide)}
        with translated_calls(seconds):
            offered, assignments, answered, units = await asyncio.gather(
                self._runs.offered(run),
                self._people.assignments(named) if named else _nothing(),
                self._records.find(keys) if keys else _nothing(),
                self._units.units(),
            )
            if offered is None:
                return Snapshot(None, {}, answered)
            day = day_of(offered.starts_at)
            posts = {post for target in offered.targets for post in target.posts}
            if posts and assignments:
                assignments = await self._posts.of_people(assignments, posts, day)
            found = await self._checking.found(offered, assignments)
        if offered.approval_route:
            await calendars(offered.approval_route, business(tickets[0].recorder.now, offered.offset_seconds))
        return Snapshot(offered, _people(assignments, units, day), answered, found)

    async def carry_out(
        self, snapshot: Snapshot, tickets: Sequence[Ticket], session: Session, recorder: EventRecorder
    ) -> Answers:
        """The answer to every ticket, in order. Writes their effects in the session's transaction."""
        fresh = [ticket.command for ticket in tickets if ticket.key.id not in snapshot.answered]
        board = await self._board(snapshot, snapshot.run, fresh, session) if snapshot.run and fresh else None
        answers = [_answer(ticket, snapshot.answered, board) for ticket in tickets]
        if board is not None and board.changes:
            await self._write(board, tickets, answers, snapshot, session, recorder)
        return await self._reconsidered(tickets, answers, session)

    async def _board(self, snapshot: Snapshot, run: OfferedRun, commands: Sequence[Command], session: Session) -> Board:
        people = snapshot.people
        named = [c.nomination for c in commands if isinstance(c, Decide | Substitute)]
        nominations = await self._seats.load_nominations(run.id, named, session) if named else {}
        keys = {n.bucket for n in nominations.values()} | _bucket_keys(run, commands, people)
        buckets = await self._seats.load_buckets(list(keys), session) if keys else {}
        if not all(bucket.open for bucket in buckets.values()):
            # Only an open bucket says that its run goes on: what is closed may be cancelled since the run was read.
            run = await self._runs.offered(run.id, session) or run
        board = Board(
            run=run,
            buckets=buckets,
            nominations=nominations,
            people=people,
            live=await self._seats.live_of(run.id, list(people), session) if people else {},
            queues=await self._queues(waiters_needed(commands, nominations), buckets, session),
            found=snapshot.found,
        )
        board.nominations.update({n.id: n for queue in board.queues.values() for n in queue})
        return board

    async def _queues(
        self, needed: Mapping[str, int], buckets: Mapping[str, Bucket], session: Session
    ) -> dict[str, list[Nomination]]:
        """Where nobody waits there is nothing to read, only a list for those who come to wait in this batch."""
        read = {bucket: count for bucket, count in needed.items() if buckets[bucket].waiting}
        return {bucket: [] for bucket in needed} | await self._seats.queues_of(read, session)

    async def _write(
        self,
        board: Board,
        tickets: Sequence[Ticket],
        answers: Answers,
        snapshot: Snapshot,
        session: Session,
        recorder: EventRecorder,
    ) -> None:
        await self._seats.write_buckets(board.changed_buckets(), session)
        await self._seats.write_nominations(board.changes, session)
        records: list[InsertOne[Document]] = []
        for ticket, answer in zip(tickets, answers, strict=True):
            if isinstance(answer, Recorded) and ticket.key.id not in snapshot.answered:
                records.append(record(ticket.key, answer, ticket.recorder.now + self._records.kept))
                recorder.adopt(ticket.recorder)
        await self._records.store(records, session)

    async def _reconsidered(self, tickets: Sequence[Ticket], answers: Answers, session: Session) -> Answers:
        """A refused command may have been carried out after the records were read: by a twin at another replica, or by
        a commit whose result was unknown. Then this transaction sees its record, and the record counts."""
        refused = [ticket.key for ticket, answer in zip(tickets, answers, strict=True) if isinstance(answer, Refused)]
        since = await self._records.find(refused, session) if refused else {}
        return [
            _answer(ticket, since, None) if ticket.key.id in since else answer
            for ticket, answer in zip(tickets, answers, strict=True)
        ]


def _bucket_keys(run: OfferedRun, commands: Sequence[Command], people: Mapping[str, Person]) -> set[str]:
    targets = [target.key for target in run.targets]
    units = {
        people[c.person].place.unit for c in commands if isinstance(c, Nominate | EnterLate) and c.person in people
    }
    units |= {c.ex_officio.unit for c in commands if isinstance(c, Nominate) and c.ex_officio is not None}
    outsider = run.checks.eligibility is not Policy.REFUSE
    return {key for unit in units for key in bucket_ids(run.id, targets, unit, outsider=outsider)}


def _people(assignments: Mapping[str, Assignment], units: Mapping[str, Unit], day: date) -> dict[str, Person]:
    places = {unit: place_on(units, unit, day) for unit in {assignment.unit for assignment in assignments.values()}}
    people = {id: Person(id, assignment, places[assignment.unit]) for id, assignment in assignments.items()}
    for id, person in people.items():
        if held := person.assignment.held:
            posts = tuple((one, place_on(units, one.unit, day)) for one in held)
            people[id] = replace(person, posts=posts)
    return people


async def _nothing() -> Any:
    return {}


def _answer(ticket: Ticket, before: Mapping[str, Document], board: Board | None) -> Recorded | Refused:
    """The recorded answer, else the board's; without a board the run is unknown."""
    try:
        known = before.get(ticket.key.id)
        if known is not None:
            return recorded(known, ticket.key)
        if board is None:
            raise UnknownRun(run=ticket.command.run)
        return _decided(ticket, board)
    except Refused as refusal:
        # Without its frames: one of them holds the answers, and the whole batch would wait for the collector.
        return refusal.with_traceback(None)


def _decided(ticket: Ticket, board: Board) -> Recorded:
    """Decides one command on the board and records its events in its ticket."""
    recorder = ticket.recorder
    recorder.begin()
    decision = board.decide(ticket.command, ticket.caller, recorder.now)
    ticket.bucket = decision.bucket.id
    before = decision.bucket.seq - len(decision.events)
    recorder.record(decision.events, after=before, offset_seconds=board.run.offset_seconds)
    _note(ticket, decision)
    status = 201 if isinstance(ticket.command, Nominate | EnterLate) else 200
    body = orjson.dumps(decided_response(decision.nomination, decision.bucket, ticket.caller.scope)).decode()
    return Recorded.of(status, body, _reached(ticket, decision))


def _reached(ticket: Ticket, decision: Decision) -> Reached:
    """What the caller is told to wait for. A position numbers all that happened to the bucket, and how many events the
    command had says whether somebody moved up: who may not know either gets a receipt for the events of the own."""
    key, recorder = ticket.key, ticket.recorder
    if ticket.caller.counts.covers_unit(decision.bucket.bucket_unit):
        return recorder.reached(key.receipt) if key.listed is None else recorder.marked(key.listed)
    command = ticket.command
    own = 2 + command.swap if isinstance(command, Substitute) else 1  # they come first
    return Reached((), recorder.marked(key.listed or key.receipt(), own).receipts)


def _note(ticket: Ticket, decision: Decision) -> None:
    """Decisions about others. Who has nominated whom says the nomination itself."""
    command = ticket.command
    if isinstance(command, Nominate) or decision.nomination.person == ticket.caller.subject:
        return
    ticket.recorder.note(command.name, "nomination", command.nomination or decision.nomination.id)
