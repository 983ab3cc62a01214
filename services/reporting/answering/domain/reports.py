"""Reports: what a run, a programme or a dimension comes to, and what of it must stay hidden. Pure.

A caller who may see aggregates only (`coarse`) gets fewer counts, and none of a row that is `hidden`. Cancelled runs
are left out before: see Queries.rollups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.sums import CENTRAL, PROVINCIAL, By, Sum, broken_down, total
from services.reporting.answering.domain.suppression import is_small
from services.reporting.answering.domain.visibility import Disclosure, disclose
from services.reporting.projecting import NominationRow, Programme, Rollup, Run
from shared.events.seats import NominationState

OVER_RUNS: Final = frozenset({By.RUN, By.PROGRAMME, By.FISCAL_YEAR})


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What rows are called, as far as it has arrived."""

    names: Names
    runs: Mapping[str, Run] = field(default_factory=dict)
    programmes: Mapping[str, Programme] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one key comes to. Of a hidden row only the key and its names are disclosed."""

    key: str
    sum: Sum
    coarse: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows along one dimension, in the order of their keys."""

    by: By
    rows: Sequence[ReportRow]
    descriptions: Descriptions


@dataclass(frozen=True, slots=True)
class Totals:
    """Over all runs that may be disclosed; `left_out` is the number of those that are too small."""

    sum: Sum
    programmes: int
    runs: int
    left_out: int
    coarse: bool


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a list."""

    run: Run
    row: ReportRow


@dataclass(frozen=True, slots=True)
class RunReport:
    """`rollup` says what is known of a run whose description has not arrived. `by_unit` is None when `coarse`.

    `hides_states` and `hidden_sides`: which counts stay hidden, so that none of them is found by subtraction. When
    `hidden`, all of them.
    """

    run_id: str
    run: Run | None
    rollup: Rollup | None
    framework_tags: Sequence[str]
    sum: Sum
    sides: Mapping[str, Sum]
    by_region: Breakdown
    by_group: Breakdown
    by_target: Breakdown
    by_unit: Breakdown | None
    coarse: bool
    hidden: bool
    hides_states: bool
    hidden_sides: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProgrammeReport:
    programme_id: str
    programme: Programme | None
    target: int
    totals: Totals
    runs: Breakdown


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Expected against actual, per key."""

    fiscal_year: int | None
    breakdown: Breakdown
    totals: Totals


@dataclass(frozen=True, slots=True)
class OwnNomination:
    """A nomination of the caller's own."""

    row: NominationRow
    run: Run | None


def run_report(
    run_id: str, run: Run | None, tags: Sequence[str], rollup: Rollup | None, names: Names, *, coarse: bool
) -> RunReport:
    disclosure = disclose([rollup] if rollup else [], coarse=coarse)
    descriptions = Descriptions(names)
    whole = total(disclosure.rollups)
    return RunReport(
        run_id=run_id,
        run=run,
        rollup=next(iter(disclosure.rollups), None),
        framework_tags=tags,
        sum=whole,
        sides={PROVINCIAL: Sum(), CENTRAL: Sum(), **broken_down(disclosure.rollups, By.SIDE)},
        by_region=breakdown(disclosure, By.REGION, descriptions),
        by_group=breakdown(disclosure, By.GROUP, descriptions),
        by_target=breakdown(disclosure, By.TARGET, descriptions),
        by_unit=None if coarse else breakdown(disclosure, By.UNIT, descriptions),
        coarse=coarse,
        hidden=bool(disclosure.left_out),
        hides_states=coarse and _has_small_state(whole),
        hidden_sides=frozenset(disclosure.hidden.get(By.SIDE, ())),
    )


def run_line(run: Run, rollup: Rollup | None, *, coarse: bool) -> RunLine:
    disclosure = disclose([rollup] if rollup else [], coarse=coarse)
    return RunLine(run, ReportRow(run.id, total(disclosure.rollups), coarse, hidden=bool(disclosure.left_out)))


def programme_report(
    programme_id: str,
    programme: Programme | None,
    rollups: Sequence[Rollup],
    runs: Mapping[str, Run],
    *,
    coarse: bool,
) -> ProgrammeReport:
    disclosure = disclose(rollups, coarse=coarse)
    return ProgrammeReport(
        programme_id,
        programme,
        target=sum(run.capacity for run in runs.values()),
        totals=_totals(disclosure),
        runs=breakdown(disclosure, By.RUN, Descriptions(Names({}), runs)),
    )


def coverage_report(
    by: By,
    fiscal_year: int | None,
    rollups: Sequence[Rollup],
    descriptions: Descriptions,
    key: str | None = None,
    *,
    coarse: bool,
) -> CoverageReport:
    """With `key` that one row only."""
    disclosure = disclose(rollups, coarse=coarse)
    return CoverageReport(fiscal_year, breakdown(disclosure, by, descriptions, key), _totals(disclosure))


def breakdown(disclosure: Disclosure, by: By, descriptions: Descriptions, only: str | None = None) -> Breakdown:
    """One row per key that is counted, and per place that there is; with `only` that one row."""
    sums = broken_down(disclosure.rollups, by)
    small = set(broken_down(disclosure.left_out, by)) - set(sums) if by in OVER_RUNS else set()
    rows = [
        ReportRow(key, sums.get(key, Sum()), disclosure.coarse, key in small or disclosure.hides(by, key))
        for key in sorted({*sums, *small, *descriptions.names.keys(by)})
        if only is None or key == only
    ]
    return Breakdown(by, rows, descriptions)


def _totals(disclosure: Disclosure) -> Totals:
    return Totals(
        total(disclosure.rollups),
        programmes=len({rollup.programme for rollup in disclosure.rollups}),
        runs=len(disclosure.rollups),
        left_out=len(disclosure.left_out),
        coarse=disclosure.coarse,
    )


def _has_small_state(whole: Sum) -> bool:
    """Whether few people are in a state other than CONFIRMED, or in those that this release does not know."""
    counts = [whole.nominations(state) for state in NominationState if state is not NominationState.CONFIRMED]
    unknown = whole.nominations() - whole.confirmed - sum(counts)
    return any(is_small(count) for count in (*counts, unknown))
