"""Reads what enrolment stores about one run: its buckets, each with its nominations at the same moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pattana.audit.buckets import LIVE
from pattana.audit.unnamed import Fields, audited
from shared.mongo import Collection, Database, Document, Session, majority, transaction, translated_calls

SNAPSHOT_SECONDS = 8.0


@dataclass(slots=True)
class Stored:
    """The documents of one run. `nominations` by bucket."""

    buckets: dict[str, Document] = field(default_factory=dict)
    nominations: dict[str, list[Document]] = field(default_factory=dict)

    def live(self) -> Iterator[Document]:
        return (row for rows in self.nominations.values() for row in rows if row["state"] in LIVE)


class Enrolled:
    def __init__(self, database: Database, nominations: Collection, fields: Fields | None) -> None:
        self._database = database
        self._buckets: Collection = majority(database["buckets"])
        self._nominations = nominations
        self._fields = fields

    @classmethod
    async def of(cls, database: Database) -> "Enrolled":
        return cls(database, *await audited(database, "nominations"))

    async def runs(self, *, open_only: bool) -> list[str]:
        """The runs that have buckets, or an open one."""
        with translated_calls():
            runs: list[str] = await self._buckets.distinct("run", {"open": True} if open_only else {})
        return runs

    async def of_run(self, run: str) -> Stored:
        """A large run is read without a transaction, which would time out. Buckets that changed meanwhile are read
        again, each with its nominations in one snapshot."""
        stored = Stored()
        query = {"run": run}
        with translated_calls():
            stored.buckets = {row["_id"]: row async for row in self._buckets.find(query)}
            async for row in majority(self._nominations).find(query, self._fields):
                stored.nominations.setdefault(row["bucket"], []).append(row)
            now = {row["_id"]: row["seq"] async for row in self._buckets.find(query, {"seq": True})}
        for key, seq in now.items():
            if key not in stored.buckets or stored.buckets[key]["seq"] != seq:
                await self._again(key, stored)
        return stored

    async def _again(self, key: str, stored: Stored) -> None:
        async def work(session: Session) -> tuple[Document | None, list[Document]]:
            bucket = await self._database["buckets"].find_one({"_id": key}, session=session)
            cursor = self._nominations.find({"bucket": key}, self._fields, session=session)
            return bucket, [row async for row in cursor]

        bucket, nominations = await transaction(self._database.client, work, deadline=SNAPSHOT_SECONDS)
        if bucket is not None:
            stored.buckets[key], stored.nominations[key] = bucket, nominations
