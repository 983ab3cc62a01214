"""Compares a run's stored report with its folded buckets. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pattana.audit.aggregates import State, fold_aggregate
from pattana.audit.buckets import BucketFold
from pattana.audit.differences import differences
from services.reporting.projecting import Rollup, counter
from shared.events.envelope import Event
from shared.events.seats import bucket_parts

Counts = Counter[tuple[str, str, tuple[str | None, ...], str]]


def report_differences(run: str, folds: Sequence[BucketFold], rollup: Rollup | None) -> Iterator[str]:
    """`folds` are the buckets up to the report's positions, without those it has not seen."""
    if rollup is None:
        if folds:
            yield f"report of run {run} is missing, its consumer has seen {len(folds)} buckets"
        return
    yield from _bucket_differences(run, folds, rollup)
    expected, reported = _expected(folds), _reported(rollup)
    for cell in sorted(expected.keys() | reported.keys(), key=str):
        if expected[cell] != reported[cell]:
            target, bucket_unit, place, name = cell
            where = f"{target} {bucket_unit} (people of {place[0]})"
            yield f"report of run {run}: {where} counts {reported[cell]} {name}, its events say {expected[cell]}"


def _bucket_differences(run: str, folds: Sequence[BucketFold], rollup: Rollup) -> Iterator[str]:
    expected = {_key(fold): (fold.seats, fold.confirmed, fold.open) for fold in folds}
    reported = {key: (bucket.seats, bucket.confirmed, bucket.open) for key, bucket in rollup.buckets.items()}
    for key in sorted(expected.keys() | reported.keys()):
        if expected.get(key) != reported.get(key):
            yield (
                f"report of run {run}: bucket {':'.join(key)} has (seats, confirmed, open) "
                f"{reported.get(key)}, its events say {expected.get(key)}"
            )


def _key(fold: BucketFold) -> tuple[str, str]:
    """Target and unit of its seats."""
    _, target, bucket_unit = bucket_parts(fold.aggregate)
    return target, bucket_unit


def _expected(folds: Sequence[BucketFold]) -> Counts:
    counts: Counts = Counter()
    for fold in folds:
        for nominee in fold.nominees.values():
            counts[(*_key(fold), fold.counted_at(nominee.place), counter(nominee.state, nominee.rank))] += 1
    return counts


def _reported(rollup: Rollup) -> Counts:
    counts: Counts = Counter()
    for cell, counters in rollup.cells.items():
        for name, number in counters.items():
            if number:
                counts[(cell.target, cell.bucket_unit, tuple(cell.place), name)] += number
    return counts


def row_differences(fold: BucketFold, keys: Iterable[str], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The nominations that differ in the report from their events, with a sentence for each."""
    differing: dict[str, str] = {}
    for key in keys:
        row, nominee = rows.get(key), fold.nominees[key]
        if row is None:
            differing[key] = f"report: nomination {key} is missing"
        elif row["state"] != nominee.state.value or tuple(row["place"]) != nominee.place:
            stored, expected = f"{row['state']} of {row['place'][0]}", f"{nominee.state.value} of {nominee.place[0]}"
            differing[key] = f"report: nomination {key} is {stored}, its events say {expected}"
    return differing


def description_differences(
    what: str, document: Mapping[str, Any] | None, events: Sequence[Event | None]
) -> Iterator[str]:
    """Compares a programme, run or unit in the report with its events, except fields that only enrolment stores."""
    if document is None:
        yield f"report of {what} is missing, its consumer has seen {len(events)} events"
        return
    state: State = {}
    for event in events:
        state = fold_aggregate(state, event) if event is not None else state
    shared = {name: value for name, value in state.items() if name in document}
    yield from differences(f"report of {what}", shared, document)
