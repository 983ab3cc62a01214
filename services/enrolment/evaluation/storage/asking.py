"""How far the people of a run were asked to answer its forms, as a document. Nobody of them stands in it by name."""

from services.enrolment.evaluation.domain.asking import Asking, Round
from services.enrolment.evaluation.storage.specs import ASKING
from shared.events.evaluation import FormKind
from shared.mongo import Conflict, Database, Document, Session


class AskingStore:
    """The collection."""

    def __init__(self, database: Database) -> None:
        self._asking = database[ASKING.name]

    async def load(self, run: str, session: Session) -> Asking:
        """A run in which nobody was asked yet has no document."""
        row = await self._asking.find_one({"_id": run}, session=session)
        return Asking(run) if row is None else asking_of(row)

    async def save(self, before: Asking, after: Asking, session: Session) -> None:
        """Raises Conflict when it has changed since it was read; DuplicateKey when another one began just now."""
        values = asking_document(after)
        if before.version == 0:
            await self._asking.insert_one({"_id": after.run, **values}, session=session)
            return
        present = {"_id": after.run, "version": before.version}
        result = await self._asking.update_one(present, {"$set": values}, session=session)
        if result.matched_count != 1:
            raise Conflict("somebody else asks the people of the run")


def asking_document(asking: Asking) -> Document:
    """All but its id."""
    begun = asking.round
    return {
        "asked": sorted(asking.asked),
        "reminded": sorted(asking.reminded),
        "round": None if begun is None else {"forms": list(begun.forms), "again": begun.again, "after": begun.after},
        "seq": asking.seq,
        "version": asking.version,
    }


def asking_of(row: Document) -> Asking:
    begun = row["round"]
    return Asking(
        row["_id"],
        frozenset(FormKind(form) for form in row["asked"]),
        frozenset(FormKind(form) for form in row["reminded"]),
        None if begun is None else Round(tuple(map(FormKind, begun["forms"])), begun["again"], begun["after"]),
        row["seq"],
        row["version"],
    )
