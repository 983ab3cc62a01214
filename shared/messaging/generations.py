"""Generations of a read model: one answers while the next is filled from the log, then a pointer moves.

    active  answers       next  is being filled       retired  is no longer needed, and is dropped after a while

Each has collections and a consumer of its own, and keeps what folded it: the version of the folds and the types of
events. Two that differ never fill the same generation, and only the newer begins another one by itself, so that
replicas of two releases cannot take turns. One document per service, changed only by guarded updates; a crash at any
point leaves one of these states, and whoever runs next goes on from there.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events.envelope import Event
from shared.messaging.handled import handled_types
from shared.messaging.held import HELD, held_id, ids_of, subject_of
from shared.messaging.pause import PAUSES, pauses_of
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.sequence import Wait
from shared.mongo import CollectionSpec, Database, Document, DuplicateKey, translated_calls

POINTERS = CollectionSpec("generations")
DROPPED_AT_ONCE = 2_000
_ID = "pointer"


@dataclass(frozen=True, slots=True)
class Fold:
    """What a release makes of the log. Raise `version` whenever the same events would lead to other documents."""

    version: int
    types: tuple[str, ...] = ()

    @classmethod
    def of(cls, version: int, handled: Collection[type[Event]]) -> "Fold":
        """`handled` is the table of handlers."""
        return cls(version, tuple(handled_types(handled)))

    def is_newer_than(self, other: "Fold") -> bool:
        """A higher version, or more types of the same one. Of two that differ at most one is newer."""
        if self.version != other.version:
            return self.version > other.version
        return set(self.types) > set(other.types)


# A generation from before folds were stored: nobody knows what it has seen.
UNKNOWN_FOLD = Fold(0)


@dataclass(frozen=True, slots=True)
class Retired:
    """`answered`: it was active before; False when it was given up while it was being filled."""

    generation: int
    at: datetime
    fold: Fold
    answered: bool = True


@dataclass(frozen=True, slots=True)
class GenerationState:
    """Numbers of generations; `since` when `active` began to answer, `started_at` when `next` began to be filled.

    `closed_at`: when the active one was told to act no more, so that the next one can see all that it has done
    (cutover.py).
    `given_up` is the fold of the last rebuild that somebody abandoned: it does not begin again by itself.
    """

    active: int
    since: datetime
    highest: int
    fold: Fold
    next: int | None = None
    next_fold: Fold | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    retired: tuple[Retired, ...] = ()
    given_up: Fold | None = None

    def fold_of(self, generation: int) -> Fold:
        """UNKNOWN_FOLD for one that is not mentioned."""
        if generation == self.active:
            return self.fold
        if generation == self.next and self.next_fold is not None:
            return self.next_fold
        return next((old.fold for old in self.retired if old.generation == generation), UNKNOWN_FOLD)

    def calls_for(self, fold: Fold) -> bool:
        """Whether a release with this fold is to begin a generation by itself: nothing that answers or is being filled
        is as new, and nobody has abandoned just that."""
        newest = self.next_fold if self.next_fold is not None else self.fold
        return fold.is_newer_than(self.fold) and fold.is_newer_than(newest) and fold != self.given_up


class Generations:
    """The pointer of one read model, and what its generations keep beside their collections."""

    def __init__(
        self,
        database: Database,
        consumer: str,
        specs: Callable[[int], Sequence[CollectionSpec]],
        fold: Fold,
        *,
        dropped_at_once: int = DROPPED_AT_ONCE,
    ) -> None:
        """`consumer`: the name before `.g<number>`. `specs`: the collections of a generation. `fold`: of this code."""
        self._database = database
        self._pointers = database[POINTERS.name]
        self._consumer = consumer
        self._specs = specs
        self._dropped_at_once = dropped_at_once
        self.fold = fold

    def consumer_of(self, generation: int) -> str:
        return consumer_name(self._consumer, generation)

    async def read(self, now: datetime) -> GenerationState:
        """The present state; a database that knows no generation gets its first one."""
        with translated_calls():
            document: Document | None = await self._pointers.find_one({"_id": _ID})
        return state_of(document) if document is not None else await self._create(now)

    async def begin(self, now: datetime) -> GenerationState:
        """Begins to fill the next generation with this fold, unless one is being filled that is not older. Its number
        is new: what an older attempt left behind in the broker or the database is never taken over."""
        state = await self.read(now)
        if state.next_fold is not None and self.fold.is_newer_than(state.next_fold):
            await self._retire_next(state, now, {})
            state = await self.read(now)
        if state.next is None:
            number = state.highest + 1
            filling = {"next": number, "highest": number, "started_at": now, "next_fold": _document(self.fold)}
            with translated_calls():
                await self._pointers.update_one(
                    {"_id": _ID, "next": None, "highest": state.highest}, {"$set": filling | {"given_up": None}}
                )
            state = await self.read(now)  # another replica may have been faster
        return state

    async def close(self, state: GenerationState, now: datetime) -> bool:
        """Lets the active generation act no more, for a while. False: nothing of this fold is being filled, or it has
        changed."""
        if state.next is None or state.next_fold != self.fold:
            return False
        return await self._change(state, {"closed_at": now})

    async def move(self, state: GenerationState, now: datetime) -> bool:
        """Lets the next generation answer. False: it is not of this fold, or another replica was faster."""
        if state.next is None or state.next_fold != self.fold:
            return False
        moved = {"active": state.next, "since": now, "fold": _document(self.fold), **_NOTHING_NEXT}
        return await self._change(state, moved, _retired(state.active, now, state.fold, answered=True))

    async def abandon(self, state: GenerationState, now: datetime) -> bool:
        """Gives the next generation up; it does not begin again by itself. False: there is none, or it has changed."""
        given_up = None if state.next_fold is None else _document(state.next_fold)
        return await self._retire_next(state, now, {"given_up": given_up})

    async def worse(self, state: GenerationState, most: int = 3) -> list[str]:
        """Up to `most` of the subjects (with the sequence) whose events wait in the next generation earlier than in
        the active one. Empty: the next one is at least as good. What waits for its turn does not count. Asks twice per
        subject, by id."""
        if state.next is None:
            return []
        found: list[str] = []
        active, filling = self.consumer_of(state.active), self.consumer_of(state.next)
        row = await self._first_held(ids_of(filling))
        while row is not None and len(found) < most:
            subject = subject_of(row)
            earlier = {**ids_of(active, *subject), "$lt": held_id(active, subject, row["seq"] + 1)}
            if row["wait"] != Wait.AHEAD and await self._first_held(earlier) is None:
                found.append(f"{row['subject']}:{row['seq']}")
            row = await self._first_held({**ids_of(filling), "$gt": ids_of(filling, *subject)["$lt"]})
        return found

    async def drop(self, generation: int) -> None:
        """Drops everything of a retired generation, and then its mention; any replica may repeat it. In steps: nothing
        in it grows with what the generation has seen.

        Collections are not looked up: SecantusDB brings back an empty one that is dropped while they are listed.
        """
        name = self.consumer_of(generation)
        with translated_calls():
            for spec in self._specs(generation):
                await self._database.drop_collection(spec.name)
        await self._delete(POSITIONS, ids_of(name))
        await self._delete(HELD, ids_of(name))
        await self._delete(PAUSES, pauses_of(name))
        with translated_calls():
            await self._pointers.update_one({"_id": _ID}, {"$pull": {"retired": {"generation": generation}}})

    async def _first_held(self, ids: Document) -> Document | None:
        with translated_calls():
            found: Document | None = await self._database[HELD.name].find_one({"_id": ids}, _ADDRESS, sort=[("_id", 1)])
        return found

    async def _delete(self, spec: CollectionSpec, ids: Document) -> None:
        collection = self._database[spec.name]
        while True:
            with translated_calls():
                found = collection.find({"_id": ids}, {"_id": True}).sort("_id", 1).limit(self._dropped_at_once)
                page: list[Document] = await found.to_list(None)
                if not page:
                    return
                await collection.delete_many({"_id": {"$gte": page[0]["_id"], "$lte": page[-1]["_id"]}})

    async def _retire_next(self, state: GenerationState, now: datetime, more: Document) -> bool:
        if state.next is None or state.next_fold is None:
            return False
        return await self._change(
            state, _NOTHING_NEXT | more, _retired(state.next, now, state.next_fold, answered=False)
        )

    async def _change(self, state: GenerationState, values: Document, retired: Document | None = None) -> bool:
        update: Document = {"$set": values}
        if retired is not None:
            update["$push"] = {"retired": retired}
        with translated_calls():
            outcome = await self._pointers.update_one({"_id": _ID, "active": state.active, "next": state.next}, update)
        return bool(outcome.modified_count)

    async def _create(self, now: datetime) -> GenerationState:
        first: Document = {"_id": _ID, "active": 1, "highest": 1, "since": now, "fold": _document(self.fold)}
        first |= {**_NOTHING_NEXT, "retired": [], "given_up": None}
        try:
            with translated_calls():
                await self._pointers.insert_one(first)
        except DuplicateKey:
            return await self.read(now)  # another replica was faster
        return state_of(first)


_ADDRESS = {"source": True, "subject": True, "seq": True, "wait": True}
_NOTHING_NEXT: Document = {"next": None, "next_fold": None, "started_at": None, "closed_at": None}


def consumer_name(consumer: str, generation: int) -> str:
    """The name of a generation's consumer in positions, and its group."""
    return f"{consumer}.g{generation}"


def _document(fold: Fold) -> Document:
    return {"version": fold.version, "types": list(fold.types)}


def _fold(document: Any) -> Fold:
    return UNKNOWN_FOLD if document is None else Fold(document["version"], tuple(document["types"]))


def _retired(generation: int, now: datetime, fold: Fold, *, answered: bool) -> Document:
    return {"generation": generation, "at": now, "fold": _document(fold), "answered": answered}


def state_of(document: Document) -> GenerationState:
    """The state as it is stored; fields that an older release did not write may be absent."""
    given_up, following = document.get("given_up"), document["next"]
    return GenerationState(
        active=document["active"],
        since=document["since"],
        highest=document["highest"],
        fold=_fold(document.get("fold")),
        next=following,
        next_fold=None if following is None else _fold(document.get("next_fold")),
        started_at=document["started_at"],
        closed_at=document.get("closed_at"),
        retired=tuple(
            Retired(old["generation"], old["at"], _fold(old.get("fold")), old.get("answered", True))
            for old in document["retired"]
        ),
        given_up=None if given_up is None else _fold(given_up),
    )
