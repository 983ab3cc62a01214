"""Delegations as documents. `parties` are the two that see one."""

from typing import Final

from services.enrolment.seats.domain.delegations import Delegation
from shared.events.seats import Approver
from shared.mongo import CollectionSpec, Database, Document, Index, Session, translated_calls

DELEGATIONS = CollectionSpec("delegations", indexes=(Index(("parties", "_id")), Index(("absent", "ends_at"))))
MOST_AWAY: Final = 100  # of one who is away again and again


class Delegations:
    """The collection."""

    def __init__(self, database: Database) -> None:
        self._delegations = database[DELEGATIONS.name]

    async def one(self, id: str, session: Session | None = None) -> Delegation | None:
        with translated_calls():
            row = await self._delegations.find_one({"_id": id}, session=session)
        return None if row is None else _delegation_of(row)

    async def of(self, party: str, after: str | None, limit: int) -> list[Delegation]:
        """Those that this one gave or got, the newest first; one more than `limit`, to know of a next page."""
        query: Document = {"parties": party} | ({} if after is None else {"_id": {"$lt": after}})
        with translated_calls():
            found = self._delegations.find(query).sort("_id", -1).limit(limit + 1)
            return [_delegation_of(row) async for row in found]

    async def made_by(self, absent: str, session: Session) -> list[Delegation]:
        """The last ones."""
        found = self._delegations.find({"absent": absent}, session=session).sort("ends_at", -1).limit(MOST_AWAY)
        return [_delegation_of(row) async for row in found]

    async def insert(self, delegation: Delegation, session: Session) -> None:
        await self._delegations.insert_one(_document(delegation) | {"seq": 1}, session=session)

    async def end(self, delegation: Delegation, session: Session) -> None:
        change = {"ended": True, "seq": delegation.seq + 1}
        await self._delegations.update_one({"_id": delegation.id}, {"$set": change}, session=session)


def _document(delegation: Delegation) -> Document:
    return {
        "_id": delegation.id,
        "parties": [delegation.absent, delegation.delegate],
        "absent": delegation.absent,
        "delegate": delegation.delegate,
        "unit": delegation.unit,
        "steps": [step.value for step in delegation.steps],
        "starts_at": delegation.starts_at,
        "ends_at": delegation.ends_at,
        "created_at": delegation.created_at,
        "ended": delegation.ended,
    }


def _delegation_of(row: Document) -> Delegation:
    return Delegation(
        id=row["_id"],
        absent=row["absent"],
        unit=row["unit"],
        steps=tuple(Approver(step) for step in row["steps"]),
        delegate=row["delegate"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        created_at=row["created_at"],
        ended=row["ended"],
        seq=row.get("seq", 0),  # earlier releases told nobody
    )
