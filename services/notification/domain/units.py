"""What is above a unit: who sees its messages, and who decides on what its people are nominated for. Pure."""

from shared.rights import CENTRAL_POOL, pool_of


def and_above(unit: str) -> list[str]:
    """PO-50.HR, PO-50."""
    parts = unit.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def office_of(unit: str) -> str:
    """The office or central unit that a work group belongs to: PO-50 of PO-50.HR."""
    return unit.partition(".")[0]


def covering(unit: str) -> list[str]:
    """The units whose scope covers this one: the same, and the central pool for all but provinces."""
    units = and_above(unit)
    return units if unit == CENTRAL_POOL or pool_of(unit) != CENTRAL_POOL else [*units, CENTRAL_POOL]
