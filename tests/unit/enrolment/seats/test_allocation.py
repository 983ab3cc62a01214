"""Which allocations of seats are accepted, and the refusal of each of the others."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.catalogue.domain.eligibility import TargetGroup, TargetScope
from services.enrolment.directory.domain.reference import UnitKind, bundled
from services.enrolment.directory.domain.refusals import UnknownUnit
from services.enrolment.directory.domain.units import bundled_unit
from services.enrolment.seats.domain.allocation import (
    BANGKOK_UNITS,
    Seating,
    asked_for_nominations,
    check_allocation,
    fits_scope,
)
from services.enrolment.seats.domain.allocation_refusals import (
    BangkokHasNoOffice,
    BucketOutOfScope,
    BucketTwice,
    SeatsAboveCapacity,
    SeatsAboveTarget,
)
from services.enrolment.seats.domain.refusals import UnknownTarget
from shared.errors import Refused
from tests.unit.enrolment.seats.builders import CENTRAL_HR, PROV_HR

UNITS: dict[str, dict[str, Any]] = {key: {"kind": unit.kind.value} for key, unit in bundled().units.items()}
OFFICES = [key for key, unit in bundled().units.items() if unit.kind is UnitKind.PROVINCIAL_OFFICE]
EVERYBODY = TargetGroup("ALL", TargetScope.BOTH)
TARGETS = (PROV_HR, CENTRAL_HR, EVERYBODY)


def check(*seatings: tuple[str, str, int], capacity: int = 100) -> None:
    check_allocation([Seating(*row) for row in seatings], TARGETS, UNITS, capacity)


def refused(*seatings: tuple[str, str, int], capacity: int = 100) -> tuple[type[Refused], dict[str, Any]]:
    with pytest.raises(Refused) as refusal:
        check(*seatings, capacity=capacity)
    return type(refusal.value), refusal.value.details


def test_the_seats_of_scenario_a() -> None:
    seatings = [("PROV_HR", office, 1) for office in OFFICES] + [("CENTRAL_HR", "OPS", 24)]
    assert len(seatings) == 77
    check(*seatings)
    assert refused(*seatings, capacity=99) == (SeatsAboveCapacity, {"seats": 100, "capacity": 99})


@pytest.mark.parametrize(
    "seatings",
    [
        [],
        [("PROV_HR", "PO-50", 0)],
        [("PROV_HR", "PO-50", 76), ("CENTRAL_HR", "OPS", 24)],
        [("PROV_HR", "PO-50.HR", 1), ("PROV_HR", "PO-50", 1), ("PROV_HR", "PO", 1)],
        [("ALL", "PO", 1), ("ALL", "OPS", 1)],
        [("CENTRAL_HR", "PERS", 1), ("ALL", "PERS", 1)],
        [("ALL", "PO-50", 50), ("ALL", "DRI", 50)],
    ],
)
def test_a_sound_allocation_is_accepted(seatings: list[tuple[str, str, int]]) -> None:
    check(*seatings)


@pytest.mark.parametrize(
    ("seatings", "refusal", "details"),
    [
        ([("NOBODY", "PO-50", 1)], UnknownTarget, {"target": "NOBODY"}),
        ([("PROV_HR", "PO-99", 1)], UnknownUnit, {"unit": "PO-99"}),
        ([("PROV_HR", "PO-50.XX", 1)], UnknownUnit, {"unit": "PO-50.XX"}),
        ([("PROV_HR", "po-50", 1)], UnknownUnit, {"unit": "po-50"}),
        ([("PROV_HR", "", 1)], UnknownUnit, {"unit": ""}),
        ([("PROV_HR", "PERS", 1)], BucketOutOfScope, {"unit": "PERS", "target": "PROV_HR"}),
        ([("CENTRAL_HR", "PO-50", 1)], BucketOutOfScope, {"unit": "PO-50", "target": "CENTRAL_HR"}),
        ([("CENTRAL_HR", "PO-50.HR", 1)], BucketOutOfScope, {"unit": "PO-50.HR", "target": "CENTRAL_HR"}),
        ([("CENTRAL_HR", "PO", 1)], BucketOutOfScope, {"unit": "PO", "target": "CENTRAL_HR"}),
        ([("PROV_HR", "OPS", 1)], BucketOutOfScope, {"unit": "OPS", "target": "PROV_HR"}),
        ([("PROV_HR", "PO.HR", 1)], UnknownUnit, {"unit": "PO.HR"}),
        ([("PROV_HR", "PO-50", 1)] * 2, BucketTwice, {"target": "PROV_HR", "unit": "PO-50"}),
        ([("PROV_HR", "PO-50", 0)] * 2, BucketTwice, {"target": "PROV_HR", "unit": "PO-50"}),
        ([("ALL", "PO-50", 60), ("ALL", "PERS", 41)], SeatsAboveCapacity, {"seats": 101, "capacity": 100}),
        ([("CENTRAL_HR", "OPS", 25)], SeatsAboveTarget, {"target": "CENTRAL_HR", "seats": 25, "limit": 24}),
        (
            [("PROV_HR", "PO-50", 70), ("CENTRAL_HR", "OPS", 20), ("PROV_HR", "PO-51", 7)],
            SeatsAboveTarget,
            {"target": "PROV_HR", "seats": 77, "limit": 76},
        ),
    ],
)
def test_an_unsound_allocation_is_refused(
    seatings: list[tuple[str, str, int]], refusal: type[Refused], details: dict[str, object]
) -> None:
    assert refused(*seatings) == (refusal, details)


@pytest.mark.parametrize("unit", [*sorted(BANGKOK_UNITS), "PO-10.HR", "BKK.HR"])
@pytest.mark.parametrize("target", ["PROV_HR", "CENTRAL_HR", "ALL"])
def test_bangkok_is_a_venue_and_never_a_bucket(unit: str, target: str) -> None:
    assert refused((target, unit, 1)) == (BangkokHasNoOffice, {"unit": unit})


@pytest.mark.parametrize("unit", sorted(BANGKOK_UNITS))
def test_bangkok_is_refused_even_if_the_directory_has_such_a_unit(unit: str) -> None:
    with pytest.raises(BangkokHasNoOffice):
        check_allocation([Seating("ALL", unit, 1)], TARGETS, {**UNITS, unit: {}}, 100)


def test_only_provincial_offices_take_provincial_seats() -> None:
    assert len(OFFICES) == 76
    provincial = {key for key in UNITS if fits_scope(TargetScope.PROVINCIAL, key)}
    central = {key for key in UNITS if fits_scope(TargetScope.CENTRAL, key)}
    assert set(OFFICES) <= provincial
    assert not provincial & central
    assert provincial | central == set(UNITS) == {key for key in UNITS if fits_scope(TargetScope.BOTH, key)}
    assert {key for key in provincial if not key.startswith("PO-")} == set()
    assert [fits_scope(scope, "PO") for scope in TargetScope] == [False, True, True]
    assert [fits_scope(scope, "OPS") for scope in TargetScope] == [True, False, True]


def test_the_pool_of_all_offices_asks_each_of_them() -> None:
    reference = bundled()
    units = {key: bundled_unit(unit, reference) for key, unit in reference.units.items()}
    day = date(2020, 8, 31)
    assert asked_for_nominations(["PO-95", "PO-95", "OPS"], units, day) == ["PO-95", "OPS"]
    assert asked_for_nominations(["PO-95", "PO", "OPS"], units, day) == [
        "PO-95",
        *(office for office in sorted(OFFICES) if office != "PO-95"),
        "OPS",
    ]


PAIRS = [(target.key, unit) for target in TARGETS for unit in ("PO-50", "PO-51", "PERS", "OPS", "PO", "PO-10", "XX")]


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(st.sampled_from(PAIRS), st.integers(0, 60)), max_size=8), capacity=st.integers(0, 120))
def test_an_allocation_is_accepted_only_if_every_rule_holds(
    pairs: list[tuple[tuple[str, str], int]], capacity: int
) -> None:
    """The rules stated in another way: duplicates, the table of who may have what, and the three sums."""
    allowed = {
        "PROV_HR": {"PO-50", "PO-51", "PO"},
        "CENTRAL_HR": {"PERS", "OPS"},
        "ALL": {"PO-50", "PO-51", "PERS", "OPS", "PO"},
    }
    sums = {key: sum(seats for (target, _), seats in pairs if target == key) for key in allowed}
    sound = (
        len({pair for pair, _ in pairs}) == len(pairs)
        and all(unit in allowed[target] for (target, unit), _ in pairs)
        and sums["PROV_HR"] <= 76
        and sums["CENTRAL_HR"] <= 24
        and sum(sums.values()) <= capacity
    )
    try:
        check(*((target, unit, seats) for (target, unit), seats in pairs), capacity=capacity)
    except Refused:
        assert not sound
    else:
        assert sound
