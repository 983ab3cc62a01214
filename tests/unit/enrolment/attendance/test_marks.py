"""What a person has in a session against everything that may be recorded then."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.marks import STEPS, Kind, Mark, Step, kind_of, merge
from services.enrolment.attendance.domain.refusals import AlreadyPresent
from shared.events.attendance import Presence, Via
from tests.unit.enrolment.attendance.people import mark

OF_KIND = {
    Kind.SEEN: mark(Presence.LATE, minute=30, minutes=150),
    Kind.EXCUSED: mark(Presence.EXCUSED, minute=31),
    Kind.MISSED: mark(Presence.ABSENT, minute=32, via=Via.CLOSE),
    Kind.CORRECTED: mark(Presence.PRESENT, minute=33, via=Via.CORRECTION, minutes=60),
}


def test_the_table_has_every_pair() -> None:
    assert set(STEPS) == set(product(Kind, set(Kind) - {Kind.NONE}))


@pytest.mark.parametrize("kind", OF_KIND)
def test_what_is_nothing_yet_becomes_what_comes(kind: Kind) -> None:
    assert kind_of(OF_KIND[kind]) is kind
    assert merge(None, OF_KIND[kind]) == OF_KIND[kind]


@pytest.mark.parametrize(("before", "new"), list(product(OF_KIND, OF_KIND)))
def test_every_pair(before: Kind, new: Kind) -> None:
    known, comes = OF_KIND[before], OF_KIND[new]
    step = STEPS[before, new]
    if step is Step.REFUSE:
        with pytest.raises(AlreadyPresent):
            merge(known, comes)
    else:
        # The same said again is not new, whatever the table says.
        assert merge(known, comes) == (comes if step is Step.TAKE and before is not new else None)


def test_another_correction_counts_and_the_same_one_is_not_new() -> None:
    first = OF_KIND[Kind.CORRECTED]
    other = mark(Presence.ABSENT, minute=40, via=Via.CORRECTION)
    assert merge(first, other) == other
    assert merge(first, mark(Presence.PRESENT, minute=50, via=Via.CORRECTION, minutes=60)) is None


def test_who_came_twice_came_the_first_time() -> None:
    early, late = mark(minute=-5, source="b"), mark(minute=20, source="a")
    assert merge(late, early) == early
    assert merge(early, late) is None
    assert merge(mark(source="b"), mark(source="a")) == mark(source="a")


SEEN = st.builds(
    lambda minute, source: mark(minute=minute, source=source), st.integers(-60, 180), st.sampled_from("abc")
)


@given(st.lists(SEEN, min_size=1, max_size=4))
def test_the_order_of_arrival_does_not_matter(seen: list[Mark]) -> None:
    ends = set()
    for order in permutations(seen):
        known: Mark | None = None
        for one in order:
            known = merge(known, one) or known
        ends.add(known)
    assert ends == {min(seen, key=lambda one: one.order)}
