"""Seats that go from one bucket to another: none is made or lost, and nothing else changes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue.domain.last_year import code_of_last_year
from services.enrolment.seats.domain.allocation import Seating
from services.enrolment.seats.domain.allocation_refusals import BucketTwice, TooFewSeats, UnknownBucket
from services.enrolment.seats.domain.model import Bucket, Growing
from services.enrolment.seats.domain.reallocating import seatings_of, transferred
from tests.unit.enrolment.seats.builders import bucket

UNITS = ["PO-50", "PO-51", "PO-95", "PO"]
PLACES = st.sampled_from([("PROV_HR", unit) for unit in UNITS])


@st.composite
def buckets(draw: st.DrawFn) -> list[Bucket]:
    made = [bucket(unit, draw(st.integers(0, 9)), seq=draw(st.integers(0, 3))) for unit in UNITS if draw(st.booleans())]
    return [
        replace(one, growing=Growing(one.seats + draw(st.integers(1, 9)), "officer")) if draw(st.booleans()) else one
        for one in made
    ]


@given(buckets(), PLACES, PLACES, st.integers(1, 20))
def test_the_sum_stays(present: list[Bucket], source: tuple[str, str], to: tuple[str, str], seats: int) -> None:
    before = {(one.target, one.unit): one.seats for one in seatings_of(present)}
    try:
        after = {(one.target, one.unit): one.seats for one in transferred(present, source, to, seats)}
    except (BucketTwice, UnknownBucket, TooFewSeats):
        assert source == to or before.get(source, -1) < seats
        return
    assert sum(after.values()) == sum(before.values())
    assert after[to] == before.get(to, 0) + seats
    assert after.get(source, 0) == before[source] - seats
    untouched = set(before) - {source, to}
    assert {where: after.get(where, 0) for where in untouched} == {where: before[where] for where in untouched}
    assert {(one.target, one.bucket_unit) for one in present if one.seq} <= after.keys()


def test_a_bucket_that_grows_is_given_away_with_what_it_is_to_have() -> None:
    growing = bucket("PO-50", 1, growing=Growing(5, "officer"))
    assert transferred([growing], ("PROV_HR", "PO-50"), ("PROV_HR", "PO"), 3) == [
        Seating("PROV_HR", "PO-50", 2),
        Seating("PROV_HR", "PO", 3),
    ]


@pytest.mark.parametrize(
    ("code", "year", "before"),
    [
        ("OPS-2567-002", 2567, "OPS-2566-002"),
        ("2567/2567", 2567, "2566/2566"),
        ("OPS-2566-002", 2567, None),
        ("OPS-12567-2", 2567, None),
        ("OPS25670", 2567, None),
        ("OPS", 2567, None),
    ],
)
def test_the_code_of_the_year_before(code: str, year: int, before: str | None) -> None:
    assert code_of_last_year(code, year) == before
