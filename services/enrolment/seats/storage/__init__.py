"""Buckets and nominations as documents, their indexes, and the guarded writes that cannot overbook."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.board import NominationChange
from services.enrolment.seats.domain.nominations import WAITLISTED, Bucket, Growing, Nomination
from services.enrolment.seats.domain.records import NominationRecord, Wanted
from shared.events.seats import NominationState, Place, Rank
from shared.mongo import (
    CollectionSpec,
    Conflict,
    Database,
    DeleteOne,
    Document,
    Index,
    InsertOne,
    Session,
    UpdateOne,
)
from shared.rights import CENTRAL_POOL, Scope

IS_GROWING: Final[Document] = {"growing.seats": {"$gt": 0}}
BUCKETS = CollectionSpec(
    "buckets",
    indexes=(Index(("run",)), Index(("growing.seats",), only=IS_GROWING)),
    validator={"$expr": {"$and": [{"$gte": ["$free", 0]}, {"$lte": ["$free", "$seats"]}, {"$gte": ["$waiting", 0]}]}},
)
# `live: true` stands only on live nominations: MongoDB 4.4 takes no $in in a partial filter.
NOMINATIONS = CollectionSpec(
    "nominations",
    indexes=(
        Index(("run", "person"), unique=True, only={"live": True}),
        Index(("run", "state", "_id")),
        Index(("run", "office", "state", "_id")),
        Index(("bucket", "state", "queue")),
        Index(("person", "_id")),
    ),
)


COLLECTIONS: Final = (BUCKETS, NOMINATIONS)
PLAIN_FIELDS: Final = tuple(name for name in Bucket.__slots__ if name not in ("id", "place", "growing"))


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

    async def growing(self, most: int) -> list[str]:
        """Some of the buckets that are to get more seats. A partial index holds just these."""
        rows = self._buckets.find(IS_GROWING, {"_id": 1}).limit(most)
        return [row["_id"] async for row in rows]

    async def load_nominations(self, run: str, ids: Sequence[str], session: Session | None) -> dict[str, Nomination]:
        """Those that exist in this run, by id."""
        query = {"_id": {"$in": list(ids)}, "run": run}
        rows: list[Document] = await self._nominations.find(query, session=session).to_list(None)
        return {row["_id"]: nomination_of(row) for row in rows}

    async def live_of(self, run: str, people: Sequence[str], session: Session | None) -> dict[str, str]:
        """The live nomination of each of these people who has one."""
        query = {"run": run, "person": {"$in": list(people)}, "live": True}
        rows = self._nominations.find(query, {"person": 1}, session=session)
        return {row["person"]: row["_id"] async for row in rows}

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

    async def write_buckets(self, changes: Sequence[tuple[Bucket, Bucket]], session: Session) -> None:
        """Writes pairs (as read, as decided). Raises Conflict when any bucket has changed since it was read."""
        if not changes:
            return
        result = await self._buckets.bulk_write(
            [_guarded(before, after) for before, after in changes], ordered=False, session=session
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
        result = await self._buckets.bulk_write([_moved(*change) for change in changes], ordered=False, session=session)
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
        self, run: str, scope: Scope, wanted: Wanted, after: str | None, limit: int
    ) -> list[NominationRecord]:
        """Nominations of a run within the scope, oldest first; one more than `limit`, to know of a next page."""
        query = list_query(run, scope, wanted, after)
        rows: list[Document] = await self._nominations.find(query).sort("_id", 1).limit(limit + 1).to_list(None)
        return [record_of(row) for row in rows]

    async def one(self, run: str, nomination: str, scope: Scope) -> NominationRecord | None:
        """None also when it is outside the scope."""
        row = await self._nominations.find_one({"_id": nomination, "run": run, **_in_scope(scope)})
        return None if row is None else record_of(row)


def list_query(run: str, scope: Scope, wanted: Wanted, after: str | None) -> Document:
    """A page of a list. It names run and states, and the office when there is one, for the indexes begin with them and
    give the order of ids, merged over the states: what a page reads does not grow with the run."""
    states = [wanted.state] if wanted.state is not None else [state.value for state in NominationState]
    query: Document = {"run": run, "state": {"$in": states}}
    if len(offices := _offices(scope, wanted)) == 1:
        query["office"] = next(iter(offices))
    elif offices:
        query["office"] = {"$in": []}  # nobody is of two
    if after is not None:
        query["_id"] = {"$gt": after}
    exact = {"bucket_unit": wanted.bucket_unit, "person": wanted.person}
    below = Scope(all=wanted.unit is None, unit=wanted.unit)
    parts = [_in_scope(scope), _in_scope(below), {name: value for name, value in exact.items() if value is not None}]
    return {"$and": [query, *(part for part in parts if part)]}


def _offices(scope: Scope, wanted: Wanted) -> set[str]:
    """The seats of the pool are for people of any office, and a person is found whatever the office."""
    units = [wanted.unit, wanted.bucket_unit if wanted.bucket_unit != CENTRAL_POOL else None]
    if not scope.all and scope.person is None:
        units.append(scope.unit)
    return {office_of(unit) for unit in units if unit is not None}


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return root_unit(unit) if unit.startswith("PO-") else CENTRAL_POOL


def _in_scope(scope: Scope) -> Document:
    return scope.condition(unit="place.unit", person="person")


def _guarded(before: Bucket, after: Bucket) -> UpdateOne:
    """The guard repeats what the decision was based on, so a seat is taken only while it is free."""
    steps = {"free": after.free - before.free, "waiting": after.waiting - before.waiting, "seq": after.seq - before.seq}
    guard: Document = {
        "_id": before.id,
        "seq": before.seq,
        "open": before.open,
        "free": {"$gte": max(0, -steps["free"])},
    }
    update: Document = {"$inc": steps}
    if (after.seats, after.open) != (before.seats, before.open):
        update["$set"] = {"seats": after.seats, "open": after.open}
    if after.growing is not before.growing:
        update |= _growth(after, update.get("$set", {}))
    return UpdateOne(guard, update)


def _moved(before: Bucket, after: Bucket) -> UpdateOne:
    fields = {
        "seq": after.seq,
        "run_starts_at": after.run_starts_at,
        "fiscal_year": after.fiscal_year,
        "place": after.place.model_dump(),
    }
    return UpdateOne({"_id": before.id, "seq": before.seq}, {"$set": fields})


def _growth(bucket: Bucket, fields: Document) -> Document:
    if bucket.growing is None:
        return {"$unset": {"growing": ""}}
    return {"$set": fields | {"growing": {"seats": bucket.growing.seats, "by": bucket.growing.by}}}


def bucket_document(bucket: Bucket) -> Document:
    """As stored."""
    fields: dict[str, Any] = {name: getattr(bucket, name) for name in PLAIN_FIELDS}
    return {"_id": bucket.id, **fields, "place": bucket.place.model_dump()}


def bucket_of(row: Document) -> Bucket:
    """From its document."""
    fields = {name: row[name] for name in PLAIN_FIELDS}
    growing = row.get("growing")
    return Bucket(
        id=row["_id"],
        place=place_of(row["place"]),
        growing=None if growing is None else Growing(growing["seats"], growing["by"]),
        **fields,
    )


def place_of(row: Mapping[str, Any]) -> Place:
    """What was stored by us needs no second validation."""
    return Place.model_construct(unit=row["unit"], province=row["province"], group=row["group"], region=row["region"])


def nomination_of(row: Document) -> Nomination:
    """From its document."""
    return Nomination(
        id=row["_id"],
        bucket=row["bucket"],
        person=row["person"],
        rank=Rank(row["rank"]),
        place=place_of(row["place"]),
        state=NominationState(row["state"]),
        queue=row.get("queue"),
        replaces=row.get("replaces"),
        nominated_by=row.get("nominated_by"),
        erased=row.get("erased", False),
    )


def record_of(row: Document) -> NominationRecord:
    """From its document, with note, reason and times."""
    return NominationRecord(
        nomination_of(row), row.get("note"), row.get("reason"), row["created_at"], row["changed_at"]
    )


def nomination_document(change: NominationChange) -> Document:
    """The document of a new nomination."""
    nomination, bucket = change.nomination, change.bucket
    document: Document = {
        "_id": nomination.id,
        "run": bucket.run,
        "programme": bucket.programme,
        "target": bucket.target,
        "bucket": bucket.id,
        "bucket_unit": bucket.bucket_unit,
        "person": nomination.person,
        "place": nomination.place.model_dump(),
        "office": office_of(nomination.place.unit),
        "rank": nomination.rank.value,
        "state": nomination.state.value,
        "queue": nomination.queue,
        "replaces": nomination.replaces,
        "nominated_by": nomination.nominated_by,
        "note": change.note,
        "created_at": change.at,
        "changed_at": change.at,
    }
    if nomination.live:
        document["live"] = True
    return document


def nomination_update(change: NominationChange) -> UpdateOne:
    """The write for a nomination that is stored already."""
    nomination = change.nomination
    fields: Document = {
        "state": nomination.state.value,
        "queue": nomination.queue,
        "changed_by": change.by,
        "changed_at": change.at,
    }
    if change.reason is not None:
        fields["reason"] = change.reason
    update: Document = {"$set": fields}
    if not nomination.live:
        update["$unset"] = {"live": ""}
    return UpdateOne({"_id": nomination.id}, update)
