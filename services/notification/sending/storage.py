"""The work of delivery in the database: what is due, who holds it, and what became of it.

Every write of a holder is filtered by its epoch: a worker that has lost the lease changes nothing and gets LeaseLost.
Two workers may still have called the provider one after the other; the ledger then shows an uncertain attempt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notification.domain import FINAL, Message, State
from services.notification.sending.domain import claimed
from services.notification.storage import MESSAGES, message_document, message_of
from shared.messaging.leases import claiming, free_document
from shared.mongo import ASCENDING, Database, Document, ReturnDocument, Session, translated_calls

# What a delivery may change; everything else of a message is as it was inserted.
_PROGRESS: Final = ("state", "due_at", "channel", "snapshot", "attempts", "waits", "code", "seq", "finished_at")
_FREE: Final = {name: value for name, value in free_document().items() if name != "epoch"}


class LeaseLost(Exception):
    """Another worker holds the message now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours until the lease ends."""

    message: Message
    epoch: int


@dataclass(frozen=True, slots=True)
class Due:
    """Ids of messages that are due; `later` is when the next one will be, as far as one page shows."""

    ids: list[str]
    later: datetime | None


class Ledger:
    """For one owner, whose name no other process has, not even its own successor."""

    def __init__(self, database: Database, *, owner: str, lease_seconds: float) -> None:
        self._messages = database[MESSAGES.name]
        self._owner = owner
        self._lease = lease_seconds

    async def due(self, now: datetime, most: int) -> Due:
        """What is to be looked at, the longest due first. One that is being sent is due again after its lease."""
        with translated_calls():
            cursor = self._messages.find({"open": True}, {"due_at": 1}).sort("due_at", ASCENDING).limit(most)
            rows: list[Document] = await cursor.to_list(None)
        later = next((row["due_at"] for row in rows if row["due_at"] > now), None)
        return Due([row["_id"] for row in rows if row["due_at"] <= now], later)

    async def claim(self, key: str, now: datetime) -> Claim | None:
        """Takes a due message; None when it is not due any more, or another worker holds it."""
        ours = {"$eq": ["$owner", self._owner]}
        until = now + timedelta(seconds=self._lease)
        sending = {
            "state": {"$cond": [ours, State.SENDING.value, "$state"]},
            "due_at": {"$cond": [ours, until, "$due_at"]},
        }
        with translated_calls():
            row: Document | None = await self._messages.find_one_and_update(
                {"_id": key, "open": True, "due_at": {"$lte": now}},
                [*claiming(self._owner, self._lease), {"$set": sending}],
                return_document=ReturnDocument.AFTER,
            )
        if row is None or row["owner"] != self._owner:
            return None
        return Claim(claimed(message_of(row)), row["epoch"])

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

    async def _write(self, claim: Claim, update: Document, session: Session | None) -> None:
        query = {"_id": claim.message.id, "owner": self._owner, "epoch": claim.epoch, "open": True}
        with translated_calls():
            result = await self._messages.update_one(query, update, session=session)
        if result.matched_count != 1:
            raise LeaseLost(claim.message.id)


def _progress(message: Message) -> Document:
    document = message_document(message)
    return {name: document[name] for name in _PROGRESS}
