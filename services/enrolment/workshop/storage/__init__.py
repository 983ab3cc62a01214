"""Groups and ideas in the database: alone knows their documents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.enrolment.workshop.domain.groups import MOST_PEOPLE, Member, Workshop
from services.enrolment.workshop.domain.ideas import MOST_IDEAS, Idea, State
from services.enrolment.workshop.domain.scoring import MOST_JUDGES, Score
from services.enrolment.workshop.storage.documents import (
    idea_document,
    idea_of,
    member_document,
    member_of,
    office_of,
    score_document,
    score_of,
    workshop_document,
    workshop_of,
)
from services.enrolment.workshop.storage.specs import COLLECTIONS, IDEAS, IS_FOLLOWING, MEMBERS, SCORES, WORKSHOPS
from shared.mongo import (
    Conflict,
    Database,
    DeleteOne,
    Document,
    InsertOne,
    Session,
    UpdateOne,
    translated_calls,
)
from shared.rights import Scope

__all__ = ["COLLECTIONS", "Workshops"]
MOST_SCORES: Final = MOST_IDEAS * MOST_JUDGES


class Workshops:
    """The collections of this feature."""

    def __init__(self, database: Database) -> None:
        self._workshops = database[WORKSHOPS.name]
        self._members = database[MEMBERS.name]
        self._ideas = database[IDEAS.name]
        self._scores = database[SCORES.name]

    async def workshop(self, run: str, session: Session | None = None) -> Workshop | None:
        with translated_calls():
            row = await self._workshops.find_one({"_id": run}, session=session)
        return None if row is None else workshop_of(row)

    async def following(self, after: str, most: int) -> list[Workshop]:
        """Some of those whose seats are looked at, behind the run `after`. A partial index holds just these."""
        query = {**IS_FOLLOWING, "_id": {"$gt": after}}
        with translated_calls():
            return [workshop_of(row) async for row in self._workshops.find(query).sort("_id", 1).limit(most)]

    async def write(
        self, before: Workshop | None, after: Workshop, session: Session, *, following: bool | None = None
    ) -> None:
        """Guarded by what was read, so that two at once conflict. `following`: whether seats are looked at from now on;
        None: as before. Raises Conflict; DuplicateKey for a second first."""
        document = workshop_document(after)
        document["turn"] = 1 if before is None else before.turn + 1
        update: Document = {"$set": document | ({"following": True} if following else {})}
        if following is False:
            update["$unset"] = {"following": ""}
        if before is None:
            await self._workshops.insert_one({"_id": after.run, **update["$set"]}, session=session)
            return
        guard = {"_id": after.run, "turn": before.turn}
        result = await self._workshops.update_one(guard, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the groups of the run have changed since they were read")

    # ---- members

    async def members(self, run: str, session: Session) -> dict[str, Member]:
        """All who are in groups, by nomination."""
        rows: list[Document] = await self._members.find({"run": run}, session=session).to_list(MOST_PEOPLE)
        return {row["_id"]: member_of(row) for row in rows}

    async def member(self, run: str, nomination: str, session: Session) -> Member | None:
        row = await self._members.find_one({"_id": nomination, "run": run}, session=session)
        return None if row is None else member_of(row)

    async def of_person(self, run: str, person: str, session: Session | None = None) -> Member | None:
        with translated_calls():
            row = await self._members.find_one({"run": run, "person": person}, session=session)
        return None if row is None else member_of(row)

    async def groups_of(self, run: str, people: Collection[str], session: Session) -> dict[str, int]:
        """The groups of those of them who are in one, by person."""
        rows = self._members.find({"run": run, "person": {"$in": sorted(people)}}, session=session)
        found = [member_of(row) async for row in rows]
        return {one.person: one.group for one in found if one.group is not None}

    async def of_group(self, run: str, group: int, session: Session) -> list[Member]:
        """In order of nomination."""
        found = self._members.find({"run": run, "group": group}, session=session).sort("_id", 1)
        return [member_of(row) async for row in found]

    async def grouped(self, nominations: Sequence[str]) -> set[str]:
        """Which of these are in a group."""
        with translated_calls():
            rows = self._members.find({"_id": {"$in": list(nominations)}}, {"_id": 1})
            return {row["_id"] async for row in rows}

    async def page(self, run: str, scope: Scope, after: str, limit: int) -> list[Member]:
        """Within the scope, in order of nomination; one more than `limit`, to know of a next page."""
        query: Document = {"run": run, "_id": {"$gt": after}}
        if not scope.all and scope.person is None and scope.unit is not None:
            query["office"] = office_of(scope.unit)
        condition = scope.condition(unit="place.unit", person="person")
        narrowed = {"$and": [query, condition]} if condition else query
        with translated_calls():
            rows = await self._members.find(narrowed).sort("_id", 1).limit(limit + 1).to_list(None)
        return [member_of(row) for row in rows]

    async def write_members(self, changed: Mapping[str, Member], known: Collection[str], session: Session) -> None:
        """`known` have a document already; who is in no group any more has none."""
        left = [DeleteOne({"_id": key}) for key, one in changed.items() if one.group is None and key in known]
        writes: list[DeleteOne | InsertOne[Document] | UpdateOne] = [*left]
        for key, one in changed.items():
            if one.group is not None and key in known:
                writes.append(UpdateOne({"_id": key}, {"$set": {"group": one.group, "by": one.by.value}}))
            elif one.group is not None:
                writes.append(InsertOne(member_document(one)))
        if writes:  # in order: whoever comes again has another nomination, and the old one goes first
            await self._members.bulk_write(writes, ordered=True, session=session)

    # ---- ideas and scores

    async def idea(self, run: str, idea: str, session: Session | None = None) -> Idea | None:
        with translated_calls():
            row = await self._ideas.find_one({"_id": idea, "run": run}, session=session)
        return None if row is None else idea_of(row)

    async def ideas(
        self,
        run: str,
        group: int | None,
        states: Iterable[State],
        after: str,
        limit: int,
        session: Session | None = None,
    ) -> list[Idea]:
        """In the order in which they were begun; of one group, or all; one more than `limit`."""
        query: Document = {"run": run, "_id": {"$gt": after}} | ({} if group is None else {"group": group})
        query["state"] = {"$in": sorted(state.value for state in states)}
        with translated_calls():
            rows = await self._ideas.find(query, session=session).sort("_id", 1).limit(limit + 1).to_list(None)
        return [idea_of(row) for row in rows]

    async def add_idea(self, idea: Idea, session: Session) -> None:
        await self._ideas.insert_one({"_id": idea.id, **idea_document(idea)}, session=session)

    async def write_ideas(self, ideas: Sequence[Idea], session: Session) -> None:
        """Their versions are one more than those that were read. Raises Conflict."""
        writes = [UpdateOne({"_id": one.id, "version": one.version - 1}, {"$set": idea_document(one)}) for one in ideas]
        result = await self._ideas.bulk_write(writes, ordered=False, session=session)
        if result.matched_count != len(writes):
            raise Conflict("the idea has changed since it was read")

    async def write_score(self, run: str, score: Score, at: datetime, session: Session) -> None:
        """In the place of an earlier one of that judge."""
        key, document = f"{score.idea}:{score.judge}", score_document(run, score, at)
        await self._scores.update_one({"_id": key}, {"$set": document}, upsert=True, session=session)

    async def scores(self, run: str, session: Session) -> list[Score]:
        rows: list[Document] = await self._scores.find({"run": run}, session=session).to_list(MOST_SCORES)
        return [score_of(row) for row in rows]

    async def scores_of(self, idea: str, after: str, limit: int) -> list[Score]:
        """By judge; one more than `limit`."""
        query = {"idea": idea, "_id": {"$gt": after}}
        with translated_calls():
            rows = await self._scores.find(query).sort("_id", 1).limit(limit + 1).to_list(None)
        return [score_of(row) for row in rows]
