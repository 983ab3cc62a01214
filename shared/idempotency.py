"""What was answered to which command: so that a repeated request gets its first answer and changes nothing.

Every command has a record, written in the transaction that carried it out: under the caller's Idempotency-Key when
there is one, else under an id made for this attempt, so that an unknown commit can be looked up. Refusals leave none.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.errors import Refused
from shared.events.envelope import Position
from shared.ids import new_id
from shared.mongo import CollectionSpec, Database, Document, Index, InsertOne, Session, majority, translated_calls
from shared.position_tokens import Reached, Receipt

COMMANDS = CollectionSpec("commands", indexes=(Index(("expires_at",), expire_after_seconds=0),))


class KeyReused(
    Refused,
    code="idempotency-key-reused",
    status=422,
    th="ค่า Idempotency-Key นี้เคยใช้กับคำขออื่นแล้ว กรุณาใช้ค่าใหม่สำหรับคำขอใหม่",
    en="This Idempotency-Key was used for another request. Please use a new one for a new request.",
):
    """The same Idempotency-Key came with another request."""


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Identifies one command. `fingerprint` is None when the caller gave no key. `listed` is the receipt of the list of
    commands that it came with."""

    id: str
    fingerprint: bytes | None
    listed: str | None = None

    def receipt(self) -> str:
        """Marks the command's events where that is needed: the same whenever the command is repeated."""
        return self.listed or receipt_of(self.id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer that was given: HTTP status, body (JSON text), the positions that it reached, how its events are
    marked when they are, and the version that it shows where there is one."""

    status: int
    body: str
    positions: tuple[Position, ...]
    receipt: Receipt | None = None
    version: int | None = None

    @property
    def reached(self) -> Reached:
        """What its caller is told."""
        return Reached(self.positions, () if self.receipt is None else (self.receipt,))

    @classmethod
    def of(cls, status: int, body: str, reached: Reached, version: int | None = None) -> "Recorded":
        return cls(status, body, reached.positions, reached.receipts[0] if reached.receipts else None, version)


def command_key(
    person: str, method: str, path: str, key: str | None, body: bytes, listed: str | None = None
) -> CommandKey:
    """The scope of a key is (person, method, path); the body is remembered by its digest only."""
    if key is None:
        return CommandKey(new_id(), None, listed)
    scope = "\0".join((person, method, path, key)).encode()
    return CommandKey(hashlib.sha256(scope).hexdigest(), hashlib.sha256(body).digest(), listed)


def receipt_of(command: str) -> str:
    """A UUID that follows from the id of a command, or of a list of them."""
    return str(uuid.UUID(bytes=hashlib.sha256(b"receipt\0" + command.encode()).digest()[:16]))


class CommandRecords:
    """The records of one service, each `kept` for so long."""

    def __init__(self, database: Database, *, kept: timedelta) -> None:
        self._collection = database[COMMANDS.name]
        self.kept = kept

    async def answered(self, key: CommandKey) -> Recorded | None:
        """The first answer to this key, read so that it cannot be rolled back. Raises KeyReused for another body."""
        if key.fingerprint is None:
            return None
        with translated_calls():
            row: Document | None = await majority(self._collection).find_one({"_id": key.id})
        return None if row is None else recorded(row, key)

    async def find(self, keys: Iterable[CommandKey], session: Session | None = None) -> dict[str, Document]:
        """The records that exist among these, by id, to be read with `recorded`; none that could be rolled back."""
        query = {"_id": {"$in": [key.id for key in keys]}}
        collection = majority(self._collection) if session is None else self._collection
        rows: list[Document] = await collection.find(query, session=session).to_list(None)
        return {row["_id"]: row for row in rows}

    async def store(self, writes: Sequence[InsertOne[Document]], session: Session) -> None:
        """Writes the records of a batch in its transaction."""
        if writes:
            await self._collection.bulk_write(writes, ordered=False, session=session)


def recorded(row: Document, key: CommandKey) -> Recorded:
    """Raises KeyReused when the record belongs to another request under the same key."""
    if row["fingerprint"] != key.fingerprint:
        raise KeyReused()
    receipt = Receipt(row["receipt"], row["events"]) if "receipt" in row else None
    positions = tuple(Position.parse(text) for text in row["positions"])
    return Recorded(row["status"], row["body"], positions, receipt, row.get("version"))


def record(key: CommandKey, answer: Recorded, expires_at: datetime) -> InsertOne[Document]:
    """The write that makes an answer final."""
    row = {
        "_id": key.id,
        "fingerprint": key.fingerprint,
        "status": answer.status,
        "body": answer.body,
        "positions": [str(position) for position in answer.positions],
        "expires_at": expires_at,
    }
    if answer.receipt is not None:
        row |= {"receipt": answer.receipt.id, "events": answer.receipt.events}
    if answer.version is not None:
        row["version"] = answer.version
    return InsertOne(row)
