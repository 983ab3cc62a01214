"""Where a unit lies on a day, with the reference data as the directory stores it."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.directory.domain import bundled_unit
from services.enrolment.directory.reference import UnitKind, UnitNotInForce, bundled
from services.enrolment.directory.storage import unit_document
from services.enrolment.seats.places import place_on
from shared.events.enrolment import Place

REFERENCE = bundled()
STORED = {key: bundled_unit(unit, REFERENCE) for key, unit in REFERENCE.units.items()}
UNITS: dict[str, Any] = {key: unit_document(unit, 1) for key, unit in STORED.items()}
DAY = date(2020, 8, 31)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("unit", "province", "group", "region"),
    [
        ("PO-50", "50", "NU1", "N"),
        ("PO-50.HR", "50", "NU1", "N"),
        ("PO-95.ADM", "95", "SB", "SB"),
        ("PERS", None, None, "CENTRAL"),
        ("OPS", None, None, "CENTRAL"),
        ("PERS.TRAINING", None, None, "CENTRAL"),
        ("PO-50.CLOSED", "50", "NU1", "N"),
        ("PO-99", None, None, "CENTRAL"),
        ("PO-10", None, None, "CENTRAL"),
        ("", None, None, "CENTRAL"),
    ],
)
def test_places(unit: str, province: str | None, group: str | None, region: str) -> None:
    """A group that the directory does not know (any more) lies where its office does."""
    assert place_on(UNITS, unit, DAY) == Place(unit=unit, province=province, group=group, region=region)


def test_every_bundled_unit_lies_where_the_directory_says() -> None:
    places = {key: place_on(UNITS, key, DAY) for key in UNITS}
    assert places == {key: unit.place(DAY) for key, unit in STORED.items()}
    offices = [places[key] for key, unit in STORED.items() if unit.kind is UnitKind.PROVINCIAL_OFFICE]
    assert len({place.province for place in offices}) == len(offices) == 76
    assert (len({place.group for place in offices}), len({place.region for place in offices})) == (18, 6)
    assert not any(place.province is None and place.region != "CENTRAL" for place in places.values())


def moved(*memberships: tuple[str, str, str | None]) -> dict[str, Any]:
    """Chiang Mai in these groups: (group, first day, first day no longer)."""
    rows = [{"group": g, "region": f"of {g}", "valid_from": start, "valid_to": end} for g, start, end in memberships]
    return {"PO-50": {**UNITS["PO-50"], "memberships": rows}}


MOVED = moved(("OLD", "2009-10-01", "2017-05-01"), ("NEW", "2017-05-01", "2019-01-01"), ("LAST", "2020-01-01", None))


@pytest.mark.parametrize(
    ("day", "group"),
    [
        ("2009-09-30", None),
        ("2009-10-01", "OLD"),
        ("2017-04-30", "OLD"),
        ("2017-05-01", "NEW"),
        ("2018-12-31", "NEW"),
        ("2019-01-01", None),
        ("2019-12-31", None),
        ("2020-01-01", "LAST"),
        ("9999-12-31", "LAST"),
    ],
)
@pytest.mark.parametrize("unit", ["PO-50", "PO-50.HR"])
def test_a_membership_has_its_first_day_and_not_its_last(unit: str, day: str, group: str | None) -> None:
    """The province stays in any case; without a group there is no region to count it to."""
    place = place_on(MOVED, unit, date.fromisoformat(day))
    assert (place.unit, place.province, place.group) == (unit, "50", group)
    assert place.region == ("CENTRAL" if group is None else f"of {group}")


@pytest.mark.parametrize("gone", [None, ()])
def test_an_office_without_memberships(gone: Any) -> None:
    units = {"PO-50": {**UNITS["PO-50"], "memberships": gone}}
    assert place_on(units, "PO-50.HR", DAY).group is None


def test_no_units_at_all_is_a_directory_that_is_being_filled() -> None:
    assert place_on({}, "PO-50", DAY) == Place(unit="PO-50", province=None, group=None, region="CENTRAL")


@settings(deadline=None)
@given(unit=st.sampled_from(sorted(STORED)), day=st.dates(date(2005, 1, 1), date(2030, 1, 1)))
def test_whenever_the_directory_knows_the_place_it_is_the_same(unit: str, day: date) -> None:
    try:
        known = STORED[unit].place(day)
    except UnitNotInForce:
        assert day < date(2011, 3, 24), "only before the provinces had groups, and before Bueng Kan was one"
        return
    assert place_on(UNITS, unit, day) == known


@settings(deadline=None)
@given(st.lists(st.dates(date(2010, 1, 1), date(2020, 1, 1)), min_size=2, max_size=6, unique=True).map(sorted))
def test_memberships_that_follow_each_other_leave_no_gap_and_do_not_overlap(days: list[date]) -> None:
    spans = list(pairwise(days))
    units = moved(*((f"G{n}", start.isoformat(), end.isoformat()) for n, (start, end) in enumerate(spans)))
    for n, (start, end) in enumerate(spans):
        found = {place_on(units, "PO-50", day).group for day in (start, end - ONE_DAY)}
        assert found == {f"G{n}"}
    assert place_on(units, "PO-50", days[-1]).group is None
