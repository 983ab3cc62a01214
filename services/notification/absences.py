"""Who was missing, as it is stored: in every generation by the events alone, but for the messages that have told it."""

from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from services.notification.documents import document_of, item_of
from services.notification.domain import Absence
from shared.mongo import CollectionSpec, Document, Index, ReplaceOne

ABSENCES: Final = CollectionSpec("absences", indexes=(Index(("run", "office", "message")),))

_ABSENCE: Final = TypeAdapter(Absence)


def absence_of(row: Document) -> Absence:
    absence: Absence = item_of(_ABSENCE, row)
    return absence


def absence_writes(absences: Sequence[Absence]) -> list[ReplaceOne[Document]]:
    rows = [document_of(_ABSENCE, absence) for absence in absences]
    return [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows]
