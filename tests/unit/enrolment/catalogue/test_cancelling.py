"""One run of a programme is cancelled: in which states of the programme, of the run and of the others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.enrolment.catalogue.domain import programmes as rules
from services.enrolment.catalogue.domain.cancelling import cancel_run
from services.enrolment.catalogue.domain.organising import require_organiser
from services.enrolment.catalogue.domain.programmes import State
from services.enrolment.catalogue.domain.runs import Run, RunState, reschedule
from shared.events.catalogue import RunCancelled
from shared.rights import Principal, Role
from tests.unit.enrolment.catalogue.test_life_cycle import BEFORE, DESCRIPTION, DRAFT, RUN, START, code_of, plan

OPENED = replace(RUN, opened=True, state=RunState.OPEN)
OTHER = replace(OPENED, id="r2", plan=plan(cohort=2))
LIVING = (State.APPROVED, State.PUBLISHED, State.CLOSED)


def cancelled(run: Run, *others: Run, state: State = State.PUBLISHED) -> RunState:
    ended, (event,) = cancel_run(state, run, [run, *others], DESCRIPTION, BEFORE)
    assert isinstance(event, RunCancelled)
    assert (event.run, ended.seq, ended.revision) == (run.id, run.seq + 1, run.revision)
    return ended.state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("of_run", RunState)
def test_every_state_of_the_programme_and_of_the_run(state: State, of_run: RunState) -> None:
    run = replace(OPENED, state=of_run)
    if state in LIVING and of_run is not RunState.CANCELLED:
        assert cancelled(run, OTHER, state=state) is RunState.CANCELLED
        return
    early = {State.DRAFT: "run-not-approved", State.SUBMITTED: "run-not-approved", State.CANCELLED: "programme-ended"}
    expected = early.get(state, "run-cancelled")
    assert code_of(lambda: cancel_run(state, run, [run, OTHER], DESCRIPTION, BEFORE)) == expected


def test_the_last_one_that_is_left_is_cancelled_with_its_programme() -> None:
    gone = replace(OTHER, state=RunState.CANCELLED)
    for siblings in ([OPENED], [OPENED, gone]):
        refused = code_of(lambda siblings=siblings: cancel_run(State.PUBLISHED, OPENED, siblings, DESCRIPTION, BEFORE))  # type: ignore[misc]
        assert refused == "last-run"
    assert cancelled(OPENED, gone, replace(OTHER, id="r3")) is RunState.CANCELLED


def test_what_has_begun_is_cancelled_and_what_is_over_is_not() -> None:
    late = replace(OTHER, plan=plan(ends_at=START + timedelta(days=9)))
    for at, code in ((START + timedelta(hours=1), None), (OPENED.plan.ends_at, "run-ended")):
        if code is None:
            assert cancel_run(State.PUBLISHED, OPENED, [OPENED, late], DESCRIPTION, at)[0].state is RunState.CANCELLED
        else:
            over = code_of(lambda at=at: cancel_run(State.PUBLISHED, OPENED, [OPENED, late], DESCRIPTION, at))  # type: ignore[misc]
            assert over == code


def test_a_cancelled_run_is_not_moved_and_counts_for_nothing_in_its_programme() -> None:
    gone, begun = replace(OPENED, state=RunState.CANCELLED), START + timedelta(hours=1)
    for changed in (gone.plan, plan(cohort=7)):
        assert code_of(lambda changed=changed: reschedule(gone, changed, DESCRIPTION, BEFORE)) == "run-cancelled"  # type: ignore[misc]
    closed = replace(DRAFT, state=State.CLOSED)
    later = replace(gone, plan=plan(starts_at=START + timedelta(days=3), ends_at=START + timedelta(days=4)))
    assert code_of(lambda: rules.reopen(closed, [OPENED, later], begun)) == "run-started"
    assert code_of(lambda: rules.cancel(closed, [OPENED, later], OPENED.plan.ends_at)) == "run-ended"
    approved = replace(DRAFT, state=State.APPROVED)
    empty = replace(gone, allocated=0)
    assert rules.publish(approved, [RUN, empty])[0].state is State.PUBLISHED


@pytest.mark.parametrize(
    ("organiser", "unit", "may"),
    [
        ("PERS", "PERS", True),
        ("PERS", "OPS", True),
        ("PERS.TRAIN", "PERS", True),
        ("PERS", "PERS.TRAIN", False),
        ("PERS", "DRI", False),
        ("PERS", None, False),
        (None, "DRI", True),
        (None, None, True),
    ],
)
def test_who_organises(organiser: str | None, unit: str | None, may: bool) -> None:
    caller, described = (
        Principal("officer", frozenset({Role.HR_OFFICER}), unit),
        replace(DESCRIPTION, organiser=organiser),
    )
    if may:
        require_organiser(described, caller)
    else:
        assert code_of(lambda: require_organiser(described, caller)) == "not-the-organiser"
