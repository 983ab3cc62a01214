"""Rows, rollups and descriptions as documents and back. Knows the forms only, not where they are stored."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from services.reporting.projecting import (
    DONE,
    NO_GROUPS,
    TASKS,
    Absence,
    AttendanceChange,
    Bucket,
    Cell,
    Description,
    Evaluated,
    FollowUp,
    FollowUpChange,
    Issue,
    Membership,
    NominationRow,
    Place,
    PlansChange,
    PlansOfYear,
    Programme,
    Rollup,
    RollupChange,
    Run,
    Unit,
    Workshop,
    counted_at,
)
from shared.events.directory import InPost, TrainingClass
from shared.events.followups import Per
from shared.events.seats import NominationState, Rank
from shared.mongo import Document

D = TypeVar("D", Programme, Run, Unit, Evaluated, Workshop, Issue)
Seated = Sequence[tuple[str, Place]]  # confirmed people, with the places of their nominations
NOBODY: Mapping[str, Seated] = {}
_ESCAPED = {ord("%"): "%25", ord("."): "%2E", ord("$"): "%24", ord("|"): "%7C", 0: "%00"}
# A value that a later release has stored and this one does not know stays plain text.
_STATES: Mapping[str, NominationState] = {state.value: state for state in NominationState}
_IN_POST: Mapping[str | None, InPost] = {kind.value: kind for kind in InPost}
_CLASSES: Mapping[str | None, TrainingClass] = {kind.value: kind for kind in TrainingClass}
_PER: Mapping[str, Per] = {per.value: per for per in Per}
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
    document: Document = {
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
    of_some = {"ex_officio": row.ex_officio, "training_class": row.training_class}
    return document | {name: str(value) for name, value in of_some.items() if value is not None}


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
        _IN_POST.get(document.get("ex_officio"), document.get("ex_officio")),
        _CLASSES.get(document.get("training_class"), document.get("training_class")),
    )


def change_of(document: Document) -> RollupChange:
    """A stored rollup, ready to take changes. Cells need not have been read."""
    return RollupChange(
        document["_id"],
        bucket_of(document),
        frozenset(document["reach"]),
        last=document["last"],
    )


def update_of(change: RollupChange, bucket: Bucket) -> Document:
    """One update that adds what a batch changed: counters by difference, the touched bucket as it is now."""
    stored = change.stored
    values: Document = {
        "programme": change.programme,
        "fiscal_year": change.fiscal_year,
        "starts_at": change.starts_at,
        "last": change.last,
        "seats": bucket.seats,
        "confirmed": bucket.confirmed,
        "offered": bucket.offered,
        "open": bucket.open,
    }
    if stored is None:
        values |= {"run": change.run, "target": bucket.target, "bucket_unit": bucket.bucket_unit}
    if stored is None or (stored.place, stored.regrouped) != (bucket.place, bucket.regrouped):
        groups = {province: list(group) for province, group in bucket.regrouped.items()}
        values |= {"place": list(bucket.place), "regrouped": groups}
    if (reach := change.reached()) != change.reach:
        values["reach"] = sorted(reach)
    added = {f"cells.{field_name(*cell.place)}.{name}": by for (cell, name), by in change.added.items() if by}
    added |= {f"warned.{field_name(*cell.place)}.{field_name(code)}": by for (cell, code), by in change.warned.items()}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def attendance_update(change: AttendanceChange) -> Document:
    """One update that adds what a batch changed of the attendance of a bucket."""
    values = {"run": change.run, "target": change.target, "bucket_unit": change.bucket_unit}
    added = {f"cells.{field_name(*place)}.{name}": by for (place, name), by in change.added.items() if by}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def absence_document(absence: Absence) -> Document:
    return {"_id": absence.id, "run": absence.run, "missed": absence.missed, "gone": absence.gone}


def absence_of(document: Document) -> Absence:
    return Absence(document["_id"], document["run"], document["missed"], document["gone"])


def follow_up_update(change: FollowUpChange) -> Document:
    """One update that adds what a batch changed of a deliverable. Its day is stored as it is written."""
    values = {
        "run": change.run,
        "programme": change.programme,
        "deliverable": change.deliverable,
        "per": str(change.per),
        "due": change.due.isoformat(),
        "fiscal_year": change.fiscal_year,
        "last": change.last,
    }
    added = {f"cells.{field_name(*place)}.{name}": by for (place, name), by in change.added.items() if by}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def follow_up_of(document: Document) -> FollowUp:
    per = document["per"]
    cells = document.get("cells", {}).items()
    return FollowUp(
        document["run"],
        document["deliverable"],
        _PER.get(per, per),
        date.fromisoformat(document["due"]),
        document["fiscal_year"],
        document["last"],
        {_place(name): (counts.get(TASKS, 0), counts.get(DONE, 0)) for name, counts in cells},
    )


def plans_update(change: PlansChange) -> Document:
    """One update that adds what a batch changed of a fiscal year."""
    values = {"fiscal_year": change.fiscal_year, "last": change.last}
    added = {f"cells.{field_name(unit)}.{field_name(state)}": by for (unit, state), by in change.added.items() if by}
    return {"$set": values, "$inc": added} if added else {"$set": values}


def plans_of(document: Document) -> PlansOfYear:
    cells = document.get("cells", {}).items()
    counted = {parts_of(unit)[0]: {parts_of(state)[0]: by for state, by in counts.items()} for unit, counts in cells}
    return PlansOfYear(document["fiscal_year"], document["last"], counted)


def add_attendance(rollups: Mapping[str, Rollup], documents: Iterable[Document]) -> None:
    """What these attendance documents tell, into the cells of the runs; of buckets that are not there, nothing."""
    for document in documents:
        rollup = rollups.get(document["run"])
        bucket = None if rollup is None else rollup.buckets.get((document["target"], document["bucket_unit"]))
        if rollup is None or bucket is None:
            continue
        for cell, counts in cells_of(document, bucket).items():
            rollup.cells[cell] = {**rollup.cells.get(cell, {}), **counts}


def rollups_of(documents: Iterable[Document], seated: Mapping[str, Seated] = NOBODY) -> dict[str, Rollup]:
    """The runs of these bucket documents, by id; of every run as much as the documents tell. `seated` by bucket."""
    rollups: dict[str, Rollup] = {}
    for document in documents:
        rollup = rollups.get(document["run"])
        if rollup is None:
            rollup = rollups[document["run"]] = Rollup(
                document["run"],
                document["programme"],
                document["fiscal_year"],
                document["starts_at"],
                document["last"],
            )
        elif rollup.last < document["last"]:
            rollup.programme, rollup.fiscal_year = document["programme"], document["fiscal_year"]
            rollup.starts_at, rollup.last = document["starts_at"], document["last"]
        bucket = bucket_of(document)
        rollup.buckets[bucket.target, bucket.bucket_unit] = bucket
        rollup.cells |= cells_of(document, bucket)
        if "warned" in document:
            rollup.warned |= cells_of(document, bucket, "warned")
        for person, place in seated.get(document["_id"], ()):
            cell = Cell(bucket.target, bucket.bucket_unit, counted_at(bucket, place))
            rollup.people.setdefault(cell, set()).add(person)
    return rollups


def cells_of(document: Document, bucket: Bucket, counters: str = "cells") -> dict[Cell, dict[str, int]]:
    """Counters as stored, by the places of nominations; where those count now, several may have become one."""
    cells: dict[Cell, dict[str, int]] = {}
    for name, counts in document.get(counters, {}).items():
        cell = Cell(bucket.target, bucket.bucket_unit, counted_at(bucket, _place(name)))
        known = cells.setdefault(cell, counts)
        if known is not counts:
            cells[cell] = {key: known.get(key, 0) + counts.get(key, 0) for key in known.keys() | counts.keys()}
    return cells


def bucket_of(document: Document) -> Bucket:
    regrouped = {province: (group, region) for province, (group, region) in document["regrouped"].items()}
    return Bucket(
        document["target"],
        document["bucket_unit"],
        Place(*document["place"]),
        document["seats"],
        document["confirmed"],
        document["open"],
        regrouped or NO_GROUPS,
        document.get("offered", 0),
    )


@lru_cache(maxsize=20_000)
def _place(name: str) -> Place:
    unit, province, group, region = parts_of(name)
    return Place(unit, province or None, group or None, region)


def document_of(description: Description) -> Document:
    fields: dict[str, Any] = description._asdict()
    return {"_id": fields.pop("id"), **fields}


def description_of(kind: type[D], document: Document) -> D:
    fields = {**document, "id": document["_id"]}
    if kind is Unit:
        fields["memberships"] = tuple(Membership(*member) for member in document["memberships"])
    if kind is Programme:
        fields["framework_tags"] = tuple(document["framework_tags"])
    if kind is Evaluated:
        fields["counts"] = tuple((level, count) for level, count in document["counts"])
    if kind is Workshop:
        fields["sizes"] = tuple(document["sizes"])
    if kind is Issue:
        fields["lacking"] = tuple((what, people) for what, people in document["lacking"])
    # What a document of an older fold lacks has a default; everything else must be there.
    return kind(**{name: fields[name] for name in kind._fields if name in fields or name not in kind._field_defaults})
