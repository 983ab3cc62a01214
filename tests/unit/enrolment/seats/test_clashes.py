"""Which other runs a moved run comes to clash with: every way of before and after."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import OfferedRun, OtherRun
from services.enrolment.seats.domain.clash import clash, clashes_of
from shared.events.seats import WarningCode
from tests.unit.enrolment.seats.builders import ENDS, START, run

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OTHER = OtherRun("other", (START, ENDS), ((START, ENDS),))
NEVER = None


def placed(code: WarningCode | None) -> OfferedRun:
    """A run that clashes with the other one in this way."""
    if code is WarningCode.CLASH:
        return replace(run(), starts_at=START, ends_at=ENDS, sessions=((START, ENDS),))
    first, last = (START - 2 * DAY, START - 2 * DAY + HOUR), (ENDS + 2 * DAY, ENDS + 2 * DAY + HOUR)
    sessions = (first, last) if code is WarningCode.CLASH_ENCLOSED else (first,)
    return replace(run(), starts_at=first[0], ends_at=sessions[-1][1], sessions=sessions)


WAYS = (NEVER, WarningCode.CLASH_ENCLOSED, WarningCode.CLASH)  # from the least to the worst


@pytest.mark.parametrize(("before", "after"), list(product(range(3), range(3))))
def test_only_what_is_worse_than_before_is_new(before: int, after: int) -> None:
    assert clash(placed(WAYS[after]), OTHER) is WAYS[after]
    found = clashes_of(placed(WAYS[after]), [OTHER], placed(WAYS[before]))
    assert found == ({"other": WAYS[after]} if after > before else {})


@pytest.mark.parametrize("after", range(3))
def test_without_a_before_everything_counts(after: int) -> None:
    assert clashes_of(placed(WAYS[after]), [OTHER]) == ({} if after == 0 else {"other": WAYS[after]})


SHIFTS = st.integers(-72, 72)


@given(SHIFTS, SHIFTS, st.lists(SHIFTS, max_size=6))
def test_a_move_back_and_forth_finds_what_is_there(before: int, after: int, others: list[int]) -> None:
    """What is new by a move, and what was there before, are all that there is after it."""

    def at(hours: int) -> OfferedRun:
        span = (START + hours * HOUR, ENDS + hours * HOUR)
        return replace(run(), starts_at=span[0], ends_at=span[1], sessions=(span,))

    there = [
        replace(OTHER, id=str(number), lasts=at(h).lasts, sessions=at(h).sessions) for number, h in enumerate(others)
    ]
    new, was, now = (
        clashes_of(at(after), there, at(before)),
        clashes_of(at(before), there),
        clashes_of(at(after), there),
    )
    assert new.keys() <= now.keys()
    assert now.keys() - new.keys() <= was.keys()
    assert clashes_of(at(after), there, at(after)) == {}
