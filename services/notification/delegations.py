"""Delegations as documents: whoever decides in somebody's place, for as long as that is not revoked."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter

from services.notification.documents import document_of, item_of
from services.notification.domain import Delegation
from shared.clock import midnight
from shared.mongo import Collection, CollectionSpec, DeleteOne, Document, Index, ReplaceOne, translated_calls
from shared.thai import local_date

# What is over stays: a run whose clock is set back may still be in its time.
DELEGATIONS: Final = CollectionSpec("delegations", indexes=(Index(("ends_at",)), Index(("delegate", "ends_at"))))
MOST_IN_FORCE: Final = 10_000  # several for every unit of a ministry
_DELEGATION: Final = TypeAdapter(Delegation)


def delegation_write(id: str, delegation: Delegation | None) -> ReplaceOne[Document] | DeleteOne:
    """What is written for one that was given, or revoked (None)."""
    if delegation is None:
        return DeleteOne({"_id": id})
    document = document_of(_DELEGATION, delegation)
    return ReplaceOne({"_id": document.pop("_id")}, document, upsert=True)


async def in_force(delegations: Collection, now: datetime) -> list[Delegation]:
    """At this business time, or from later on the same day."""
    with translated_calls():
        rows: list[Document] = await delegations.find(_on_the_day(now)).limit(MOST_IN_FORCE).to_list(None)
    return [item_of(_DELEGATION, row) for row in rows]


async def stands_in(delegations: Collection, delegate: str, now: datetime) -> bool:
    """Whether this one decides for anybody, as above."""
    with translated_calls():
        return await delegations.find_one({"delegate": delegate, **_on_the_day(now)}, {"_id": 1}) is not None


def _on_the_day(now: datetime) -> Document:
    """There is one look a day: who is away from nine on has left what waits in the morning to another."""
    return {"ends_at": {"$gt": now}, "starts_at": {"$lt": midnight(local_date(now) + timedelta(days=1))}}
