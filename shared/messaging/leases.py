"""Leases by the database's own clock: who holds a document, until when, and in which epoch.

Two processes' clocks never meet here. `until` is in milliseconds, because that is the form in which every supported
engine compares `$$NOW` inside an update; the condition stands in the update, not in the filter, for the same reason.
"""

import asyncio
from collections.abc import Sequence

from shared.mongo import Collection, CollectionSpec, Document, DuplicateKey, InsertOne, ReturnDocument, translated_calls

LANES = CollectionSpec("outbox_lanes")
RELAYS = CollectionSpec("outbox_relays")
_NOW = {"$toLong": "$$NOW"}


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
        found: Document | None = await collection.find_one_and_update(
            {"_id": key}, claiming(owner, seconds), return_document=ReturnDocument.AFTER
        )
    return found if found is not None and found["owner"] == owner else None


class Lanes:
    """The outbox lanes that this relay may serve now.

    Replicas announce themselves and share the lanes evenly. A lane is served only while our own monotonic clock says
    that the last renewal, counted from before it was asked for, still holds: a paused process finds its lanes gone.
    """

    def __init__(self, lanes: Collection, relays: Collection, *, owner: str, count: int, seconds: float) -> None:
        self._lanes = lanes
        self._relays = relays
        self._owner = owner
        self._count = count
        self._seconds = seconds
        self._until: dict[int, float] = {}
        self.live_relays = 1

    async def prepare(self) -> None:
        """Makes the lease documents, once for all replicas."""
        known = {row["_id"] async for row in self._lanes.find({}, {"_id": 1})}
        missing = [InsertOne({"_id": lane, **free_document()}) for lane in range(self._count) if lane not in known]
        if missing:
            try:
                with translated_calls():
                    await self._lanes.bulk_write(missing, ordered=False)
            except DuplicateKey:
                return  # another replica was faster

    def held(self) -> frozenset[int]:
        """The lanes that may be served at this instant."""
        now = asyncio.get_running_loop().time()
        return frozenset(lane for lane, until in self._until.items() if now < until)

    async def renew(self) -> None:
        """Announces us, renews what we hold, takes our share of what is free, and gives back what is too much.

        Not called while a round of these lanes is under way, so nothing is given back with events in flight.
        """
        share = await self._share()
        mine = sorted(self._until)
        for lane in mine[share:]:
            await self._release(lane)
        for lane in [*mine[:share], *(n for n in range(self._count) if n not in mine)]:
            if lane in self._until or len(self._until) < share:
                await self._renew_one(lane)

    async def give_back(self) -> None:
        """Lets the other replicas have the lanes at once; the last act of a relay that drains."""
        for lane in list(self._until):
            await self._release(lane)
        with translated_calls():
            await self._relays.delete_one({"_id": self._owner})

    async def _renew_one(self, lane: int) -> None:
        asked = asyncio.get_running_loop().time()
        if await claim(self._lanes, lane, self._owner, self._seconds) is None:
            self._until.pop(lane, None)
        else:
            self._until[lane] = asked + self._seconds * 0.8

    async def _release(self, lane: int) -> None:
        self._until.pop(lane, None)
        with translated_calls():
            await self._lanes.update_one({"_id": lane, "owner": self._owner}, {"$set": {"owner": None, "until": 0}})

    async def _share(self) -> int:
        with translated_calls():
            await self._relays.update_one(
                {"_id": self._owner}, [{"$set": {"until": {"$add": [_NOW, int(self._seconds * 1000)]}}}], upsert=True
            )
            pulses: Sequence[Document] = await self._relays.find({}).to_list(None)
        newest = max((row["until"] for row in pulses), default=0)
        self.live_relays = sum(1 for row in pulses if row["until"] > newest - int(self._seconds * 1000))
        return -(-self._count // max(self.live_relays, 1))
