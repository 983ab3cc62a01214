"""Development plans in reports: every plan counts once, where its person was last and in its last state; few people are
not told to who sees all."""

from collections import Counter
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.plans import Counts, planned_differences
from services.enrolment.plans.domain import plans as domain
from services.enrolment.plans.domain.plans import Doing, Outcome, Plan, State
from services.enrolment.plans.domain.rows import Written
from services.reporting.answering import ByPlace, Descriptions, Planning, Visibility
from services.reporting.answering.answers import PlanReport
from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.planning import planning
from services.reporting.http.planning import plans_response
from services.reporting.projecting import Membership, PlansOfYear, Unit
from services.reporting.projecting.domain.plans import PlansChange, fold_plan
from services.reporting.storage.documents import plans_of, plans_update
from shared.errors import Refused
from shared.events.plans import PlanFact
from shared.events.seats import Place
from shared.rights import Principal, Role, Scope
from tests.unit.enrolment.plans.making import AT, PERSON, PLACE, SUPERVISOR, YALA, YEAR, need
from tests.unit.reporting.histories import envelope

CENTRE: Final = Place(unit="PERS", province=None, group=None, region="CENTRAL")
PLACES: Final = (PLACE, YALA, CENTRE)
STEPS: Final = (
    domain.submitted,
    lambda plan, doing: domain.reopened(plan, domain.Action.RECALL, doing),
    lambda plan, _: domain.reopened(plan, domain.Action.RETURN, SUPERVISOR),
    lambda plan, _: domain.agreed(plan, SUPERVISOR),
    lambda plan, doing: domain.reopened(plan, domain.Action.REVISE, doing),
    lambda plan, doing: domain.completed(plan, 1, doing),
    lambda plan, _: domain.nominated(plan, 1, "run-1", "nom-1", SUPERVISOR),
    lambda plan, _: domain.closed(plan, SUPERVISOR),
)


def lived(number: int, ways: list[tuple[int, int]]) -> tuple[Plan, list[PlanFact]]:
    """A plan after these steps, each at the place where its person belonged then."""
    new = domain.drafted(Plan(f"plan-{number}", "anan", PLACE, YEAR), [Written(need())], PERSON)
    plan, events = new.plan, [*new.events]
    for place, step in ways:
        outcome = done(replace(plan, place=PLACES[place]), step)
        plan, events = outcome.plan, [*events, *outcome.events]
    return plan, events


def done(plan: Plan, step: int) -> Outcome:
    try:
        return STEPS[step](plan, Doing("anan", AT))
    except Refused:
        return Outcome(plan)


def document_of(changes: dict[int, PlansChange]) -> dict[str, Any]:
    cells: dict[str, dict[str, int]] = {}
    update = plans_update(changes[YEAR])
    for path, count in update.get("$inc", {}).items():
        _, unit, state = path.split(".")
        cells.setdefault(unit, {})[state] = count
    return {"_id": changes[YEAR].id, **update["$set"], "cells": cells}


ways = st.lists(st.tuples(st.integers(0, 2), st.integers(0, len(STEPS) - 1)), max_size=15)


@given(st.lists(ways, min_size=1, max_size=5))
def test_every_plan_counts_once_where_it_was_last(several: list[list[tuple[int, int]]]) -> None:
    changes: dict[int, PlansChange] = {}
    expected = Counts()
    for number, one in enumerate(several):
        plan, events = lived(number, one)
        for seq, event in enumerate(events, start=1):
            fold_plan(changes, event, envelope(event, event.aggregate, seq))
        assert plan.told_unit is not None
        expected[YEAR, plan.told_unit, plan.state.value] += 1
    document = document_of(changes)
    told = plans_of(document)
    counted = {(unit, state): count for unit, counts in told.cells.items() for state, count in counts.items() if count}
    assert counted == {(unit, state): count for (_, unit, state), count in expected.items()}
    assert list(planned_differences(expected, [document])) == []
    expected[YEAR, "PO-50", "AGREED"] += 1
    assert len(list(planned_differences(expected, [document]))) == 1


def unit(key: str, province: str, group: str, region: str) -> Unit:
    member = (Membership(group, region, "2017-11-17", None),)
    return Unit(key, "ก", "a", province, None, None, member, None, None, AT)


NAMES: Final = Names({one.id: one for one in (unit("PO-50", "50", "NU1", "N"), unit("PO-95", "95", "SB", "S"))}, YEAR)


def report(
    cells: dict[str, dict[str, int]], by: ByPlace, *, coarse: bool = False, scope: Scope | None = None
) -> Planning:
    plans = PlansOfYear(YEAR, AT, cells)
    return planning(plans, by, YEAR, Visibility(scope or Scope(all=True), coarse), NAMES)


CELLS: Final = {
    "PO-50.HR": {"AGREED": 7, "CLOSED": 2, "DRAFT": 1},
    "PO-95.HR": {"AGREED": 3, "SUBMITTED": 4, "OF_A_LATER_RELEASE": 1},
    "PERS": {"AGREED": 12, "DRAFT": 0},
}


def test_rows_are_those_of_the_dimension() -> None:
    by_unit = report(CELLS, ByPlace.UNIT)
    assert {key: (row.plans, row.agreed) for key, row in by_unit.rows.items()} == {
        "PO-50": (10, 9),
        "PO-95": (8, 3),
        "PERS": (12, 12),
    }
    assert {key: row.agreed for key, row in report(CELLS, ByPlace.PROVINCE).rows.items()} == {"50": 9, "95": 3}
    assert {key: row.agreed for key, row in report(CELLS, ByPlace.GROUP).rows.items()} == {"NU1": 9, "SB": 3}
    assert {*report(CELLS, ByPlace.REGION).rows} == {"N", "S", "CENTRAL"}
    assert (by_unit.whole.plans, by_unit.whole.of(State.SUBMITTED)) == (30, 4)


def test_an_office_sees_its_own() -> None:
    own = report(CELLS, ByPlace.UNIT, scope=Scope(unit="PO-95"))
    assert {key: row.plans for key, row in own.rows.items()} == {"PO-95": 8}
    assert own.whole.plans == 8


def test_few_are_not_told_nor_to_be_worked_out() -> None:
    """Three of Yala: with all provincial ones told, those of Chiang Mai would give them away."""
    for by, few in ((ByPlace.UNIT, {"PO-95", "PO-50"}), (ByPlace.PROVINCE, {"95", "50"}), (ByPlace.REGION, {"S", "N"})):
        told = report(CELLS, by, coarse=True)
        assert {key for key, row in told.rows.items() if row.hidden} == few
        assert not told.whole.hidden
    alone = report({"PO-95.HR": {"AGREED": 3}}, ByPlace.UNIT, coarse=True)
    assert alone.whole.hidden


def test_what_goes_out() -> None:
    told = plans_response(PlanReport(report(CELLS, ByPlace.PROVINCE), Descriptions(NAMES)))
    chiang_mai = {"plans": 10, "draft": 1, "submitted": 0, "agreed": 9, "closed": 2}
    assert told["rows"][0] == {"key": "50", "nameTh": None, "nameEn": None, "group": "NU1", "region": "N", **chiang_mai}
    assert (told["by"], told["fiscalYear"], told["totals"]["plans"]) == ("province", YEAR, 30)
    seen = plans_response(PlanReport(report(CELLS, ByPlace.REGION, coarse=True), Descriptions(NAMES)))
    rows = {row["key"]: (row["agreed"], row.get("suppressed")) for row in seen["rows"]}
    assert rows == {"CENTRAL": (12, None), "N": (None, True), "S": (None, True)}
    assert {row[name] for row in (*seen["rows"], seen["totals"]) for name in ("plans", "draft")} == {None}
    assert seen["totals"]["agreed"] == 24


counts = st.dictionaries(st.sampled_from(["PO-50.HR", "PO-50", "PO-95.HR", "PERS"]), st.integers(0, 9), min_size=1)


@given(counts)
def test_no_count_of_one_to_four_is_told(agreed: dict[str, int]) -> None:
    cells = {unit: {"AGREED": count} for unit, count in agreed.items()}
    for by in ByPlace:
        told = report(cells, by, coarse=True)
        shown = [row.agreed for row in (*told.rows.values(), told.whole) if not row.hidden]
        assert not any(0 < count < 5 for count in shown)


def test_nothing_is_asked_of_a_year_without_plans() -> None:
    principal = Principal("x", frozenset({Role.OCSC_OBSERVER}))
    empty = planning(None, ByPlace.UNIT, YEAR, Visibility.of(principal), NAMES)
    assert (empty.rows, empty.whole.counts, empty.whole.hidden) == ({}, Counter(), False)
