"""Answers made of sums and descriptions: runs, programmes and coverage, as they go out. Pure.

Keys are camelCase because these are the answers themselves. A count that is hidden from the caller is null, and what it
stands in says `suppressed: true`. Runs that do not take place are left out before (queries.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from services.reporting.descriptions import Programme, Run
from services.reporting.domain import Row
from services.reporting.names import Names
from services.reporting.rollups import Rollup
from services.reporting.sums import CENTRAL, PROVINCIAL, By, Sum, broken_down, percentage, total
from services.reporting.suppression import is_small
from services.reporting.visible import Visible
from shared.events.enrolment import CENTRAL_REGION

Answer = dict[str, Any]
Language = Literal["th", "en"]
NOT_APPLICABLE: Final[Mapping[Language, str]] = {"th": "ไม่เกี่ยวข้อง", "en": "not applicable"}
_OVER_RUNS: Final = frozenset({By.RUN, By.PROGRAMME, By.FISCAL_YEAR})
# The states beside CONFIRMED and their letters in rollups.COUNTERS.
_STATES: Final[Mapping[str, str]] = {
    "submitted": "s",
    "waitlistRemaining": "w",
    "withdrawn": "x",
    "rejected": "r",
}


@dataclass(frozen=True, slots=True)
class Described:
    """Titles of what rows are about, as far as they have arrived."""

    names: Names
    runs: Mapping[str, Run] = field(default_factory=dict)
    programmes: Mapping[str, Programme] = field(default_factory=dict)


def run_answer(
    run_id: str, run: Run | None, tags: Iterable[str], shown: Visible, names: Names, language: Language
) -> Answer:
    """One run. `shown` holds its rollup, or nothing yet."""
    one = total(shown.rollups)
    by_region = _confirmed_by(shown, By.REGION)
    by_region.pop(CENTRAL_REGION, None)
    return {
        "run": run_id,
        **run_head(run, shown.rollups),
        "frameworkTags": list(tags),
        "target": run.capacity if run is not None else one.seats,
        "capacity": run.capacity if run is not None else None,
        "quotaBuckets": one.buckets,
        **_run_counts(one, shown),
        "confirmedByRegion": by_region,
        "confirmedByGroup": _confirmed_by(shown, By.GROUP),
        "byTarget": {row.pop("key"): row for row in _rows(shown, By.TARGET, Described(names), language)},
        "byUnit": None if shown.coarse else _rows(shown, By.UNIT, Described(names), language),
        "provinceCoverage": None if shown.left_out else _coverage(one, language),
    }


def run_row(run: Run, shown: Visible, language: Language) -> Answer:
    """One run in a list. `shown` holds its rollup, or nothing yet."""
    one = total(shown.rollups)
    counts = _counts(one, shown.coarse) | _reach(one, By.RUN, language)
    return {
        "run": run.id,
        **run_head(run),
        "target": run.capacity,
        **(_hide(counts, list(counts)) if shown.left_out else counts),
    }


def programme_answer(
    programme_id: str, programme: Programme | None, shown: Visible, described: Described, language: Language
) -> Answer:
    return {
        "programme": programme_id,
        **_programme_head(programme),
        "kind": programme.kind if programme else None,
        "organiser": programme.organiser if programme else None,
        "frameworkTags": list(programme.framework_tags) if programme else [],
        "state": programme.state if programme else None,
        "target": sum(run.capacity for run in described.runs.values()),
        "totals": _totals(shown, language),
        "runs": _rows(shown, By.RUN, described, language),
    }


def coverage_answer(
    by: By, fiscal_year: int | None, shown: Visible, described: Described, language: Language, key: str | None = None
) -> Answer:
    """Expected against actual per key. With `key` that one row only."""
    rows = _rows(shown, by, described, language)
    return {
        "by": by.value,
        "fiscalYear": fiscal_year,
        "rows": [row for row in rows if key is None or row["key"] == key],
        "totals": _totals(shown, language),
    }


def run_head(run: Run | None, rollups: Iterable[Rollup] = ()) -> Answer:
    """What a run is called; from its seats alone as long as its description has not arrived."""
    counted = next(iter(rollups), None)
    return {
        "programme": run.programme if run else counted.programme if counted else None,
        "code": run.code if run else None,
        "title": run.title if run else None,
        "fiscalYear": run.fiscal_year if run else counted.fiscal_year if counted else None,
        "cohort": run.cohort if run else None,
        "state": run.state if run else None,
        "startsAt": _iso(run.starts_at if run else counted.starts_at if counted else None),
        "endsAt": _iso(run.ends_at if run else None),
    }


def own_nomination(row: Row, run: Run | None) -> Answer:
    """What a person is told of a nomination of his or her own."""
    return {
        "nomination": row.nomination,
        "run": row.run,
        **run_head(run),
        "target": row.target,
        "unit": row.place.unit,
        "rank": row.rank.value,
        "nominationState": row.state.value,
        "since": _iso(row.since),
    }


def _run_counts(one: Sum, shown: Visible) -> Answer:
    sides = broken_down(shown.rollups, By.SIDE)
    provincial, central = sides.get(PROVINCIAL, Sum()), sides.get(CENTRAL, Sum())
    counts: Answer = {
        "seats": one.seats,
        "nominations": one.nominations(),
        "confirmed": one.confirmed,
        "confirmedProvincial": provincial.confirmed,
        "confirmedCentral": central.confirmed,
        **{name: one.nominations(letter) for name, letter in _STATES.items()},
        "free": one.seats - one.confirmed,
        "percentage": percentage(one.confirmed, one.seats),
    }
    if shown.coarse:
        return _hide(counts, _hidden_counts(counts, shown))
    return counts | {
        "nominationsProvincialPrimary": provincial.nominations(rank="1"),
        "nominationsProvincialReserve": provincial.nominations(rank="2"),
        "nominationsCentral": central.nominations(),
    }


def _hidden_counts(counts: Answer, shown: Visible) -> set[str]:
    """The counts of a run that an observer does not see; what is left cannot be subtracted to one of them."""
    if shown.left_out:
        return set(counts)
    states = {"nominations", *_STATES} if any(is_small(counts[name]) for name in _STATES) else set()
    sides = {PROVINCIAL: "confirmedProvincial", CENTRAL: "confirmedCentral"}
    return states | {name for side, name in sides.items() if shown.hides(By.SIDE, side)}


def _hide(counts: Answer, names: Iterable[str]) -> Answer:
    hidden = dict.fromkeys(names)
    return {**counts, **hidden, "suppressed": True} if hidden else counts


def _confirmed_by(shown: Visible, by: By) -> Answer:
    sums = broken_down(shown.rollups, by)
    return {key: None if shown.hides(by, key) else sums[key].confirmed for key in sorted(sums)}


def _totals(shown: Visible, language: Language) -> Answer:
    one = total(shown.rollups)
    row: Answer = {
        "programmes": len({rollup.programme for rollup in shown.rollups}),
        "runs": len(shown.rollups),
        **_counts(one, shown.coarse),
        "provinceCoverage": _coverage(one, language),
    }
    return {**row, "runsLeftOut": len(shown.left_out)} if shown.coarse else row


def _counts(one: Sum, coarse: bool) -> Answer:
    counts: Answer = {
        "seats": one.seats,
        "confirmed": one.confirmed,
        "percentage": percentage(one.confirmed, one.seats),
    }
    if coarse:
        return counts
    return {
        **counts,
        "nominations": one.nominations(),
        **{name: one.nominations(letter) for name, letter in _STATES.items()},
    }


def _rows(shown: Visible, by: By, described: Described, language: Language) -> list[Answer]:
    """One row per key, in the order of keys; of keys that are hidden the key and its names alone."""
    sums = broken_down(shown.rollups, by)
    small = set(broken_down(shown.left_out, by)) - set(sums) if by in _OVER_RUNS else set()
    rows = []
    for key in sorted({*sums, *small, *described.names.keys(by)}):
        one = sums.get(key, Sum())
        counts = _counts(one, shown.coarse) | _reach(one, by, language)
        if key in small or shown.hides(by, key):
            counts = _hide(counts, list(counts))
        rows.append({"key": key, **_head(by, key, described), **counts})
    return rows


def _head(by: By, key: str, described: Described) -> Answer:
    if by is By.RUN:
        return run_head(described.runs.get(key))
    if by is By.PROGRAMME:
        return _programme_head(described.programmes.get(key))
    return described.names.describe(by, key)


def _programme_head(programme: Programme | None) -> Answer:
    return {
        "code": programme.code if programme else None,
        "title": programme.title if programme else None,
        "fiscalYear": programme.fiscal_year if programme else None,
    }


def _reach(one: Sum, by: By, language: Language) -> Answer:
    """A place is reached by runs; a run reaches provinces."""
    if by in _OVER_RUNS:
        return {"provinceCoverage": _coverage(one, language)}
    if by is By.TARGET:
        return {}
    return {"runs": {"offered": one.runs_offered, "reached": one.runs_reached}}


def _coverage(one: Sum, language: Language) -> Answer:
    """Provinces with somebody confirmed, of the provinces that have seats. Without such provinces: not applicable."""
    of = one.offered | one.covered
    share = percentage(len(one.covered), len(of))
    return {
        "covered": len(one.covered) if of else None,
        "of": len(of) if of else None,
        "percentage": share,
        "text": f"{len(one.covered)}/{len(of)}" if of else NOT_APPLICABLE[language],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
