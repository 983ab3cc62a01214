"""People are counted once, in memory that does not grow with their seats."""

import tracemalloc
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.answering.domain import distinct
from services.reporting.answering.domain.distinct import Distinct
from services.reporting.answering.domain.sums import Sum
from services.reporting.projecting import Cell, Place

MEGABYTE = 1024 * 1024
PEOPLE = st.lists(st.lists(st.integers(0, 40).map(str), max_size=30), max_size=12)


@given(PEOPLE, PEOPLE, st.integers(0, 9))
def test_it_counts_as_a_set_does(ours: list[list[str]], others: list[list[str]], least: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "_LEAST", least or 1)
        one, other = Distinct(), Distinct()
        for people in ours:
            one.add(people)
            assert len(one) <= len(set(chain(*ours)))
        for people in others:
            other.add(people)
        one.merge(other)
        assert len(one) == len({*chain(*ours), *chain(*others)})
        assert len(other) == len({*chain(*others)})
        one.merge(one)
        assert len(one) == len({*chain(*ours), *chain(*others)})


def test_many_seats_of_many_people_take_little() -> None:
    """100,000 people with three seats each, in 76 provinces, and all of them together: as sets, more than 40 MB."""
    whole, provinces = Sum(), [Sum() for _ in range(76)]
    tracemalloc.start()
    for _ in range(3):
        for province, counted in enumerate(provinces):
            cell = Cell("T", f"PO-{province}", Place("U", f"{province}", None, "N"))
            part = Sum()
            part.add_cell(cell, {"c1": 1_316}, (f"person-{number}" for number in range(province, 100_000, 76)))
            counted.add(part)
            whole.add(part)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(whole.people) == sum(len(counted.people) for counted in provinces) == 100_000
    assert peak < 8 * MEGABYTE
