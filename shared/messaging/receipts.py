"""How many events of a receipt a consumer has passed: for those who wait until a large command is visible.

A command with more aggregates than a token can name marks its events. They are counted in the transaction that applies
them, one document per receipt and partition, so that partitions do not conflict. Events without a mark cost nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shared.messaging.sequence import RECEIPT_HEADER, Received
from shared.mongo import CollectionSpec, Database, Document, Index, UpdateOne, translated_calls

KEPT: Final = timedelta(days=1)  # nobody waits for longer: tokens expire
LONGEST: Final = 100
COLLECTION = CollectionSpec("receipts", indexes=(Index(("of",)), Index(("expires_at",), expire_after_seconds=0)))


def count_passed(consumer: str, marked: Sequence[Received], now: datetime) -> list[UpdateOne]:
    """Writes for the batch's transaction, whose records are all of one partition. What was recorded too long ago for
    anybody to wait is not counted: so a rebuild does not count all history."""
    counts = Counter(receipt for record in marked if (receipt := _receipt(record, now)) is not None)
    return [
        UpdateOne(
            {"_id": f"{consumer}|{receipt}|{marked[0].origin.topic}/{marked[0].origin.partition}"},
            {"$inc": {"count": count}, "$set": {"of": f"{consumer}|{receipt}", "expires_at": now + KEPT}},
            upsert=True,
        )
        for receipt, count in counts.items()
    ]


async def passed(database: Database, consumer: str, receipts: Iterable[str]) -> dict[str, int]:
    """The events of each receipt that were passed, served by the index of `of`; none for an unknown one."""
    of = {f"{consumer}|{receipt}": receipt for receipt in receipts}
    with translated_calls():
        rows: list[Document] = await database[COLLECTION.name].find({"of": {"$in": list(of)}}).to_list(None)
    counts: Counter[str] = Counter()
    for row in rows:
        counts[of[row["of"]]] += row["count"]
    return dict(counts)


def _receipt(record: Received, now: datetime) -> str | None:
    """From the headers: the body may be unreadable, and a tombstone has none."""
    receipt, time = (record.headers.get(name) for name in (RECEIPT_HEADER, "ce_time"))
    try:
        recent = time is not None and datetime.fromisoformat(time.decode()) > now - KEPT
        text = receipt.decode() if receipt is not None and len(receipt) <= LONGEST else None
    except (ValueError, TypeError):  # not ours, or without an offset
        return None
    return text if recent else None
