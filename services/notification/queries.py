"""Questions about messages: lists, counts, one message, the inbox. The caller's scope is part of every query."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.notification.domain import Addressee, Kind, Message, State
from services.notification.storage import MESSAGES, message_of
from shared.errors import NotFound
from shared.mongo import DESCENDING, Database, Document, ReturnDocument, translated_calls
from shared.pages import InvalidCursor, PageRequest
from shared.rights import CENTRAL_POOL, Principal, Scope

Count = tuple[str, str | None, str, int]


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


def within(scope: Scope) -> Document:
    """The messages that a scope reaches."""
    return scope.condition(unit="unit", person="recipient", addressee=Addressee.PERSON)


def narrowed(scope: Document, condition: Document) -> Document:
    """Both conditions; an empty one is none."""
    return {"$and": [scope, condition]} if scope and condition else scope or condition


def inbox_of(principal: Principal, scope: Scope) -> Document:
    """The caller's own inbox, and that of the caller's unit for those who act for it. Whoever acts for a central unit
    also reads what is sent to all central units."""
    boxes: list[Document] = [{"recipient": principal.subject, "addressee": Addressee.PERSON}]
    if principal.unit is not None and (scope.all or scope.unit is not None):
        units = [f"{re.escape(principal.unit)}(\\.|$)"]
        if Scope(unit=CENTRAL_POOL).covers_unit(principal.unit):
            units.append(f"{CENTRAL_POOL}$")
        boxes.append({"unit": {"$regex": f"^({'|'.join(units)})"}, "addressee": Addressee.UNIT})
    return {"$or": boxes, "state": {"$ne": State.CANCELLED}}


class Queries:
    def __init__(self, database: Database) -> None:
        self._messages = database[MESSAGES.name]

    async def page(self, query: Document, page: PageRequest) -> tuple[list[Message], tuple[int, str] | None]:
        """The newest first, and the sort key of the last one when there are more."""
        order = [("created_at", DESCENDING), ("_id", DESCENDING)]
        condition = _older_than(page) if page.after is not None else {}
        with translated_calls():
            cursor = self._messages.find(narrowed(query, condition)).sort(order).limit(page.limit + 1)
            rows: list[Document] = await cursor.to_list(None)
        messages = [message_of(row) for row in rows[: page.limit]]
        more = len(rows) > page.limit
        return messages, (_milliseconds(messages[-1].created_at), messages[-1].id) if more else None

    async def message(self, key: str, query: Document) -> Message:
        """Raises NotFound."""
        with translated_calls():
            row: Document | None = await self._messages.find_one({"$and": [{"_id": key}, query]})
        if row is None:
            raise NotFound()
        return message_of(row)

    async def counts(self, query: Document) -> list[Count]:
        """(kind, channel, state, how many); a message that was never tried has no channel yet."""
        fields = {"kind": "$kind", "channel": "$channel", "state": "$state"}
        rows = await self._grouped(query, fields)
        counts = [(row["kind"], row.get("channel"), row["state"], count) for row, count in rows]
        return sorted(counts, key=lambda row: (row[0], row[1] or "", row[2]))

    async def waves(self, run: str) -> Mapping[str, dict[str, int]]:
        """How many reminders there are, by wave and state."""
        waves: dict[str, dict[str, int]] = {}
        for row, count in await self._grouped(
            {"run": run, "kind": Kind.REMINDER}, {"wave": "$wave", "state": "$state"}
        ):
            waves.setdefault(row["wave"], {})[row["state"]] = count
        return waves

    async def unread(self, query: Document) -> int:
        with translated_calls():
            return int(await self._messages.count_documents({"$and": [query, {"read_at": None}]}))

    async def mark_read(self, key: str, query: Document, now: datetime) -> Message:
        """Marks a message as read; the first time counts. Raises NotFound."""
        with translated_calls():
            row: Document | None = await self._messages.find_one_and_update(
                {"$and": [{"_id": key}, query, {"read_at": None}]},
                {"$set": {"read_at": now}},
                return_document=ReturnDocument.AFTER,
            )
        return await self.message(key, query) if row is None else message_of(row)

    async def _grouped(self, query: Document, fields: Mapping[str, str]) -> Sequence[tuple[Document, int]]:
        steps = [{"$match": query}, {"$group": {"_id": dict(fields), "count": {"$sum": 1}}}]
        with translated_calls():
            rows: list[Document] = await self._messages.aggregate(steps).to_list(None)
        return [(row["_id"], int(row["count"])) for row in rows]


def _older_than(page: PageRequest) -> Document:
    match page.after:
        case (int(milliseconds), str(key)):
            try:
                at = datetime.fromtimestamp(milliseconds / 1000, UTC)
            except (ValueError, OverflowError, OSError) as error:
                raise InvalidCursor() from error
            return {"$or": [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": key}}]}
    raise InvalidCursor()


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
