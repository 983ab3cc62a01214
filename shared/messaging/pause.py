"""When everything turns to poison it is a bad deploy, not bad data: the consumer stops, and says so over restarts."""

from collections.abc import Sequence

from shared.messaging.sequence import Subject
from shared.mongo import CollectionSpec, Database, Document, Session, translated_calls

PAUSES = CollectionSpec("pauses")


class Pause:
    """The persistent count of different subjects parked in a row, and what /readyz says when it is too high."""

    def __init__(self, database: Database, consumer: str, limit: int) -> None:
        self._collection = database[PAUSES.name]
        self._consumer = consumer
        self._limit = limit
        self.subjects: list[Subject] = []

    @property
    def reason(self) -> str | None:
        """Why nothing is consumed, or None."""
        if len(self.subjects) < self._limit:
            return None
        return (
            f"{len(self.subjects)} different subjects were parked in a row; "
            "see `pattana dead-letters list`, mend, then retry or discard"
        )

    async def load(self) -> None:
        """Takes over the count as it is stored (a retry or a discard clears it)."""
        self.subjects = await self.read()

    async def read(self, session: Session | None = None) -> list[Subject]:
        """The count as it is stored. Partitions and replicas share it: who changes it reads it in its transaction."""
        with translated_calls():
            row: Document | None = await self._collection.find_one({"_id": self._consumer}, session=session)
        return [] if row is None else [(pair[0], pair[1]) for pair in row["subjects"]]

    async def store(self, subjects: Sequence[Subject], session: Session) -> None:
        """As part of the batch's transaction."""
        document = {"$set": {"subjects": [list(subject) for subject in subjects]}}
        await self._collection.update_one({"_id": self._consumer}, document, upsert=True, session=session)
