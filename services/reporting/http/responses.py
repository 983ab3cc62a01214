"""Reports and freshness as they go out: JSON with camelCase keys. A count that is hidden from the caller is
null, and what it stands in has `suppressed: true`."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.reporting.answering import (
    CENTRAL,
    OVER_RUNS,
    PROVINCIAL,
    Breakdown,
    By,
    CoverageReport,
    OwnNomination,
    ProgrammeReport,
    ReportRow,
    RunLine,
    RunReport,
    Sum,
    Totals,
    persons,
)
from services.reporting.answering.answers import Freshness
from services.reporting.http.answers import FiscalYearBy
from services.reporting.http.evaluating import evaluation_counts
from services.reporting.http.following import run_follow_up
from services.reporting.http.headings import Body, deadlines_heading, heading, iso, programme_heading, run_heading
from services.reporting.http.working import workshop_counts
from services.reporting.projecting import ANY_WARNING
from shared.events.seats import CENTRAL_REGION, NominationState, Rank
from shared.problems import Language
from shared.rounding import percentage

NOT_APPLICABLE: Final[Mapping[Language, str]] = {"th": "ไม่เกี่ยวข้อง", "en": "not applicable"}
# The states that are reported beside CONFIRMED.
_STATE_FIELDS: Final[Mapping[NominationState, str]] = {
    NominationState.SUBMITTED: "submitted",
    NominationState.WAITLISTED: "waitlistRemaining",
    NominationState.WITHDRAWN: "withdrawn",
    NominationState.REJECTED: "rejected",
    NominationState.EXPIRED: "expired",
    NominationState.OFFERED: "offered",
}
_SIDE_FIELDS: Final = {PROVINCIAL: "confirmedProvincial", CENTRAL: "confirmedCentral"}


def run_response(report: RunReport, language: Language) -> Body:
    by_region = _confirmed_by(report.by_region)
    by_region.pop(CENTRAL_REGION, None)
    run, by_unit = report.run, report.by_unit
    return {
        "run": report.run_id,
        **run_heading(run, report.rollup),
        **deadlines_heading(report.deadlines),
        "frameworkTags": list(report.framework_tags),
        "target": run.capacity if run else report.sum.seats,
        "capacity": run.capacity if run else None,
        "quotaBuckets": report.sum.buckets,
        **_run_counts(report),
        **evaluation_counts(report),
        **workshop_counts(report),
        **run_follow_up(report),
        "confirmedByRegion": by_region,
        "confirmedByGroup": _confirmed_by(report.by_group),
        **_attendance_by(report, language),
        "headsByRegion": None if report.coarse else _heads_by(report.by_region),
        "byTarget": {row.pop("key"): row for row in _rows(report.by_target, language)},
        "byUnit": None if by_unit is None else _rows(by_unit, language),
        "provinceCoverage": None if report.hidden else _coverage(report.sum, language),
    }


def run_line_response(line: RunLine, language: Language) -> Body:
    run = line.run
    return {
        "run": run.id,
        **run_heading(run),
        "target": run.capacity,
        **_row_counts(line.row, By.RUN, language),
    }


def programme_response(report: ProgrammeReport, language: Language) -> Body:
    programme = report.programme
    return {
        "programme": report.programme_id,
        **programme_heading(programme),
        "kind": programme.kind if programme else None,
        "organiser": programme.organiser if programme else None,
        "frameworkTags": list(programme.framework_tags) if programme else [],
        "state": programme.state if programme else None,
        "target": report.target,
        "totals": _totals(report.totals, language),
        "runs": _rows(report.runs, language),
    }


def coverage_response(report: CoverageReport, language: Language) -> Body:
    rows = zip(report.breakdown.rows, _rows(report.breakdown, language), strict=True)
    return {
        "by": report.breakdown.by.value,
        "fiscalYear": report.fiscal_year,
        "fiscalYearBy": FiscalYearBy.PROGRAMME.value,
        "rows": [
            {**body, "persons": None if row.hidden else persons(row.sum, coarse=row.coarse)} for row, body in rows
        ],
        "totals": {
            **_totals(report.totals, language),
            "persons": persons(report.totals.sum, coarse=report.totals.coarse),
        },
    }


def own_nomination_response(nomination: OwnNomination) -> Body:
    row = nomination.row
    return {
        "nomination": row.nomination.partition("~")[0],  # in every run that it was in
        "run": row.run,
        **run_heading(nomination.run),
        "target": row.target,
        "unit": row.place.unit,
        "rank": str(row.rank),
        "nominationState": str(row.state),
        "since": iso(row.since),
    }


def freshness_response(freshness: Freshness) -> Body:
    return {
        "asOf": {
            "event": iso(freshness.newest),
            "readAt": iso(freshness.read_at),
            "eventsBehind": freshness.events_behind,
        },
        "lag": freshness.lag,
    }


def _run_counts(report: RunReport) -> Body:
    whole, provincial, central = report.sum, report.sides[PROVINCIAL], report.sides[CENTRAL]
    counts: Body = {
        "seats": whole.seats,
        "nominations": whole.nominations(),
        "confirmed": whole.confirmed,
        "confirmedProvincial": provincial.confirmed,
        "confirmedCentral": central.confirmed,
        "confirmedHeads": whole.heads,
        "confirmedActing": whole.acting,
        **_state_counts(whole),
        "free": whole.seats - whole.confirmed - (0 if report.coarse else whole.nominations(NominationState.OFFERED)),
        "percentage": percentage(whole.confirmed, whole.seats),
    }
    if report.coarse:
        return _hide(counts, counts if report.hidden else _hidden_fields(report))
    warned = dict(report.warned or {})
    return counts | {
        **_run_attendance(whole, provincial, central),
        "certificatePendingEvaluation": report.pending,
        "nominationsWarned": warned.pop(ANY_WARNING, 0),
        "nominationsByWarning": dict(sorted(warned.items())),
        "nominationsProvincialPrimary": provincial.nominations(rank=Rank.PRIMARY),
        "nominationsProvincialReserve": provincial.nominations(rank=Rank.RESERVE),
        "nominationsCentral": central.nominations(),
    }


def _run_attendance(whole: Sum, provincial: Sum, central: Sum) -> Body:
    heads, acting = whole.attended_ex_officio
    return {
        **_attendance(whole),
        "attendedProvincial": provincial.attended,
        "attendedCentral": central.attended,
        "attendanceRatePct": percentage(whole.attended, whole.confirmed),
        "headInPersonPct": percentage(heads, heads + acting),
    }


def _attendance_by(report: RunReport, language: Language) -> Body:
    """Of people, so only to those who see them; the centre is no region."""
    if report.coarse:
        return {}
    regions = {row.key: row.sum.attended for row in report.by_region.rows if row.key != CENTRAL_REGION}
    groups = {row.key: row.sum.attended for row in report.by_group.rows}
    covered = _covered(report.sum, report.sum.attended_from, language)
    return {"attendedByRegion": regions, "attendedByGroup": groups, "attendedCoverage": covered}


def _attendance(total: Sum) -> Body:
    """Present at least once; per cent of the minutes that were held for those who are recorded; valid certificates."""
    return {
        "attended": total.attended,
        "noShow": total.no_show,
        "certificates": total.certificates,
        "attendancePct": percentage(*total.minutes),
    }


def _hidden_fields(report: RunReport) -> set[str]:
    states = {"nominations", *_STATE_FIELDS.values()} if report.hides_states else set()
    heads = {"confirmedHeads", "confirmedActing"} if report.hides_heads else set()
    return states | heads | {_SIDE_FIELDS[side] for side in report.hidden_sides}


def _state_counts(total: Sum) -> Body:
    return {name: total.nominations(state) for state, name in _STATE_FIELDS.items()}


def _hide(counts: Body, names: Iterable[str]) -> Body:
    hidden = dict.fromkeys(names)
    return {**counts, **hidden, "suppressed": True} if hidden else counts


def _confirmed_by(breakdown: Breakdown) -> Body:
    return {row.key: None if row.hidden else row.sum.confirmed for row in breakdown.rows}


def _heads_by(breakdown: Breakdown) -> Body:
    """Holders of posts; the centre is no region."""
    return {row.key: row.sum.heads for row in breakdown.rows if row.key != CENTRAL_REGION}


def _totals(totals: Totals, language: Language) -> Body:
    body: Body = {
        "programmes": totals.programmes,
        "runs": totals.runs,
        **_counts(totals.sum, coarse=totals.coarse),
        "provinceCoverage": _coverage(totals.sum, language),
    }
    return {**body, "runsLeftOut": totals.left_out} if totals.coarse else body


def _rows(breakdown: Breakdown, language: Language) -> list[Body]:
    by, descriptions = breakdown.by, breakdown.descriptions
    return [
        {"key": row.key, **heading(by, row.key, descriptions), **_row_counts(row, by, language)}
        for row in breakdown.rows
    ]


def _row_counts(row: ReportRow, by: By, language: Language) -> Body:
    counts = _counts(row.sum, coarse=row.coarse) | _reach(row.sum, by, language)
    return _hide(counts, counts) if row.hidden else counts


def _counts(total: Sum, *, coarse: bool) -> Body:
    counts: Body = {
        "seats": total.seats,
        "confirmed": total.confirmed,
        "percentage": percentage(total.confirmed, total.seats),
    }
    if coarse:
        return counts
    return {**counts, "nominations": total.nominations(), **_state_counts(total), **_attendance(total)}


def _reach(total: Sum, by: By, language: Language) -> Body:
    """A place is reached by runs; a run reaches provinces."""
    if by in OVER_RUNS:
        return {"provinceCoverage": _coverage(total, language)}
    if by is By.TARGET:
        return {}
    return {"runs": {"offered": total.runs_offered, "reached": total.runs_reached}}


def _coverage(total: Sum, language: Language) -> Body:
    """Provinces with somebody confirmed, of the provinces that have seats."""
    return _covered(total, total.covered, language)


def _covered(total: Sum, covered: set[str], language: Language) -> Body:
    """So many provinces of those that have seats. Without such provinces: not applicable."""
    of = total.offered | total.covered
    return {
        "covered": len(covered) if of else None,
        "of": len(of) if of else None,
        "percentage": percentage(len(covered), len(of)),
        "text": f"{len(covered)}/{len(of)}" if of else NOT_APPLICABLE[language],
    }
