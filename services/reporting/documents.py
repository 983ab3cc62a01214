"""Rows, rollups and descriptions as documents and back. Knows the forms only; storage.py knows where they are."""

from functools import lru_cache
from typing import Any, TypeVar

from services.reporting.descriptions import Description, Membership, Programme, Run, Unit
from services.reporting.domain import Bucket, Place, Row
from services.reporting.rollups import Cell, Rollup, RollupChange
from shared.events.enrolment import NominationState, Rank
from shared.mongo import Document

D = TypeVar("D", Programme, Run, Unit)
_ESCAPED = {ord("%"): "%25", ord("."): "%2E", ord("$"): "%24", ord("|"): "%7C", 0: "%00"}
_STATES = {state.value: state for state in NominationState}
_RANKS = {rank.value: rank for rank in Rank}


@lru_cache(maxsize=20_000)
def field_name(*parts: str | None) -> str:
    """Parts of a key as one field name: what means something in a path is escaped. None and "" are the same."""
    return "|".join((part or "").translate(_ESCAPED) for part in parts)


@lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """What `field_name` was given, with "" for None."""
    parts = []
    for part in name.split("|"):
        for code, escape in _ESCAPED.items():
            if code != ord("%"):
                part = part.replace(escape, chr(code))
        parts.append(part.replace("%25", "%"))
    return tuple(parts)


def document_of_row(row: Row) -> Document:
    return {
        "_id": row.nomination,
        "bucket": row.bucket,
        "run": row.run,
        "target": row.target,
        "unit": row.unit,
        "person": row.person,
        "rank": row.rank.value,
        "place": list(row.place),
        "state": row.state.value,
        "since": row.since,
    }


def row_of(document: Document) -> Row:
    return Row(
        document["_id"],
        document["bucket"],
        document["run"],
        document["target"],
        document["unit"],
        document["person"],
        _RANKS[document["rank"]],
        Place(*document["place"]),
        _STATES[document["state"]],
        document["since"],
    )


def document_of_bucket(bucket: Bucket) -> Document:
    return {
        "place": list(bucket.place),
        "seats": bucket.seats,
        "confirmed": bucket.confirmed,
        "open": bucket.open,
    }


def change_of(document: Document) -> RollupChange:
    """A stored rollup, ready to take changes. Cells need not have been read."""
    buckets: Document = document.get("buckets", {})

    def stored(target: str, unit: str) -> Bucket | None:
        found = buckets.get(field_name(target, unit))
        return None if found is None else _bucket(target, unit, found)

    return RollupChange(document["_id"], stored, last=document["last"])


def update_of(change: RollupChange) -> Document:
    """One update that adds what a batch changed: counters by difference, touched buckets as they are now."""
    values: Document = {
        "programme": change.programme,
        "fiscal_year": change.fiscal_year,
        "starts_at": change.starts_at,
        "last": change.last,
    }
    for key, bucket in change.buckets.items():
        values[f"buckets.{field_name(*key)}"] = document_of_bucket(bucket)
    added = {f"cells.{cell_name(cell)}.{name}": by for (cell, name), by in change.added.items() if by}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def cell_name(cell: Cell) -> str:
    return field_name(cell.target, cell.unit, *cell.place)


def rollup_of(document: Document) -> Rollup:
    return Rollup(
        run=document["_id"],
        programme=document["programme"],
        fiscal_year=document["fiscal_year"],
        starts_at=document["starts_at"],
        last=document["last"],
        buckets={
            (target, unit): _bucket(target, unit, found)
            for (target, unit), found in ((parts_of(n), b) for n, b in document.get("buckets", {}).items())
        },
        cells={_cell(name): counts for name, counts in document.get("cells", {}).items()},
    )


def _bucket(target: str, unit: str, found: Document) -> Bucket:
    return Bucket(target, unit, Place(*found["place"]), found["seats"], found["confirmed"], found["open"])


@lru_cache(maxsize=20_000)
def _cell(name: str) -> Cell:
    target, unit, own, province, group, region = parts_of(name)
    return Cell(target, unit, Place(own, province or None, group or None, region))


def document_of(description: Description) -> Document:
    found: dict[str, Any] = description._asdict()
    return {"_id": found.pop("id"), **found}


def description_of(kind: type[D], document: Document) -> D:
    found = {**document, "id": document["_id"]}
    if kind is Unit:
        found["memberships"] = tuple(Membership(*one) for one in document["memberships"])
    if kind is Programme:
        found["framework_tags"] = tuple(document["framework_tags"])
    return kind(**{name: found[name] for name in kind._fields})
