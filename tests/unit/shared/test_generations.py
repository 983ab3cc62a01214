"""Which release begins a generation by itself: never two in turns, and none that was abandoned."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.generations import UNKNOWN_FOLD, Fold, GenerationState, state_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
OLD, MORE, LATER = Fold(1, ("a",)), Fold(1, ("a", "b")), Fold(2, ("b",))
STATE = GenerationState(active=1, since=AT, highest=1, fold=OLD)
FILLING = replace(STATE, next=2, highest=2, started_at=AT)

folds = st.builds(Fold, st.integers(0, 2), st.lists(st.sampled_from("abc"), unique=True).map(sorted).map(tuple))


@given(folds, folds)
def test_of_two_folds_at_most_one_is_newer(one: Fold, other: Fold) -> None:
    assert not (one.is_newer_than(other) and other.is_newer_than(one))
    assert not one.is_newer_than(one)


@pytest.mark.parametrize(("newer", "older"), [(MORE, OLD), (LATER, OLD), (LATER, MORE), (OLD, UNKNOWN_FOLD)], ids=str)
def test_more_types_or_a_higher_version_are_newer(newer: Fold, older: Fold) -> None:
    assert newer.is_newer_than(older)


def test_only_what_is_newer_than_everything_begins_by_itself() -> None:
    assert STATE.calls_for(MORE)
    assert not STATE.calls_for(OLD)
    assert not replace(STATE, fold=MORE).calls_for(OLD)  # an older replica while a newer release answers
    assert not replace(FILLING, next_fold=MORE).calls_for(MORE)  # begun already
    assert replace(FILLING, next_fold=MORE).calls_for(LATER)
    assert not replace(FILLING, next_fold=LATER).calls_for(MORE)
    assert not replace(STATE, given_up=MORE).calls_for(MORE)
    assert replace(STATE, given_up=MORE).calls_for(LATER)


@given(folds, folds)
def test_two_releases_never_take_turns(one: Fold, other: Fold) -> None:
    """From whichever answers, the other one begins at most once, and then nobody does."""
    state = replace(STATE, fold=one)
    if state.calls_for(other):
        moved = replace(state, active=2, fold=other)
        assert not moved.calls_for(one)
        assert not moved.calls_for(other)


def test_a_pointer_without_folds_is_older_than_everything() -> None:
    stored = {"active": 3, "since": AT, "highest": 4, "next": 4, "started_at": AT}
    state = state_of({**stored, "retired": [{"generation": 2, "at": AT}]})
    assert (state.fold, state.fold_of(4), state.fold_of(2), state.fold_of(9)) == (UNKNOWN_FOLD,) * 4
    assert state.calls_for(OLD)
