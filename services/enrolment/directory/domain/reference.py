"""The bundled reference data: units, provinces, groups, regions and positions.

Read from the CSV files beside it into frozen values. Knows no database: stored units start from these.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

OPS = "OPS"
_OFFICE = "PO"
_FOLDER = Path(__file__).with_name("reference")

TrainingClass = Literal["A", "B"]
Row = dict[str, str]


class UnitKind(StrEnum):
    MINISTRY_OFFICE = "MINISTRY_OFFICE"
    CENTRAL_UNIT = "CENTRAL_UNIT"
    PROVINCIAL_OFFICE = "PROVINCIAL_OFFICE"
    WORK_GROUP = "WORK_GROUP"


@dataclass(frozen=True)
class Unit:
    """`function` is what work groups of all offices share: HR in PO-50.HR. A validity of None is open on that side."""

    id: str
    kind: UnitKind
    name_th: str
    name_en: str
    abbr_th: str
    parent: str | None
    province: str | None = None
    function: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Province:
    """`has_office` is false for Bangkok alone, which has venues but no people."""

    code: str
    iso: str
    name_th: str
    name_en: str
    abbr_th: str
    map_id: str
    has_office: bool
    valid_from: date | None


@dataclass(frozen=True)
class Group:
    """A group of provinces; `hub` is the province whose office also keeps the group's strategy unit."""

    key: str
    number: str
    name_th: str
    name_en: str
    region: str
    hub: str


@dataclass(frozen=True)
class Region:
    key: str
    name_th: str
    name_en: str


@dataclass(frozen=True)
class Membership:
    """Both days are included."""

    province: str
    group: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Position:
    """A level of a type of position, by its OCSC code. M2 as `dpis_code` is another level: always map it."""

    code: str
    type_key: str
    type_th: str
    type_en: str
    level_key: str
    level_th: str
    level_en: str
    rank: int
    dpis_code: str
    title_suffix_th: str
    abbr_th: str
    display_th: str
    training_class: TrainingClass


@dataclass(frozen=True)
class Reference:
    """All bundled data by id, code or key, each mapping in the order of its file; memberships by province."""

    units: Mapping[str, Unit]
    provinces: Mapping[str, Province]
    groups: Mapping[str, Group]
    regions: Mapping[str, Region]
    memberships: Mapping[str, tuple[Membership, ...]]
    positions: Mapping[str, Position]


@lru_cache(maxsize=1)
def bundled() -> Reference:
    provinces = {row["code"]: _province(row) for row in _rows("provinces")}
    groups = {row["key"]: Group(**row) for row in _rows("groups")}
    units = {unit.id: unit for unit in _units(provinces, {group.hub for group in groups.values()})}
    return Reference(
        units=MappingProxyType(units),
        provinces=MappingProxyType(provinces),
        groups=MappingProxyType(groups),
        regions=MappingProxyType({row["key"]: Region(**row) for row in _rows("regions")}),
        memberships=MappingProxyType(_memberships()),
        positions=MappingProxyType({row["code"]: _position(row) for row in _rows("positions")}),
    )


def _rows(name: str) -> list[Row]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _province(row: Row) -> Province:
    return Province(
        code=row["code"],
        iso=row["iso_3166_2"],
        name_th=row["name_th"],
        name_en=row["name_en"],
        abbr_th=row["abbr_th"],
        map_id=row["svg_maps_id"],
        has_office=row["kind"] == "PROVINCE",
        valid_from=_day(row["valid_from"]),
    )


def _position(row: Row) -> Position:
    texts = {name: value for name, value in row.items() if name not in ("rank", "training_class")}
    return Position(**texts, rank=int(row["rank"]), training_class=cast(TrainingClass, row["training_class"]))


def _memberships() -> dict[str, tuple[Membership, ...]]:
    memberships: dict[str, tuple[Membership, ...]] = {}
    for row in _rows("memberships"):
        member = Membership(row["province"], row["group"], date.fromisoformat(row["valid_from"]), _day(row["valid_to"]))
        memberships[member.province] = (*memberships.get(member.province, ()), member)
    return memberships


def _units(provinces: Mapping[str, Province], hubs: set[str]) -> list[Unit]:
    """Central units as they are; the rows PO and PO.* are templates for each province that has an office."""
    rows = {row["key"]: row for row in _rows("units")}
    work_groups = [row for key, row in rows.items() if key.startswith(f"{_OFFICE}.")]
    units = [_central_unit(row) for key, row in rows.items() if key.partition(".")[0] != _OFFICE]
    for province in provinces.values():
        if province.has_office:
            office = _office(rows[_OFFICE], province)
            units += [office, *(_work_group(row, office) for row in work_groups if _kept(row, province, hubs))]
    return units


def _central_unit(row: Row) -> Unit:
    kind = UnitKind.CENTRAL_UNIT if row["parent"] else UnitKind.MINISTRY_OFFICE
    return Unit(row["key"], kind, row["name_th"], row["name_en"], row["abbr_th"], row["parent"] or None)


def _kept(row: Row, province: Province, hubs: set[str]) -> bool:
    return row["kind"] != "GROUP_STRATEGY_UNIT" or province.code in hubs


def _office(row: Row, province: Province) -> Unit:
    return Unit(
        id=f"{_OFFICE}-{province.code}",
        kind=UnitKind.PROVINCIAL_OFFICE,
        name_th=row["name_th"].replace("{จังหวัด}", province.name_th),
        name_en=row["name_en"].replace("{Province}", province.name_en),
        abbr_th=f"{row['abbr_th']}{province.name_th}",
        parent=row["parent"],
        province=province.code,
        valid_from=province.valid_from,
    )


def _work_group(row: Row, office: Unit) -> Unit:
    function = row["key"].removeprefix(f"{_OFFICE}.")
    return Unit(
        id=f"{office.id}.{function}",
        kind=UnitKind.WORK_GROUP,
        name_th=f"{row['name_th']} {office.name_th}",
        name_en=f"{row['name_en']}, {office.name_en}",
        abbr_th=row["abbr_th"],
        parent=office.id,
        province=office.province,
        function=function,
        valid_from=office.valid_from,
    )
