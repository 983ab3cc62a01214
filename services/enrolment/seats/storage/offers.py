"""Who waits for a seat of a pool, who is offered one, and which seats are on their way back. Each in an index of its
own, which holds nothing else."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from services.enrolment.catalogue import PoolOrder
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.transitions import WAITLISTED
from services.enrolment.seats.storage.nomination_documents import nomination_of
from services.enrolment.seats.storage.specs import BUCKETS, IS_OFFERED, IS_RETURNING, NOMINATIONS, WAITS_FOR_POOL
from shared.events.seats import Rank
from shared.mongo import Database, Document, Session
from shared.rights import POOLS, pool_of

_IN_LINE: Final = [("rank", 1), ("waits_since", 1), ("_id", 1)]
_FORGET: Final[Document] = {"$unset": {"waits_since": "", "offered_until": ""}}


class OfferStore:
    """In the collections of buckets and nominations."""

    def __init__(self, database: Database) -> None:
        self._buckets = database[BUCKETS.name]
        self._nominations = database[NOMINATIONS.name]

    async def next_pool(self, after: str) -> str | None:
        """The first pool behind this one for whose seats somebody waits: one entry of the index for each."""
        query = {"pool": {"$gt": after}, **WAITS_FOR_POOL}
        found = self._nominations.find(query, {"pool": 1}).sort([("pool", 1), *_IN_LINE]).limit(1)
        rows: list[Document] = await found.to_list(None)
        return rows[0]["pool"] if rows else None

    async def next_run(self, after: str) -> str | None:
        """The first run behind this one in which somebody is offered a seat."""
        query = {"run": {"$gt": after}, **IS_OFFERED}
        found = self._nominations.find(query, {"run": 1}).sort([("run", 1), ("offered_until", 1)]).limit(1)
        rows: list[Document] = await found.to_list(None)
        return rows[0]["run"] if rows else None

    async def returning(self, after: str, most: int) -> list[str]:
        """Some buckets, behind this one, with seats that are to go back."""
        found = self._buckets.find({"_id": {"$gt": after}, **IS_RETURNING}, {"_id": 1}).sort("_id", 1).limit(most)
        return [row["_id"] async for row in found]

    async def first(
        self, pool: str, order: PoolOrder, most: int, session: Session, but: Sequence[str] = ()
    ) -> list[Nomination]:
        """The first of those who wait for a seat of this pool, without those of the buckets `but`. Clocks tell who is
        next; among those of one unit its own order does, which knows no clock."""
        rows: list[Document] = []
        for rank in Rank:
            query = {"pool": pool, "rank": rank.value, **WAITS_FOR_POOL}
            query |= {"bucket": {"$nin": list(but)}} if but else {}
            found = self._nominations.find(query, session=session).sort(_IN_LINE).limit(most)
            rows += [row async for row in found]
        if order is PoolOrder.WAITING:
            rows.sort(key=lambda row: (row["waits_since"], row["_id"]))
        return await self._by_units([nomination_of(row) for row in rows[:most]], session)

    async def rivals(self, pool: Bucket, but: Collection[str], session: Session | None) -> list[str]:
        """The buckets, all but these, in which people wait beside this pool."""
        query: Document = {"run": pool.run, "target": pool.target, "waiting": {"$gt": 0}}
        rows = self._buckets.find(query, {"bucket_unit": 1}, session=session).sort("_id", 1)
        others = [row async for row in rows if row["bucket_unit"] not in POOLS and row["_id"] not in but]
        return [row["_id"] for row in others if pool_of(row["bucket_unit"]) == pool.bucket_unit]

    async def heads(
        self, buckets: Sequence[str], pool: str, most: int, session: Session
    ) -> dict[str, list[Nomination]]:
        """The first of each of these lists who may be offered a seat of the pool."""
        lists: dict[str, list[Nomination]] = {}
        for bucket in buckets:
            query: Document = {"bucket": bucket, "state": WAITLISTED.value, "pool": pool, **WAITS_FOR_POOL}
            found = self._nominations.find(query, session=session).sort("queue", 1).limit(most)
            lists[bucket] = [nomination_of(row) async for row in found]
        return {bucket: rows for bucket, rows in lists.items() if rows}

    async def _by_units(self, chosen: Sequence[Nomination], session: Session) -> list[Nomination]:
        heads: dict[tuple[str, Rank], list[Nomination]] = {}
        for (bucket, rank), count in Counter((one.bucket, one.rank) for one in chosen).items():
            query: Document = {"bucket": bucket, "state": WAITLISTED.value, "rank": rank.value}
            found = self._nominations.find(query, session=session).sort("queue", 1).limit(count)
            heads[bucket, rank] = [nomination_of(row) async for row in found]
        return [heads[one.bucket, one.rank].pop(0) for one in chosen]

    async def with_own_seats(self, run: str, target: str, session: Session | None) -> list[str]:
        """Buckets of a target group in which people wait though there are seats: reserves, or a list that moves up."""
        own: Document = {"run": run, "target": target, "waiting": {"$gt": 0}, "free": {"$gt": 0}}
        moving: Document = {"run": run, "target": target, "growing.seats": {"$gt": 0}}
        ids: set[str] = set()
        for query in (own, moving):
            ids.update([row["_id"] async for row in self._buckets.find(query, {"_id": 1}, session=session)])
        return sorted(ids)

    async def due(self, run: str, now: datetime | None, most: int, session: Session) -> list[Nomination]:
        """Some offers of a run whose time is over at `now` (business time; None: all of them)."""
        query: Document = {"run": run, **(IS_OFFERED if now is None else {"offered_until": {"$lte": now}})}
        found = self._nominations.find(query, session=session).sort("offered_until", 1).limit(most)
        return [nomination_of(row) async for row in found]

    async def is_due(self, run: str, now: datetime) -> bool:
        query: Document = {"run": run, "offered_until": {"$lte": now}}
        return await self._nominations.find_one(query, {"_id": 1}) is not None

    async def forget_waiting(self, pool: str, most: int, session: Session) -> bool:
        """Nobody is offered a seat of this pool any more. Whether there may be others."""
        query = {"pool": pool, **WAITS_FOR_POOL}
        return await self._forget(query, most, session)

    async def forget_offers(self, run: str, most: int, session: Session) -> bool:
        """What was cancelled stays as it was. Whether there may be others."""
        return await self._forget({"run": run, **IS_OFFERED}, most, session)

    async def ahead(self, nomination: Nomination, order: PoolOrder, most: int) -> int:
        """How many stand before this one in the line of its pool, counted up to `most`."""
        if nomination.pool is None or nomination.waits_since is None:
            return 0
        waits: Document = {"$lt": nomination.waits_since}
        before = await self._nominations.count_documents(
            {"pool": nomination.pool, "rank": {"$in": _ranks(nomination, order)}, "waits_since": waits}, limit=most
        )
        if order is PoolOrder.PRIMARY_FIRST and nomination.rank is Rank.RESERVE and before < most:
            query: Document = {"pool": nomination.pool, "rank": Rank.PRIMARY.value, **WAITS_FOR_POOL}
            before += await self._nominations.count_documents(query, limit=most - before)
        return before

    async def ahead_in_unit(self, nomination: Nomination, most: int) -> int:
        """The same in the line of its own unit."""
        query = {"bucket": nomination.bucket, "state": nomination.state.value, "queue": {"$lt": nomination.queue}}
        return await self._nominations.count_documents(query, limit=most)

    async def _forget(self, query: Document, most: int, session: Session) -> bool:
        found = self._nominations.find(query, {"_id": 1}, session=session).limit(most)
        ids = [row["_id"] async for row in found]
        if ids:
            await self._nominations.update_many({"_id": {"$in": ids}}, _FORGET, session=session)
        return len(ids) == most


def _ranks(nomination: Nomination, order: PoolOrder) -> list[str]:
    """Those among whom the time of the wait counts."""
    ranks: Iterable[Rank] = Rank if order is PoolOrder.WAITING else (nomination.rank,)
    return [rank.value for rank in ranks]
