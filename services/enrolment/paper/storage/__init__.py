"""Letterheads in the database: alone knows their documents. Papers themselves are kept nowhere."""

from typing import Any, Final

from services.enrolment.paper.domain.letterheads import Letterhead
from shared.mongo import CollectionSpec, Conflict, Database, Document, Session, translated_calls

LETTERHEADS = CollectionSpec("letterheads")  # one of each unit, by its key
COLLECTIONS: Final = (LETTERHEADS,)
_TEXTS: Final = ("number_prefix", "addressed_as", "order_of", "authority", "signer")
_LINES: Final = ("office", "signer_titles", "contact")


class Letterheads:
    """The collection."""

    collections = COLLECTIONS

    def __init__(self, database: Database) -> None:
        self._letterheads = database[LETTERHEADS.name]

    async def of(self, unit: str, session: Session | None = None) -> Letterhead:
        """An empty one where none was written yet."""
        with translated_calls():
            row = await self._letterheads.find_one({"_id": unit}, session=session)
        return Letterhead(unit) if row is None else _letterhead_of(row)

    async def write(self, before: Letterhead, after: Letterhead, session: Session) -> None:
        """Raises Conflict when it has changed since it was read, DuplicateKey when another one wrote the first."""
        row = _document(after)
        if before.version == 0:
            await self._letterheads.insert_one(row, session=session)
            return
        result = await self._letterheads.replace_one(
            {"_id": before.unit, "version": before.version}, row, session=session
        )
        if result.matched_count != 1:
            raise Conflict("the letterhead has changed since it was read")


def _document(letterhead: Letterhead) -> Document:
    row: Document = {"_id": letterhead.unit, "version": letterhead.version}
    row |= {name: getattr(letterhead, name) for name in _TEXTS if getattr(letterhead, name) is not None}
    return row | {name: list(getattr(letterhead, name)) for name in _LINES}


def _letterhead_of(row: Document) -> Letterhead:
    known: dict[str, Any] = {name: row.get(name) for name in _TEXTS}
    known |= {name: tuple(row[name]) for name in _LINES}
    return Letterhead(unit=row["_id"], version=row["version"], **known)
