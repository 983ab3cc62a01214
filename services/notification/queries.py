"""Questions about messages: lists, counts, one message, the inbox. The caller's scope is part of every query.

Whatever is asked, a bounded number of messages is read: a question walks along an index, the newest first, and what no
index knows is checked on what it passes. The indexes are those of services/notification/storage.py that end in
(-created_at, -_id), and (run, wave) for reminders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog
from pydantic import ValidationError

from services.notification.domain import OF_ONE_PERSON, Addressee, Kind, Message, State, inbox_shelf, scope_shelf
from services.notification.storage import MESSAGES, message_of
from shared.errors import NotFound
from shared.mongo import DESCENDING, Database, Document, ReturnDocument, translated_calls
from shared.pages import InvalidCursor, PageRequest
from shared.rights import Principal, Scope, pool_of

Count = tuple[str, str | None, str, int]
SortKey = tuple[int, str]

PASSED: Final = 2_000  # by one page, in search of what matches: then the page ends short, with a cursor
COUNTED: Final = 10_000
UNREAD_AMONG: Final = 500
_ORDER: Final = {"created_at": DESCENDING, "_id": DESCENDING}
_OF_OTHERS: Final[Document] = {
    "$or": [{"addressee": {"$ne": Addressee.PERSON}}, {"kind": {"$nin": sorted(OF_ONE_PERSON)}}]
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; None: not narrowed."""

    run: str | None = None
    kind: Kind | None = None
    state: State | None = None
    recipient: str | None = None

    def query(self) -> Document:
        fields = {"run": self.run, "kind": self.kind, "state": self.state, "recipient": self.recipient}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """`along`: each is the equality that an index starts with, and their messages are merged. `also` is checked on what
    is passed."""

    along: tuple[Document, ...]
    also: Document = field(default_factory=dict)

    def whole(self) -> Document:
        """For a message that is found by its id."""
        shelves = [along["shelves"] for along in self.along if "shelves" in along]
        conditions = [self.also, {"shelves": {"$in": shelves}}] if shelves else [self.also]
        return {"$and": conditions}


class Counts(NamedTuple):
    """`more`: there are more messages than were counted, of which these are the newest."""

    rows: list[Count]
    more: bool


class Waves(NamedTuple):
    """Reminders by wave and state. `more` as in Counts."""

    states: Mapping[str, Mapping[str, int]]
    more: bool


class _Walk(NamedTuple):
    """What was found, the newest first, and how far the search came when it did not reach the end."""

    rows: list[Document]
    end: SortKey | None


def messages_of(scope: Scope, narrowed: Filter | None = None) -> Question:
    """The messages that a scope reaches: along the narrowest index that knows one of the conditions. Who does not see
    all walks along the own shelves, whatever is asked: so what is passed and counted on the way is the caller's own,
    and no short page, cursor or `more` tells how many messages others have. What nobody but the person may know of is
    not among them."""
    conditions = narrowed.query() if narrowed is not None else {}
    reached = scope.condition(unit="unit", person="recipient", addressee=Addressee.PERSON)
    also: list[Document] = [part for part in (conditions, reached) if part]
    return Question(_along(scope, conditions), {"$and": [*also, _OF_OTHERS]})


def _along(scope: Scope, conditions: Document) -> tuple[Document, ...]:
    if not scope.all:
        shelves = [scope_shelf(scope.unit)] if scope.unit is not None else []
        shelves += [inbox_shelf(Addressee.PERSON, scope.person)] if scope.person is not None else []
        return tuple({"shelves": shelf} for shelf in shelves)
    if "recipient" in conditions:
        return tuple({"shelves": inbox_shelf(addressee, conditions["recipient"])} for addressee in Addressee)
    if "run" in conditions:
        return ({"run": conditions["run"]},)
    if conditions.get("state") == State.FAILED:
        return ({"state": State.FAILED},)
    return ({},)


def inbox_of(principal: Principal, scope: Scope) -> Question:
    """The caller's own inbox, and that of the caller's unit for those who act for it. Whoever acts for a central unit
    also reads what is sent to all central units, and so do the provincial offices."""
    shelves = [inbox_shelf(Addressee.PERSON, principal.subject)]
    if principal.unit is not None and (scope.all or scope.unit is not None):
        units = dict.fromkeys((principal.unit, pool_of(principal.unit)))
        shelves += [inbox_shelf(Addressee.UNIT, unit) for unit in units]
    return Question(tuple({"shelves": shelf} for shelf in shelves), {"state": {"$ne": State.CANCELLED}})


class Queries:
    def __init__(self, database: Database, *, passed: int = PASSED, counted: int = COUNTED) -> None:
        self._messages = database[MESSAGES.name]
        self._passed = passed
        self._counted = counted

    async def page(self, question: Question, page: PageRequest) -> tuple[list[Message], SortKey | None]:
        """The newest first, and where to go on when there may be more: the page may be short then."""
        walks = [await self._walk(along, question.also, page) for along in question.along]
        ends = [walk.end for walk in walks if walk.end is not None]
        rows = sorted((row for walk in walks for row in walk.rows), key=_sort_key, reverse=True)
        if ends:  # behind the first end others may be found that were not looked for
            rows = [row for row in rows if _sort_key(row) >= max(ends)]
        kept = rows[: page.limit]
        if len(rows) > page.limit:
            return _readable(kept), _sort_key(kept[-1])
        return _readable(kept), max(ends) if ends else None

    async def _walk(self, along: Document, also: Document, page: PageRequest) -> _Walk:
        found: list[Document] = []
        at_most = max(self._passed, page.limit + 1)
        for span in _behind(page):
            passed: list[Document] = [{"$match": {**along, **span}}, {"$sort": _ORDER}, {"$limit": at_most}]
            most = page.limit + 1 - len(found)
            found += await self._answered([*passed, {"$match": also}, {"$limit": most}])
            if len(found) > page.limit:
                return _Walk(found, None)
            if also and (end := await self._end(passed, at_most)) is not None:
                return _Walk(found, end)
        return _Walk(found, None)

    async def _end(self, passed: list[Document], at_most: int) -> SortKey | None:
        """The last message that was passed, when there may be more behind it."""
        last = {"_id": None, "count": {"$sum": 1}, "created_at": {"$last": "$created_at"}, "key": {"$last": "$_id"}}
        rows = await self._answered([*passed, {"$project": {"created_at": 1}}, {"$group": last}])
        full = bool(rows) and rows[0]["count"] == at_most
        return (_milliseconds(rows[0]["created_at"]), rows[0]["key"]) if full else None

    async def message(self, key: str, question: Question) -> Message:
        """Raises NotFound."""
        with translated_calls():
            row: Document | None = await self._messages.find_one({"_id": key, **question.whole()})
        if row is None:
            raise NotFound()
        return message_of(row)

    async def counts(self, question: Question) -> Counts:
        """(kind, channel, state, how many) of the newest; a message that was never tried has no channel yet."""
        fields = {"kind": "$kind", "channel": "$channel", "state": "$state"}
        rows: list[Count] = []
        more = False
        for along in question.along:
            steps: list[Document] = [{"$match": along}, {"$sort": _ORDER}, {"$limit": self._counted}]
            for row in await self._answered([*steps, {"$match": question.also}, _grouped(fields)]):
                group = row["_id"]
                rows.append((group["kind"], group.get("channel"), group["state"], int(row["count"])))
            more = more or await self._has_more(along)
        return Counts(sorted(rows, key=lambda row: (row[0], row[1] or "", row[2])), more)

    async def waves(self, run: str) -> Waves:
        along = {"run": run, "kind": Kind.REMINDER}
        fields = {"wave": "$wave", "state": "$state"}
        waves: dict[str, dict[str, int]] = {}
        for row in await self._answered([{"$match": along}, {"$limit": self._counted}, _grouped(fields)]):
            waves.setdefault(row["_id"]["wave"], {})[row["_id"]["state"]] = int(row["count"])
        return Waves(waves, await self._has_more(along))

    async def _has_more(self, along: Document) -> bool:
        with translated_calls():
            return int(await self._messages.count_documents(along, limit=self._counted + 1)) > self._counted

    async def unread(self, question: Question) -> int:
        """Among the newest of each shelf."""
        unread = {**question.also, "read_at": None}
        total = 0
        for along in question.along:
            passed: list[Document] = [{"$match": along}, {"$sort": _ORDER}, {"$limit": UNREAD_AMONG}]
            rows = await self._answered([*passed, {"$match": unread}, {"$count": "count"}])
            total += int(rows[0]["count"]) if rows else 0
        return total

    async def mark_read(self, key: str, question: Question, now: datetime) -> Message:
        """Marks a message as read; the first time counts. Raises NotFound."""
        with translated_calls():
            row: Document | None = await self._messages.find_one_and_update(
                {"_id": key, **question.whole(), "read_at": None},
                {"$set": {"read_at": now}},
                return_document=ReturnDocument.AFTER,
            )
        return await self.message(key, question) if row is None else message_of(row)

    async def _answered(self, steps: Sequence[Document]) -> list[Document]:
        with translated_calls():
            rows: list[Document] = await self._messages.aggregate(list(steps)).to_list(None)
        return rows


def _grouped(fields: Mapping[str, str]) -> Document:
    return {"$group": {"_id": dict(fields), "count": {"$sum": 1}}}


def _readable(rows: Sequence[Document]) -> list[Message]:
    """A list does not end at a message whose form only a newer release knows; it is left out, loudly."""
    messages = []
    for row in rows:
        try:
            messages.append(message_of(row))
        except ValidationError as error:
            log.error("message_unreadable", message=row["_id"], errors=error.error_count())
    return messages


def _behind(page: PageRequest) -> tuple[Document, ...]:
    """Everything; or the rest of the millisecond of the page before, and what is older: each one range of an index."""
    match page.after:
        case None:
            return ({},)
        case (int(milliseconds), str(key)):
            try:
                at = datetime.fromtimestamp(milliseconds / 1000, UTC)
            except (ValueError, OverflowError, OSError) as error:
                raise InvalidCursor() from error
            return ({"created_at": at, "_id": {"$lt": key}}, {"created_at": {"$lt": at}})
    raise InvalidCursor()


def _sort_key(row: Document) -> SortKey:
    return _milliseconds(row["created_at"]), row["_id"]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
