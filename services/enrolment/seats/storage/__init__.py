"""Buckets and nominations in the database: alone knows their documents."""

from collections.abc import Iterable, Mapping, Sequence

from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.records import NominationRecord, Wanted
from services.enrolment.seats.domain.transitions import WAITLISTED
from services.enrolment.seats.storage.bucket_documents import bucket_document, bucket_of, guarded, moved
from services.enrolment.seats.storage.nomination_documents import (
    nomination_document,
    nomination_of,
    nomination_update,
    record_of,
)
from services.enrolment.seats.storage.queries import in_reach, list_queries
from services.enrolment.seats.storage.specs import BUCKETS, IS_GROWING, NOMINATIONS
from shared.events.seats import Rank
from shared.mongo import Conflict, Database, DeleteOne, Document, InsertOne, Session, translated_calls
from shared.rights import Scope


class Seats:
    """The collections of this feature."""

    def __init__(self, database: Database) -> None:
        self._buckets = database[BUCKETS.name]
        self._nominations = database[NOMINATIONS.name]

    async def load_buckets(self, ids: Sequence[str], session: Session | None = None) -> dict[str, Bucket]:
        """Those that exist, by id."""
        rows: list[Document] = await self._buckets.find({"_id": {"$in": list(ids)}}, session=session).to_list(None)
        return {row["_id"]: bucket_of(row) for row in rows}

    async def buckets_of(self, run: str, session: Session | None = None) -> list[Bucket]:
        """All buckets of a run, in the order of target and unit."""
        rows: list[Document] = await self._buckets.find({"run": run}, session=session).sort("_id", 1).to_list(None)
        return [bucket_of(row) for row in rows]

    async def shares(self, run: str) -> list[tuple[str, str, int]]:
        """Which unit has how many seats in which target group, unit by unit."""
        with translated_calls():
            buckets = await self.buckets_of(run)
        return sorted((bucket.bucket_unit, bucket.target, bucket.seats) for bucket in buckets if bucket.seats)

    async def growing(self, most: int) -> list[str]:
        """Some of the buckets that are to get more seats. A partial index holds just these."""
        rows = self._buckets.find(IS_GROWING, {"_id": 1}).limit(most)
        return [row["_id"] async for row in rows]

    async def load_nominations(self, run: str, ids: Sequence[str], session: Session | None) -> dict[str, Nomination]:
        """Those that exist in this run, by id."""
        query = {"_id": {"$in": list(ids)}, "run": run}
        rows: list[Document] = await self._nominations.find(query, session=session).to_list(None)
        return {row["_id"]: nomination_of(row) for row in rows}

    async def live_of(self, run: str, people: Sequence[str], session: Session | None) -> dict[str, Nomination]:
        """The live nomination of each of these people who has one."""
        query = {"run": run, "person": {"$in": list(people)}, "live": True}
        rows = self._nominations.find(query, session=session)
        return {row["person"]: nomination_of(row) async for row in rows}

    async def queues_of(self, needed: Mapping[str, int], session: Session | None) -> dict[str, list[Nomination]]:
        """The first of each of these waiting lists, in order and no more than asked for: a list has no bound.

        One query per bucket, which the index (bucket, state, queue) answers in order and up to the limit.
        """
        queues: dict[str, list[Nomination]] = {}
        for bucket, count in needed.items():
            query = {"bucket": bucket, "state": WAITLISTED.value}
            first = self._nominations.find(query, session=session).sort("queue", 1).limit(count)
            queues[bucket] = [nomination_of(row) async for row in first]
        return queues

    async def first_primaries(self, bucket: str, most: int, session: Session) -> list[Nomination]:
        """The first on its waiting list who are no reserves."""
        query = {"bucket": bucket, "state": WAITLISTED.value, "rank": Rank.PRIMARY.value}
        found = self._nominations.find(query, session=session).sort("queue", 1).limit(most)
        return [nomination_of(row) async for row in found]

    async def hold(self, buckets: Sequence[str], move: str, session: Session) -> None:
        """Whoever decides about them at the same time loses against this, or this against them."""
        await self._buckets.update_many({"_id": {"$in": [*buckets]}}, {"$set": {"held_for": move}}, session=session)

    async def write_buckets(self, changes: Sequence[tuple[Bucket, Bucket]], session: Session) -> None:
        """Writes pairs (as read, as decided). Raises Conflict when any bucket has changed since it was read."""
        if not changes:
            return
        result = await self._buckets.bulk_write(
            [guarded(before, after) for before, after in changes], ordered=False, session=session
        )
        if result.matched_count != len(changes):
            raise Conflict("a bucket has changed since it was read")

    async def insert_buckets(self, buckets: Iterable[Bucket], session: Session) -> None:
        """New buckets; their ids make a second one impossible."""
        rows = [InsertOne(bucket_document(bucket)) for bucket in buckets]
        if rows:
            await self._buckets.bulk_write(rows, ordered=False, session=session)

    async def delete_buckets(self, buckets: Sequence[Bucket], session: Session) -> None:
        """Only for a run that was never opened: an opened bucket has a history."""
        if buckets:
            await self._buckets.bulk_write([DeleteOne({"_id": bucket.id}) for bucket in buckets], session=session)

    async def move_buckets(self, changes: Sequence[tuple[Bucket, Bucket]], session: Session) -> None:
        """The copies of the run's start, year and groups, which the events of its buckets carry. Raises Conflict."""
        if not changes:
            return
        result = await self._buckets.bulk_write([moved(*change) for change in changes], ordered=False, session=session)
        if result.matched_count != len(changes):
            raise Conflict("a bucket has changed since it was read")

    async def write_nominations(self, changes: Sequence[NominationChange], session: Session) -> None:
        """In the order of the commands: a person may withdraw and be nominated again. The unique index refuses a second
        live nomination of a person."""
        writes = [
            InsertOne(nomination_document(change)) if change.new else nomination_update(change) for change in changes
        ]
        if writes:
            await self._nominations.bulk_write(writes, ordered=True, session=session)

    async def page(
        self,
        run: str,
        scope: Scope,
        wanted: Wanted,
        after: str | None,
        limit: int,
        *,
        people: Sequence[str] | None = None,
    ) -> list[NominationRecord]:
        """Nominations of a run within the scope, oldest first; one more than `limit`, to know of a next page. `people`:
        of these alone, who are few."""
        queries = list_queries(run, scope, wanted, after)
        if people is not None:
            for query in queries:
                query["$and"].append({"person": {"$in": list(people)}})
        return [record_of(row) for row in await self._first(queries, limit + 1)]

    async def people_of_page(
        self, run: str, scope: Scope, wanted: Wanted, after: str | None, most: int
    ) -> dict[str, str]:
        """The same page, of no more than `most`: whose nomination each is, by its id."""
        rows = await self._first(list_queries(run, scope, wanted, after), most, {"person": 1})
        return {row["_id"]: row["person"] for row in rows}

    async def _first(
        self, queries: Sequence[Document], most: int, fields: Mapping[str, int] | None = None
    ) -> list[Document]:
        """What any of the queries finds, in the order of ids."""
        found: dict[str, Document] = {}
        for query in queries:
            rows: list[Document] = await self._nominations.find(query, fields).sort("_id", 1).limit(most).to_list(None)
            found |= {row["_id"]: row for row in rows}
        return [found[key] for key in sorted(found)[:most]]

    async def one(self, run: str, nomination: str, scope: Scope) -> NominationRecord | None:
        """None also when it is outside the scope."""
        row = await self._nominations.find_one({"_id": nomination, "run": run, **in_reach(scope)})
        return None if row is None else record_of(row)
