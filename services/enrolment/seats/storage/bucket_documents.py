"""Buckets as documents, and the guarded writes that cannot overbook."""

from collections.abc import Mapping
from typing import Any, Final

from services.enrolment.seats.domain.model import Bucket, Growing
from shared.events.seats import Place
from shared.mongo import Document, UpdateOne

_LENT: Final = ("held", "returning", "borrowed")  # most buckets have none of these
_MOVED: Final = ("released", "received")
_RARE: Final = ("id", "place", "growing", *_LENT, *_MOVED)
PLAIN_FIELDS: Final = tuple(name for name in Bucket.__slots__ if name not in _RARE)


def bucket_document(bucket: Bucket) -> Document:
    """As stored."""
    fields: dict[str, Any] = {name: getattr(bucket, name) for name in PLAIN_FIELDS}
    lent = {name: value for name in _LENT if (value := getattr(bucket, name))}
    return {"_id": bucket.id, **fields, **lent, "place": bucket.place.model_dump()}


def bucket_of(row: Document) -> Bucket:
    """From its document."""
    fields = {name: row[name] for name in PLAIN_FIELDS}
    growing = row.get("growing")
    return Bucket(
        id=row["_id"],
        place=place_of(row["place"]),
        growing=None if growing is None else Growing(**growing),
        released=row.get("released", 0),
        received=row.get("received", 0),
        **fields,
        **{name: row[name] for name in _LENT if name in row},
    )


def place_of(row: Mapping[str, Any]) -> Place:
    """What was stored by us needs no second validation."""
    return Place.model_construct(unit=row["unit"], province=row["province"], group=row["group"], region=row["region"])


def guarded(before: Bucket, after: Bucket) -> UpdateOne:
    """The guard repeats what the decision was based on, so a seat is taken only while it is free."""
    steps = {"free": after.free - before.free, "waiting": after.waiting - before.waiting, "seq": after.seq - before.seq}
    guard: Document = {
        "_id": before.id,
        "seq": before.seq,
        "open": before.open,
        "free": {"$gte": max(0, -steps["free"])},
    }
    steps |= {name: by for name in _LENT if (by := getattr(after, name) - getattr(before, name))}
    update: Document = {"$inc": steps}
    if (after.seats, after.open) != (before.seats, before.open):
        update["$set"] = {"seats": after.seats, "open": after.open}
    for name in _MOVED:
        if getattr(after, name) != getattr(before, name):
            update["$set"] = {**update.get("$set", {}), name: getattr(after, name)}
    if after.growing is not before.growing:
        update |= _growth(after, update.get("$set", {}))
    return UpdateOne(guard, update)


def moved(before: Bucket, after: Bucket) -> UpdateOne:
    """The copies of the run's start, year and groups, guarded by the sequence."""
    fields = {
        "seq": after.seq,
        "run_starts_at": after.run_starts_at,
        "fiscal_year": after.fiscal_year,
        "place": after.place.model_dump(),
    }
    return UpdateOne({"_id": before.id, "seq": before.seq}, {"$set": fields})


def _growth(bucket: Bucket, fields: Document) -> Document:
    if bucket.growing is None:
        return {"$unset": {"growing": ""}}
    growing = {"seats": bucket.growing.seats, "by": bucket.growing.by}
    return {"$set": fields | {"growing": growing | ({"free": True} if bucket.growing.free else {})}}
