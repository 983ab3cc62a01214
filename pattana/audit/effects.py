"""Nothing took effect twice: positions of consumers, and messages to people."""

from collections.abc import Iterator, Mapping
from typing import Any

from pattana.audit.documents import ENROLMENT, NOTIFICATION, pages
from pattana.audit.outboxes import Advance, Outboxes
from pattana.audit.verdict import Promise
from services.notification.domain import message_id
from shared.events.notification import MessageSent
from shared.messaging.held import DISCARDS, HELD
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.mongo import Database, majority, translated_calls

REMINDER = "REMINDER"


async def check_positions(databases: Mapping[str, Database], outboxes: Outboxes, promise: Promise) -> None:
    """No consumer is ahead of the outbox whose events it applies."""
    for database in databases.values():
        async for page in pages(majority(database[POSITIONS.name]), size=1_000):
            applied: dict[str, dict[str, str]] = {}
            for row in page:
                consumer, source, subject = row["_id"].split("|", 2)
                if row["seq"] and source in outboxes.histories:
                    applied.setdefault(source, {})[f"{subject}:{row['seq']}"] = consumer
            for source, positions in applied.items():
                for position in await outboxes.missing(list(positions), source):
                    if not await Aside({source: database}).holds(source, *_split(position)):
                        promise.broken(f"consumer {positions[position]} has applied {position}, no outbox has it")
            promise.count("positions", len(page))


def _split(position: str) -> tuple[str, int]:
    aggregate, _, seq = position.rpartition(":")
    return aggregate, int(seq)


class Aside:
    """Events that consumers hold back or discarded."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    async def holds(self, source: str, subject: str, seq: int) -> bool:
        query = {"source": source, "subject": subject, "seq": seq}
        for database in self._databases.values():
            for name in (DISCARDS.name, HELD.name):
                with translated_calls():
                    if await database[name].find_one(query, {"_id": 1}) is not None:
                        return True
        return False


async def check_messages(
    databases: Mapping[str, Database], outboxes: Outboxes, promise: Promise, advance: Advance
) -> None:
    """Every message has an event as its reason, the id derived from it, and was sent once."""
    async for page in pages(majority(databases[NOTIFICATION]["messages"])):
        reasons = {row["reason"]: row["_id"] for row in page if row["kind"] != REMINDER}
        for reason in await outboxes.missing(list(reasons), ENROLMENT):
            promise.broken(f"message {reasons[reason]} was made for {reason}, no outbox has it")
        sent = await outboxes.short(NOTIFICATION, {row["_id"]: row["seq"] for row in page})
        for row in page:
            times = sum(stored.type == MessageSent.type for stored in sent[row["_id"]])
            promise.all_broken(message_faults(row, times))
        promise.count("messages", len(page))
        promise.count("sent", sum(row["state"] == "SENT" for row in page))
        advance(len(page))


def message_faults(row: Mapping[str, Any], sent_events: int) -> Iterator[str]:
    """Pure. `sent_events`: the number of events that report it sent."""
    key = row["_id"]
    if key != message_id(row["reason"], row["recipient"], row["kind"]):
        yield f"message {key} to {row['recipient']} is a second one for {row['reason']}"
    taken = [attempt for attempt in row["attempts"] if attempt["outcome"] == "ACCEPTED"]
    doubtful = any(attempt["uncertain"] for attempt in row["attempts"])
    if len(taken) > 1 and not doubtful:
        yield f"message {key} was sent {len(taken)} times"
    if sent_events > 1:
        yield f"message {key} was reported as sent {sent_events} times"
    if row["state"] == "SENT" and not taken:
        yield f"message {key} is marked as sent, no attempt was accepted"
