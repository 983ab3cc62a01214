"""Leases by the database's own clock: who holds a document, until when, and in which epoch.

Two processes' clocks never meet here. `until` is in milliseconds and the condition stands in the update, not in the
filter: only so does every supported engine compare the stored time with `$$NOW` (ADR 8).
"""

import asyncio
import contextlib

from shared.mongo import Collection, CollectionSpec, Document, DuplicateKey, InsertOne, ReturnDocument, translated_calls

LANES = CollectionSpec("outbox_lanes")
RELAYS = CollectionSpec("outbox_relays")
SHAPE = CollectionSpec("outbox_shape")  # into how many lanes the aggregates were divided when the database was new
FORGOTTEN_AFTER = 10  # lease lengths
_NOW = {"$toLong": "$$NOW"}


class LanesChanged(Exception):
    """PATTANA_RELAY_LANES is not what it was: rows lie in lanes by the old number, and two relays would share some."""


def free_document() -> Document:
    """The fields of a document that nobody holds."""
    return {"owner": None, "epoch": 0, "until": 0}


def claiming(owner: str, seconds: float) -> list[Document]:
    """An update that takes or renews the lease if it is ours or over, and otherwise changes nothing.

    The epoch grows with every change of hands; a holder whose epoch is no longer the document's has lost it.
    """
    ours = {"$eq": ["$owner", owner]}
    may = {"$or": [ours, {"$lt": ["$until", _NOW]}]}
    taken_over = {"$and": [may, {"$not": [ours]}]}
    return [
        {
            "$set": {
                "epoch": {"$cond": [taken_over, {"$add": ["$epoch", 1]}, "$epoch"]},
                "until": {"$cond": [may, {"$add": [_NOW, int(seconds * 1000)]}, "$until"]},
                "owner": {"$cond": [may, owner, "$owner"]},
            }
        }
    ]


async def claim(collection: Collection, key: object, owner: str, seconds: float) -> Document | None:
    """Takes or renews one lease; the document as it is then, or None when somebody else holds it."""
    with translated_calls():
        claimed: Document | None = await collection.find_one_and_update(
            {"_id": key}, claiming(owner, seconds), return_document=ReturnDocument.AFTER
        )
    return claimed if claimed is not None and claimed["owner"] == owner else None


class Lanes:
    """The outbox lanes that this relay may serve now.

    Replicas announce themselves and share the lanes evenly. A lane is served only during the first half of its lease,
    by our own monotonic clock and counted from before the renewal was asked for: what is sent then (a send is given
    less than the other half) is acknowledged before the lease is over. A paused process finds its lanes gone.
    """

    def __init__(
        self, lanes: Collection, relays: Collection, shape: Collection, *, owner: str, count: int, seconds: float
    ) -> None:
        self._lanes = lanes
        self._relays = relays
        self._shape = shape
        self._owner = owner
        self.count = count
        self._seconds = seconds
        self._mine: frozenset[int] = frozenset()
        self._until = float("-inf")
        self.live_relays = 1

    async def prepare(self) -> None:
        """Makes the lease documents, once for all replicas. Raises LanesChanged."""
        with translated_calls():
            known = {row["_id"] async for row in self._lanes.find({}, {"_id": 1})}
            await self._agree(max(known, default=self.count - 1) + 1)
            missing = [InsertOne({"_id": lane, **free_document()}) for lane in range(self.count) if lane not in known]
            if missing:
                with contextlib.suppress(DuplicateKey), translated_calls():  # another replica was faster
                    await self._lanes.bulk_write(missing, ordered=False)

    async def _agree(self, before: int) -> None:
        """The first replica of a new database says how many lanes there are, for all that follow."""
        update = {"$setOnInsert": {"count": before}}
        with contextlib.suppress(DuplicateKey), translated_calls():
            await self._shape.update_one({"_id": "lanes"}, update, upsert=True)
        with translated_calls():
            said = await self._shape.find_one({"_id": "lanes"})
        if said is not None and said["count"] != self.count:
            raise LanesChanged(
                f"PATTANA_RELAY_LANES is {self.count}, but the events of this database lie in {said['count']} lanes: "
                f"set it to {said['count']} in all replicas"
            )

    def held(self) -> frozenset[int]:
        """The lanes that may be served at this instant."""
        return self._mine if asyncio.get_running_loop().time() < self._until else frozenset()

    async def renew(self, *, busy: frozenset[int] = frozenset()) -> None:
        """Announces us, renews what we hold, takes our share of what is free, and gives back what is too much.

        Not called while a round of these lanes is under way, so nothing is given back with events in flight; nor is
        a lane that is `busy`.
        """
        asked = asyncio.get_running_loop().time()
        with translated_calls():
            live, now = await self._announce()
            self.live_relays = max(1, len(live))
            share = -(-self.count // self.live_relays)
            busy_first = sorted(self._mine, key=lambda lane: (lane not in busy, lane))
            mine = await self._keep(busy_first, max(share, len(self._mine & busy)))
            mine += await self._take(now, share - len(mine))
        self._mine = frozenset(mine)
        self._until = asked + self._seconds / 2

    async def give_back(self) -> None:
        """Lets the other replicas have the lanes at once; the last act of a relay that drains."""
        mine, self._mine = self._mine, frozenset()
        with translated_calls():
            await self._release(sorted(mine))
            await self._relays.delete_one({"_id": self._owner})

    async def _announce(self) -> tuple[set[str], int]:
        """Says that we live; who does, and the database's time. Pulses that ended long ago are swept away."""
        length = int(self._seconds * 1000)
        pulse = [{"$set": {"until": {"$add": [_NOW, length]}}}]
        ours: Document = await self._relays.find_one_and_update(
            {"_id": self._owner}, pulse, upsert=True, return_document=ReturnDocument.AFTER
        )
        now = ours["until"] - length
        rows: list[Document] = await self._relays.find({}).to_list(None)
        if any(row["until"] < now - FORGOTTEN_AFTER * length for row in rows):
            await self._relays.delete_many({"until": {"$lt": now - FORGOTTEN_AFTER * length}})
        return {row["_id"] for row in rows if row["until"] > now}, now

    async def _keep(self, mine: list[int], share: int) -> list[int]:
        """Renews the first `share` of our lanes and gives the others back; those that are still ours."""
        if mine[share:]:
            await self._release(mine[share:])
        if not mine[:share]:
            return []
        ours = {"_id": {"$in": mine[:share]}}
        await self._lanes.update_many(ours, claiming(self._owner, self._seconds))
        return [row["_id"] async for row in self._lanes.find({**ours, "owner": self._owner}, {"_id": 1})]

    async def _take(self, now: int, count: int) -> list[int]:
        """Claims up to `count` lanes whose lease is over, or that we held before a restart. Who lives says nothing: who
        starts anew in time to be taken for alive renews no more than a share of what it had."""
        if count <= 0:
            return []
        rows = self._lanes.find({})
        free = [row["_id"] async for row in rows if row["owner"] == self._owner or row["until"] < now]
        free = [lane for lane in free if lane < self.count and lane not in self._mine]
        taken: list[int] = []
        for lane in free:
            if len(taken) < count and await claim(self._lanes, lane, self._owner, self._seconds) is not None:
                taken.append(lane)
        return taken

    async def _release(self, lanes: list[int]) -> None:
        ours = {"_id": {"$in": lanes}, "owner": self._owner}
        await self._lanes.update_many(ours, {"$set": {"owner": None, "until": 0}})
