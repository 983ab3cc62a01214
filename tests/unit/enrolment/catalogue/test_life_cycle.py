"""The life cycle of a programme: the whole grid of states and actions, and what each step requires and publishes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services.enrolment.catalogue.domain import programmes as rules
from services.enrolment.catalogue.domain import runs
from services.enrolment.catalogue.domain.description import Description, Kind
from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope
from services.enrolment.catalogue.domain.programmes import TRANSITIONS, Action, Programme, State, next_state
from services.enrolment.catalogue.domain.runs import Plan, Run, RunState
from services.enrolment.catalogue.http.bodies import ClockBody
from shared.errors import Refused
from shared.events import catalogue as events
from shared.events.catalogue import Session, Venue
from shared.events.envelope import Event

START = datetime(2020, 8, 31, 6, tzinfo=UTC)
BEFORE = START - timedelta(days=30)
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
    Action.REOPEN: lambda programme: rules.reopen(programme, [RUN], BEFORE),
    Action.CANCEL: lambda programme: rules.cancel(programme, [RUN], BEFORE),
}
# Rows are states; in the order of the actions: revise, add-run, reschedule, submit, approve, publish, close, reopen,
# cancel, cancel-run, divide.
GRID = {
    "DRAFT": "DRAFT DRAFT DRAFT SUBMITTED programme-not-submitted programme-not-approved programme-not-published "
    "programme-not-closed CANCELLED run-not-approved run-not-opened",
    "SUBMITTED": "programme-not-draft runs-fixed SUBMITTED programme-not-draft APPROVED programme-not-approved "
    "programme-not-published programme-not-closed CANCELLED run-not-approved run-not-opened",
    "APPROVED": "programme-not-draft APPROVED APPROVED programme-not-draft programme-not-submitted PUBLISHED "
    "programme-not-published programme-not-closed CANCELLED APPROVED run-not-opened",
    "PUBLISHED": "programme-not-draft runs-fixed PUBLISHED programme-not-draft programme-not-submitted "
    "programme-not-approved CLOSED programme-not-closed CANCELLED PUBLISHED PUBLISHED",
    "CLOSED": "programme-ended programme-ended CLOSED programme-ended programme-ended programme-ended programme-ended "
    "PUBLISHED CANCELLED CLOSED CLOSED",
    "CANCELLED": " ".join(["programme-ended"] * 11),
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
        runs.check_run(run, DESCRIPTION, planned=False)
    else:
        assert code_of(lambda: runs.check_run(run, DESCRIPTION, planned=False)) == "fiscal-year-mismatch"


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (datetime(2019, 9, 30, 16, 59, tzinfo=UTC), False),
        (datetime(2021, 9, 30, 16, 59, tzinfo=UTC), True),
        (datetime(2021, 9, 30, 17, 0, tzinfo=UTC), False),
    ],
)
def test_a_planned_run_may_be_moved_into_the_next_fiscal_year_and_no_further(moment: datetime, fits: bool) -> None:
    """The programme keeps its year, and its run counts there."""
    moved = plan(starts_at=moment, ends_at=moment + timedelta(hours=3))
    if fits:
        _, happened = runs.reschedule(RUN, moved, DESCRIPTION, BEFORE)
        assert [(event.fiscal_year, event.starts_at) for event in happened] == [(2563, moment)]  # type: ignore[attr-defined]
    else:
        late = moment - timedelta(days=1)
        assert code_of(lambda: runs.reschedule(RUN, moved, DESCRIPTION, late)) == "fiscal-year-mismatch"
    other = replace(DESCRIPTION, fiscal_year=2562)
    assert code_of(lambda: rules.revise(DRAFT, other, [RUN])) == "fiscal-year-mismatch"


def test_a_scheduled_run_is_published_with_what_invitations_need() -> None:
    run, happened = runs.schedule(replace(RUN, seq=0), DESCRIPTION)
    event = happened[0]
    assert isinstance(event, events.RunScheduled)
    assert (happened[0].aggregate, happened[0].key, run.seq) == ("r1", "p1", 1)
    assert (event.code, event.title, event.capacity, event.revision) == ("PERS-2563-001", "โครงการ", 100, 0)
    assert (event.starts_at, event.venue.name, len(event.sessions)) == (START, "โรงแรมเอสดี อเวนิว", 1)


def test_a_changed_plan_is_a_revision_and_an_unchanged_one_is_not() -> None:
    later = plan(starts_at=START + timedelta(hours=1))
    moved, happened = runs.reschedule(RUN, later, DESCRIPTION, BEFORE)
    assert (moved.revision, moved.seq, len(happened)) == (1, 2, 1)
    assert runs.reschedule(moved, later, DESCRIPTION, BEFORE) == (moved, [])


def test_a_capacity_below_the_allocated_seats_is_refused() -> None:
    assert code_of(lambda: runs.reschedule(RUN, plan(capacity=99), DESCRIPTION, BEFORE)) == "capacity-below-allocated"


def test_an_opened_run_asks_its_units_for_nominations() -> None:
    opened, happened = runs.open_run(RUN, DESCRIPTION, ("PO-50", "OPS"), BEFORE)
    event = happened[0]
    assert isinstance(event, events.RunOpened)
    assert (opened.state, event.units) == (RunState.OPEN, ("PO-50", "OPS"))


# ---- the past


def test_nothing_is_opened_or_moved_to_begin_in_the_past() -> None:
    assert code_of(lambda: runs.open_run(RUN, DESCRIPTION, (), START)) == "starts-in-past"
    runs.open_run(RUN, DESCRIPTION, (), START - timedelta(seconds=1))
    then = runs.set_clock(RUN, -86_400)[0]
    runs.open_run(then, DESCRIPTION, (), START)  # by the clock of the run
    earlier = plan(starts_at=START - timedelta(days=2))
    for run in (RUN, replace(RUN, opened=True)):
        assert code_of(partial(runs.reschedule, run, earlier, DESCRIPTION, START)) == "starts-in-past"
        runs.reschedule(run, earlier, DESCRIPTION, START - timedelta(days=3))
    runs.reschedule(RUN, earlier, DESCRIPTION, START, past_drafts=True)
    opened = replace(RUN, opened=True)
    assert code_of(lambda: runs.reschedule(opened, earlier, DESCRIPTION, START, past_drafts=True)) == "starts-in-past"


def test_nobody_is_asked_for_nominations_that_would_all_be_refused() -> None:
    closes = START - timedelta(days=9)
    run = replace(RUN, plan=plan(closes_at=closes))
    assert code_of(lambda: runs.open_run(run, DESCRIPTION, (), closes)) == "intake-over"
    runs.open_run(run, DESCRIPTION, (), closes - timedelta(seconds=1))
    runs.open_run(runs.set_clock(run, -86_400)[0], DESCRIPTION, (), closes)  # by the clock of the run
    opened, at = replace(run, opened=True), START - timedelta(days=8)
    past, ahead = plan(closes_at=closes - timedelta(days=1)), plan(closes_at=START - timedelta(days=1))
    assert code_of(lambda: runs.reschedule(opened, past, DESCRIPTION, at)) == "intake-over"
    for changed in (ahead, plan(closes_at=None), plan(closes_at=closes, venue=Venue(name="ห้องสำรอง"))):
        assert runs.reschedule(opened, changed, DESCRIPTION, at)[0].plan == changed
    runs.reschedule(run, past, DESCRIPTION, at)  # a draft: it is opened later, or not


def test_what_has_begun_does_not_take_nominations_again() -> None:
    begun, coming = replace(RUN, opened=True), replace(RUN, opened=True, plan=plan(starts_at=START + timedelta(days=9)))
    closed = replace(DRAFT, state=State.CLOSED)
    for some in ([begun], [begun, begun]):
        assert code_of(partial(rules.reopen, closed, some, START)) == "run-started"
        assert rules.reopen(closed, some, START - timedelta(seconds=1))[0].state is State.PUBLISHED
    reopened, happened = rules.reopen(closed, [begun, coming], START)
    assert (reopened.state, type(happened[0])) == (State.PUBLISHED, events.ProgrammeReopened)
    by_its_clock = runs.set_clock(begun, -86_400)[0]
    assert rules.reopen(closed, [by_its_clock], START)[0].state is State.PUBLISHED


def test_a_run_is_reopened_until_its_nominations_end() -> None:
    closes = START - timedelta(days=9)
    closed = replace(RUN, opened=True, state=RunState.CLOSED, plan=plan(closes_at=closes))
    assert code_of(lambda: runs.reopen_run(closed, DESCRIPTION, (), closes)) == "intake-over"
    reopened, happened = runs.reopen_run(closed, DESCRIPTION, ("PO-50",), closes - timedelta(seconds=1))
    (event,) = happened
    assert isinstance(event, events.RunReopened)
    assert (reopened.state, reopened.seq, reopened.revision) == (RunState.OPEN, 2, 0)
    assert (event.units, event.closes_at) == (("PO-50",), closes)
    without_end = replace(closed, plan=plan())
    assert runs.reopen_run(without_end, DESCRIPTION, (), BEFORE)[0].state is RunState.OPEN


def test_a_run_under_way_may_move_to_another_hall_or_a_later_day_and_one_that_has_ended_may_not() -> None:
    opened, under_way = replace(RUN, opened=True, state=RunState.CLOSED), START + timedelta(hours=1)
    for changed in (plan(venue=Venue(name="ห้องสำรอง")), plan(starts_at=START + timedelta(hours=2))):
        assert runs.reschedule(opened, changed, DESCRIPTION, under_way)[0].plan == changed
        late = partial(runs.reschedule, opened, changed, DESCRIPTION, opened.plan.ends_at)
        assert code_of(late) == "run-ended"


def test_no_change_ends_a_run_in_the_past() -> None:
    """It would be over at once, and nothing of it could be put right."""
    opened, at = replace(RUN, opened=True, state=RunState.OPEN), START + timedelta(hours=2)
    ends = {hours: START + timedelta(hours=hours) for hours in (1, 2, 2.5, 4)}
    cut = {hours: plan(ends_at=end, sessions=(Session(starts_at=START, ends_at=end),)) for hours, end in ends.items()}
    for hours in (1, 2):
        for run in (opened, RUN):
            assert code_of(partial(runs.reschedule, run, cut[hours], DESCRIPTION, at)) == "ends-in-past"
        drafted, _ = runs.reschedule(RUN, cut[hours], DESCRIPTION, at, past_drafts=True)
        assert drafted.plan == cut[hours]
    for later in (2.5, 4):
        assert runs.reschedule(opened, cut[later], DESCRIPTION, at)[0].plan == cut[later]
    behind = runs.set_clock(opened, -7_200)[0]  # by the clock of the run
    assert runs.reschedule(behind, cut[1], DESCRIPTION, at)[0].plan == cut[1]


def test_what_has_taken_place_is_not_cancelled() -> None:
    held, coming = replace(RUN, opened=True), replace(RUN, opened=True, plan=plan(ends_at=START + timedelta(days=9)))
    closed, after = replace(DRAFT, state=State.CLOSED), held.plan.ends_at
    assert code_of(lambda: rules.cancel(closed, [held], after)) == "run-ended"
    for some in ([held, coming], [], [RUN]):
        assert rules.cancel(closed, some, after)[0].state is State.CANCELLED


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


def test_the_clock_of_a_run_is_never_before_the_time_that_it_was_set_to() -> None:
    """Else what is due at that time would not be due for half a second."""
    for microsecond in (0, 1, 400_000, 600_000, 999_999):
        now = START.replace(microsecond=microsecond)
        body = ClockBody.model_validate_json('{"businessNow": "2027-01-04T08:30:00+07:00"}')
        at = now + timedelta(seconds=body.offset(now))
        assert timedelta(0) <= at - datetime.fromisoformat("2027-01-04T08:30:00+07:00") < timedelta(seconds=1)
