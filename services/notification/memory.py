"""The read model as it is read outside a batch."""

from collections.abc import Collection as Keys

from services.notification.domain import NO_RUN, WITHOUT_RUN, Nomination, Run, SealedContact, Unit
from services.notification.storage import Answering, contact_of, load_runs, nomination_of, unit_of
from shared.mongo import Collection, Document, translated_calls


class ReadModel:
    """What is remembered of other services' events, read outside a batch from the generation that answers. None: not
    known here yet."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    async def run(self, key: str) -> Run | None:
        return (await self.runs({key})).get(key)

    async def runs(self, keys: set[str]) -> dict[str, Run]:
        known = {NO_RUN: WITHOUT_RUN} if NO_RUN in keys else {}
        asked = keys - {NO_RUN}
        return known | {run.id: run for run in await load_runs(self._answering().runs, asked)} if asked else known

    async def nomination(self, key: str) -> Nomination | None:
        row = await _document_at(self._answering().nominations, key)
        return None if row is None else nomination_of(row)

    async def nominations(self, keys: Keys[str]) -> set[str]:
        """Those of them that are known."""
        return {row["_id"] for row in await _documents_at(self._answering().nominations, keys)}

    async def contact(self, person: str) -> SealedContact | None:
        row = await _document_at(self._answering().contacts, person)
        return None if row is None else contact_of(row)

    async def contacts(self, keys: Keys[str]) -> dict[str, SealedContact]:
        return {row["_id"]: contact_of(row) for row in await _documents_at(self._answering().contacts, keys)}

    async def unit(self, key: str) -> Unit | None:
        row = await _document_at(self._answering().units, key)
        return None if row is None else unit_of(row)

    async def units(self, keys: Keys[str]) -> dict[str, Unit]:
        return {row["_id"]: unit_of(row) for row in await _documents_at(self._answering().units, keys)}


async def _document_at(collection: Collection, key: str) -> Document | None:
    with translated_calls():
        row: Document | None = await collection.find_one({"_id": key})
    return row


async def _documents_at(collection: Collection, keys: Keys[str]) -> list[Document]:
    if not keys:
        return []
    with translated_calls():
        rows: list[Document] = await collection.find({"_id": {"$in": list(keys)}}).to_list(None)
    return rows
