"""Certificates, their registers and their issue in the database: alone knows their documents."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.enrolment.certificates.domain.certificates import Certificate, State
from services.enrolment.certificates.domain.registers import Register
from services.enrolment.certificates.domain.tasks import Issue
from services.enrolment.certificates.storage.documents import (
    certificate_document,
    certificate_of,
    issue_document,
    issue_of,
    office_of,
    register_of,
)
from services.enrolment.certificates.storage.specs import CERTIFICATES, COLLECTIONS, ISSUES, REGISTERS
from shared.events.certificates import issue_aggregate
from shared.mongo import Conflict, Database, Document, InsertOne, Session, majority, translated_calls
from shared.portions import portions
from shared.rights import Scope

AT_ONCE = 200


class Certificates:
    """The collections of this feature."""

    collections = COLLECTIONS

    def __init__(self, database: Database) -> None:
        self._certificates = database[CERTIFICATES.name]
        self._registers = database[REGISTERS.name]
        self._issues = database[ISSUES.name]

    async def register(self, id: str, session: Session) -> Register:
        return register_of(id, await self._registers.find_one({"_id": id}, session=session))

    async def write_register(self, before: Register, after: Register, session: Session) -> None:
        """Raises Conflict when it has changed since it was read; DuplicateKey when another one began it just now."""
        row = {"last": after.last, "seq": after.seq}
        if before.seq == 0:
            await self._registers.insert_one({"_id": after.id, **row}, session=session)
            return
        result = await self._registers.update_one({"_id": after.id, "seq": before.seq}, {"$set": row}, session=session)
        if result.matched_count != 1:
            raise Conflict("the register has changed since it was read")

    async def insert(self, issued: Sequence[Certificate], session: Session) -> None:
        """Raises DuplicateKey when somebody has got one in this run meanwhile."""
        if issued:
            rows = [InsertOne(certificate_document(one)) for one in issued]
            await self._certificates.bulk_write(rows, ordered=False, session=session)

    async def update(self, after: Certificate, before: Certificate, at: datetime, session: Session) -> None:
        """What a change of state changes; `at` is system time. Raises Conflict."""
        fields: Document = {"state": after.state.value}
        if after.revoked_at != before.revoked_at:
            fields["revoked_at"] = after.revoked_at
            fields |= {} if after.reason is None else {"reason": after.reason, "revoked_at_system_time": at}
        update: Document = {"$set": fields}
        if after.replaced_by is not None:
            fields["replaced_by"] = after.replaced_by
            update["$unset"] = {"holds": ""}
        query = {"_id": after.id, "state": before.state.value}
        result = await self._certificates.update_one(query, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the certificate has changed since it was read")

    async def holding(self, run: str, people: Collection[str], session: Session) -> set[str]:
        """Those of these people who have had a certificate of the run, revoked or not: they get no other by a rule."""
        query = {
            "run": run,
            "person": {"$in": list(people)},
        }  # not by the partial index: SecantusDB serves no `$in` there
        rows = self._certificates.find(query, {"person": 1, "holds": 1}, session=session)
        return {row["person"] async for row in rows if row.get("holds")}

    async def one(self, run: str, id: str, scope: Scope, session: Session | None = None) -> Certificate | None:
        query = {"_id": id, "run": run, **_in_scope(scope)}
        with translated_calls():
            row = await self._certificates.find_one(query, session=session)
        return None if row is None else certificate_of(row)

    async def by_code(self, code: str) -> Certificate | None:
        """Read so that it cannot be rolled back: somebody relies on it."""
        with translated_calls():
            row = await majority(self._certificates).find_one({"code": code})
        return None if row is None else certificate_of(row)

    async def valid_of(self, people: Collection[str]) -> list[tuple[str, str]]:
        """Person and run of every valid certificate of these people. Cannot be rolled back."""
        found: list[tuple[str, str]] = []
        with translated_calls():
            for some in portions(sorted(people)):
                query = {"person": {"$in": list(some)}, "state": State.VALID.value}
                rows = majority(self._certificates).find(query, {"person": 1, "run": 1})
                found += [(row["person"], row["run"]) async for row in rows]
        return found

    async def page(self, run: str, scope: Scope, after: str | None, limit: int) -> list[Certificate]:
        """In order of issue, one more than `limit`. Each scope is served by an index of its own."""
        query: Document = {"run": run, **_in_scope(scope)}
        if not scope.all and scope.person is not None and scope.unit is None:
            query["person"] = scope.person
        elif not scope.all and scope.unit is not None and scope.person is None:
            query["office"] = office_of(scope.unit)
        if after is not None:
            query["_id"] = {"$gt": after}
        cursor = self._certificates.find(query).sort("_id", 1).limit(limit + 1)
        with translated_calls():
            return [certificate_of(row) async for row in cursor]

    async def issue(self, run: str, session: Session | None = None) -> Issue | None:
        with translated_calls():
            row = await self._issues.find_one({"_id": issue_aggregate(run)}, session=session)
        return None if row is None else issue_of(row)

    async def write_issue(self, before: Issue | None, after: Issue, session: Session) -> None:
        """Raises Conflict when it has changed since it was read, DuplicateKey when another one began it just now."""
        row = issue_document(after)
        if before is None:
            await self._issues.insert_one(row, session=session)
            return
        query = {"_id": row["_id"], "version": before.version}
        result = await self._issues.replace_one(query, row, session=session)
        if result.matched_count != 1:
            raise Conflict("the issue has gone on since it was read")

    async def claim(self, issue: Issue, session: Session) -> Issue | None:
        """The next version of it, for this transaction alone; None when it has gone on. The first write of a page: of
        two that work on the same run one loses here, before it has read everybody of the page."""
        query = {"_id": issue_aggregate(issue.run), "version": issue.version}
        result = await self._issues.update_one(query, {"$inc": {"version": 1}}, session=session)
        return replace(issue, version=issue.version + 1) if result.matched_count == 1 else None

    async def next_running(self, after: str) -> str | None:
        """The run behind this one whose certificates are being issued."""
        query = {"running": True, "_id": {"$gt": issue_aggregate(after)}}
        with translated_calls():
            row = await self._issues.find_one(query, {"run": 1}, sort=[("_id", 1)])
        return None if row is None else str(row["run"])

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """The name and the reasons, of a page behind the id `after`. The id to go on behind; None when that was all."""
        query = {"person": person, "_id": {"$gt": after}}
        found = self._certificates.find(query, {"_id": 1}, session=session).sort("_id", 1).limit(AT_ONCE + 1)
        ids = [row["_id"] async for row in found]
        if ids:
            gone = {"$unset": {"name": "", "reason": "", "revoked_at_system_time": ""}}
            await self._certificates.update_many({"_id": {"$in": ids[:AT_ONCE]}}, gone, session=session)
        return ids[AT_ONCE - 1] if len(ids) > AT_ONCE else None

    async def remove_reasons(self, before: datetime) -> bool:
        """Of a page of those revoked before; whether there may be more."""
        query = {"revoked_at_system_time": {"$lt": before}}
        with translated_calls():
            rows = self._certificates.find(query, {"_id": 1}).sort("revoked_at_system_time", 1).limit(AT_ONCE)
            ids = [row["_id"] async for row in rows]
            if ids:
                gone = {"$unset": {"reason": "", "revoked_at_system_time": ""}}
                await self._certificates.update_many({"_id": {"$in": ids}}, gone)
        return len(ids) == AT_ONCE


def _in_scope(scope: Scope) -> Document:
    return scope.condition(unit="place.unit", person="person")
