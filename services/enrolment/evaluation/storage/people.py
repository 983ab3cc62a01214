"""What is of persons: who has answered, drafts (sealed), and answers to forms that promise no anonymity.

`person` of a draft is who may see it, `about` whom it assesses; of an answer, who answers for oneself or is
assessed."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from services.enrolment.evaluation.domain.questions import Answers
from services.enrolment.evaluation.storage.specs import ANSWERS, DRAFTS, RESPONDENTS
from shared.events.evaluation import FormKind, evaluation_id
from shared.mongo import Conflict, Database, Document, Session, translated_calls
from shared.sealing import KeyRing, Sealed

AT_ONCE: Final = 200


class Draft(NamedTuple):
    answers: Answers
    version: int


NO_DRAFT = Draft({}, 0)


class Marked(NamedTuple):
    """What a person came to in a form, by what it measures."""

    person: str
    measure: int


class Respondents:
    """The three collections."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._respondents = database[RESPONDENTS.name]
        self._drafts = database[DRAFTS.name]
        self._answers = database[ANSWERS.name]
        self._ring = ring

    # ---- who has answered

    async def among(
        self, run: str, kind: FormKind, people: Collection[str], session: Session | None = None
    ) -> set[str]:
        """Those of these people who have answered, or about whom somebody has."""
        query = {"evaluation": evaluation_id(run, kind), "person": {"$in": list(people)}}
        with translated_calls():
            return {row["person"] async for row in self._respondents.find(query, {"person": True}, session=session)}

    async def add(self, run: str, kind: FormKind, person: str, session: Session) -> None:
        """The index refuses a second time. The id says nothing of when."""
        row = {"_id": str(uuid.uuid4()), "evaluation": evaluation_id(run, kind), "person": person}
        await self._respondents.insert_one(row, session=session)

    # ---- drafts

    async def draft(self, run: str, kind: FormKind, by: str, about: str, session: Session | None = None) -> Draft:
        id = _draft_id(run, kind, by, about)
        with translated_calls():
            row = await self._drafts.find_one({"_id": id}, session=session)
        if row is None:
            return NO_DRAFT
        plain = self._ring.open_bytes(Sealed(row["key_id"], row["sealed"]), id)
        return Draft(orjson.loads(plain), row["version"])

    async def save_draft(
        self, run: str, kind: FormKind, by: str, about: str, before: Draft, answers: Answers, session: Session
    ) -> Draft:
        """Raises Conflict when it has changed since it was read."""
        after, id = Draft(answers, before.version + 1), _draft_id(run, kind, by, about)
        sealed = self._ring.seal_bytes(orjson.dumps(dict(answers)), id)
        values = {"key_id": sealed.key_id, "sealed": sealed.text, "version": after.version}
        if before.version == 0:
            row = {"_id": id, "evaluation": evaluation_id(run, kind), "person": by, **values}
            row |= {"about": about} if about != by else {}
            await self._drafts.insert_one(row, session=session)
            return after
        result = await self._drafts.update_one(
            {"_id": id, "version": before.version}, {"$set": values}, session=session
        )
        if result.matched_count != 1:
            raise Conflict("the draft has changed since it was read")
        return after

    async def remove_draft(self, run: str, kind: FormKind, by: str, about: str, session: Session) -> None:
        await self._drafts.delete_one({"_id": _draft_id(run, kind, by, about)}, session=session)

    async def remove_drafts(self, run: str, kind: FormKind, most: int, session: Session) -> bool:
        """Some of a form that is closed; whether there may be more."""
        found = self._drafts.find({"evaluation": evaluation_id(run, kind)}, {"_id": True}, session=session).limit(most)
        ids = [row["_id"] async for row in found]
        if ids:
            await self._drafts.delete_many({"_id": {"$in": ids}}, session=session)
        return len(ids) == most

    async def erase_of(self, person: str, session: Session) -> bool:
        """Some of the person's drafts and answers, and of those about that one; whether there may be more."""
        more = False
        for collection, field in ((self._drafts, "person"), (self._drafts, "about"), (self._answers, "person")):
            found = collection.find({field: person}, {"_id": True}, session=session).limit(AT_ONCE)
            ids = [row["_id"] async for row in found]
            if ids:
                await collection.delete_many({"_id": {"$in": ids}}, session=session)
            more = more or len(ids) == AT_ONCE
        return more

    async def reseal_drafts(self, run: str, kind: FormKind, session: Session) -> bool:
        """With the key that seals now, some of those that an older one has sealed; whether there may be more."""
        if not (older := list(self._ring.ids[1:])):
            return False
        query = {"evaluation": evaluation_id(run, kind), "key_id": {"$in": older}}
        rows: list[Document] = await self._drafts.find(query, session=session).limit(AT_ONCE).to_list(None)
        for row in rows:
            plain = self._ring.open_bytes(Sealed(row["key_id"], row["sealed"]), row["_id"])
            sealed = self._ring.seal_bytes(plain, row["_id"])
            values = {"$set": {"key_id": sealed.key_id, "sealed": sealed.text}}
            await self._drafts.update_one({"_id": row["_id"]}, values, session=session)
        return len(rows) == AT_ONCE

    # ---- answers by person

    async def remove_answers(self, run: str, kind: FormKind, session: Session) -> bool:
        """Some of a form; whether there may be more."""
        query = {"run": run, "form": kind.value}
        ids = [row["_id"] async for row in self._answers.find(query, {"_id": True}, session=session).limit(AT_ONCE)]
        if ids:
            await self._answers.delete_many({"_id": {"$in": ids}}, session=session)
        return len(ids) == AT_ONCE

    async def keep(
        self, run: str, kind: FormKind, person: str, by: str, answers: Answers, measure: int, session: Session
    ) -> None:
        row: Document = {
            "_id": str(uuid.uuid4()),
            "run": run,
            "form": kind.value,
            "person": person,
            "by": by,
            "answers": [[key, value] for key, value in answers.items()],
            "measure": measure,
        }
        await self._answers.insert_one(row, session=session)

    async def measures(
        self, run: str, kind: FormKind, people: Sequence[str], session: Session | None = None
    ) -> Mapping[str, int]:
        query = {"run": run, "form": kind.value, "person": {"$in": list(people)}}
        with translated_calls():
            rows = self._answers.find(query, {"person": True, "measure": True}, session=session)
            return {row["person"]: row["measure"] async for row in rows}

    async def page_of_measures(self, run: str, kind: FormKind, after: str, limit: int) -> list[Marked]:
        """In the order of persons; one more than `limit`."""
        query = {"run": run, "form": kind.value, "person": {"$gt": after}}
        with translated_calls():
            rows = self._answers.find(query, {"person": True, "measure": True}).sort("person", 1).limit(limit + 1)
            return [Marked(row["person"], row["measure"]) async for row in rows]


def _draft_id(run: str, kind: FormKind, by: str, about: str) -> str:
    return f"{evaluation_id(run, kind)}:{by}:{about}"
