"""Nothing took effect twice: positions of consumers, and messages to people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pattana.audit.asked import FOLLOWED, messages_for
from pattana.audit.documents import ENROLMENT, NOTIFICATION, documents
from pattana.audit.history import Kind
from pattana.audit.outboxes import Advance, Outboxes, opened
from pattana.audit.pages import pages
from pattana.audit.verdict import Check
from services.notification.domain import OF_CERTIFICATES, OF_ONE_PERSON, message_id
from services.notification.domain import Kind as MessageKind
from shared.events.notification import MessageSent
from shared.messaging.decoding import UNREADABLE_SOURCE
from shared.messaging.held import DISCARDS, HELD
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.mongo import Database, majority, translated_calls

# Made because a time has come: their reason is a day.
BY_TIME = frozenset(
    {
        *(MessageKind.REMINDER, MessageKind.APPROVALS_WAITING, MessageKind.NOMINATIONS_MISSING),
        *(MessageKind.RELEASE_AHEAD, MessageKind.FOLLOW_UPS_OPEN, MessageKind.FOLLOW_UPS_OVERDUE),
    }
)
# Of several events, or of one that another message was made for: that stands as their cause.
BY_CAUSE = frozenset(
    {
        MessageKind.SEAT_OPEN,
        MessageKind.ENTRY_RECALLED,
        MessageKind.NOMINATIONS_MOVED,
        MessageKind.MOVES_TO_DECIDE,
        MessageKind.EXPIRED_AT_OFFICE,
        MessageKind.NOMINATIONS_ERASED,
        MessageKind.NO_SHOW,  # once in a run, of whichever absence was the first
        MessageKind.NO_SHOWS_OF_OFFICE,
        MessageKind.NO_SHOWS_CORRECTED,
        MessageKind.SEATS_RELEASED,
        *OF_CERTIFICATES,
        *OF_ONE_PERSON,  # also to offices
        MessageKind.FOLLOW_UP_ASSIGNED,
        MessageKind.FOLLOW_UP_RETURNED,
        MessageKind.PLANS_SUBMITTED,
    }
)
MESSAGES = 500


async def check_positions(databases: Mapping[str, Database], outboxes: Outboxes, check: Check) -> None:
    """No consumer is ahead of the outbox whose events it applies."""
    for database in databases.values():
        async for page in pages(majority(database[POSITIONS.name]), size=1_000):
            for source, positions in _applied(page).items():
                if source not in outboxes.sources:
                    check.all_broken(
                        f"{who} follows {place} of {source}: no outbox" for place, who in positions.items()
                    )
                    continue
                for position in await outboxes.missing(_beyond(source, positions, outboxes), source):
                    if not await Aside({source: database}).left_out(source, *_split(position)):
                        check.broken(f"consumer {positions[position]} has applied {position}, no outbox has it")
            check.count("positions", len(page))


def _applied(page: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """By source, the places that were reached, each with a consumer that is there."""
    applied: dict[str, dict[str, str]] = {}
    for row in page:
        consumer, source, subject = row["_id"].split("|", 2)
        if row["seq"] and source != UNREADABLE_SOURCE:
            applied.setdefault(source, {}).setdefault(f"{subject}:{row['seq']}", consumer)
    return applied


def _beyond(source: str, positions: Iterable[str], outboxes: Outboxes) -> list[str]:
    """Those that the audit has not seen in an outbox."""
    seqs = {position: _split(position) for position in positions}
    lasts = outboxes.last(source, list({aggregate for aggregate, _ in seqs.values()}))
    return [position for position, (aggregate, seq) in seqs.items() if seq > lasts[aggregate]]


def _split(position: str) -> tuple[str, int]:
    aggregate, _, seq = position.rpartition(":")
    return aggregate, int(seq)


class Aside:
    """Events that consumers hold back or discarded."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    async def holds(self, source: str, subject: str, seq: int) -> bool:
        return await self._stands(source, subject, seq, DISCARDS.name, HELD.name)

    async def left_out(self, source: str, subject: str, seq: int) -> bool:
        """Only then has a position passed it; what is held it has not."""
        return await self._stands(source, subject, seq, DISCARDS.name)

    async def _stands(self, source: str, subject: str, seq: int, *collections: str) -> bool:
        query = {"source": source, "subject": subject, "seq": seq}
        for database in self._databases.values():
            for name in collections:
                with translated_calls():
                    if await database[name].find_one(query, {"_id": 1}) is not None:
                        return True
        return False


async def check_messages(
    databases: Mapping[str, Database], outboxes: Outboxes, check: Check, advance: Advance, *, new_only: bool
) -> None:
    """Every message has an event as its reason, the id derived from it, and was sent once."""
    ledger, store = outboxes.ledger, databases[NOTIFICATION]
    async for page in documents(store, "messages", ledger, NOTIFICATION, Kind.MESSAGE, changed=new_only):
        for part in (page[start : start + MESSAGES] for start in range(0, len(page), MESSAGES)):
            check.all_broken(await _without_reason(part, outboxes))
        sent = await outboxes.short(NOTIFICATION, {row["_id"]: row["seq"] for row in page})
        for row in page:
            times = sum(stored.type == MessageSent.type for stored in sent[row["_id"]])
            check.all_broken(message_faults(row, times))
        check.count("messages", len(page))
        check.count("sent", sum(row["state"] == "SENT" for row in page))
        advance(len(page))


async def _without_reason(page: Sequence[Mapping[str, Any]], outboxes: Outboxes) -> list[str]:
    """Messages that no event led to."""
    made = [(row, _event_of(row)) for row in page if row["kind"] not in BY_TIME]
    reasons = await outboxes.rows(ENROLMENT, {event for _, event in made})
    faults = []
    for row, event in made:
        reason = reasons.get(event)
        if reason is None:
            faults.append(f"message {row['_id']} was made for {event}, no outbox has it")
        elif row["kind"] in FOLLOWED and not _asks_for(reason, row["_id"]):
            faults.append(f"message {row['_id']} ({row['kind']}) was made for {row['reason']}, which asks for none")
    return faults


def _event_of(row: Mapping[str, Any]) -> str:
    return str(row["causation"] if row["kind"] in BY_CAUSE else row["reason"])


def _asks_for(reason: Mapping[str, Any], message: str) -> bool:
    """Of an event that this release does not know nothing can be said."""
    event = opened(reason).event
    return event is None or message in dict(messages_for(reason["aggregate"], reason["seq"], event))


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
