"""Who has a seat of a run, in pages, for the features behind this one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from services.enrolment.directory import Held
from services.enrolment.seats.domain.holders import Holder
from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.storage.nomination_documents import nomination_of
from services.enrolment.seats.storage.queries import list_query
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.mongo import Database, Document, Session, translated_calls
from shared.portions import portions
from shared.rights import Scope

_SEATED: Final = NominationState.CONFIRMED.value


class Holders:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def page(self, run: str, after: str, limit: int, session: Session | None = None) -> list[Holder]:
        """Whoever has a seat now, in order of nomination, behind the id `after`."""
        query = {"run": run, "state": _SEATED, "_id": {"$gt": after}}
        return await self._found(self._nominations.find(query, session=session).sort("_id", 1).limit(limit))

    async def within(self, run: str, scope: Scope, state: NominationState, after: str, limit: int) -> list[Holder]:
        """Whoever is in this state and within the scope, as lists of nominations have them; by the place that each was
        nominated at. In order of nomination, behind the id `after`."""
        query = list_query(run, scope, Wanted(state=state.value), after)
        return await self._found(self._nominations.find(query).sort("_id", 1).limit(limit))

    async def of(self, run: str, nominations: Sequence[str], session: Session | None = None) -> dict[str, Holder]:
        """These nominations of the run, whatever their state, by id."""
        holders: dict[str, Holder] = {}
        for some in portions(nominations):
            query = {"_id": {"$in": list(some)}, "run": run}
            found = await self._found(self._nominations.find(query, session=session))
            holders |= {one.nomination: one for one in found}
        return holders

    async def of_people(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]:
        """The live nomination of each of these people who has one, by person."""
        holders: dict[str, Holder] = {}
        for some in portions(people):
            query = {"run": run, "person": {"$in": list(some)}, "live": True}
            found = await self._found(self._nominations.find(query, session=session))
            holders |= {one.person: one for one in found}
        return holders

    async def left(self, run: str, people: Sequence[str], session: Session | None = None) -> dict[str, Holder]:
        """The nomination with which each of these people had a seat last and gave it back, by person."""
        holders: dict[str, Holder] = {}
        for some in portions(people):
            query = {"person": {"$in": list(some)}, "run": run, "seat_until": {"$exists": True}}
            found = await self._found(self._nominations.find(query, session=session))
            holders |= {one.person: one for one in sorted(found, key=_until)}
        return holders

    async def gone(self, run: str) -> list[str]:
        """The nominations that were withdrawn, of whatever state they were before. From an index alone."""
        query = {"run": run, "state": NominationState.WITHDRAWN.value}
        with translated_calls():
            return [row["_id"] async for row in self._nominations.find(query, {"_id": 1})]

    async def count(self, run: str) -> int:
        """How many have a seat. From an index alone."""
        with translated_calls():
            return int(await self._nominations.count_documents({"run": run, "state": _SEATED}))

    async def _found(self, cursor: object) -> list[Holder]:
        with translated_calls():
            rows: list[Document] = await cursor.to_list(None)  # type: ignore[attr-defined]
        return [_holder(row) for row in rows]


def _until(holder: Holder) -> datetime:
    return holder.seat_until or datetime.min.replace(tzinfo=UTC)


def _holder(row: Document) -> Holder:
    nomination = nomination_of(row)
    run, target, bucket_unit = nomination.seats_of
    held: Held | None = nomination.ex_officio
    return Holder(
        nomination.id,
        run,
        nomination.person,
        target,
        bucket_unit,
        nomination.place,
        nomination.state,
        None if held is None else held.in_post,
        nomination.replaces,
        nomination.erased,
        nomination.rank,
        row.get("seat_until"),
    )
