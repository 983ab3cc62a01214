"""Posts and their holdings as documents. A post has one for its history, which every change of its holdings writes: so
two changes of one post at once conflict, and neither sees less than is true."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.enrolment.directory.domain.posts import Holding
from services.enrolment.directory.domain.reference import OPS
from services.enrolment.directory.domain.units import root_unit
from shared.events.directory import InPost, post_aggregate
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
    majority,
    translated_calls,
)
from shared.mongo.walking import ASCENDING, PASSED, Walk, Walked, walk
from shared.rights import Scope

POSTS = CollectionSpec("posts", indexes=(Index(("unit", "post")),))
HOLDINGS = CollectionSpec(
    "holdings",
    indexes=(
        Index(("key",)),
        Index(("office", "key")),
        Index(("person", "key")),
        Index(("unit", "post", "valid_from")),
    ),
)
Post = tuple[str, str]  # unit and code
MOST_ACTING = 200  # of one who acts again and again


@dataclass(frozen=True, slots=True)
class PostsWanted:
    """What a list is narrowed to; None: not narrowed. `unit` includes what is below it, `on` is a day."""

    unit: str | None = None
    post: str | None = None
    person: str | None = None
    on: date | None = None


class Posts:
    """The collections of posts and of who holds them."""

    def __init__(self, database: Database, *, passed: int = PASSED) -> None:
        self._passed = passed
        self._posts = database[POSTS.name]
        self._holdings = database[HOLDINGS.name]

    async def histories(self, posts: Collection[Post], session: Session | None = None) -> dict[Post, int]:
        """Where the history of each of these posts stands; of those that have one."""
        ids = [post_aggregate(unit, post) for unit, post in posts]
        collection = majority(self._posts) if session is None else self._posts
        rows = collection.find({"_id": {"$in": ids}}, session=session)
        return {(row["unit"], row["post"]): row["seq"] async for row in rows}

    async def of_posts(self, posts: Collection[Post], session: Session) -> dict[Post, list[Holding]]:
        """All holdings of these posts, whenever they are, in the order of days."""
        units, codes = {unit for unit, _ in posts}, {code for _, code in posts}
        query = {"unit": {"$in": sorted(units)}, "post": {"$in": sorted(codes)}}
        rows = self._holdings.find(query, session=session).sort([("unit", 1), ("post", 1), ("valid_from", 1)])
        found: dict[Post, list[Holding]] = {post: [] for post in posts}
        async for row in rows:
            if (post := (row["unit"], row["post"])) in found:
                found[post].append(holding_of(row))
        return found

    async def on(self, day: date, units: Collection[str], posts: Collection[str]) -> list[Holding]:
        """Who is in these posts of these units on that day. The read cannot be rolled back."""
        query = {"unit": {"$in": list(units)}, "post": {"$in": list(posts)}, "valid_from": {"$lte": day.isoformat()}}
        return await self._on(query, day)

    async def of_people(self, day: date, people: Collection[str], posts: Collection[str]) -> list[Holding]:
        """In which of these posts these people are on that day. The read cannot be rolled back."""
        return await self._on({"person": {"$in": list(people)}, "post": {"$in": list(posts)}}, day)

    async def _on(self, query: Document, day: date) -> list[Holding]:
        rows: list[Document] = await majority(self._holdings).find(query).to_list(None)
        return [one for row in rows if (one := holding_of(row)).on(day)]

    async def acting_of(self, person: str) -> list[Holding]:
        """Where this one acts, the last recorded first."""
        query = {"person": person, "in_post": InPost.ACTING.value}
        with translated_calls():
            rows: list[Document] = await self._holdings.find(query).limit(MOST_ACTING).to_list(None)
        return sorted(map(holding_of, rows), key=lambda one: one.id, reverse=True)

    async def page(self, scope: Scope, wanted: PostsWanted, after: str | None, limit: int) -> Walked:
        """By unit, post and first day."""
        path = Walk(_along(scope, wanted), (("key", ASCENDING),), _looked_up(scope, wanted))
        return await walk(self._holdings, path, None if after is None else (after,), limit, passed=self._passed)

    async def one(self, holding: str, scope: Scope, session: Session | None = None) -> Holding | None:
        """None also for one outside the scope."""
        with translated_calls():
            row = await self._holdings.find_one({"_id": holding}, session=session)
        return holding_of(row) if row is not None and scope.covers_unit(row["unit"]) else None

    async def write(
        self, post: Post, seq: tuple[int, int], new: Iterable[Holding], changed: Iterable[Holding], session: Session
    ) -> None:
        """Holdings of one post, whose history goes on from the first to the second of `seq`. Raises Conflict when that
        stands elsewhere by now."""
        writes: list[InsertOne[Document] | UpdateOne] = [InsertOne(holding_document(one)) for one in new]
        writes += [UpdateOne({"_id": one.id}, _last_day(one)) for one in changed]
        await self._go_on(post, *seq, session)
        await self._holdings.bulk_write(writes, ordered=False, session=session)

    async def remove(self, holding: Holding, seq: int, session: Session) -> None:
        """`seq` is where the history of its post stands now. Raises Conflict."""
        await self._go_on(holding.of, seq, seq + 1, session)
        await self._holdings.bulk_write([DeleteOne({"_id": holding.id})], session=session)

    async def _go_on(self, post: Post, before: int, after: int, session: Session) -> None:
        unit, code = post
        id = post_aggregate(unit, code)
        if not before:
            await self._posts.insert_one({"_id": id, "unit": unit, "post": code, "seq": after}, session=session)
            return
        result = await self._posts.update_one({"_id": id, "seq": before}, {"$set": {"seq": after}}, session=session)
        if not result.matched_count:
            raise Conflict("the post has changed since it was read")


def _office_of(unit: str) -> str:
    return root_unit(unit) if unit.startswith("PO-") else OPS


def _along(scope: Scope, wanted: PostsWanted) -> Document:
    """What an index begins with, and the keys of a unit and of what is below it, which stand next to each other."""
    along: Document = {}
    if not scope.all and scope.unit is None:
        along = {"office": {"$in": []}}
    elif wanted.person is not None:
        along = {"person": wanted.person}
    elif not scope.all:
        along = {"office": _office_of(str(scope.unit))}
    elif wanted.unit == OPS:
        along = {"office": OPS}
    if wanted.unit is None or wanted.unit == OPS:
        return along
    return {**along, "key": {"$gte": f"{wanted.unit}.", "$lt": f"{wanted.unit}}}"}}  # the sign behind the bar


def _looked_up(scope: Scope, wanted: PostsWanted) -> Document:
    units = (Scope(all=scope.all, unit=scope.unit), Scope(all=wanted.unit is None, unit=wanted.unit))
    conditions = [each.condition(unit="unit", person="person") for each in units if not each.all]
    if wanted.post is not None:
        conditions.append({"post": wanted.post})
    if wanted.on is not None:
        day = wanted.on.isoformat()
        conditions += [{"valid_from": {"$lte": day}}, {"$or": [{"valid_to": None}, {"valid_to": {"$gte": day}}]}]
    return {"$and": conditions} if conditions else {}


def holding_document(holding: Holding) -> Document:
    """Days are ISO text: MongoDB knows no dates without a time."""
    first = holding.valid_from.isoformat()
    row: Document = {
        "_id": holding.id,
        "unit": holding.unit,
        "post": holding.post,
        "person": holding.person,
        "in_post": holding.in_post.value,
        "valid_from": first,
        "office": _office_of(holding.unit),
        "key": f"{holding.unit}|{holding.post}|{first}|{holding.id}",
    }
    return row if holding.valid_to is None else {**row, "valid_to": holding.valid_to.isoformat()}


def holding_of(row: Document) -> Holding:
    last: Any = row.get("valid_to")
    return Holding(
        row["_id"],
        row["unit"],
        row["post"],
        row["person"],
        InPost(row["in_post"]),
        date.fromisoformat(row["valid_from"]),
        None if last is None else date.fromisoformat(last),
    )


def _last_day(holding: Holding) -> Document:
    """All else of a holding stays as it was recorded."""
    last = holding.valid_to
    return {"$unset": {"valid_to": ""}} if last is None else {"$set": {"valid_to": last.isoformat()}}
