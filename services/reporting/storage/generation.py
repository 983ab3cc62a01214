"""The collections of one generation: what a batch loads and saves.

Every generation has collections of its own, so that one can be filled while another answers. What answers read of it,
and what they leave out: queries.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from services.reporting.projecting import (
    Absence,
    AttendanceChange,
    Description,
    Evaluated,
    FollowUpChange,
    Issue,
    NominationRow,
    PlansChange,
    Programme,
    RollupChange,
    Run,
    Unit,
    Workshop,
)
from services.reporting.storage.documents import (
    absence_document,
    absence_of,
    attendance_update,
    change_of,
    description_of,
    document_of,
    document_of_row,
    follow_up_update,
    plans_update,
    row_of,
    update_of,
)
from shared.events.seats import NominationState
from shared.mongo import (
    Collection,
    CollectionSpec,
    Database,
    Document,
    Index,
    InsertOne,
    ReplaceOne,
    Session,
    UpdateOne,
)

D = TypeVar("D", Programme, Run, Unit, Evaluated, Workshop, Issue)
_KINDS: Mapping[type, str] = {
    Programme: "programmes",
    Run: "runs",
    Unit: "units",
    Evaluated: "evaluations",
    Workshop: "workshops",
    Issue: "issues",
}
_WITHOUT_CELLS = {"cells": 0, "warned": 0}


SEATED: Final[Document] = {"state": NominationState.CONFIRMED.value}
# Newest runs first, everywhere: a page ends where it is full, and the buckets of a run come one after the other. None
# of these fields changes with a seat, so that counting touches no index; `reach` grows while the first people come.
ROLLUP_INDEXES: Final = (
    Index(("-run",)),
    Index(("fiscal_year", "-run")),
    Index(("programme", "-run")),
    Index(("reach", "-run")),
    Index(("reach", "fiscal_year", "-run")),
    Index(("reach", "programme", "-run")),
)
NOMINATION_INDEXES: Final = (Index(("person", "-_id")), Index(("bucket",), only=SEATED))
ATTENDANCE_INDEXES: Final = (Index(("run",)),)
FOLLOW_UP_INDEXES: Final = (Index(("run",)), Index(("fiscal_year", "run")), Index(("programme", "run")))
RUN_INDEXES: Final = (
    Index(("fiscal_year", "-_id")),
    Index(("programme", "-_id")),
    Index(("fiscal_year", "state", "_id")),  # the cancelled of a year: answered from the index alone
)


def specs(generation: int) -> tuple[CollectionSpec, ...]:
    """The collections that a generation needs."""
    return (
        CollectionSpec(f"nominations_g{generation}", indexes=NOMINATION_INDEXES),
        CollectionSpec(f"rollups_g{generation}", indexes=ROLLUP_INDEXES),
        CollectionSpec(f"attendance_g{generation}", indexes=ATTENDANCE_INDEXES),
        CollectionSpec(f"absences_g{generation}", indexes=(Index(("run",)),)),
        CollectionSpec(f"runs_g{generation}", indexes=RUN_INDEXES),
        CollectionSpec(f"programmes_g{generation}"),
        CollectionSpec(f"units_g{generation}"),
        CollectionSpec(f"workshops_g{generation}", indexes=(Index(("run",)),)),
        CollectionSpec(f"follow_ups_g{generation}", indexes=FOLLOW_UP_INDEXES),
        CollectionSpec(f"plans_g{generation}"),  # one document of a fiscal year
        CollectionSpec(f"evaluations_g{generation}", indexes=(Index(("run",)),)),
        CollectionSpec(f"issues_g{generation}"),
    )


class Generation:
    """Documents of generation `number`."""

    def __init__(self, database: Database, number: int) -> None:
        self.number = number
        self._database = database
        self.nominations = self.collection("nominations")
        self.rollups = self.collection("rollups")
        self.attendance = self.collection("attendance")
        self.follow_ups = self.collection("follow_ups")

    def collection(self, name: str) -> Collection:
        return self._database[f"{name}_g{self.number}"]

    def described_in(self, kind: type[Description]) -> Collection:
        return self.collection(_KINDS[kind])

    async def rows(self, ids: Sequence[str], session: Session) -> dict[str, NominationRow]:
        documents = await _by_id(self.nominations, ids, session)
        return {document["_id"]: row_of(document) for document in documents}

    async def changes(self, buckets: Sequence[str], session: Session) -> dict[str, RollupChange]:
        """What is stored of these buckets, ready to take changes; cells are not read, only added to."""
        documents = await _by_id(self.rollups, buckets, session, _WITHOUT_CELLS)
        return {document["_id"]: change_of(document) for document in documents}

    async def described(self, kind: type[D], ids: Sequence[str], session: Session) -> dict[str, D]:
        documents = await _by_id(self.described_in(kind), ids, session)
        return {document["_id"]: description_of(kind, document) for document in documents}

    async def save_rows(
        self, rows: Iterable[NominationRow], stored: Mapping[str, NominationRow], session: Session
    ) -> None:
        """Of the rows that are stored already only the state and its time can have changed."""
        writes: list[InsertOne[Document] | UpdateOne] = [
            UpdateOne({"_id": row.nomination}, {"$set": {"state": str(row.state), "since": row.since}})
            if row.nomination in stored
            else InsertOne(document_of_row(row))
            for row in rows
        ]
        if writes:
            await self.nominations.bulk_write(writes, ordered=False, session=session)

    async def save_changes(self, changes: Iterable[RollupChange], session: Session) -> None:
        writes = [
            UpdateOne({"_id": change.bucket_id}, update_of(change, bucket), upsert=True)
            for change in changes
            if (bucket := change.now) is not None
        ]
        if writes:
            await self.rollups.bulk_write(writes, ordered=False, session=session)

    async def save_attendance(self, changes: Iterable[AttendanceChange], session: Session) -> None:
        writes = [UpdateOne({"_id": change.bucket}, attendance_update(change), upsert=True) for change in changes]
        if writes:
            await self.attendance.bulk_write(writes, ordered=False, session=session)

    async def absences(self, ids: Sequence[str], session: Session) -> dict[str, Absence]:
        documents = await _by_id(self.collection("absences"), ids, session)
        return {document["_id"]: absence_of(document) for document in documents}

    async def save_absences(self, absences: Iterable[Absence], session: Session) -> None:
        writes = [ReplaceOne({"_id": one.id}, absence_document(one), upsert=True) for one in absences]
        if writes:
            await self.collection("absences").bulk_write(writes, ordered=False, session=session)

    async def save_follow_ups(self, changes: Iterable[FollowUpChange], session: Session) -> None:
        writes = [UpdateOne({"_id": change.id}, follow_up_update(change), upsert=True) for change in changes]
        if writes:
            await self.follow_ups.bulk_write(writes, ordered=False, session=session)

    async def save_plans(self, changes: Iterable[PlansChange], session: Session) -> None:
        writes = [UpdateOne({"_id": change.id}, plans_update(change), upsert=True) for change in changes]
        if writes:
            await self.collection("plans").bulk_write(writes, ordered=False, session=session)

    async def save_described(
        self, kind: type[Description], descriptions: Iterable[Description], session: Session
    ) -> None:
        writes = [ReplaceOne({"_id": item.id}, document_of(item), upsert=True) for item in descriptions]
        if writes:
            await self.described_in(kind).bulk_write(writes, ordered=False, session=session)


async def _by_id(
    collection: Collection, ids: Sequence[str], session: Session, fields: Mapping[str, Any] | None = None
) -> list[Document]:
    if not ids:
        return []
    documents: list[Document] = await collection.find({"_id": {"$in": ids}}, fields, session=session).to_list(None)
    return documents
