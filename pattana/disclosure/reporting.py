"""What the reporting service answers. Counts are sums over the caller's part of what is counted."""

from typing import Final

from pattana.disclosure.answers import (
    AGGREGATES,
    COUNTS,
    GAINS,
    NOMINEES,
    OBSERVER,
    REPORTS,
    WHOLE_RUNS,
    Answer,
    Fields,
    Who,
    below,
    fields,
    page_of,
)

_API: Final = "/api/reporting"
_HEADING: Final = "programme code title fiscalYear fiscalYearBy startFiscalYear cohort state startsAt endsAt"
_DEADLINES: Final = "reminder5WorkingDaysBefore reportDue reportDueFiscalYear reportFiledAt reportOverdue"
_OF_RUN: Final = "submitted waitlistRemaining withdrawn rejected expired offered"
_STATES: Final = f"{_OF_RUN} attended noShow attendancePct certificates"


def _freshness(seen: Who, newest: Who) -> Fields:
    return fields((newest, "asOf.event"), (seen, "asOf.readAt asOf.eventsBehind lag"))


FRESHNESS: Final = _freshness(REPORTS, COUNTS)
COVERAGE: Final = fields((AGGREGATES, "covered of percentage text"))
# A row of a report. Seats that stand beside hidden counts are hidden with them: a percentage would tell the rest.
ROW: Final = fields(
    (AGGREGATES, "seats confirmed percentage"),
    (COUNTS, f"nominations {_STATES}"),
    (OBSERVER, "suppressed"),
)
PERSONS: Final = fields((AGGREGATES, "persons"))
OF_RUNS: Final = {**ROW, **below("provinceCoverage.", COVERAGE)}  # they reach provinces
OF_PLACES: Final = {**ROW, **fields((AGGREGATES, "runs.offered runs.reached"))}  # they are reached by runs
TOTALS: Final = {
    **fields(
        (REPORTS, "programmes runs"),
        (AGGREGATES, "seats confirmed percentage"),
        (COUNTS, f"nominations {_STATES}"),
        (OBSERVER, "runsLeftOut"),
    ),
    **below("provinceCoverage.", COVERAGE),
}
_OF_UNIT: Final = f"seats confirmed percentage nominations {_STATES} runs.offered runs.reached"
_PLACE: Final = "key nameTh nameEn province group region"
RUN: Final = {
    **fields(
        (REPORTS, f"run {_HEADING} {_DEADLINES} frameworkTags[] target capacity quotaBuckets"),
        (
            AGGREGATES,
            f"seats nominations confirmed confirmedProvincial confirmedCentral {_OF_RUN} free percentage "
            "confirmedByRegion.{} confirmedByGroup.{} confirmedHeads confirmedActing",
        ),
        (
            COUNTS,
            "nominationsProvincialPrimary nominationsProvincialReserve nominationsCentral nominationsWarned "
            "nominationsByWarning.{} headsByRegion.{} attended noShow attendancePct certificates "
            "attendedProvincial attendedCentral "
            "attendanceRatePct headInPersonPct attendedByRegion.{} attendedByGroup.{} attendedCoverage.covered "
            "attendedCoverage.of attendedCoverage.percentage attendedCoverage.text",
        ),
        (
            WHOLE_RUNS,
            "evaluations evaluationResponsePct reactionCounts.{} reactionMean satisfiedPct preCounts.{} preMean "
            "postCounts.{} postMean assessments transferMean groups largestGroup smallestGroup ideas "
            "ideasWithIndicator awards adoptions",
        ),
        (GAINS, "gain certificatePendingEvaluation mofTrainingClass classARatioPct"),
        (REPORTS, "followUpTasks followUpDone followUpOverdue followUpPending followUpDonePct"),
        (OBSERVER, "suppressed"),
    ),
    **below("byTarget.{}.", ROW),
    **below("byUnit[].", fields((COUNTS, f"key nameTh nameEn province {_OF_UNIT}"))),
    **below("provinceCoverage.", COVERAGE),
    **FRESHNESS,
}
PROGRESS: Final = fields((REPORTS, "tasks done overdue pending donePct"))
PLANS: Final = fields((AGGREGATES, "agreed"), (COUNTS, "plans draft submitted closed"), (OBSERVER, "suppressed"))
LINE: Final = {**fields((REPORTS, f"run {_HEADING} target")), **OF_RUNS}

REPORTING: Final = (
    Answer("report of a run", (f"GET {_API}/runs/{{run}}",), RUN, "drafts to those who make them"),
    Answer(
        "reports of runs",
        (f"GET {_API}/runs",),
        {**page_of(LINE, REPORTS), **FRESHNESS},
        "drafts to those who make them",
    ),
    Answer(
        "report of a programme",
        (f"GET {_API}/programmes/{{programme}}",),
        {
            **fields(
                (REPORTS, "programme code title fiscalYear kind organiser frameworkTags[] state target"),
            ),
            **below("totals.", TOTALS),
            **below("runs[].", {**fields((REPORTS, f"key {_HEADING}")), **OF_RUNS}),
            **FRESHNESS,
        },
        "drafts to those who make them",
    ),
    Answer(
        "coverage",
        (f"GET {_API}/coverage",),
        {
            **fields((REPORTS, "by fiscalYear fiscalYearBy")),
            **below("rows[].", {**fields((REPORTS, f"{_PLACE} {_HEADING}")), **OF_RUNS, **OF_PLACES, **PERSONS}),
            **below("totals.", {**TOTALS, **PERSONS}),
            **FRESHNESS,
        },
    ),
    Answer(
        "follow-up",
        (f"GET {_API}/follow-ups",),
        {
            **fields((REPORTS, "by fiscalYear fiscalYearBy")),
            **below("rows[].", {**fields((REPORTS, f"key nameTh nameEn group region {_HEADING}")), **PROGRESS}),
            **below("totals.", PROGRESS),
            **_freshness(REPORTS, GAINS),
        },
        "to observers of what offices have to do",
    ),
    Answer(
        "report of plans",
        (f"GET {_API}/plans",),
        {
            **fields((REPORTS, "by fiscalYear")),
            **below("rows[].", {**fields((REPORTS, f"{_PLACE}")), **PLANS}),
            **below("totals.", PLANS),
            **_freshness(REPORTS, GAINS),
        },
        "to observers how many were agreed",
    ),
    Answer(
        "own nominations",
        (f"GET {_API}/people/me",),
        {
            **fields((NOMINEES, "person next")),
            **below(
                "items[].", fields((NOMINEES, f"nomination run {_HEADING} target unit rank nominationState since"))
            ),
            **_freshness(NOMINEES, NOMINEES),
        },
    ),
)
