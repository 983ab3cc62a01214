"""Rows, rollups and descriptions as documents and back. Knows the forms only, not where they are stored."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from services.reporting.projecting import (
    Bucket,
    Cell,
    Description,
    Membership,
    NominationRow,
    Place,
    Programme,
    Rollup,
    RollupChange,
    Run,
    Unit,
    counted_at,
)
from shared.events.seats import NominationState, Rank
from shared.mongo import Document

D = TypeVar("D", Programme, Run, Unit)
_ESCAPED = {ord("%"): "%25", ord("."): "%2E", ord("$"): "%24", ord("|"): "%7C", 0: "%00"}
# A value that a later release has stored and this one does not know stays plain text.
_STATES: Mapping[str, NominationState] = {state.value: state for state in NominationState}
_RANKS: Mapping[str, Rank] = {rank.value: rank for rank in Rank}


@lru_cache(maxsize=20_000)
def field_name(*parts: str | None) -> str:
    """Parts of a key as one field name, escaping what has a meaning in a path. None and "" are the same."""
    return "|".join((part or "").translate(_ESCAPED) for part in parts)


@lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """The parts that `field_name` joined, with "" for None."""
    parts = []
    for part in name.split("|"):
        for code, escape in _ESCAPED.items():
            if code != ord("%"):
                part = part.replace(escape, chr(code))
        parts.append(part.replace("%25", "%"))
    return tuple(parts)


def document_of_row(row: NominationRow) -> Document:
    return {
        "_id": row.nomination,
        "bucket": row.bucket,
        "run": row.run,
        "target": row.target,
        "bucket_unit": row.bucket_unit,
        "person": row.person,
        "rank": str(row.rank),
        "place": list(row.place),
        "state": str(row.state),
        "since": row.since,
    }


def row_of(document: Document) -> NominationRow:
    return NominationRow(
        document["_id"],
        document["bucket"],
        document["run"],
        document["target"],
        document["bucket_unit"],
        document["person"],
        _RANKS.get(document["rank"], document["rank"]),
        Place(*document["place"]),
        _STATES.get(document["state"], document["state"]),
        document["since"],
    )


def _document_of_bucket(bucket: Bucket) -> Document:
    return {
        "place": list(bucket.place),
        "seats": bucket.seats,
        "confirmed": bucket.confirmed,
        "open": bucket.open,
        "regrouped": {province: list(group) for province, group in bucket.regrouped.items()},
    }


def change_of(document: Document) -> RollupChange:
    """A stored rollup, ready to take changes. Cells need not have been read."""
    buckets: Document = document.get("buckets", {})

    def stored(target: str, bucket_unit: str) -> Bucket | None:
        bucket = buckets.get(field_name(target, bucket_unit))
        return None if bucket is None else _bucket(target, bucket_unit, bucket)

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
        values[f"buckets.{field_name(*key)}"] = _document_of_bucket(bucket)
    added = {f"cells.{_cell_name(cell)}.{name}": by for (cell, name), by in change.added.items() if by}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def _cell_name(cell: Cell) -> str:
    return field_name(cell.target, cell.bucket_unit, *cell.place)


def rollup_of(document: Document) -> Rollup:
    buckets = dict(_buckets(document.get("buckets", {})))
    return Rollup(
        run=document["_id"],
        programme=document["programme"],
        fiscal_year=document["fiscal_year"],
        starts_at=document["starts_at"],
        last=document["last"],
        buckets=buckets,
        cells=_cells(document.get("cells", {}), buckets),
    )


def _cells(documents: Document, buckets: Mapping[tuple[str, str], Bucket]) -> dict[Cell, dict[str, int]]:
    """Counters as stored, by the places of nominations; where those count now, several may have become one."""
    cells: dict[Cell, dict[str, int]] = {}
    for name, counts in documents.items():
        cell = _cell(name)
        place = counted_at(buckets.get((cell.target, cell.bucket_unit)), cell.place)
        if place is not cell.place:
            cell = cell._replace(place=place)
        known = cells.setdefault(cell, counts)
        if known is not counts:
            cells[cell] = {key: known.get(key, 0) + counts.get(key, 0) for key in known.keys() | counts.keys()}
    return cells


def _buckets(documents: Document) -> Iterator[tuple[tuple[str, str], Bucket]]:
    for name, document in documents.items():
        target, bucket_unit = parts_of(name)
        yield (target, bucket_unit), _bucket(target, bucket_unit, document)


def _bucket(target: str, bucket_unit: str, document: Document) -> Bucket:
    place = Place(*document["place"])
    regrouped = {province: (group, region) for province, (group, region) in document.get("regrouped", {}).items()}
    return Bucket(target, bucket_unit, place, document["seats"], document["confirmed"], document["open"], regrouped)


@lru_cache(maxsize=20_000)
def _cell(name: str) -> Cell:
    target, bucket_unit, unit, province, group, region = parts_of(name)
    return Cell(target, bucket_unit, Place(unit, province or None, group or None, region))


def document_of(description: Description) -> Document:
    fields: dict[str, Any] = description._asdict()
    return {"_id": fields.pop("id"), **fields}


def description_of(kind: type[D], document: Document) -> D:
    fields = {**document, "id": document["_id"]}
    if kind is Unit:
        fields["memberships"] = tuple(Membership(*member) for member in document["memberships"])
    if kind is Programme:
        fields["framework_tags"] = tuple(document["framework_tags"])
    return kind(**{name: fields[name] for name in kind._fields})
