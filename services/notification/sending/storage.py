"""The work of delivery in the database: what is due, who holds it, and what became of it.

Every write of a holder is filtered by its epoch: a worker that has lost the lease changes nothing and gets LeaseLost.
Two workers may still have called the provider one after the other; the ledger then shows an uncertain attempt.

Every query here is served by one of two partial indexes (services/notification/storage.py): (open, kind, state,
channel, due_at) by as many ranges as there are combinations, merged by `due_at`; or (missing).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from pydantic import ValidationError

from services.notification.composing import Unsorted, Wait
from services.notification.domain import (
    FINAL,
    Addressee,
    ChannelName,
    Kind,
    Lane,
    Message,
    Outcome,
    RunState,
    State,
    recall_of,
    told_by,
)
from services.notification.sending.domain.life import claimed
from services.notification.sending.domain.turns import KINDS_OF, share_of
from services.notification.storage import (
    MESSAGES,
    OPEN_MESSAGES,
    TOLD,
    insertion,
    message_document,
    message_of,
    told_document,
    told_of,
)
from shared.messaging.leases import claiming, free_document
from shared.mongo import (
    ASCENDING,
    Database,
    Document,
    ReturnDocument,
    Session,
    UpdateOne,
    translated_calls,
)

Channels = Collection[ChannelName | None]

# What a delivery may change; everything else of a message is as it was inserted.
_PROGRESS: Final = (
    "state",
    "due_at",
    "channel",
    "snapshot",
    "attempts",
    "waits",
    "missing",
    "code",
    "seq",
    "finished_at",
)
_FREE: Final = {name: value for name, value in free_document().items() if name != "epoch"}
_LANE_OF: Final[Mapping[str, Lane]] = {kind: lane for lane, kinds in KINDS_OF.items() for kind in kinds}
_OPEN_STATES: Final = tuple(state for state in State if state not in FINAL)
# What this release can send. The fields above are in the index; these are rarer, and looked up in what it finds.
_READABLE: Final[Document] = {
    "addressee": {"$in": list(Addressee)},
    "snapshot.run.state": {"$in": [None, *RunState]},
    "attempts": {"$not": {"$elemMatch": {"outcome": {"$nin": list(Outcome)}}}},
}


log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker holds the message now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until the lease ends."""

    message: Message
    epoch: int


@dataclass(frozen=True, slots=True)
class Due:
    """Messages that are due, with their lanes. `more`: there are others. `later` is when the next one will be due, as
    far as one page shows."""

    rows: list[tuple[str, Lane]]
    more: bool
    later: datetime | None


class Ledger:
    """For one owner, whose name no other process has, not even its own successor."""

    def __init__(self, database: Database, *, owner: str, lease_seconds: float) -> None:
        self._messages = database[MESSAGES.name]
        self._told = database[TOLD.name]
        self._owner = owner
        self.lease_seconds = lease_seconds

    async def due(self, channels: Channels, now: datetime, most: int) -> Due:
        """What is to be looked at, the longest due first; of a page that is full, each lane's share. One that is being
        sent is due again after its lease."""
        rows = await self._find(open_for(channels), most)
        due = [row for row in rows if row["due_at"] <= now]
        later = next((row["due_at"] for row in rows if row["due_at"] > now), None)
        if len(due) < most:
            return Due(_with_lanes(due), more=False, later=later)
        shares = [await self._share(channels, lane, now, most) for lane in Lane]
        return Due(_with_lanes([row for share in shares for row in share]), more=True, later=None)

    async def _share(self, channels: Channels, lane: Lane, now: datetime, most: int) -> list[Document]:
        return await self._find(open_for(channels, KINDS_OF[lane]) | {"due_at": {"$lte": now}}, share_of(lane, most))

    async def unsorted(self, now: datetime, most: int) -> list[Unsorted]:
        """Of what is due, that for which no channel is chosen yet: each lane's share."""
        rows = [row for lane in Lane for row in await self._share([None], lane, now, most)]
        return [Unsorted(row["_id"], row["recipient"], row["addressee"], row["created_at"]) for row in rows]

    async def _find(self, query: Document, most: int) -> list[Document]:
        fields = {"kind": 1, "due_at": 1, "recipient": 1, "addressee": 1, "created_at": 1}
        with translated_calls():
            # Named, because SecantusDB reads every message there has been where an operator like `$not` stands beside.
            found = self._messages.find(query, fields).hint(OPEN_MESSAGES.name).sort("due_at", ASCENDING)
            rows: list[Document] = await found.limit(most).to_list(None)
        return rows

    async def sort(self, chosen: Mapping[str, ChannelName | Wait], code: str, later: datetime) -> None:
        """Notes where unsorted messages will go and why they are not sent yet, or what they wait for, until `later` if
        they cannot go on without it: one update for each channel, and one bulk write of what waits. Whoever has claimed
        one meanwhile is not disturbed."""
        untouched = {"open": True, "channel": None, "state": {"$in": [State.PENDING, State.WAITING]}}
        with translated_calls():
            for channel in ChannelName:
                keys = [key for key, choice in chosen.items() if choice is channel]
                change = {"channel": channel} if channel is ChannelName.INBOX else {"channel": channel, "code": code}
                if keys:
                    await self._messages.update_many({"_id": {"$in": keys}, **untouched}, {"$set": change})
            waiting = [
                UpdateOne({"_id": key, **untouched}, {"$set": _waiting(choice, later)})
                for key, choice in chosen.items()
                if isinstance(choice, Wait)
            ]
            if waiting:
                await self._messages.bulk_write(waiting, ordered=False)

    async def claim(self, key: str, now: datetime, channels: Channels = (None, *ChannelName)) -> Claim | None:
        """Takes a due message; None when it is not due any more, or another worker holds it."""
        ours = {"$eq": ["$owner", self._owner]}
        until = now + timedelta(seconds=self.lease_seconds)
        sending = {
            "state": {"$cond": [ours, State.SENDING.value, "$state"]},
            "due_at": {"$cond": [ours, until, "$due_at"]},
        }
        with translated_calls():
            row: Document | None = await self._messages.find_one_and_update(
                {"_id": key, **open_for(channels), "due_at": {"$lte": now}},
                [*claiming(self._owner, self.lease_seconds), {"$set": sending}],
                return_document=ReturnDocument.AFTER,
            )
        if row is None or row["owner"] != self._owner:
            return None
        try:
            return Claim(claimed(message_of(row)), row["epoch"])
        except ValidationError as error:  # left to whoever claims it after the lease, perhaps a newer release
            log.error("message_unreadable", message=key, errors=error.error_count())
            return None

    async def renew(self, claim: Claim, now: datetime) -> None:
        """Keeps the lease for its whole length from now on."""
        until = {"due_at": now + timedelta(seconds=self.lease_seconds)}
        await self._write(claim, [*claiming(self._owner, self.lease_seconds), {"$set": until}], None)

    async def note(self, claim: Claim, message: Message) -> None:
        """Stores the progress so far and keeps the lease."""
        held = {"due_at": claim.message.due_at}
        await self._write(claim, {"$set": _progress(message) | held}, None)

    async def release(self, claim: Claim, message: Message, session: Session | None = None) -> None:
        """Stores what became of the message and gives up the lease; a final state ends its delivery."""
        update: Document = {"$set": _progress(message) | _FREE}
        if message.state in FINAL:
            update["$unset"] = {"open": ""}
        await self._write(claim, update, session)

    async def remember(self, message: Message, session: Session) -> None:
        """What its recipient knows now, if it is about a nomination; and what another address must learn of it."""
        if message.nomination is None:
            return
        row: Document | None = await self._told.find_one({"_id": message.nomination}, session=session)
        told = told_by(message, None if row is None else told_of(row))
        if told is not None:
            document = told_document(told)
            await self._told.replace_one({"_id": document["_id"]}, document, upsert=True, session=session)
        if (recall := recall_of(message)) is not None:
            await self._messages.bulk_write([insertion(recall)], session=session)

    async def _write(self, claim: Claim, update: Document | Sequence[Document], session: Session | None) -> None:
        query = {"_id": claim.message.id, "owner": self._owner, "epoch": claim.epoch, "open": True}
        with translated_calls():
            result = await self._messages.update_one(query, update, session=session)
        if result.matched_count != 1:
            raise LeaseLost(claim.message.id)

    async def missing(self, after: str, most: int) -> tuple[list[str], str]:
        """What messages wait for, in order, from behind `after`, and what to go on behind: at most so many messages are
        read. All others that wait for the last thing of a page are passed over by asking for what is behind it."""
        with translated_calls():
            cursor = self._messages.find({"missing": {"$gt": after}}, {"_id": 0, "missing": 1})
            rows: list[Document] = await cursor.sort("missing", ASCENDING).limit(most).to_list(None)
        found = list(dict.fromkeys(row["missing"] for row in rows))
        return found, found[-1] if len(rows) == most else ""

    async def wake(self, arrived: str, now: datetime, most: int) -> bool:
        """Makes messages that waited for it due, at most so many; whether there may be more."""
        query: Document = {"missing": arrived, "state": State.WAITING, "kind": {"$in": list(Kind)}}
        with translated_calls():
            rows = await self._messages.find(query, {"_id": 1}).limit(most).to_list(None)
            keys = [row["_id"] for row in rows]
            if keys:
                change = {"$set": {"due_at": now, "missing": None}}
                await self._messages.update_many(query | {"_id": {"$in": keys}}, change)
        return len(rows) == most

    async def unreadable(self, most: int) -> dict[str, int]:
        """Open messages that only a newer release can send, by what is unknown of them; counted up to `most` each."""
        kinds, states = {"$in": list(Kind)}, {"$in": list(_OPEN_STATES)}
        questions: dict[str, Document] = {
            "kind": {"kind": {"$nin": list(Kind)}},
            "state": {"kind": kinds, "state": {"$nin": list(_OPEN_STATES)}},
            "channel": {"kind": kinds, "state": states, "channel": {"$nin": [None, *ChannelName]}},
        }
        with translated_calls():
            return {
                name: await self._messages.count_documents({"open": True, **question}, limit=most)
                for name, question in questions.items()
            }


def open_for(channels: Channels, kinds: Sequence[Kind] = tuple(Kind)) -> Document:
    """Messages that this release can send by these channels; None stands for those that have none yet."""
    return {
        "open": True,
        "kind": {"$in": list(kinds)},
        "state": {"$in": list(_OPEN_STATES)},
        "channel": {"$in": list(channels)},
        **_READABLE,
    }


def _with_lanes(rows: Sequence[Document]) -> list[tuple[str, Lane]]:
    return [(row["_id"], _LANE_OF[row["kind"]]) for row in rows]


def _waiting(wait: Wait, later: datetime) -> Document:
    return {"state": State.WAITING, "code": wait.code, "missing": wait.missing, "due_at": wait.until or later}


def _progress(message: Message) -> Document:
    document = message_document(message)
    return {name: document[name] for name in _PROGRESS}
