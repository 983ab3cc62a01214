"""Defects that are planted in the stores of a played system, and taken out again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.security_log.storage import log_of

ENROLMENT, NOTIFICATION, REPORTING = "/pattana/enrolment", "/pattana/notification", "/pattana/reporting"
Document = dict[str, Any]
Undo = Callable[[], Awaitable[Any]]


class Stores:
    """The stores of a played system; every change can be taken back."""

    def __init__(self, databases: Document, mail: Path, active: Mapping[str, int]) -> None:
        """`active`: the generations of what is kept by generation."""
        self._databases = databases
        self._active = active
        self.mail = mail
        self.undo: list[Undo] = []

    def __call__(self, source: str, name: str) -> Any:
        return self._databases[source][name.replace("_active", f"_g{self._active.get(source)}")]

    async def one(self, source: str, name: str, query: Document, place: int = 0) -> Document:
        """A document that is there; `place` chooses among several."""
        found = await self(source, name).find(query).sort("_id", 1).skip(place).limit(1).to_list(None)
        assert found, (name, query, place)
        document: Document = found[0]
        return document

    async def change(self, source: str, name: str, document: Document, **values: Any) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.replace_one({"_id": document["_id"]}, document))
        await collection.update_one({"_id": document["_id"]}, {"$set": values | _out_of_sight(name)})

    async def drop(self, source: str, name: str, document: Document) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.insert_one(document))
        await collection.delete_one({"_id": document["_id"]})

    async def add(self, source: str, name: str, document: Document) -> None:
        collection = self(source, name)
        self.undo.append(lambda: collection.delete_one({"_id": document["_id"]}))
        await collection.insert_one(document | _out_of_sight(name))

    async def add_to_log(self, source: str, document: Document) -> None:
        """The security log of a service, which lies beside its database."""
        log = log_of(self._databases[source])
        self.undo.append(lambda: log.delete_one({"_id": document["_id"]}))
        await log.insert_one(document)


def _out_of_sight(name: str) -> Document:
    """The relay, which runs beside, may look at its tail meanwhile and would send a row with such a mark once more, as
    planted. It finds rows by their place; the audit does not ask for it."""
    return {"place": "planted"} if name == "outbox" else {}


Plant = Callable[[Stores], Awaitable[str]]  # returns what a difference must say


@dataclass(frozen=True)
class Defect:
    """`check` must say what the plant returns; `unchecked`: as something that it could not check."""

    name: str
    check: str
    plant: Plant
    unchecked: bool = False


def wrong(
    source: str, name: str, query: Document, field: str, value: Any, place: int = 0, says: str = "{key}"
) -> Plant:
    """Another value in one field of one document."""

    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query, place)
        await stores.change(source, name, document, **{field: value})
        return says.format(key=document["_id"], field=field, nomination=document.get("nomination"))

    return plant


def gone(source: str, name: str, query: Document, place: int = 0, says: str = "{key}") -> Plant:
    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query, place)
        await stores.drop(source, name, document)
        return says.format(key=document["_id"], nomination=document.get("nomination"))

    return plant


def copied(source: str, name: str, query: Document, key: str, says: str | None = None, **values: Any) -> Plant:
    """One document too many."""

    async def plant(stores: Stores) -> str:
        document = await stores.one(source, name, query)
        document.pop("live", None)
        await stores.add(source, name, {**document, **values, "_id": key})
        return says or key

    return plant


async def answered_by_nobody(stores: Stores) -> str:
    """Four of eight are told, too."""
    counts = {"answered": 8, "held": 4, "released": 4, "withheld": 0, "gains": 0, "gained": 0, "seq": 0, "version": 1}
    rest: Document = {"opens_at": None, "closes_at": None, "closed": True, "sums": [], "pool": None, "chosen": None}
    row = {"_id": "r-x:REACTION", "run": "r-x", "form": "REACTION", **counts, **rest}
    await stores.add(ENROLMENT, "evaluations", row)
    return "r-x:REACTION counts 8 answers, 0 people"


async def released_by_nobody(stores: Stores) -> str:
    bucket = await stores.one(ENROLMENT, "buckets", {"target": {"$exists": True}}, 3)
    row = {"run": bucket["run"], "target": bucket["target"], "source": bucket["bucket_unit"], "to": "PO"}
    await stores.add(ENROLMENT, "released_seats", {**row, "_id": f"{bucket['run']}:planted"})
    return f"bucket {bucket['_id']} gave up 0 seats, of released seats 1 are listed"


async def one_held(stores: Stores) -> str:
    row = {"consumer": "notification", "wait": "PARKED", "source": ENROLMENT, "subject": "x", "seq": 1, "retry": False}
    await stores.add(NOTIFICATION, "held", {"_id": "planted", **row})
    return "events that notification has not applied (parked)"


async def applied_though_held(stores: Stores) -> str:
    """A record that no service has sent, parked and applied all the same."""
    document = await stores.one(NOTIFICATION, "positions", {"_id": {"$regex": "contact:"}}, 1)
    consumer, source, subject = document["_id"].split("|")
    row = {"consumer": consumer, "wait": "PARKED", "source": source, "subject": subject, "seq": 77, "retry": False}
    await stores.add(NOTIFICATION, "held", {"_id": "planted-too", **row})
    await stores.change(NOTIFICATION, "positions", document, seq=77)
    return f"{subject}:77, no outbox"
