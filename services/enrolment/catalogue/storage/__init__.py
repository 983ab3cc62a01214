"""Programmes and runs as documents. A run carries copies of what seats need of its programme."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from services.enrolment.catalogue.domain.changes import MOST_CHANGES, Change, require_version
from services.enrolment.catalogue.domain.description import Description, OnMove
from services.enrolment.catalogue.domain.on_paper import RunOnPaper, on_paper
from services.enrolment.catalogue.domain.programmes import Programme, State
from services.enrolment.catalogue.domain.runs import OfferedRun, Plan, Run, RunState, was_opened
from services.enrolment.catalogue.domain.venues import Neighbour, place_key
from services.enrolment.catalogue.storage.close_outs import close_out_document, filed_of
from services.enrolment.catalogue.storage.copies import copied, looked_for
from services.enrolment.catalogue.storage.policies import policies_of
from services.enrolment.catalogue.storage.releases import release_at_of, release_document, rewriting, stored_release
from services.enrolment.catalogue.storage.routes import route_documents, route_of
from services.enrolment.catalogue.storage.specs import PROGRAMMES, RUNS, WITH_TEXTS
from services.enrolment.catalogue.storage.targets import target_document, target_of
from services.enrolment.catalogue.storage.to_ask import asking_document
from services.enrolment.catalogue.storage.waiting_lists import waiting_lists_of
from shared.events.catalogue import Session as Sitting
from shared.events.catalogue import Venue
from shared.events.evaluation import FormKind
from shared.mongo import Conflict, Database, Document, Session, majority, translated_calls
from shared.thai import sort_key

MOST_NEIGHBOURS: Final = 100
MOVING: Final = "moving"  # only on runs whose people are carried over
_DESCRIPTION: Final = TypeAdapter(Description)
_DESCRIBED: Final = tuple(field.name for field in fields(Description))


@dataclass(frozen=True)
class ProgrammeWithRuns:
    """A programme with its runs, in the order of cohorts. `published`: it is or was once published. `changes` are the
    last ones, in order."""

    programme: Programme
    runs: list[Run]
    published: bool
    changes: tuple[Change, ...] = ()


class Catalogue:
    """The collections of this feature."""

    def __init__(self, database: Database) -> None:
        self.programmes = database[PROGRAMMES.name]
        self.runs = database[RUNS.name]

    async def load(self, programme: str, session: Session | None = None) -> ProgrammeWithRuns | None:
        with translated_calls():
            row = await self.programmes.find_one({"_id": programme}, session=session)
            if row is None:
                return None
            rows = self.runs.find({"programme": programme}, session=session).sort("cohort", 1)
            runs = [run_of(run) async for run in rows]
        published = row.get("published_at") is not None
        return ProgrammeWithRuns(programme_of(row), runs, published, changes_of(row))

    async def load_run(self, run: str, session: Session | None = None) -> Run | None:
        with translated_calls():
            row = await self.runs.find_one({"_id": run}, session=session)
        return None if row is None else run_of(row)

    async def offered(self, run: str, session: Session | None = None) -> OfferedRun | None:
        """As seats need it. A read without a session cannot be rolled back."""
        runs = majority(self.runs) if session is None else self.runs
        row = await runs.find_one({"_id": run}, session=session)
        return None if row is None else offered_run_of(row)

    async def on_paper(self, run: str) -> RunOnPaper | None:
        with translated_calls():
            found = await self.load_run(run)
            programme = None if found is None else await self.load(found.programme)
        return None if found is None or programme is None else on_paper(found, programme.programme.description)

    async def seats_version(self, run: str) -> int | None:
        """None for an unknown run."""
        with translated_calls():
            row = await self.runs.find_one({"_id": run}, {"seats_version": 1})
        return None if row is None else row.get("seats_version", 0)

    async def note_allocated(
        self, run: OfferedRun, seats: int, expected: int | None, by: str, at: datetime, session: Session
    ) -> int:
        """The sum of the run's seats; the version that they have now. Every allocation writes it, so that two at once
        conflict. Raises ChangedSince when the seats are not those of the version `expected`."""
        loaded = await self.load(run.programme, session)
        present = None if loaded is None else next((one for one in loaded.runs if one.id == run.id), None)
        if loaded is None or present is None:
            raise Conflict("the run has gone since it was read")
        require_version(expected, present.seats_version, loaded.changes, run=run.id, seats=True)
        version = loaded.programme.version + 1
        change = Change(version, ("buckets",), by, at, run=run.id, seats=True)
        await self.note_change(loaded.programme, change, {}, session)
        written = {"allocated": seats, "allocated_at": at, "seats_version": version}
        await self.runs.update_one({"_id": run.id}, {"$set": written}, session=session)
        return version

    async def code_taken(self, code: str, programme: str, session: Session) -> bool:
        """Whether another programme has this code."""
        query = {"code": code, "_id": {"$ne": programme}}
        return await self.programmes.find_one(query, {"_id": 1}, session=session) is not None

    async def neighbours(self, plan: Plan, except_run: str) -> list[Neighbour]:
        """Other runs at the same place between the same days; their sessions may still not overlap."""
        key = place_key(plan.venue)
        if key is None:
            return []
        query = {
            "place_key": key,
            "starts_at": {"$lt": plan.ends_at},
            "ends_at": {"$gt": plan.starts_at},
            "state": {"$ne": RunState.CANCELLED.value},
            "_id": {"$ne": except_run},
        }
        with translated_calls():
            return [_neighbour(row) async for row in self.runs.find(query).sort("starts_at", 1).limit(MOST_NEIGHBOURS)]

    async def insert(self, programme: Programme, now: datetime, session: Session) -> None:
        row = {**programme_document(programme), "created_at": now, "changes": []}
        await self.programmes.insert_one(row, session=session)

    async def insert_run(self, run: Run, description: Description, session: Session, **extra: Any) -> None:
        first = {"allocated": 0, "seats_version": run.version, **WITH_TEXTS, **extra}
        await self.runs.insert_one({**run_document(run, description), **first}, session=session)

    async def update(
        self, before: Programme, after: Programme, change: Change, extra: Mapping[str, Any], session: Session
    ) -> None:
        """Raises Conflict when the programme has changed since it was read."""
        row = {**programme_document(after), **extra}
        del row["_id"]
        await self.note_change(before, change, row, session)

    async def note_change(
        self, before: Programme, change: Change, written: Mapping[str, Any], session: Session
    ) -> None:
        """Whatever is changed of a programme, its runs or their seats is counted here: so two changes at once conflict,
        and the one that comes second sees the first. Raises Conflict."""
        result = await self.programmes.update_one(
            # A programme of before there were versions has none.
            {"_id": before.id, "seq": before.seq, "version": before.version or None},
            {
                "$set": {**written, "version": change.version},
                "$push": {"changes": {"$each": [asdict(change)], "$slice": -MOST_CHANGES}},
            },
            session=session,
        )
        if result.matched_count != 1:
            raise Conflict("the programme has changed since it was read")

    async def update_run(
        self, before: Run, after: Run, description: Description, session: Session, **extra: Any
    ) -> None:
        """All fields but those that seats write. Raises Conflict."""
        update = rewriting({**run_document(after, description), **extra})
        result = await self.runs.update_one({"_id": after.id, "seq": before.seq}, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the run has changed since it was read")


def programme_document(programme: Programme) -> Document:
    """Flat: the fields of the description stand beside the state."""
    described: Document = _DESCRIPTION.dump_python(programme.description, mode="json")
    described["target_groups"] = [target_document(target) for target in programme.description.target_groups]
    described["approval_route"] = route_documents(programme.description.approval_route)
    return {
        "_id": programme.id,
        "seq": programme.seq,
        "state": programme.state.value,
        **described,
        **looked_for(programme.description),
        "title_key": sort_key(programme.description.title),
        "created_by": programme.created_by,
        "created_unit": programme.created_unit,
        "submitted_by": programme.submitted_by,
        "version": programme.version,
    }


def programme_of(row: Document) -> Programme:
    described = {name: row[name] for name in _DESCRIBED if name in row}
    described["target_groups"] = [target_of(target) for target in row["target_groups"]]
    described["approval_route"] = route_of(row["approval_route"])
    return Programme(
        id=row["_id"],
        description=_DESCRIPTION.validate_python(described),
        created_by=row["created_by"],
        created_unit=row["created_unit"],
        state=State(row["state"]),
        submitted_by=row["submitted_by"],
        seq=row["seq"],
        version=row.get("version") or 0,
    )


def changes_of(row: Document) -> tuple[Change, ...]:
    return tuple(Change(**{**change, "fields": tuple(change["fields"])}) for change in row.get("changes", ()))


def run_document(run: Run, description: Description) -> Document:
    """Without `allocated` and `seats_version`, which seats write."""
    plan = run.plan
    return {
        "_id": run.id,
        "seq": run.seq,
        "programme": run.programme,
        "state": run.state.value,
        "opened": run.opened,
        "cohort": plan.cohort,
        "capacity": plan.capacity,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "ends_at_system_time": plan.ends_at - timedelta(seconds=run.offset_seconds),
        "sessions": [sitting.model_dump() for sitting in plan.sessions],
        "venue": plan.venue.model_dump(),
        "place_key": place_key(plan.venue),
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "offset_seconds": run.offset_seconds,
        "revision": run.revision,
        "version": run.version,
        **copied(description),
        **close_out_document(run, description),
        **release_document(run, description),
        **asking_document(run, description),
    }


def run_of(row: Document) -> Run:
    return Run(
        id=row["_id"],
        programme=row["programme"],
        plan=Plan(
            cohort=row["cohort"],
            capacity=row["capacity"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            sessions=tuple(Sitting.model_validate(sitting) for sitting in row["sessions"]),
            venue=Venue.model_validate(row["venue"]),
            opens_at=row["opens_at"],
            closes_at=row["closes_at"],
            release_at=release_at_of(row),
        ),
        state=RunState(row["state"]),
        allocated=row["allocated"],
        offset_seconds=row["offset_seconds"],
        revision=row["revision"],
        seq=row["seq"],
        version=row.get("version", 0),
        seats_version=row.get("seats_version", 0),
        opened=was_opened(row["state"], row.get("opened")),
        filed=filed_of(row),
        moving=MOVING in row,
    )


def _neighbour(row: Document) -> Neighbour:
    run = run_of(row)
    return Neighbour(run.id, row["title"], run.plan.sessions, run.plan.venue)


def offered_run_of(row: Document) -> OfferedRun:
    return OfferedRun(
        id=row["_id"],
        programme=row["programme"],
        state=RunState(row["state"]),
        opened=was_opened(row["state"], row.get("opened")),
        capacity=row["capacity"],
        fiscal_year=row["fiscal_year"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        approval_route=route_of(row["approval_route"]),
        organiser=row["organiser"],
        four_eyes=row.get("four_eyes", True),  # a run of before there was the policy is under it
        applications=row.get("applications", True),
        offset_seconds=row["offset_seconds"],
        targets=tuple(target_of(target) for target in row["target_groups"]),
        sessions=tuple((sitting["starts_at"], sitting["ends_at"]) for sitting in row["sessions"]),
        **policies_of(row),
        on_move=OnMove(row.get("on_move", OnMove.STAY)),
        moving=MOVING in row,
        forms=tuple(FormKind(form) for form in row.get("forms", ())),
        waiting_lists=waiting_lists_of(row),
        release=stored_release(row),
    )
