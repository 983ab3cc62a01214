"""Reads what enrolment stores about one run: its buckets, each with its nominations at the same moment."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pattana.audit.states import LIVE
from pattana.audit.unnamed import Fields, audited
from shared.mongo import Collection, Database, Document, Session, majority, transaction, translated_calls

SNAPSHOT_SECONDS = 8.0
DIVIDED_FIELDS = {"state": True, "capacity": True, "allocated": True}
RELEASED_FIELDS = {"source": True, "to": True, "target": True}
SEATS_FIELDS = {"seats": True, "growing": True, "borrowed": True, "target": True}


@dataclass(frozen=True, slots=True)
class Divided:
    """The seats that a run is said to have, those that its buckets have or are to have, and its capacity. `cancelled`:
    what was still to be given by then is given to nobody. `astray`: target groups whose pools have lent other seats
    than their units have got."""

    said: int
    given: int
    capacity: int
    cancelled: bool
    astray: tuple[str, ...] = ()


def divided_of(run: Document, buckets: Iterable[Document]) -> Divided:
    rows = list(buckets)
    given = sum(row["growing"]["seats"] if row.get("growing") else row["seats"] for row in rows)
    lent: Counter[str] = Counter()
    for row in rows:
        lent[row.get("target", "")] += row.get("borrowed", 0)
    astray = tuple(sorted(target for target, count in lent.items() if count))
    return Divided(run["allocated"], given, run["capacity"], run["state"] == "CANCELLED", astray)


@dataclass(slots=True)
class Stored:
    """The documents of one run. `nominations` by bucket."""

    buckets: dict[str, Document] = field(default_factory=dict)
    nominations: dict[str, list[Document]] = field(default_factory=dict)

    def live(self) -> Iterator[Document]:
        return (row for rows in self.nominations.values() for row in rows if row["state"] in LIVE)


class Enrolled:
    def __init__(self, database: Database, nominations: Collection, fields: Fields | None) -> None:
        self.database = database
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

    async def divided(self, run: str) -> "Divided | None":
        """The seats of the run and of its buckets at the same moment; None where the run has no document."""

        async def work(session: Session) -> Divided | None:
            row = await self.database["runs"].find_one({"_id": run}, DIVIDED_FIELDS, session=session)
            cursor = self.database["buckets"].find({"run": run}, SEATS_FIELDS, session=session)
            return None if row is None else divided_of(row, [bucket async for bucket in cursor])

        return await transaction(self.database.client, work, deadline=SNAPSHOT_SECONDS)

    async def released(self, run: str) -> list[Document]:
        """The seats that releases have moved: at most as many as the run has."""
        with translated_calls():
            rows = self.database["released_seats"].find({"run": run}, RELEASED_FIELDS)
            return [row async for row in rows]

    async def _again(self, key: str, stored: Stored) -> None:
        async def work(session: Session) -> tuple[Document | None, list[Document]]:
            bucket = await self.database["buckets"].find_one({"_id": key}, session=session)
            cursor = self._nominations.find({"bucket": key}, self._fields, session=session)
            return bucket, [row async for row in cursor]

        bucket, nominations = await transaction(self.database.client, work, deadline=SNAPSHOT_SECONDS)
        if bucket is not None:
            stored.buckets[key], stored.nominations[key] = bucket, nominations
