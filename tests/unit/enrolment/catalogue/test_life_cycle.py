"""The life cycle of a programme: the whole grid of states and actions, and what each step requires and publishes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.enrolment.catalogue.domain import programmes as rules
from services.enrolment.catalogue.domain import runs
from services.enrolment.catalogue.domain.description import Description, Kind
from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope
from services.enrolment.catalogue.domain.programmes import TRANSITIONS, Action, Programme, State, next_state
from services.enrolment.catalogue.domain.runs import Plan, Run, RunState
from shared.errors import Refused
from shared.events import catalogue as events
from shared.events.catalogue import Session, Venue
from shared.events.envelope import Event

START = datetime(2020, 8, 31, 6, tzinfo=UTC)
HR = TargetGroup("PROV_HR", TargetScope.PROVINCIAL, unit="PO.HR", seats=76)
POOL = TargetGroup("CENTRAL_HR", TargetScope.CENTRAL, seats=24)
DESCRIPTION = Description("PERS-2563-001", "โครงการ", 2563, Kind.TRAINING_PROJECT, target_groups=(HR, POOL))
DRAFT = Programme("p1", DESCRIPTION, created_by="officer", seq=1)
OFFICER, EXECUTIVE = "officer", "executive"


def plan(**changes: Any) -> Plan:
    end = START + timedelta(hours=3)
    fields: dict[str, Any] = {
        "cohort": 1,
        "capacity": 100,
        "starts_at": START,
        "ends_at": end,
        "sessions": (Session(starts_at=START, ends_at=end),),
        "venue": Venue(name="โรงแรมเอสดี อเวนิว"),
    }
    return Plan(**fields | changes)


RUN = Run("r1", "p1", plan(), allocated=100, seq=1)

STEPS: dict[Action, Callable[[Programme], tuple[Programme, list[Event]]]] = {
    Action.REVISE: lambda programme: rules.revise(programme, DESCRIPTION, [RUN]),
    Action.SUBMIT: lambda programme: rules.submit(programme, [RUN], OFFICER),
    Action.APPROVE: lambda programme: rules.approve(programme, EXECUTIVE),
    Action.PUBLISH: lambda programme: rules.publish(programme, [RUN]),
    Action.CLOSE: rules.close,
    Action.CANCEL: rules.cancel,
}
# Rows are states; in the order of the actions: revise, add-run, reschedule, submit, approve, publish, close, cancel.
GRID = {
    "DRAFT": "DRAFT DRAFT DRAFT SUBMITTED programme-not-submitted programme-not-approved programme-not-published "
    "CANCELLED",
    "SUBMITTED": "programme-not-draft runs-fixed SUBMITTED programme-not-draft APPROVED programme-not-approved "
    "programme-not-published CANCELLED",
    "APPROVED": "programme-not-draft APPROVED APPROVED programme-not-draft programme-not-submitted PUBLISHED "
    "programme-not-published CANCELLED",
    "PUBLISHED": "programme-not-draft runs-fixed PUBLISHED programme-not-draft programme-not-submitted "
    "programme-not-approved CLOSED CANCELLED",
    "CLOSED": " ".join(["programme-ended"] * 8),
    "CANCELLED": " ".join(["programme-ended"] * 8),
}
CELLS = [
    (State(state), action, outcome)
    for state, row in GRID.items()
    for action, outcome in zip(Action, row.split(), strict=True)
]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_the_grid_is_complete() -> None:
    assert [State(state) for state in GRID] == list(State)
    assert len(CELLS) == len(State) * len(Action)
    assert {cell[:2] for cell in CELLS if cell[2].isupper()} == set(TRANSITIONS)


@pytest.mark.parametrize(("state", "action", "outcome"), CELLS)
def test_every_state_and_action(state: State, action: Action, outcome: str) -> None:
    programme = replace(DRAFT, state=state)
    if outcome.isupper():
        assert next_state(state, action) is State(outcome)
        if action in STEPS:
            moved, happened = STEPS[action](programme)
            assert (moved.state, moved.seq, len(happened)) == (State(outcome), 2, 1)
    else:
        assert code_of(lambda: next_state(state, action)) == outcome
        if action in STEPS:
            assert code_of(lambda: STEPS[action](programme)) == outcome


def test_a_new_programme_is_published_with_its_description() -> None:
    programme, happened = rules.create(replace(DRAFT, seq=0))
    assert programme.seq == 1
    assert happened == [
        events.ProgrammeCreated(
            programme="p1",
            code="PERS-2563-001",
            title="โครงการ",
            fiscal_year=2563,
            organiser=None,
            kind="TRAINING_PROJECT",
            framework_tags=(),
        )
    ]
    assert (happened[0].aggregate, happened[0].key) == ("p1", "p1")


@pytest.mark.parametrize(
    ("description", "code"),
    [
        (replace(DESCRIPTION, target_groups=(HR, HR)), "target-twice"),
        (replace(DESCRIPTION, total_seats=99), "seats-above-total"),
    ],
)
def test_an_inconsistent_description_is_refused(description: Description, code: str) -> None:
    assert code_of(lambda: rules.create(replace(DRAFT, description=description))) == code


def test_a_total_without_a_split_is_accepted() -> None:
    unsplit = replace(DESCRIPTION, total_seats=150, target_groups=(TargetGroup("ALL", TargetScope.PROVINCIAL),))
    assert rules.create(replace(DRAFT, description=unsplit))[0].description.total_seats == 150


@pytest.mark.parametrize(
    ("programme", "planned", "code"),
    [
        (DRAFT, [], "no-runs"),
        (replace(DRAFT, description=replace(DESCRIPTION, target_groups=())), [RUN], "no-target-groups"),
        (DRAFT, [replace(RUN, plan=plan(capacity=99))], "seats-above-runs"),
    ],
)
def test_an_incomplete_programme_cannot_be_submitted(programme: Programme, planned: list[Run], code: str) -> None:
    assert code_of(lambda: rules.submit(programme, planned, OFFICER)) == code


def test_nobody_approves_their_own_programme() -> None:
    submitted, _ = rules.submit(DRAFT, [RUN], "another officer")
    assert code_of(lambda: rules.approve(submitted, OFFICER)) == "own-programme"
    assert code_of(lambda: rules.approve(submitted, "another officer")) == "own-programme"
    assert rules.approve(submitted, EXECUTIVE)[0].state is State.APPROVED


def test_publishing_needs_seats_in_every_run() -> None:
    approved = replace(DRAFT, state=State.APPROVED)
    empty = replace(RUN, id="r2", plan=plan(cohort=2), allocated=0)
    assert code_of(lambda: rules.publish(approved, [RUN, empty])) == "run-without-seats"


def test_a_target_group_with_allocated_seats_stays() -> None:
    fewer = replace(DESCRIPTION, target_groups=(POOL,))
    assert code_of(lambda: rules.revise(DRAFT, fewer, [RUN])) == "target-with-seats"
    assert rules.revise(DRAFT, fewer, [replace(RUN, allocated=0)])[0].description == fewer


def test_a_revision_to_another_fiscal_year_than_its_runs_is_refused() -> None:
    other = replace(DESCRIPTION, fiscal_year=2564)
    assert code_of(lambda: rules.revise(DRAFT, other, [RUN])) == "fiscal-year-mismatch"


# ---- runs


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (datetime(2019, 9, 30, 16, 59, tzinfo=UTC), False),
        (datetime(2019, 9, 30, 17, 0, tzinfo=UTC), True),
        (datetime(2020, 9, 30, 16, 59, tzinfo=UTC), True),
        (datetime(2020, 9, 30, 17, 0, tzinfo=UTC), False),
    ],
)
def test_a_fiscal_year_ends_at_midnight_in_bangkok(moment: datetime, fits: bool) -> None:
    run = replace(RUN, plan=plan(starts_at=moment))
    if fits:
        runs.check_run(run, DESCRIPTION)
    else:
        assert code_of(lambda: runs.check_run(run, DESCRIPTION)) == "fiscal-year-mismatch"


def test_a_scheduled_run_is_published_with_what_invitations_need() -> None:
    run, happened = runs.schedule(replace(RUN, seq=0), DESCRIPTION)
    event = happened[0]
    assert isinstance(event, events.RunScheduled)
    assert (happened[0].aggregate, happened[0].key, run.seq) == ("r1", "p1", 1)
    assert (event.code, event.title, event.capacity, event.revision) == ("PERS-2563-001", "โครงการ", 100, 0)
    assert (event.starts_at, event.venue.name, len(event.sessions)) == (START, "โรงแรมเอสดี อเวนิว", 1)


def test_a_changed_plan_is_a_revision_and_an_unchanged_one_is_not() -> None:
    later = plan(starts_at=START + timedelta(hours=1))
    moved, happened = runs.reschedule(RUN, later, DESCRIPTION)
    assert (moved.revision, moved.seq, len(happened)) == (1, 2, 1)
    assert runs.reschedule(moved, later, DESCRIPTION) == (moved, [])


def test_a_capacity_below_the_allocated_seats_is_refused() -> None:
    assert code_of(lambda: runs.reschedule(RUN, plan(capacity=99), DESCRIPTION)) == "capacity-below-allocated"


def test_an_opened_run_asks_its_units_for_nominations() -> None:
    opened, happened = runs.open_run(RUN, DESCRIPTION, ("PO-50", "OPS"))
    event = happened[0]
    assert isinstance(event, events.RunOpened)
    assert (opened.state, event.units) == (RunState.OPEN, ("PO-50", "OPS"))


@pytest.mark.parametrize(
    ("cancelled", "state", "event"),
    [(True, RunState.CANCELLED, events.RunCancelled), (False, RunState.CLOSED, events.RunClosed)],
)
def test_how_a_run_ends(cancelled: bool, state: RunState, event: type[events.RunFact]) -> None:
    ended, happened = runs.end_run(RUN, DESCRIPTION, cancelled=cancelled)
    assert (ended.state, type(happened[0])) == (state, event)


def test_the_clock_of_a_run() -> None:
    moved, happened = runs.set_clock(RUN, -3600)
    assert (moved.offset_seconds, moved.seq) == (-3600, 2)
    assert happened[0] == events.RunClockSet(programme="p1", run="r1", offset_seconds=-3600)
    assert runs.set_clock(moved, -3600) == (moved, [])
    assert runs.schedule(moved, DESCRIPTION)[1][0].offset_seconds == -3600  # type: ignore[attr-defined]
