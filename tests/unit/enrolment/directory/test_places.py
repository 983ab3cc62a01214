"""The place of a unit on a given day, with the reference data as the directory stores it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.directory import Unit, bundled, place_on
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.directory.storage import unit_document, unit_of
from shared.events.directory import Membership
from shared.events.seats import Place
from tests.support.places import UNITS

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
        ("PO", None, None, "ALL"),
        ("PERS.TRAINING", None, None, "CENTRAL"),
        ("PO-50.CLOSED", "50", "NU1", "N"),
        ("PO-99", None, None, "CENTRAL"),
        ("PO-10", None, None, "CENTRAL"),
        ("", None, None, "CENTRAL"),
    ],
)
def test_places(unit: str, province: str | None, group: str | None, region: str) -> None:
    """A group that the directory does not know (any more) has the place of its office."""
    assert place_on(UNITS, unit, DAY) == Place(unit=unit, province=province, group=group, region=region)


def test_every_bundled_unit_is_where_the_directory_says() -> None:
    places = {key: place_on(UNITS, key, DAY) for key in UNITS}
    stored = {key: unit_of(unit_document(unit, 1)) for key, unit in UNITS.items()}
    assert places == {key: place_on(stored, key, DAY) for key in stored}
    offices = [places[key] for key, unit in UNITS.items() if unit.kind is UnitKind.PROVINCIAL_OFFICE]
    assert len({place.province for place in offices}) == len(offices) == 76
    assert (len({place.group for place in offices}), len({place.region for place in offices})) == (18, 6)
    assert not any(place.province is None and place.region != "CENTRAL" for place in places.values())


def moved(*memberships: tuple[str, str, str | None]) -> Mapping[str, Unit]:
    """Chiang Mai in these groups: (group, first day, first day no longer)."""
    history = tuple(
        Membership(
            group=group,
            region=f"of {group}",
            valid_from=date.fromisoformat(start),
            valid_to=None if end is None else date.fromisoformat(end),
        )
        for group, start, end in memberships
    )
    return {"PO-50": replace(UNITS["PO-50"], memberships=history)}


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
def test_a_membership_includes_its_first_day_and_excludes_its_end(unit: str, day: str, group: str | None) -> None:
    """The province always stays; without a group there is no region."""
    place = place_on(MOVED, unit, date.fromisoformat(day))
    assert (place.unit, place.province, place.group) == (unit, "50", group)
    assert place.region == ("CENTRAL" if group is None else f"of {group}")


def test_an_office_without_memberships() -> None:
    assert place_on(moved(), "PO-50.HR", DAY).group is None


def test_without_units_every_place_is_central() -> None:
    assert place_on({}, "PO-50", DAY) == Place(unit="PO-50", province=None, group=None, region="CENTRAL")


@settings(deadline=None)
@given(unit=st.sampled_from(sorted(UNITS)), day=st.dates(date(2005, 1, 1), date(2030, 1, 1)))
def test_a_unit_is_where_the_bundled_memberships_say(unit: str, day: date) -> None:
    """The bundled rows include their last day, the stored ones exclude it."""
    reference = bundled()
    rows = reference.memberships.get(reference.units[unit].province or "", ())
    groups = [row.group for row in rows if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    place = place_on(UNITS, unit, day)
    assert place.group == (groups[0] if groups else None)
    assert place.region == (reference.groups[groups[0]].region if groups else "CENTRAL")


@settings(deadline=None)
@given(st.lists(st.dates(date(2010, 1, 1), date(2020, 1, 1)), min_size=2, max_size=6, unique=True).map(sorted))
def test_consecutive_memberships_leave_no_gap_and_do_not_overlap(days: list[date]) -> None:
    spans = list(pairwise(days))
    units = moved(*((f"G{n}", start.isoformat(), end.isoformat()) for n, (start, end) in enumerate(spans)))
    for n, (start, end) in enumerate(spans):
        groups = {place_on(units, "PO-50", day).group for day in (start, end - ONE_DAY)}
        assert groups == {f"G{n}"}
    assert place_on(units, "PO-50", days[-1]).group is None
