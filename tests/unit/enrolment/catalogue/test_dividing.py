"""Which runs are split or become one, and what their events say."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from services.enrolment.catalogue.domain import dividing as rules
from services.enrolment.catalogue.domain.runs import Run, RunState
from shared.events import catalogue as events
from tests.unit.enrolment.catalogue.test_life_cycle import BEFORE, DESCRIPTION, RUN, START, code_of, plan

OPENED = replace(RUN, opened=True, state=RunState.OPEN, revision=3)
OTHER = replace(OPENED, id="r2", plan=plan(cohort=2, capacity=200), revision=7)


@pytest.mark.parametrize(
    ("run", "at", "code"),
    [
        (RUN, BEFORE, "run-not-opened"),
        (replace(OPENED, state=RunState.CANCELLED), BEFORE, "run-cancelled"),
        (replace(OPENED, moving=True), BEFORE, "run-being-moved"),
        (OPENED, START, "run-started"),
        (OPENED, OPENED.plan.ends_at, "run-ended"),
        (OPENED, BEFORE, None),
        (replace(OPENED, state=RunState.CLOSED), BEFORE, None),
    ],
)
def test_when_a_run_is_split(run: Run, at: object, code: str | None) -> None:
    if code is None:
        rules.require_movable(run, BEFORE)
    else:
        assert code_of(lambda: rules.require_movable(run, at)) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "to", "code"),
    [
        (OPENED, OPENED, "same-run"),
        (OPENED, replace(OTHER, programme="p2"), "other-programme"),
        (OPENED, replace(OTHER, state=RunState.CANCELLED), "run-cancelled"),
        (replace(OPENED, moving=True), OTHER, "run-being-moved"),
        (OPENED, replace(OTHER, offset_seconds=60), "clocks-differ"),
        (OPENED, replace(OTHER, plan=plan(capacity=199)), "too-many-seats"),
        (OPENED, OTHER, None),
    ],
)
def test_which_runs_become_one(source: Run, to: Run, code: str | None) -> None:
    if code is None:
        rules.require_mergeable(source, to, BEFORE)
    else:
        assert code_of(lambda: rules.require_mergeable(source, to, BEFORE)) == code


@pytest.mark.parametrize("state", [RunState.OPEN, RunState.CLOSED])
def test_the_new_run_is_as_the_other_one_and_asks_nobody(state: RunState) -> None:
    """Its revision is behind that of the other: an invitation to it replaces the one that people have."""
    new, happened = rules.split_off(Run("new", "p1", plan(cohort=9)), replace(OPENED, state=state), DESCRIPTION)
    assert (new.state, new.opened, new.revision, new.seq) == (state, True, 4, len(happened))
    kinds = [events.RunScheduled, events.RunOpened, *([events.RunClosed] if state is RunState.CLOSED else [])]
    assert [type(event) for event in happened] == kinds
    assert happened[1].units == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("days", "code"),
    [(0, None), (45, None), (395, None), (396, "fiscal-year-mismatch"), (-400, "fiscal-year-mismatch")],
)
def test_it_may_be_where_the_other_one_may_be_moved_to(days: int, code: str | None) -> None:
    """In the year of the programme and in the next one, whichever the other one is in; START is 31 August."""
    starts = START + timedelta(days=days)
    new = Run("new", "p1", plan(cohort=9, starts_at=starts, ends_at=starts + timedelta(hours=3)))
    for before in (OPENED, replace(OPENED, plan=plan(starts_at=START + timedelta(days=45)))):
        if code is None:
            split, (scheduled, _) = rules.split_off(new, before, DESCRIPTION)
            assert (split.plan, scheduled.fiscal_year) == (new.plan, 2563)  # type: ignore[attr-defined]
        else:
            assert code_of(partial(rules.split_off, new, before, DESCRIPTION)) == code


def test_what_becomes_of_both() -> None:
    taken, (scheduled,) = rules.take_in(OPENED, OTHER, DESCRIPTION)
    assert isinstance(scheduled, events.RunScheduled)
    assert (taken.revision, scheduled.revision, taken.plan) == (8, 8, OPENED.plan)
    ended, (cancelled,) = rules.end_merged(OTHER, "r1", DESCRIPTION)
    assert isinstance(cancelled, events.RunCancelled)
    assert (ended.state, cancelled.merged_into) == (RunState.CANCELLED, "r1")


def test_a_programme_waits_while_people_are_carried() -> None:
    rules.require_still([OPENED, OTHER])
    assert code_of(lambda: rules.require_still([OPENED, replace(OTHER, moving=True)])) == "run-being-moved"
    assert timedelta(0) < START - BEFORE
