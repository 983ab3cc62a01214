"""The bundled units, provinces, groups and positions, and the place of a unit."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from services.enrolment.directory import OPS, bundled
from services.enrolment.directory.domain.reference import Unit, UnitKind
from shared.events.seats import CENTRAL_REGION
from shared.thai import normalise
from tests.support.places import UNITS, place_of, provincial_offices

DAY = date(2020, 8, 31)
BY_REGION = {"N": 17, "NE": 20, "C": 17, "E": 8, "S": 11, "SB": 3}
BY_GROUP = {
    **{"CL1": 3, "CL2": 4, "CU": 6, "CV": 4, "E1": 3, "E2": 5, "NEL1": 4, "NEL2": 4, "NEM": 4},
    **{"NEU1": 5, "NEU2": 3, "NL1": 5, "NL2": 4, "NU1": 4, "NU2": 4, "SA": 6, "SB": 3, "SG": 5},
}


def of_kind(kind: UnitKind) -> list[Unit]:
    return [unit for unit in bundled().units.values() if unit.kind is kind]


def test_77_provinces_and_76_offices() -> None:
    assert len(bundled().provinces) == 77
    assert len(of_kind(UnitKind.PROVINCIAL_OFFICE)) == len(provincial_offices(DAY)) == 76
    assert [code for code, province in bundled().provinces.items() if not province.has_office] == ["10"]


def test_bangkok_has_no_office() -> None:
    assert "PO-10" not in bundled().units
    assert place_of("PO-10", DAY).province is None


def test_an_office_and_its_work_groups() -> None:
    office = bundled().units["PO-50"]
    assert (office.name_th, office.name_en) == ("สำนักงานจังหวัดเชียงใหม่", "Chiang Mai Provincial Office")
    assert (office.parent, office.province) == (OPS, "50")
    groups = [unit for unit in bundled().units.values() if unit.parent == "PO-50"]
    assert {unit.id for unit in groups} == {f"PO-50.{key}" for key in ("ADM", "STRAT", "HR", "DD", "AUD", "OSM")}
    assert bundled().units["PO-50.HR"].name_th == "กลุ่มงานบริหารทรัพยากรบุคคล สำนักงานจังหวัดเชียงใหม่"


def test_every_office_has_five_work_groups_and_every_hub_a_sixth() -> None:
    counts = Counter(unit.function for unit in of_kind(UnitKind.WORK_GROUP))
    assert counts == {"ADM": 76, "STRAT": 76, "HR": 76, "DD": 76, "AUD": 76, "OSM": 18}


def test_central_units_are_below_the_office() -> None:
    central = of_kind(UnitKind.CENTRAL_UNIT)
    assert len(central) == 16
    assert {unit.parent for unit in central} == {OPS}
    assert {"PERS", "DRI", "PSDG", "BPAD"} <= {unit.id for unit in central}
    assert bundled().units[OPS].parent is None


def test_every_parent_is_a_unit() -> None:
    units = bundled().units
    assert len(units) == 1 + 16 + 76 + 5 * 76 + 18
    assert all(unit.parent in units for unit in units.values() if unit.id != OPS)


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        ("PO-50", ("50", "NU1", "N")),
        ("PO-50.HR", ("50", "NU1", "N")),
        ("PO-95.ADM", ("95", "SB", "SB")),
        ("PO-65.OSM", ("65", "NL1", "N")),
        ("PERS", (None, None, CENTRAL_REGION)),
        (OPS, (None, None, CENTRAL_REGION)),
    ],
)
def test_the_place_of_a_unit(unit: str, place: tuple[str | None, str | None, str]) -> None:
    actual = place_of(unit, DAY)
    assert (actual.province, actual.group, actual.region) == place


@pytest.mark.parametrize("day", [date(2017, 5, 1), date(2020, 8, 31), date(2024, 5, 27)])
def test_the_offices_are_where_the_scenarios_count_them(day: date) -> None:
    places = [place_of(office.key, day) for office in provincial_offices(day)]
    assert Counter(place.region for place in places) == BY_REGION
    assert Counter(place.group for place in places) == BY_GROUP


def test_a_province_has_no_place_before_its_foundation() -> None:
    assert len(provincial_offices(date(2011, 3, 22))) == 75
    assert len(provincial_offices(date(2011, 3, 23))) == 76
    assert [UNITS["PO-38.HR"].in_force(date(2011, 3, day)) for day in (22, 23)] == [False, True]


def test_memberships_begin_in_2552() -> None:
    assert place_of("PO-50", date(2009, 10, 1)).group == "NU1"
    assert place_of("PO-50", date(2009, 9, 30)).group is None


def test_a_province_is_in_one_group_at_a_time() -> None:
    data = bundled()
    assert set(data.memberships) == {code for code, province in data.provinces.items() if province.has_office}
    for members in data.memberships.values():
        assert all(one.valid_to and one.valid_to < other.valid_from for one, other in pairwise(members))
        assert members[-1].valid_to is None


def test_groups_regions_and_hubs_agree() -> None:
    data = bundled()
    assert len(data.groups) == 18
    assert set(data.regions) == {*BY_REGION, CENTRAL_REGION}
    assert all(place_of(f"PO-{group.hub}", DAY).group == key for key, group in data.groups.items())


def test_positions_have_a_training_class() -> None:
    positions = bundled().positions
    assert len(positions) == 15
    class_a = {code for code, position in positions.items() if position.training_class == "A"}
    assert class_a == {"O4", "K4", "K5", "M2", "S1", "S2"}
    assert {position.training_class for position in positions.values()} == {"A", "B"}
    assert (positions["M2"].dpis_code, positions["S2"].dpis_code) == ("D2", "M2")
    assert positions["K3"].display_th == "ประเภทวิชาการ ระดับชำนาญการพิเศษ"


def test_names_are_unique_and_normalised() -> None:
    data = bundled()
    names = [unit.name_th for unit in data.units.values()]
    assert len(set(names)) == len(names)
    assert all(normalise(name) == name for name in names)
    for attribute in ("iso", "name_th", "name_en", "abbr_th", "map_id"):
        assert len({getattr(province, attribute) for province in data.provinces.values()}) == 77


def test_bundled_data_cannot_be_changed() -> None:
    assert bundled() is bundled()
    with pytest.raises(TypeError):
        bundled().units["PO-10"] = bundled().units["PO-11"]  # type: ignore[index]
