"""What reports look like. A count is null, or left out, where it is not told; then `suppressed` says so."""

from enum import StrEnum

from typing_extensions import TypedDict

from shared.answers import Day, Time


class AsOf(TypedDict):
    """`event`: the newest in the answer; `eventsBehind`: how far the reports were behind the log at `readAt`."""

    event: Time | None
    readAt: Time | None
    eventsBehind: int | None


class Fresh(TypedDict):
    """`lag` in seconds."""

    asOf: AsOf
    lag: float | None


class Coverage(TypedDict):
    covered: int | None
    of: int | None
    percentage: float | None
    text: str


class Reach(TypedDict):
    offered: int
    reached: int


class FiscalYearBy(StrEnum):
    """Whose fiscal year counts: a run that was moved into the next one counts in that of its programme, and what is to
    be done after it in that of the task."""

    PROGRAMME = "PROGRAMME"
    TASK = "TASK"


class ProgrammeHeading(TypedDict):
    code: str | None
    title: str | None
    fiscalYear: int | None


class RunHeading(ProgrammeHeading):
    """`startFiscalYear` is that in which the run begins; it counts in `fiscalYear`."""

    fiscalYearBy: FiscalYearBy
    startFiscalYear: int | None
    programme: str | None
    cohort: int | None
    state: str | None
    startsAt: Time | None
    endsAt: Time | None


class States(TypedDict, total=False):
    nominations: int | None
    submitted: int | None
    waitlistRemaining: int | None
    withdrawn: int | None
    rejected: int | None
    expired: int | None
    offered: int | None
    attended: int | None
    noShow: int | None
    certificates: int | None
    attendancePct: float | None


class Suppressible(TypedDict, total=False):
    suppressed: bool


class Counts(States):
    seats: int | None
    confirmed: int | None
    percentage: float | None


class Row(Counts, Suppressible):
    pass


class OfRuns(Row):
    """What reaches provinces."""

    provinceCoverage: Coverage | None


class OfPlaces(Counts):
    """What is reached by runs."""

    runs: Reach | None


class UnitRow(OfPlaces):
    key: str
    nameTh: str | None
    nameEn: str | None
    province: str | None


class RunRow(RunHeading, OfRuns):
    key: str


class _Optional(TypedDict, total=False):
    nominationsProvincialPrimary: int
    nominationsProvincialReserve: int
    nominationsCentral: int
    nominationsWarned: int
    nominationsByWarning: dict[str, int]
    attendedProvincial: int
    attendedCentral: int
    attendanceRatePct: float | None
    headInPersonPct: float | None
    attendedByRegion: dict[str, int]
    attendedByGroup: dict[str, int]
    attendedCoverage: Coverage
    certificatePendingEvaluation: int | None


class RunDeadlines(TypedDict):
    """The report is the close-out of the run; its due day may be in another fiscal year than the run."""

    reminder5WorkingDaysBefore: Day | None
    reportDue: Day | None
    reportDueFiscalYear: int | None
    reportFiledAt: Time | None
    reportOverdue: bool | None


class Evaluations(TypedDict):
    """In batches of five answers or more. `evaluations` are answers to REACTION, `evaluationResponsePct` of who
    attended; `satisfiedPct` chose one of the two highest levels; `gain` is the mean of those who answered PRE and POST;
    `assessments` are those of superiors."""

    evaluations: int | None
    evaluationResponsePct: float | None
    reactionCounts: dict[str, int] | None
    reactionMean: float | None
    satisfiedPct: float | None
    preCounts: dict[str, int] | None
    preMean: float | None
    postCounts: dict[str, int] | None
    postMean: float | None
    gain: float | None
    assessments: int | None
    transferMean: float | None


class Workshops(TypedDict):
    """Groups as they are now. `ideas` were submitted and not taken back; `adoptions` counts the units that work by
    one."""

    groups: int | None
    largestGroup: int | None
    smallestGroup: int | None
    ideas: int | None
    ideasWithIndicator: int | None
    awards: int | None
    adoptions: int | None


class RunFollowUp(TypedDict):
    """Tasks that the run has left; what is not done is overdue after the working day on which it was due, by the clock
    of the run, else pending. An observer is told of those of offices. `mofTrainingClass`: A, B or EXTERNAL, by the
    levels of those with a seat."""

    followUpTasks: int
    followUpDone: int
    followUpOverdue: int
    followUpPending: int
    followUpDonePct: float | None
    mofTrainingClass: str | None
    classARatioPct: float | None


class RunReportAnswer(RunHeading, RunDeadlines, OfRuns, _Optional, Evaluations, Workshops, RunFollowUp, Fresh):
    run: str
    frameworkTags: list[str]
    target: int
    capacity: int | None
    quotaBuckets: int
    confirmedProvincial: int | None
    confirmedCentral: int | None
    confirmedHeads: int | None
    confirmedActing: int | None
    free: int | None
    confirmedByRegion: dict[str, int | None]
    confirmedByGroup: dict[str, int | None]
    headsByRegion: dict[str, int] | None
    byTarget: dict[str, Row]
    byUnit: list[UnitRow] | None


class RunLineAnswer(RunHeading, OfRuns):
    run: str
    target: int


class RunsAnswer(Fresh):
    items: list[RunLineAnswer]
    next: str | None


class _LeftOut(TypedDict, total=False):
    runsLeftOut: int


class TotalsAnswer(States, _LeftOut):
    programmes: int
    runs: int
    seats: int
    confirmed: int
    percentage: float | None
    provinceCoverage: Coverage


class ProgrammeReportAnswer(ProgrammeHeading, Fresh):
    programme: str
    kind: str | None
    organiser: str | None
    frameworkTags: list[str]
    state: str | None
    target: int
    totals: TotalsAnswer
    runs: list[RunRow]


class _Called(TypedDict, total=False):
    """What a row is called, by what it is a row of."""

    nameTh: str | None
    nameEn: str | None
    province: str | None
    group: str | None
    region: str | None
    programme: str | None
    code: str | None
    title: str | None
    fiscalYear: int | None
    fiscalYearBy: FiscalYearBy
    startFiscalYear: int | None
    cohort: int | None
    state: str | None
    startsAt: Time | None
    endsAt: Time | None
    provinceCoverage: Coverage | None
    runs: Reach | None


class CoverageRow(Row, _Called):
    """`persons` have the `confirmed` seats: one person in two runs is one."""

    key: str
    persons: int | None


class CoverageTotals(TotalsAnswer):
    persons: int


class CoverageAnswer(Fresh):
    by: str
    fiscalYear: int | None
    fiscalYearBy: FiscalYearBy
    rows: list[CoverageRow]
    totals: CoverageTotals


class OwnNominationAnswer(RunHeading):
    nomination: str
    run: str
    target: str
    unit: str
    rank: str
    nominationState: str
    since: Time


class OwnAnswer(Fresh):
    person: str
    items: list[OwnNominationAnswer]
    next: str | None
