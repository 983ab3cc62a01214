"""Reports: what a run, a programme or a dimension comes to, and what of it must stay hidden. Pure.

A caller who may see aggregates only (`coarse`) gets fewer counts, and none of a row that is `hidden`. Cancelled runs
are left out before: see Queries.rollups.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.reporting.answering.domain.deadlines import Deadlines
from services.reporting.answering.domain.evaluating import FormReport
from services.reporting.answering.domain.following import Progress
from services.reporting.answering.domain.gathering import Gathering
from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.sums import CENTRAL, PROVINCIAL, By, Sum, broken_down, total
from services.reporting.answering.domain.suppression import in_fives, is_small
from services.reporting.answering.domain.visibility import Disclosure, disclose
from services.reporting.projecting import Issue, NominationRow, Programme, Rollup, Run, Workshop
from shared.events.evaluation import FormKind
from shared.events.seats import NominationState

FORMS: Final = frozenset(kind.value for kind in FormKind)


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
    """`rollup` says what is known of a run whose description has not arrived. `by_unit` and `warned`, which counts
    nominations by what checks had found, are None when `coarse`.

    `hides_states`, `hides_heads` and `hidden_sides`: which counts stay hidden, so that none of them is found by
    subtraction. When `hidden`, all of them. `pending` have no certificate because of a form that they have not
    answered, as the last issue found; None before it. `whole`: the caller sees all of
    the run, so what it is as a whole is told.
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
    hides_heads: bool
    hidden_sides: frozenset[str]
    warned: Mapping[str, int] | None
    deadlines: Deadlines | None = None
    forms: Mapping[str, FormReport] = field(default_factory=dict)
    workshop: Workshop | None = None
    pending: int | None = None
    follow_up: Progress = field(default_factory=Progress)
    whole: bool = False


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
    whole.offer_everywhere(names.provinces())
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
        hides_heads=coarse and _tells_few_apart(disclosure.rollups),
        hidden_sides=frozenset(disclosure.hidden.get(By.SIDE, ())),
        warned=None if coarse else _warned(disclosure.rollups),
    )


def run_line(run: Run, rollup: Rollup | None, *, coarse: bool) -> RunLine:
    disclosure = disclose([rollup] if rollup else [], coarse=coarse)
    return RunLine(run, ReportRow(run.id, total(disclosure.rollups), coarse, hidden=bool(disclosure.left_out)))


def programme_report(
    programme_id: str, programme: Programme | None, gathering: Gathering, runs: Mapping[str, Run], names: Names
) -> ProgrammeReport:
    """`gathering` is by run."""
    report = coverage_report(gathering, None, Descriptions(names, runs))
    return ProgrammeReport(
        programme_id,
        programme,
        target=sum(run.capacity for run in runs.values()),
        totals=report.totals,
        runs=report.breakdown,
    )


def coverage_report(
    gathering: Gathering, fiscal_year: int | None, descriptions: Descriptions, key: str | None = None
) -> CoverageReport:
    """One row per key that is counted, and per place that there is; with `key` that one row only."""
    rows = [
        ReportRow(name, gathering.sums.get(name, Sum()), gathering.coarse, gathering.hides(name))
        for name in sorted(gathering.keys | descriptions.names.keys(gathering.by))
        if key is None or name == key
    ]
    for counted in (gathering.whole, *(row.sum for row in rows)):
        counted.offer_everywhere(descriptions.names.provinces())
    totals = Totals(
        gathering.whole,
        programmes=len(gathering.programmes),
        runs=gathering.runs,
        left_out=gathering.left_out,
        coarse=gathering.coarse,
    )
    return CoverageReport(fiscal_year, Breakdown(gathering.by, rows, descriptions), totals)


def persons(counted: Sum, *, coarse: bool) -> int:
    """How many people have these seats. When `coarse`, seats of people who have another one already are told in whole
    fives: one person in two runs is nobody's business, and no two answers give it away."""
    again = counted.seats_of_the_same
    return counted.confirmed - (in_fives(again) if coarse else again)


def breakdown(disclosure: Disclosure, by: By, descriptions: Descriptions) -> Breakdown:
    """The same rows of what was disclosed before."""
    gathering = Gathering(by, disclosure.coarse)
    gathering.take(disclosure)
    return coverage_report(gathering, None, descriptions).breakdown


def pending_forms(issue: Issue | None) -> int | None:
    """How many lack nothing but a form: whoever was not there long enough is counted by that."""
    return None if issue is None else sum(people for what, people in issue.lacking if what in FORMS)


def _warned(rollups: Sequence[Rollup]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for rollup in rollups:
        for codes in rollup.warned.values():
            counts.update(codes)
    return dict(counts)


def _tells_few_apart(rollups: Sequence[Rollup]) -> bool:
    """Whether holders of a post, those who act, or the others of the same target group are few: who may come for a
    post everybody reads in the target group, so the others are found by subtraction."""
    parts = broken_down(rollups, By.TARGET).values()
    told = [(part.heads, part.acting, part.confirmed - part.heads - part.acting) for part in parts if part.ex_officio]
    return any(is_small(count) for counts in told for count in counts)


def _has_small_state(whole: Sum) -> bool:
    """Whether few people are in a state other than CONFIRMED, or in those that this release does not know."""
    counts = [whole.nominations(state) for state in NominationState if state is not NominationState.CONFIRMED]
    unknown = whole.nominations() - whole.confirmed - sum(counts)
    return any(is_small(count) for count in (*counts, unknown))
