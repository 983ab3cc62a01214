"""Which generations of the projection there are: one document, changed only by guarded updates, read by all replicas.

    active  answers       next  is being filled       retired  answered before, and is dropped after a while

A crash at any point leaves one of these states, and the loop of projector.py goes on from it.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.messaging.held import HELD
from shared.messaging.pause import PAUSES
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.mongo import CollectionSpec, Database, Document, DuplicateKey, translated_calls

POINTERS = CollectionSpec("generations")
_ID = "pointer"


def consumer_name(generation: int) -> str:
    """The name of a generation's consumer in positions, and its group."""
    return f"reporting.g{generation}"


@dataclass(frozen=True, slots=True)
class Retired:
    generation: int
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Numbers of generations; `since` when `active` began to answer, `started_at` when `next` began to be filled."""

    active: int
    since: datetime
    highest: int
    next: int | None = None
    started_at: datetime | None = None
    retired: tuple[Retired, ...] = ()


class Generations:
    """The pointer document of this service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pointers = database[POINTERS.name]

    async def read(self, now: datetime) -> State:
        """The state of now; a database that knows no generation gets its first one."""
        with translated_calls():
            found: Document | None = await self._pointers.find_one({"_id": _ID})
        return _state(found) if found is not None else await self._create(now)

    async def begin(self, now: datetime) -> State:
        """Starts to fill the next generation; the one that is being filled already, if any. Its number is new: what
        an older attempt left behind in the broker or the database is never taken over."""
        state = await self.read(now)
        if state.next is None:
            number = state.highest + 1
            with translated_calls():
                await self._pointers.update_one(
                    {"_id": _ID, "next": None, "highest": state.highest},
                    {"$set": {"next": number, "highest": number, "started_at": now}},
                )
            state = await self.read(now)  # another replica may have been faster
        return state

    async def move(self, state: State, now: datetime) -> bool:
        """Lets the next generation answer; whether it was us who did it."""
        with translated_calls():
            done = await self._pointers.update_one(
                {"_id": _ID, "active": state.active, "next": state.next},
                {
                    "$set": {"active": state.next, "since": now, "next": None, "started_at": None},
                    "$push": {"retired": {"generation": state.active, "at": now}},
                },
            )
        return bool(done.modified_count)

    async def drop(self, generation: int) -> None:
        """Everything of a retired generation, and then the mention of it; may be repeated by anybody."""
        name = consumer_name(generation)
        with translated_calls():
            for collection in await self._database.list_collection_names():
                if collection.endswith(f"_g{generation}"):
                    await self._database.drop_collection(collection)
            await self._database[POSITIONS.name].delete_many({"_id": {"$gte": f"{name}|", "$lt": f"{name}}}"}})
            await self._database[HELD.name].delete_many({"consumer": name})
            await self._database[PAUSES.name].delete_one({"_id": name})
            await self._pointers.update_one({"_id": _ID}, {"$pull": {"retired": {"generation": generation}}})

    async def _create(self, now: datetime) -> State:
        first = {"_id": _ID, "active": 1, "highest": 1, "since": now, "next": None, "started_at": None, "retired": []}
        try:
            with translated_calls():
                await self._pointers.insert_one(first)
        except DuplicateKey:
            return await self.read(now)  # another replica was faster
        return _state(first)


def _state(found: Document) -> State:
    return State(
        active=found["active"],
        since=found["since"],
        highest=found["highest"],
        next=found["next"],
        started_at=found["started_at"],
        retired=tuple(Retired(one["generation"], one["at"]) for one in found["retired"]),
    )
