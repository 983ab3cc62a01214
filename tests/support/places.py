"""Where the bundled units lie on a day: the units as the directory stores them, without a directory."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.enrolment.directory import Unit, bundled, place_on
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.directory.domain.units import bundled_unit
from shared.events.seats import Place

UNITS: Final[Mapping[str, Unit]] = {key: bundled_unit(unit, bundled()) for key, unit in bundled().units.items()}


def place_of(unit: str, day: date) -> Place:
    return place_on(UNITS, unit, day)


def provincial_offices(day: date) -> tuple[Unit, ...]:
    """The offices that there were on that day: 76 since Bueng Kan, 75 before."""
    return tuple(unit for unit in UNITS.values() if unit.kind is UnitKind.PROVINCIAL_OFFICE and unit.in_force(day))
