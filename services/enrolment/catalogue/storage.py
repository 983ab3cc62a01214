"""Programmes and runs as documents. A run carries copies of what seats need of its programme."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.enrolment.catalogue.description import Description
from services.enrolment.catalogue.domain import Programme, State
from services.enrolment.catalogue.eligibility import target_document, target_of
from services.enrolment.catalogue.runs import Plan, Run, RunState
from services.enrolment.catalogue.schedule import Neighbour, place_key
from shared.events.enrolment import Session as Sitting
from shared.events.enrolment import Venue
from shared.mongo import (
    CollectionSpec,
    Conflict,
    Database,
    Document,
    Index,
    Session,
    translated_calls,
)

PROGRAMMES = CollectionSpec(
    "programmes", indexes=(Index(("code",), unique=True), Index(("state", "_id")), Index(("fiscal_year", "_id")))
)
RUNS = CollectionSpec("runs", indexes=(Index(("programme", "cohort"), unique=True), Index(("place_key", "starts_at"))))
COLLECTIONS: Final = (PROGRAMMES, RUNS)
_description = TypeAdapter(Description)
_WRITTEN: Final = tuple(one.name for one in fields(Description))


@dataclass(frozen=True)
class ProgrammeWithRuns:
    """A programme with its runs, in the order of cohorts. `published`: the world has seen it."""

    programme: Programme
    runs: list[Run]
    published: bool


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
            found = self.runs.find({"programme": programme}, session=session).sort("cohort", 1)
            runs = [run_of(one) async for one in found]
        return ProgrammeWithRuns(programme_of(row), runs, published=row.get("published_at") is not None)

    async def load_run(self, run: str, session: Session | None = None) -> Document | None:
        """The document, copies of its programme included."""
        with translated_calls():
            row: Document | None = await self.runs.find_one({"_id": run}, session=session)
        return row

    async def code_taken(self, code: str, programme: str, session: Session) -> bool:
        """Whether another programme has this code."""
        query = {"code": code, "_id": {"$ne": programme}}
        return await self.programmes.find_one(query, {"_id": 1}, session=session) is not None

    async def page(self, filters: Mapping[str, Any], after: str | None, limit: int) -> list[Programme]:
        """The newest first, one more than `limit`."""
        query: Document = dict(filters)
        if after is not None:
            query["_id"] = {"$lt": after}
        with translated_calls():
            return [programme_of(row) async for row in self.programmes.find(query).sort("_id", -1).limit(limit + 1)]

    async def neighbours(self, plan: Plan, but: str) -> list[Neighbour]:
        """Other runs at the same place in the same time, as far as a query can tell."""
        key = place_key(plan.venue)
        if key is None:
            return []
        query = {
            "place_key": key,
            "starts_at": {"$lt": plan.ends_at},
            "ends_at": {"$gt": plan.starts_at},
            "state": {"$ne": RunState.CANCELLED.value},
            "_id": {"$ne": but},
        }
        with translated_calls():
            return [_neighbour(row) async for row in self.runs.find(query).limit(20)]

    async def insert(self, programme: Programme, now: datetime, session: Session) -> None:
        row = {**programme_document(programme), "created_at": now}
        await self.programmes.insert_one(row, session=session)

    async def insert_run(self, run: Run, written: Description, session: Session) -> None:
        await self.runs.insert_one({**run_document(run, written), "allocated": 0}, session=session)

    async def update(self, before: Programme, after: Programme, extra: Mapping[str, Any], session: Session) -> None:
        """Raises Conflict when the programme has moved on since it was read."""
        row = {**programme_document(after), **extra}
        done = await self.programmes.update_one(
            {"_id": row.pop("_id"), "seq": before.seq}, {"$set": row}, session=session
        )
        if done.matched_count != 1:
            raise Conflict("the programme has moved on")

    async def update_run(self, before: Run, after: Run, written: Description, session: Session) -> Document:
        """The run as it is stored now, but for what seats write in it. Raises Conflict."""
        row = run_document(after, written)
        changes = {name: value for name, value in row.items() if name != "_id"}
        done = await self.runs.update_one({"_id": after.id, "seq": before.seq}, {"$set": changes}, session=session)
        if done.matched_count != 1:
            raise Conflict("the run has moved on")
        return row


def programme_document(programme: Programme) -> Document:
    """Flat: the fields of the description stand beside the state."""
    written: Document = _description.dump_python(programme.description, mode="json")
    written["target_groups"] = [target_document(target) for target in programme.description.target_groups]
    return {
        "_id": programme.id,
        "seq": programme.seq,
        "state": programme.state.value,
        **written,
        "created_by": programme.created_by,
        "created_unit": programme.created_unit,
        "submitted_by": programme.submitted_by,
    }


def programme_of(row: Document) -> Programme:
    written = {name: row[name] for name in _WRITTEN if name in row}
    written["target_groups"] = [target_of(target) for target in row["target_groups"]]
    return Programme(
        id=row["_id"],
        description=_description.validate_python(written),
        created_by=row["created_by"],
        created_unit=row["created_unit"],
        state=State(row["state"]),
        submitted_by=row["submitted_by"],
        seq=row["seq"],
    )


def run_document(run: Run, written: Description) -> Document:
    """Without `allocated`, which seats write."""
    plan = run.plan
    return {
        "_id": run.id,
        "seq": run.seq,
        "programme": run.programme,
        "state": run.state.value,
        "cohort": plan.cohort,
        "capacity": plan.capacity,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "sessions": [sitting.model_dump() for sitting in plan.sessions],
        "venue": plan.venue.model_dump(),
        "place_key": place_key(plan.venue),
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "offset_seconds": run.offset_seconds,
        "revision": run.revision,
        "code": written.code,
        "title": written.title,
        "fiscal_year": written.fiscal_year,
        "approval_route": written.approval_route,
        "target_groups": [target_document(target) for target in written.target_groups],
        "chair": None if written.chair is None else written.chair.model_dump(),
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
            sessions=tuple(Sitting.model_validate(one) for one in row["sessions"]),
            venue=Venue.model_validate(row["venue"]),
            opens_at=row["opens_at"],
            closes_at=row["closes_at"],
        ),
        state=RunState(row["state"]),
        allocated=row["allocated"],
        offset_seconds=row["offset_seconds"],
        revision=row["revision"],
        seq=row["seq"],
    )


def _neighbour(row: Document) -> Neighbour:
    run = run_of(row)
    return Neighbour(run.id, row["title"], run.plan.sessions)
