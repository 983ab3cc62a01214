"""Which generations of the projection there are: one document, changed only by guarded updates, read by all replicas.
A generation that is no longer needed is dropped here as a whole."""

from datetime import datetime

from services.reporting.projecting import GenerationState, Retired, consumer_name
from services.reporting.storage.generation import specs
from shared.messaging.held import HELD
from shared.messaging.pause import PAUSES, pauses_of
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.mongo import CollectionSpec, Database, Document, DuplicateKey, translated_calls

POINTERS = CollectionSpec("generations")
_ID = "pointer"


class Generations:
    """The pointer document of this service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pointers = database[POINTERS.name]

    async def read(self, now: datetime) -> GenerationState:
        """The present state; a database that knows no generation gets its first one."""
        with translated_calls():
            document: Document | None = await self._pointers.find_one({"_id": _ID})
        return _state(document) if document is not None else await self._create(now)

    async def begin(self, now: datetime) -> GenerationState:
        """Begins to fill the next generation, unless one is being filled already. Its number is new: what an older
        attempt left behind in the broker or the database is never taken over."""
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

    async def move(self, state: GenerationState, now: datetime) -> bool:
        """Lets the next generation answer. False: another replica has changed the pointer before."""
        with translated_calls():
            outcome = await self._pointers.update_one(
                {"_id": _ID, "active": state.active, "next": state.next},
                {
                    "$set": {"active": state.next, "since": now, "next": None, "started_at": None},
                    "$push": {"retired": {"generation": state.active, "at": now}},
                },
            )
        return bool(outcome.modified_count)

    async def drop(self, generation: int) -> None:
        """Drops everything of a retired generation, and then its mention; any replica may repeat it.

        Collections are not looked up: SecantusDB brings back an empty one that is dropped while they are listed.
        """
        name = consumer_name(generation)
        with translated_calls():
            for spec in specs(generation):
                await self._database.drop_collection(spec.name)
            await self._database[POSITIONS.name].delete_many({"_id": {"$gte": f"{name}|", "$lt": f"{name}}}"}})
            await self._database[HELD.name].delete_many({"consumer": name})
            await self._database[PAUSES.name].delete_many({"_id": pauses_of(name)})
            await self._pointers.update_one({"_id": _ID}, {"$pull": {"retired": {"generation": generation}}})

    async def _create(self, now: datetime) -> GenerationState:
        first = {"_id": _ID, "active": 1, "highest": 1, "since": now, "next": None, "started_at": None, "retired": []}
        try:
            with translated_calls():
                await self._pointers.insert_one(first)
        except DuplicateKey:
            return await self.read(now)  # another replica was faster
        return _state(first)


def _state(document: Document) -> GenerationState:
    return GenerationState(
        active=document["active"],
        since=document["since"],
        highest=document["highest"],
        next=document["next"],
        started_at=document["started_at"],
        retired=tuple(Retired(old["generation"], old["at"]) for old in document["retired"]),
    )
