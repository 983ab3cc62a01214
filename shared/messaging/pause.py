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
        """Reads the count as it is stored (a retry or a discard clears it)."""
        with translated_calls():
            row: Document | None = await self._collection.find_one({"_id": self._consumer})
        self.subjects = [] if row is None else [(pair[0], pair[1]) for pair in row["subjects"]]

    async def store(self, subjects: Sequence[Subject], session: Session) -> None:
        """As part of the batch's transaction; only when it changed."""
        if list(subjects) != self.subjects:
            document = {"$set": {"subjects": [list(subject) for subject in subjects]}}
            await self._collection.update_one({"_id": self._consumer}, document, upsert=True, session=session)
