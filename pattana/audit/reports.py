"""Compares a run's stored report with its folded buckets. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pattana.audit.aggregates import State, folded
from pattana.audit.buckets import BucketFold, Nominee, Place
from pattana.audit.differences import differences
from services.reporting.projecting import ANY_WARNING, Cell, counters
from services.reporting.storage import rollups_of
from shared.events.envelope import Event
from shared.events.seats import NominationState, bucket_parts
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, Scope

Counts = Counter[tuple[Place, str]]


def rollup_differences(fold: BucketFold, document: Document | None) -> Iterator[str]:
    """`fold` is the bucket up to the report's position."""
    if document is None:
        yield f"report of bucket {fold.aggregate} is missing, its consumer has seen {fold.seq} events"
        return
    what = f"report of bucket {fold.aggregate}"
    yield from differences(what, _bucket(fold), {**document, "reach": sorted(document["reach"])})
    expected = _expected(fold) + _expected_warned(fold)
    reported = _reported(document)
    for cell in sorted(expected.keys() | reported.keys(), key=str):
        if expected[cell] != reported[cell]:
            place, name = cell
            where = f"{place[0]} ({place[1]}, {place[2]}, {place[3]})"
            yield f"{what}: {where} counts {reported[cell]} {name}, its events say {expected[cell]}"


def _bucket(fold: BucketFold) -> State:
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    return {
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "programme": fold.programme,
        "fiscal_year": fold.fiscal_year,
        "starts_at": fold.run_starts_at,
        "place": None if fold.place is None else list(fold.place),
        "regrouped": {province: list(group) for province, group in fold.regrouped.items()},
        "seats": fold.seats,
        "confirmed": fold.confirmed,
        "offered": fold.states[NominationState.OFFERED],
        "open": fold.open,
        "reach": sorted(_reach({bucket_unit, *(nominee.place[0] for nominee in fold.nominees.values())})),
    }


def _reach(units: Iterable[str]) -> set[str]:
    """These units, those above them, and the central pool where one of them belongs to it."""
    parts = [unit.split(".") for unit in units]
    names = {".".join(names[:count]) for names in parts for count in range(1, len(names) + 1)}
    pool = Scope(unit=CENTRAL_POOL)
    return names | {CENTRAL_POOL} if any(pool.covers_unit(unit) for unit in names) else names


def _expected(fold: BucketFold) -> Counts:
    counts: Counts = Counter()
    for nominee in fold.nominees.values():
        for name in counters(nominee.state, nominee.rank, nominee.ex_officio, nominee.training_class):
            counts[fold.counted_at(nominee.place), name] += 1
    return counts


def _expected_warned(fold: BucketFold) -> Counts:
    """What checks had found, under the names of the report."""
    counts: Counts = Counter()
    for nominee in fold.nominees.values():
        for code in (ANY_WARNING, *nominee.warnings) if nominee.warnings else ():
            counts[fold.counted_at(nominee.place), f"warned {code}"] += 1
    return counts


def _reported(document: Document) -> Counts:
    counts: Counts = Counter()
    for rollup in rollups_of([document]).values():
        counted: list[tuple[Cell, Mapping[str, int]]] = list(rollup.cells.items())
        counted += [
            (cell, {f"warned {code}": number for code, number in codes.items()})
            for cell, codes in rollup.warned.items()
        ]
        for cell, numbers in counted:
            for name, number in numbers.items():
                if number:
                    counts[(*cell.place,), name] += number
    return counts


def row_differences(fold: BucketFold, keys: Iterable[str], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The nominations that differ in the report from their events, with a sentence for each."""
    differing: dict[str, str] = {}
    for key in keys:
        row, nominee = rows.get(key), fold.nominees[key]
        if row is None:
            differing[key] = f"report: nomination {key} is missing"
        else:
            found = list(differences(f"report: nomination {key}", _row(fold, nominee), row))
            if found:
                differing[key] = "; ".join(found)
    return differing


def _row(fold: BucketFold, nominee: Nominee) -> State:
    """The row of a nomination, but for the time of its state."""
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    of_some = {"ex_officio": nominee.ex_officio, "training_class": nominee.training_class}
    return {
        "bucket": fold.aggregate,
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "person": nominee.person,
        "rank": str(nominee.rank),
        "place": list(nominee.place),
        "state": nominee.state.value,
        **{name: str(value) for name, value in of_some.items() if value is not None},
    }


def description_differences(
    what: str, document: Mapping[str, Any] | None, events: Sequence[Event | None]
) -> Iterator[str]:
    """Compares a programme, run, unit or form of a run in the report with its events, except fields that only enrolment
    stores."""
    if document is None:
        yield f"report of {what} is missing, its consumer has seen {len(events)} events"
        return
    state = folded(event for event in events if event is not None)
    shared = {name: value for name, value in state.items() if name in document}
    if "sums" in state:
        measured = next(one for one in state["sums"] if one["question"] == document["measure"])
        shared |= {"counts": measured["counts"], "total": measured["total"]}
    if "memberships" in shared:
        shared["memberships"] = [list(member.values()) for member in shared["memberships"]]
    yield from differences(f"report of {what}", shared, document)
