"""Collections as a service needs them: made with their indexes and validators when they are missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import CollectionInvalid, OperationFailure

from shared.mongo.connecting import Database, Document


@dataclass(frozen=True)
class Index:
    """One index: fields in order (a leading `-` means descending)."""

    fields: tuple[str, ...]
    unique: bool = False
    only: Document | None = None
    expire_after_seconds: int | None = None
    sparse: bool = False  # only documents that have a field; SecantusDB serves no `$in` by what `only` says of it

    @property
    def name(self) -> str:
        """A stable name, so that a start on an old database finds the index again."""
        return "_".join(f.replace("-", "down_").replace(".", "_") for f in self.fields) + "_sparse" * self.sparse

    def keys(self) -> list[tuple[str, int]]:
        """As the driver wants them."""
        return [(f.removeprefix("-"), DESCENDING if f.startswith("-") else ASCENDING) for f in self.fields]

    def options(self) -> Document:
        """As the driver wants them; absent ones are left out because engines compare them."""
        chosen: Document = {"name": self.name} | {way: True for way in ("unique", "sparse") if getattr(self, way)}
        if self.only is not None:
            chosen["partialFilterExpression"] = self.only
        if self.expire_after_seconds is not None:
            chosen["expireAfterSeconds"] = self.expire_after_seconds
        return chosen


@dataclass(frozen=True)
class CollectionSpec:
    """A collection as a service needs it."""

    name: str
    indexes: tuple[Index, ...] = ()
    validator: Document | None = None


async def prepare(db: Database, specs: Iterable[CollectionSpec]) -> None:
    """Makes the collections, validators and indexes that are missing. Safe to run by several replicas at once."""
    existing = {row["name"]: row.get("options", {}) async for row in await db.list_collections()}
    for spec in specs:
        if spec.name not in existing:
            await _create(db, spec)
        elif spec.validator is not None and existing[spec.name].get("validator") != spec.validator:
            # Only when it differs: this waits for every transaction on the collection, and holds up the next ones.
            await db.command({"collMod": spec.name, "validator": spec.validator})
        for index in spec.indexes:
            await db[spec.name].create_index(index.keys(), **index.options())


async def _create(db: Database, spec: CollectionSpec) -> None:
    options: Document = {} if spec.validator is None else {"validator": spec.validator}
    try:
        await db.create_collection(spec.name, **options)
    except CollectionInvalid:
        return  # another replica was faster
    except OperationFailure as error:
        if error.code != 48:  # NamespaceExists
            raise
