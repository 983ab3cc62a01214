"""The plan of a play: seats, nominees and withdrawals, from a scenario and the existing offices. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pattana.demo.scenario import NoScenario, Scenario, Target
from shared.events.seats import Rank
from shared.rights import CENTRAL_POOL

DEFAULT_LEVEL = "K2"


@dataclass(frozen=True, slots=True)
class Office:
    """A provincial office and its place on the day of the run."""

    unit: str
    province: str
    group: str
    region: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A bucket: the seats of a unit in a target group."""

    target: str
    bucket_unit: str
    seats: int


@dataclass(frozen=True, slots=True)
class Nominee:
    """A person to nominate, identified by `key`. `bucket_unit` has the seats, `unit` is where the person works."""

    key: str
    target: str
    bucket_unit: str
    unit: str
    level: str
    rank: Rank


@dataclass(frozen=True, slots=True)
class Leaving:
    """A confirmed person of `bucket_unit` withdraws; `successor` is nominated if the waiting list is empty."""

    bucket_unit: str
    successor: Nominee | None


@dataclass(frozen=True, slots=True)
class Plan:
    seats: tuple[Seat, ...]
    nominees: tuple[Nominee, ...]
    leaving: tuple[Leaving, ...]

    @property
    def everybody(self) -> tuple[Nominee, ...]:
        return (*self.nominees, *(leaving.successor for leaving in self.leaving if leaving.successor is not None))


def plan_of(scenario: Scenario, offices: Sequence[Office], central_units: Sequence[str]) -> Plan:
    """Raises NoScenario when the file is not consistent."""
    targets = {target.key: target for target in scenario.programme.target_groups}
    seats = tuple(seat for target in targets.values() for seat in seats_of(target, scenario, offices))
    hire = _Hire(targets, central_units)
    provincial = [seat for seat in seats if seat.bucket_unit != CENTRAL_POOL]
    central = [seat for seat in seats if seat.bucket_unit == CENTRAL_POOL]
    actions = scenario.actions
    chosen = [hire.person(seat, Rank.PRIMARY) for seat in _dealt(provincial, actions.nominations_provincial_primary)]
    chosen += [hire.person(seat, Rank.RESERVE) for seat in _with_reserves(scenario, provincial)]
    chosen += [hire.person(seat, Rank.PRIMARY) for seat in _dealt(central, actions.nominations_central)]
    return Plan(seats, tuple(chosen), tuple(_leaving(scenario, seats, hire)))


def seats_of(target: Target, scenario: Scenario, offices: Sequence[Office]) -> list[Seat]:
    """The buckets of one target group: its seats dealt to provinces by code, or all in the central pool."""
    if not target.provincial:
        return [Seat(target.key, CENTRAL_POOL, target.seats or 0)]
    chosen = participants(target, scenario, offices)
    total = target.seats if target.seats is not None else len(chosen) * (target.per_unit or 1)
    each = target.per_unit or -(-total // max(len(chosen), 1))
    seats = []
    for office in chosen:
        share = min(each, total)
        total -= share
        seats += [Seat(target.key, office.unit, share)] if share else []
    return seats


def participants(target: Target, scenario: Scenario, offices: Sequence[Office]) -> list[Office]:
    """The provinces that have seats: those that the file names, else as many as its numbers by group or region require,
    beginning with those that its actions name."""
    known = sorted(offices, key=lambda office: office.province)
    if target.provinces is not None:
        return [office for office in known if office.province in target.provinces]
    number = target.units if target.units is not None else min(len(known), target.seats or len(known))
    if number >= len(known):
        return known
    named = {withdrawal.province for withdrawal in scenario.actions.withdrawn}
    first = sorted(known, key=lambda office: office.province not in named)
    limits = _limits(scenario, target.per_unit or 1, number)
    chosen: list[Office] = []
    used: Counter[str] = Counter()
    for office in first:
        area = office.group if office.group in limits else office.region
        if len(chosen) < number and (not limits or used[area] < limits.get(area, 0)):
            chosen.append(office)
            used[area] += 1
    return sorted(chosen, key=lambda office: office.province)


def _limits(scenario: Scenario, per_unit: int, provinces: int) -> Mapping[str, int]:
    """How many provinces each group (else each region) has in the file, if that adds up; else no limits."""
    for name in ("confirmedByGroup", "confirmedByRegion"):
        numbers = scenario.expected.get(name)
        if isinstance(numbers, dict) and sum(numbers.values()) == provinces * per_unit:
            return {area: number // per_unit for area, number in numbers.items()}
    return {}


def _dealt(seats: Sequence[Seat], number: int) -> Iterator[Seat]:
    """Deals this many nominations: one for each seat in turn; when all seats have one, again to each bucket."""
    dealt = 0
    for turn in count():
        open_seats = [seat for seat in seats if seat.seats > turn] or list(seats)
        if not open_seats and number:
            raise NoScenario("the file nominates people for whom no target group has seats")
        for seat in open_seats:
            if dealt == number:
                return
            dealt += 1
            yield seat
        if dealt == number:
            return


def _with_reserves(scenario: Scenario, seats: Sequence[Seat]) -> Iterator[Seat]:
    """Provinces with a withdrawal and a reserve, then by code; never those without a reserve."""
    number = scenario.actions.nominations_provincial_reserve
    withdrawn = [withdrawal for withdrawal in scenario.actions.withdrawn if withdrawal.province]
    without = {_office(withdrawal.province) for withdrawal in withdrawn if not withdrawal.has_reserve}
    needed = [_office(withdrawal.province) for withdrawal in withdrawn if withdrawal.has_reserve]
    by_unit = {seat.bucket_unit: seat for seat in reversed(seats)}
    first = [by_unit[unit] for unit in needed if unit in by_unit]
    others = [seat for unit, seat in sorted(by_unit.items()) if unit not in without and unit not in needed]
    rest = [seat for unit, seat in sorted(by_unit.items()) if unit not in without]
    for place, seat in enumerate(_in_turn([*first, *others], rest)):
        if place == number:
            return
        yield seat


def _in_turn(first: Sequence[Seat], again: Sequence[Seat]) -> Iterator[Seat]:
    yield from first
    while again:
        yield from again


def _leaving(scenario: Scenario, seats: Sequence[Seat], hire: "_Hire") -> Iterator[Leaving]:
    by_unit = {seat.bucket_unit: seat for seat in reversed(seats)}
    for withdrawal in scenario.actions.withdrawn:
        unit = CENTRAL_POOL if withdrawal.province is None else _office(withdrawal.province)
        if unit not in by_unit:
            raise NoScenario(f"the file has a withdrawal in {unit}, which has no seats")
        yield Leaving(unit, None if withdrawal.has_reserve else hire.person(by_unit[unit], Rank.PRIMARY))


def _office(province: str | None) -> str:
    return f"PO-{province}"


class _Hire:
    """Invents people, numbered by unit and level, so that nobody is used twice."""

    def __init__(self, targets: Mapping[str, Target], central_units: Sequence[str]) -> None:
        self._targets = targets
        self._central = list(central_units) or [CENTRAL_POOL]
        self._dealt = 0
        self._numbers: Counter[str] = Counter()

    def person(self, seat: Seat, rank: Rank) -> Nominee:
        target = self._targets[seat.target]
        unit, level = self._unit(seat, target), target.level or DEFAULT_LEVEL
        self._numbers[f"{unit}-{level}"] += 1
        key = f"DEMO-{unit}-{level}-{self._numbers[f'{unit}-{level}']:02d}"
        return Nominee(key, seat.target, seat.bucket_unit, unit, level, rank)

    def _unit(self, seat: Seat, target: Target) -> str:
        if seat.bucket_unit == CENTRAL_POOL:
            self._dealt += 1
            return target.unit or self._central[(self._dealt - 1) % len(self._central)]
        function = (target.unit or "").partition(".")[2]
        return f"{seat.bucket_unit}.{function}" if function else seat.bucket_unit
