"""Units: registering and changing them, and their place on a given day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.enrolment.directory.domain.reference import OPS, Reference, UnitKind
from services.enrolment.directory.domain.reference import Unit as BundledUnit
from shared.events.directory import Membership, UnitRegistered
from shared.events.envelope import Event
from shared.events.seats import ALL_REGIONS, CENTRAL_REGION, Place
from shared.rights import PROVINCIAL_POOL


@dataclass(frozen=True)
class Unit:
    """A unit as it is stored. Validity and memberships exclude their last day; None is open on that side."""

    key: str
    kind: UnitKind
    parent: str | None
    name_th: str
    name_en: str
    abbr_th: str
    province: str | None = None
    province_th: str | None = None
    province_en: str | None = None
    function: str | None = None
    memberships: tuple[Membership, ...] = ()
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def office(self) -> str:
        """The unit whose seats its people take: the provincial office, or OPS for everybody else."""
        return f"PO-{self.province}" if self.province is not None else OPS

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def membership(self, on: date) -> Membership | None:
        """The province group that it belongs to on that day, if it is in a province."""
        return next((membership for membership in self.memberships if _covers(membership, on)), None)


def _covers(membership: Membership, on: date) -> bool:
    return membership.valid_from <= on and (membership.valid_to is None or on < membership.valid_to)


def root_unit(key: str) -> str:
    """The office or central unit that a work group belongs to: `PO-50` of `PO-50.HR`."""
    return key.partition(".")[0]


def place_on(units: Mapping[str, Unit], key: str, day: date) -> Place:
    """The place of a person of this unit on that day, by the office above it. Central units, and units no longer known,
    are CENTRAL. The pool of all offices is in no one region."""
    if key == PROVINCIAL_POOL:
        return Place.model_construct(unit=key, province=None, group=None, region=ALL_REGIONS)
    office = units.get(root_unit(key))
    province = None if office is None else office.province
    membership = None if office is None or province is None else office.membership(day)
    if membership is None:
        return Place.model_construct(unit=key, province=province, group=None, region=CENTRAL_REGION)
    return Place.model_construct(unit=key, province=province, group=membership.group, region=membership.region)


def offices_on(units: Mapping[str, Unit], day: date) -> list[str]:
    """The provincial offices of that day, by code: there is none in Bangkok."""
    return sorted(key for key, unit in units.items() if key == f"PO-{unit.province}" and unit.in_force(day))


def bundled_unit(unit: BundledUnit, reference: Reference) -> Unit:
    """A unit of the reference data as stored: inclusive last days become exclusive ends."""
    province = reference.provinces[unit.province] if unit.province is not None else None
    members = reference.memberships.get(unit.province or "", ())
    return Unit(
        key=unit.id,
        kind=unit.kind,
        parent=unit.parent,
        name_th=unit.name_th,
        name_en=unit.name_en,
        abbr_th=unit.abbr_th,
        province=unit.province,
        province_th=province.name_th if province else None,
        province_en=province.name_en if province else None,
        function=unit.function,
        memberships=tuple(
            Membership(
                group=member.group,
                region=reference.groups[member.group].region,
                valid_from=member.valid_from,
                valid_to=_day_after(member.valid_to),
            )
            for member in members
        ),
        valid_from=unit.valid_from,
        valid_to=_day_after(unit.valid_to),
    )


def _day_after(last: date | None) -> date | None:
    return None if last is None else last + timedelta(days=1)


def register_unit(unit: Unit, known: Unit | None) -> list[Event]:
    """Nothing when the unit has not changed."""
    if unit == known:
        return []
    event = UnitRegistered(
        unit=unit.key,
        kind=unit.kind,
        parent=unit.parent,
        name_th=unit.name_th,
        name_en=unit.name_en,
        province=unit.province,
        province_th=unit.province_th,
        province_en=unit.province_en,
        memberships=unit.memberships,
        email=unit.email,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
    return [event]
