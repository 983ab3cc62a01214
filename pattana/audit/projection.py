"""Reads what consumers made of a run's events: the report, and the messages that there are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pattana.audit.documents import ENROLMENT, NOTIFICATION, delegation_of
from pattana.audit.history import Kind
from services.notification.reacting import CONSUMER
from services.reporting.projecting import CONSUMER as REPORTING_CONSUMER
from services.reporting.storage import SEATED
from shared.messaging.generations import POINTERS, consumer_name
from shared.messaging.held import DISCARDS
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.messaging.positions import position_id
from shared.mongo import Collection, Database, Document, Session, transaction, translated_calls

AT_ONCE = 1_000
SNAPSHOT_SECONDS = 8.0


@dataclass(slots=True)
class Reported:
    """One run's positions and roll-ups, by bucket."""

    last: dict[str, int] = field(default_factory=dict)
    rollups: dict[str, Document] = field(default_factory=dict)


class ReportedAttendance(NamedTuple):
    """`gone`: by nomination, whether the report says that its seat was given back; `states` are those of its rows."""

    last: int
    documents: list[Document]
    gone: Mapping[str, bool]
    states: Mapping[str, str]


class Reports:
    """The active generation of reports."""

    def __init__(self, database: Database, generation: int) -> None:
        self._database = database
        self.generation = generation
        self.consumer = consumer_name(REPORTING_CONSUMER, generation)
        self._rollups = database[f"rollups_g{generation}"]
        self._rows = database[f"nominations_g{generation}"]

    @classmethod
    async def answering(cls, database: Database) -> "Reports":
        return cls(database, await active_generation(database))

    def collection(self, name: str) -> Collection:
        """One of the generation's collections."""
        return self._database[f"{name}_g{self.generation}"]

    async def of_run(self, run: str) -> Reported:
        """Report and positions at the same moment."""

        async def work(session: Session) -> Reported:
            subjects = await positions_of(self._database, self.consumer, f"{run}:", session)
            last = {subject: seq for subject, seq in subjects.items() if subject.count(":") == 2}  # not forms
            documents: list[Document] = await self._rollups.find({"run": run}, session=session).to_list(None)
            return Reported(last, {document["_id"]: document for document in documents})

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def described(self, kind: Kind, ids: Sequence[str]) -> tuple[dict[str, int], dict[str, dict[str, Any]]]:
        """Positions and documents of these programmes, runs or units, at the same moment."""

        async def work(session: Session) -> tuple[dict[str, int], dict[str, dict[str, Any]]]:
            last = await positions_at(self._database, self.consumer, ids, session)
            cursor = self._database[f"{kind}s_g{self.generation}"].find({"_id": {"$in": list(ids)}}, session=session)
            return last, {row["_id"]: row async for row in cursor}

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def still_answers(self) -> bool:
        """Whether this generation is still active: the collections of an old one are dropped."""
        return (await Reports.answering(self._database)).generation == self.generation

    async def moment(self, bucket: str, ids: Sequence[str]) -> tuple[int, dict[str, dict[str, Any]]]:
        """The position of a bucket, and these of its rows, at the same moment."""

        async def work(session: Session) -> tuple[int, dict[str, dict[str, Any]]]:
            last = await positions_at(self._database, self.consumer, [bucket], session)
            cursor = self._rows.find({"_id": {"$in": list(ids)}}, session=session)
            return last.get(bucket, 0), {row["_id"]: row async for row in cursor}

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def attendance(self, subject: str, run: str) -> "ReportedAttendance":
        """The position in the attendance of a run, and what the report has of it, at the same moment."""

        async def work(session: Session) -> ReportedAttendance:
            last = await positions_at(self._database, self.consumer, [subject], session)
            of_run = [
                await self.collection(name).find({"run": run}, session=session).to_list(None)
                for name in ("attendance", "absences")
            ]
            absent = {row["_id"].removeprefix(f"{run}:"): row["gone"] for row in of_run[1]}
            rows = self._rows.find({"_id": {"$in": list(absent)}}, {"state": True}, session=session)
            states = {row["_id"]: row["state"] async for row in rows}
            return ReportedAttendance(last.get(subject, 0), of_run[0], absent, states)

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def workshop(self, subject: str, run: str) -> tuple[int, Document | None]:
        """The same of groups and ideas."""

        async def work(session: Session) -> tuple[int, Document | None]:
            last = await positions_at(self._database, self.consumer, [subject], session)
            return last.get(subject, 0), await self.collection("workshops").find_one({"run": run}, session=session)

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def follow_ups(self, subject: str, run: str) -> tuple[int, list[Document]]:
        """The same of what is to be done after it."""

        async def work(session: Session) -> tuple[int, list[Document]]:
            last = await positions_at(self._database, self.consumer, [subject], session)
            found = self.collection("follow_ups").find({"run": run}, session=session)
            documents: list[Document] = await found.to_list(None)
            return last.get(subject, 0), documents

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def rows(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The rows of these nominations. In a running system they may be newer than the report."""
        with translated_calls():
            cursor = self._rows.find({"_id": {"$in": list(ids)}}, batch_size=AT_ONCE)
            return {row["_id"]: row async for row in cursor}

    async def seated(self, buckets: Sequence[str]) -> dict[str, Counter[str]]:
        """Who has the seats of these buckets, as answers find them. They may be newer than the report."""
        with translated_calls():
            return await self._seated(buckets)

    async def seated_at(self, bucket: str) -> tuple[int, Counter[str]]:
        """The position of a bucket, and who has its seats, at the same moment."""

        async def work(session: Session) -> tuple[int, Counter[str]]:
            last = await positions_at(self._database, self.consumer, [bucket], session)
            return last.get(bucket, 0), (await self._seated([bucket], session)).get(bucket, Counter())

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def _seated(self, buckets: Sequence[str], session: Session | None = None) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        query = {**SEATED, "bucket": {"$in": list(buckets)}}
        fields = {"_id": False, "bucket": True, "person": True}
        async for row in self._rows.find(query, fields, session=session, batch_size=AT_ONCE):
            found.setdefault(row["bucket"], Counter())[row["person"]] += 1
        return found

    async def last_of(self, subjects: Sequence[str]) -> dict[str, int]:
        """Its positions in these subjects."""
        with translated_calls():
            return await positions_at(self._database, self.consumer, subjects)

    async def discarded(self, subject: str) -> set[int]:
        """Sequences of this subject that were discarded."""
        return await discarded(self._database, subject)


async def active_generation(database: Database) -> int:
    """Without a pointer the first one, which is empty."""
    with translated_calls():
        pointer = await database[POINTERS.name].find_one({})
    return 1 if pointer is None else int(pointer["active"])


async def discarded(database: Database, subject: str) -> set[int]:
    """Sequences of this subject that a service discarded."""
    with translated_calls():
        cursor = database[DISCARDS.name].find({"source": ENROLMENT, "subject": subject})
        return {row["seq"] async for row in cursor}


async def positions_of(
    database: Database, consumer: str, prefix: str, session: Session | None = None
) -> dict[str, int]:
    """The positions of one consumer in the subjects that begin with the prefix."""
    start = f"{consumer}|{ENROLMENT}|{prefix}"
    query = {"_id": {"$gte": start, "$lt": f"{start[:-1]}{chr(ord(start[-1]) + 1)}"}}
    cursor = database[POSITIONS.name].find(query, session=session)
    return {row["_id"].split("|", 2)[2]: row["seq"] async for row in cursor}


async def positions_at(
    database: Database, consumer: str, subjects: Sequence[str], session: Session | None = None
) -> dict[str, int]:
    """The positions of one consumer in these subjects, without those that it has never seen."""
    ids = [position_id(consumer, (ENROLMENT, subject)) for subject in subjects]
    cursor = database[POSITIONS.name].find({"_id": {"$in": ids}}, session=session)
    return {row["_id"].split("|", 2)[2]: row["seq"] async for row in cursor}


class Mailbox:
    """The messages of the notification service, by id."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._database = databases[NOTIFICATION]

    async def last(self, prefix: str) -> dict[str, int]:
        """Notification's positions in the subjects with this prefix. Read them before the messages."""
        consumer = await self._consumer()
        with translated_calls():
            return await positions_of(self._database, consumer, prefix)

    async def last_of(self, subjects: Sequence[str]) -> dict[str, int]:
        """The same for these subjects."""
        consumer = await self._consumer()
        with translated_calls():
            return await positions_at(self._database, consumer, subjects)

    async def _consumer(self) -> str:
        """That of the generation that acts now; one that was replaced may be gone at any time."""
        return consumer_name(CONSUMER, await active_generation(self._database))

    async def collection(self, name: str) -> Collection:
        """One of the collections of the generation that acts now."""
        return self._database[f"{name}_g{await active_generation(self._database)}"]

    async def delegated(self, subjects: Sequence[str]) -> tuple[dict[str, int], dict[str, Document]]:
        """Its positions in these delegations, and what it knows of them, at the same moment."""
        generation = await active_generation(self._database)
        consumer, found = consumer_name(CONSUMER, generation), self._database[f"delegations_g{generation}"]
        ids = [delegation_of(subject) for subject in subjects]

        async def work(session: Session) -> tuple[dict[str, int], dict[str, Document]]:
            last = await positions_at(self._database, consumer, subjects, session)
            rows = found.find({"_id": {"$in": ids}}, session=session)
            return last, {row["_id"]: row async for row in rows}

        return await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)

    async def discarded(self, subject: str) -> set[int]:
        return await discarded(self._database, subject)

    async def missing(self, ids: Iterable[str]) -> list[str]:
        keys = list(ids)
        stored: set[str] = set()
        for start in range(0, len(keys), AT_ONCE):
            query = {"_id": {"$in": keys[start : start + AT_ONCE]}}
            with translated_calls():
                stored.update([row["_id"] async for row in self._database["messages"].find(query, {"_id": True})])
        return [key for key in keys if key not in stored]
