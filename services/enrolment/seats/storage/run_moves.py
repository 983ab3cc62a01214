"""Moves of people between runs that are under way, and the pages of people that they look at."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.enrolment.catalogue import DivideBy, Division
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.run_moves import Phase, RunMove
from services.enrolment.seats.storage.bucket_documents import bucket_of
from services.enrolment.seats.storage.nomination_documents import carried_over, nomination_of
from services.enrolment.seats.storage.specs import BUCKETS, NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import CollectionSpec, Conflict, Database, Document, Session

RUN_MOVES: Final = CollectionSpec("run_moves")  # only what is under way: some few
Carried = tuple[Nomination, Nomination]  # as it was and as it is


class RunMoves:
    """In the collection of moves, and of nominations and buckets as far as they need them."""

    def __init__(self, database: Database) -> None:
        self._moves = database[RUN_MOVES.name]
        self._nominations = database[NOMINATIONS.name]
        self._buckets = database[BUCKETS.name]

    async def under_way(self, most: int) -> list[str]:
        rows = self._moves.find({}, {"_id": 1}).sort("_id", 1).limit(most)
        return [row["_id"] async for row in rows]

    async def load(self, move: str, session: Session) -> RunMove | None:
        row = await self._moves.find_one({"_id": move}, session=session)
        return None if row is None else _move_of(row)

    async def begin(self, move: RunMove, session: Session) -> None:
        await self._moves.insert_one(_document(move), session=session)

    async def go_on(self, before: RunMove, after: RunMove, session: Session) -> None:
        """Raises Conflict where another process was faster."""
        row = {**_document(after), "version": before.version + 1}
        del row["_id"]
        query = {"_id": before.id, "version": before.version}
        if (await self._moves.update_one(query, {"$set": row}, session=session)).matched_count != 1:
            raise Conflict("another process has carried the page over")

    async def end(self, move: RunMove, session: Session) -> None:
        query = {"_id": move.id, "version": move.version}
        if (await self._moves.delete_one(query, session=session)).deleted_count != 1:
            raise Conflict("another process has ended the move")

    async def people(
        self, run: str, state: NominationState, after: str | None, most: int, session: Session
    ) -> list[Nomination]:
        query: Document = {"run": run, "state": state.value}
        if after is not None:
            query["_id"] = {"$gt": after}
        rows = self._nominations.find(query, session=session).sort("_id", 1).limit(most)
        return [nomination_of(row) async for row in rows]

    async def waiting(self, bucket: str, after: int | None, most: int, session: Session) -> list[Nomination]:
        query: Document = {"bucket": bucket, "state": NominationState.WAITLISTED.value}
        if after is not None:
            query["queue"] = {"$gt": after}
        rows = self._nominations.find(query, session=session).sort("queue", 1).limit(most)
        return [nomination_of(row) async for row in rows]

    async def next_bucket(self, run: str, after: str, counted: str, session: Session) -> Bucket | None:
        """The next one of the run of which somebody waits, or a seat is free (`counted`)."""
        reach = {"$gt": after or f"{run}:", "$lt": f"{run};"}
        rows = self._buckets.find({"_id": reach, counted: {"$gt": 0}}, session=session).sort("_id", 1).limit(1)
        found = [bucket_of(row) async for row in rows]
        return found[0] if found else None

    async def anybody_in(self, run: str, session: Session) -> bool:
        return await self._nominations.find_one({"run": run, "live": True}, {"_id": 1}, session=session) is not None

    async def carry(self, carried: list[Carried], by: str, at: datetime, session: Session) -> None:
        """Raises Conflict when any of them has changed since it was read."""
        if not carried:
            return
        writes = [carried_over(before, after, by, at) for before, after in carried]
        result = await self._nominations.bulk_write(writes, ordered=True, session=session)
        if result.matched_count != len(writes):
            raise Conflict("a nomination has changed since it was read")


def _document(move: RunMove) -> Document:
    row: Document = asdict(move)
    row["_id"] = row.pop("id")
    row["phase"] = move.phase.value
    if move.division is not None:
        row["division"] = {"by": move.division.by.value, "names": [*move.division.names]}
    return row


def _move_of(row: Document) -> RunMove:
    fields: dict[str, Any] = {**row, "id": row["_id"], "phase": Phase(row["phase"])}
    del fields["_id"]
    if (division := row["division"]) is not None:
        fields["division"] = Division(DivideBy(division["by"]), tuple(division["names"]))
    return RunMove(**fields)
