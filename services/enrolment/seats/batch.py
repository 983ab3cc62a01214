"""One transaction for a batch of commands of one run: read the board, decide, write guarded, commit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from services.enrolment.catalogue.eligibility import Candidate, target_of
from services.enrolment.seats.board import Board, Person, Run, bucket_ids, freeing
from services.enrolment.seats.commands import Command, Decide, Nominate, Substitute
from services.enrolment.seats.domain import Bucket, Nomination, Outcome
from services.enrolment.seats.drainer import Ticket
from services.enrolment.seats.places import Places, place_on
from services.enrolment.seats.refusals import UnknownRun
from services.enrolment.seats.storage import Seats, changed_nomination, new_nomination
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.envelope import Context, Fact, Position
from shared.faults import CrashPoint, CrashPoints
from shared.idempotency import CommandRecords, Recorded, record, recorded
from shared.messaging.outbox import Numbered, Outbox
from shared.mongo import Database, Document, InsertOne, Session, UpdateOne, majority, translated_calls

Answers = list[Recorded | Refused]
_CANDIDATE = {"unit": 1, "level": 1, "post": 1, "position": 1}


@dataclass(slots=True)
class Writes:
    """What a batch will write, collected while it is decided."""

    nominations: list[InsertOne[Document] | UpdateOne] = field(default_factory=list)
    records: list[InsertOne[Document]] = field(default_factory=list)
    facts: list[tuple[Numbered, Context]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is read before the transaction, which is the shorter for it and loses less often. No command about seats
    changes runs and people; that a run is open, its buckets say; a second answer to a key, its unique id refuses."""

    run: Run | None
    people: Mapping[str, Person]
    answered: Mapping[str, Document]


class Batch:
    """Runs batches against one database."""

    def __init__(self, database: Database, seats: Seats, outbox: Outbox, places: Places, crash: CrashPoints) -> None:
        self._runs = majority(database["runs"])
        self._people = majority(database["people"])
        self._seats = seats
        self._outbox = outbox
        self._records = CommandRecords(database)
        self._places = places
        self._crash = crash

    async def read(self, run: str, tickets: Sequence[Ticket], *, again: bool, seconds: float) -> Snapshot:
        """`again`: an earlier run of these commands may have been committed, so all their records are looked up, not
        only those of callers who gave a key. Raises StoreUnavailable after `seconds`.
        """
        asked = [ticket.key for ticket in tickets if again or ticket.key.fingerprint is not None]
        wanted = {c.person for ticket in tickets if isinstance(c := ticket.command, Nominate | Substitute)}
        with translated_calls(seconds):
            row, people, answered, units = await asyncio.gather(
                self._runs.find_one({"_id": run}),
                self._people.find({"_id": {"$in": list(wanted)}}, _CANDIDATE).to_list(None) if wanted else _nothing(),
                self._records.find(asked) if asked else _nothing(),
                self._places.units(),
            )
        if row is None:
            return Snapshot(None, {}, dict(answered))
        day = row["starts_at"].astimezone(BANGKOK).date()
        return Snapshot(run_of(row), {one["_id"]: _person(one, units, day) for one in people}, dict(answered))

    async def run(self, snapshot: Snapshot, tickets: Sequence[Ticket], session: Session) -> Answers:
        """The answer to every ticket, in order, as part of the session's transaction."""
        fresh = [ticket.command for ticket in tickets if ticket.key.id not in snapshot.answered]
        board = await self._board(snapshot.run, snapshot.people, fresh, session) if snapshot.run and fresh else None
        writes = Writes()
        answers = [self._answer(ticket, snapshot.answered, board, writes) for ticket in tickets]
        await self._write(board, writes, session)
        return await self._reconsidered(tickets, answers, session)

    async def _board(
        self, run: Run, people: Mapping[str, Person], commands: Sequence[Command], session: Session
    ) -> Board:
        named = [c.nomination for c in commands if isinstance(c, Decide | Substitute)]
        nominations = await self._seats.load_nominations(run.id, named, session) if named else {}
        keys = {n.bucket for n in nominations.values()} | _bucket_keys(run, commands, people)
        queued = list({nominations[n].bucket for n in freeing(commands) if n in nominations})
        board = Board(
            run=run,
            buckets=await self._seats.load_buckets(list(keys), session) if keys else {},
            nominations=nominations,
            people=dict(people),
            live=await self._seats.live_of(run.id, list(people), session) if people else {},
            queues=await self._seats.queues_of(queued, session) if queued else {},
        )
        board.nominations.update({n.id: n for queue in board.queues.values() for n in queue})
        return board

    def _answer(
        self, ticket: Ticket, before: Mapping[str, Document], board: Board | None, writes: Writes
    ) -> Recorded | Refused:
        try:
            known = before.get(ticket.key.id)
            if known is not None:
                return recorded(known, ticket.key)
            if board is None:
                raise UnknownRun(run=ticket.command.run)
            return _carry_out(ticket, board, writes)
        except Refused as refusal:
            return refusal

    async def _reconsidered(self, tickets: Sequence[Ticket], answers: Answers, session: Session) -> Answers:
        """A refusal may be that of a command which was carried out after the records were read, by a twin at another
        replica or by a commit that was unknown. Then the snapshot it was decided on has the record, and that counts."""
        refused = [ticket.key for ticket, answer in zip(tickets, answers, strict=True) if isinstance(answer, Refused)]
        since = await self._records.find(refused, session) if refused else {}
        return [
            self._answer(ticket, since, None, Writes()) if ticket.key.id in since else answer
            for ticket, answer in zip(tickets, answers, strict=True)
        ]

    async def _write(self, board: Board | None, writes: Writes, session: Session) -> None:
        if board is None or not writes.facts:
            return
        await self._seats.write_buckets(board.changed_buckets(), session)
        await self._seats.write_nominations(writes.nominations, session)
        await self._records.store(writes.records, session)
        await self._outbox.append(writes.facts, session)
        self._crash.reach(CrashPoint.BEFORE_COMMIT)


def _bucket_keys(run: Run, commands: Sequence[Command], people: Mapping[str, Person]) -> set[str]:
    targets = [target.key for target in run.targets]
    units = {people[c.person].place.unit for c in commands if isinstance(c, Nominate) and c.person in people}
    return {key for unit in units for key in bucket_ids(run.id, targets, unit)}


def _person(row: Document, units: Mapping[str, Document], day: date) -> Person:
    candidate = Candidate(row["unit"], row.get("level"), row.get("post"), row.get("position"))
    return Person(row["_id"], candidate, place_on(units, row["unit"], day))


async def _nothing() -> Any:
    return ()


def run_of(row: Document) -> Run:
    """The catalogue's document as seats see it."""
    return Run(
        id=row["_id"],
        open=row["state"] == "OPEN",
        ended=row["state"] in ("CLOSED", "CANCELLED"),
        opens_at=row.get("opens_at"),
        closes_at=row.get("closes_at"),
        needs_approval=row["approval_route"],
        offset_seconds=row["offset_seconds"],
        targets=tuple(target_of(target) for target in row["target_groups"]),
    )


def _carry_out(ticket: Ticket, board: Board, writes: Writes) -> Recorded:
    """Decides one command on the board and notes what follows from it."""
    recorded_at = ticket.context.recorded_at
    occurred_at = recorded_at + timedelta(seconds=board.run.offset_seconds)
    outcome = board.decide(ticket.command, ticket.scope, occurred_at)
    bucket = outcome.bucket
    ticket.bucket = bucket.id
    first = bucket.seq - len(outcome.events)
    context = replace(ticket.context, occurred_at=occurred_at)
    for place, event in enumerate(outcome.events, start=1):
        fact = Fact(aggregate=bucket.id, key=bucket.run, event=event)
        writes.facts.append((Numbered(fact, first + place), context))
    writes.nominations.extend(_nomination_writes(ticket, outcome, recorded_at))
    answer = Recorded(
        status=201 if isinstance(ticket.command, Nominate) else 200,
        body=orjson.dumps(_body(_subject(ticket, outcome), bucket)).decode(),
        positions=(Position(bucket.id, bucket.seq),),
    )
    writes.records.append(record(ticket.key, answer, recorded_at))
    return answer


def _nomination_writes(ticket: Ticket, outcome: Outcome, at: datetime) -> list[InsertOne[Document] | UpdateOne]:
    """Updates first: a substitute takes over the place of a person that must have left it."""
    command = ticket.command
    new_id = None if isinstance(command, Decide) else command.new_id
    writes: list[InsertOne[Document] | UpdateOne] = []
    for nomination in outcome.nominations:
        if nomination.id == new_id:
            note = command.note if isinstance(command, Nominate) else None
            writes.append(InsertOne(new_nomination(nomination, outcome.bucket, ticket.caller, note, at)))
        else:
            reason = None if isinstance(command, Nominate) else command.reason
            own = not isinstance(command, Nominate) and nomination.id == command.nomination
            writes.append(changed_nomination(nomination, ticket.caller, reason if own else None, at))
    return writes


def _subject(ticket: Ticket, outcome: Outcome) -> Nomination:
    """The nomination that the caller asked about (a substitution answers with the new one)."""
    command = ticket.command
    wanted = command.nomination if isinstance(command, Decide) else command.new_id
    return next(nomination for nomination in outcome.nominations if nomination.id == wanted)


def _body(nomination: Nomination, bucket: Bucket) -> dict[str, Any]:
    """A nomination as the answer to a command shows it."""
    return {
        "id": nomination.id,
        "run": bucket.run,
        "target": bucket.target,
        "bucketUnit": bucket.unit,
        "person": nomination.person,
        "unit": nomination.place.unit,
        "province": nomination.place.province,
        "rank": nomination.rank.value,
        "state": nomination.state.value,
        "replaces": nomination.replaces,
    }
