"""Texts that were released with a batch, each by itself: in an order that is none, under an id that is none, with
nothing beside it that would say whose it is, or what else that one has said."""

import uuid
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from services.enrolment.evaluation.storage.specs import TEXTS
from shared.events.evaluation import FormKind, evaluation_id
from shared.mongo import Database, InsertOne, Session, translated_calls

AT_ONCE: Final = 200


class Texts:
    """The collection."""

    def __init__(self, database: Database) -> None:
        self._texts = database[TEXTS.name]

    async def add(self, run: str, kind: FormKind, texts: Sequence[tuple[str, str]], session: Session) -> None:
        """By question. They are stored in the order of their random ids, so that two which stand in the same place
        among the answers to two questions need not be of one person."""
        rows = [
            {"_id": str(uuid.uuid4()), "evaluation": evaluation_id(run, kind), "question": question, "text": text}
            for question, text in texts
        ]
        rows.sort(key=itemgetter("_id"))
        if rows:
            await self._texts.bulk_write([InsertOne(row) for row in rows], ordered=True, session=session)

    async def remove(self, run: str, kind: FormKind, session: Session) -> bool:
        """Some of them; whether there may be more."""
        query = {"evaluation": evaluation_id(run, kind)}
        ids = [row["_id"] async for row in self._texts.find(query, {"_id": True}, session=session).limit(AT_ONCE)]
        if ids:
            await self._texts.delete_many({"_id": {"$in": ids}}, session=session)
        return len(ids) == AT_ONCE

    async def page(self, run: str, kind: FormKind, question: str, after: str, limit: int) -> list[tuple[str, str]]:
        """(id, text) in the order of ids; one more than `limit`."""
        query = {"evaluation": evaluation_id(run, kind), "question": question, "_id": {"$gt": after}}
        with translated_calls():
            rows = self._texts.find(query).sort("_id", 1).limit(limit + 1)
            return [(row["_id"], row["text"]) async for row in rows]
