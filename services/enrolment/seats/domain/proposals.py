"""How the seats of a run may be divided among units: a proposal by one rule for each target group. Pure.

A proposal gives no more seats than the run and the target group have. Every seat that a rule would give and cannot is
listed with its reason, so for each group the seats given and left out come to those that were asked for.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from services.enrolment.catalogue import TargetGroup, misfit
from services.enrolment.directory import Assignment, Unit, offices_on, root_unit
from services.enrolment.seats.domain.asks import Ask, Rule, says_how_many
from services.enrolment.seats.domain.refusals import TargetWithoutPosts
from services.enrolment.seats.domain.shares import in_rounds, largest_remainder
from shared.rights import CENTRAL_POOL, PROVINCIAL_POOL, pool_of


class Why(StrEnum):
    """Why a unit gets its seats, or why seats are left out."""

    PER_UNIT_SHORT = "per-unit-short"
    PER_UNIT = "per-unit"
    POOL_SHARE = "pool-share"
    POOL = "pool"
    PER_POST = "per-post"
    BY_HEAD_COUNT = "by-head-count"
    BY_LAST_YEAR = "by-last-year"
    NO_HOLDER = "no-holder"
    MORE_THAN_PEOPLE = "more-than-people"
    NOBODY_KNOWN = "nobody-known"
    NOTHING_LAST_YEAR = "nothing-last-year"
    TOTAL_NOT_SPLIT = "total-not-split"
    TARGET_LIMIT = "target-limit"
    CAPACITY_USED_UP = "capacity-used-up"


# Who has such a reason has the seats; any other says what is left out.
GIVES: Final = frozenset(
    {
        Why.PER_UNIT,
        Why.PER_UNIT_SHORT,
        Why.POOL,
        Why.POOL_SHARE,
        Why.PER_POST,
        Why.BY_HEAD_COUNT,
        Why.BY_LAST_YEAR,
    }
)


@dataclass(frozen=True, slots=True)
class Known:
    """What rules go by: the units of the run's day, how many people there are of each assignment, and how many seats
    people of each unit had last year, by target group."""

    units: Mapping[str, Unit]
    day: date
    people: Mapping[str, Sequence[tuple[Assignment, int]]] = field(default_factory=dict)
    used: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    code: Why
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """Seats of a unit in a target group and why, or why not. `unit` None: of the group as a whole."""

    target: str
    unit: str | None
    seats: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    given: tuple[Cell, ...]
    left_out: tuple[Cell, ...]

    @property
    def seats(self) -> int:
        return sum(cell.seats for cell in self.given)


@dataclass(frozen=True, slots=True)
class _Case:
    """One target group: its rule, the units that it may go to, how many seats there are for it at most, and why not
    more. `portion`: what it gets where nothing says how many."""

    ask: Ask
    target: TargetGroup
    units: tuple[str, ...]
    known: Known
    most: int
    limit: Why
    portion: int

    @property
    def seats(self) -> int:
        """So many are asked for."""
        return next((one for one in (self.ask.seats, self.target.seats) if one is not None), self.portion)

    def cell(self, unit: str | None, seats: int, code: Why, **details: Any) -> Cell:
        return Cell(self.target.key, unit, seats, Reason(code, details))

    def over(self, seats: int, unit: str | None = None) -> Cell:
        """So many do not fit."""
        return self.cell(unit, seats, self.limit)

    def fitting(self) -> dict[str, int]:
        """How many people of each unit belong to the group."""
        people = self.known.people.get(self.target.key, ())
        return self.by_unit((one.unit, count) for one, count in people if misfit(self.target, one) is None)

    def by_unit(self, counted: Iterable[tuple[str, int]]) -> dict[str, int]:
        """Each counts where the seats would be taken from: at the nearest of the units."""
        sums: Counter[str] = Counter(dict.fromkeys(self.units, 0))
        for unit, count in counted:
            if (near := _nearest(unit, self.units)) is not None:
                sums[near] += count
        return dict(sums)


def _per_unit(case: _Case) -> list[Cell]:
    each = case.ask.each or case.target.per_unit or 1
    given = in_rounds(dict.fromkeys(case.units, each), case.most)
    cells = [
        case.cell(unit, seats, Why.PER_UNIT if seats == each else Why.PER_UNIT_SHORT, each=each)
        for unit, seats in given.items()
    ]
    return [*cells, *(case.over(each - seats, unit) for unit, seats in given.items())]


def _pool(case: _Case) -> list[Cell]:
    """Both pools share by the people who belong to the group; evenly where none is known."""
    placed = min(case.seats, case.most)
    if len(case.units) == 1:
        return [case.cell(case.units[0], placed, Why.POOL), case.over(case.seats - placed)]
    people = case.fitting()
    whole = sum(people.values())
    shares = largest_remainder(placed, people if whole else dict.fromkeys(case.units, 1))
    cells = [case.cell(unit, shares[unit], Why.POOL_SHARE, people=people[unit], of=whole) for unit in case.units]
    return [*cells, case.over(case.seats - placed)]


def _per_post(case: _Case) -> list[Cell]:
    """One for each holder. A unit without one is named: its post is vacant, or its holder not known."""
    if not case.target.posts:
        raise TargetWithoutPosts(target=case.target.key)
    holders = case.fitting()
    given = in_rounds(holders, case.most)
    cells = [case.cell(unit, seats, Why.PER_POST, holders=holders[unit]) for unit, seats in given.items()]
    over = [case.over(holders[unit] - seats, unit) for unit, seats in given.items()]
    return [*cells, *over, *(case.cell(unit, 0, Why.NO_HOLDER) for unit, count in holders.items() if not count)]


def _by_head_count(case: _Case) -> list[Cell]:
    """No unit gets more seats than it has people who belong to the group."""
    people = case.fitting()
    whole = sum(people.values())
    placed = min(case.seats, whole, case.most)
    shares = largest_remainder(placed, people)
    cells = [case.cell(unit, seats, Why.BY_HEAD_COUNT, people=people[unit], of=whole) for unit, seats in shares.items()]
    idle = max(0, case.seats - whole)
    nobody = case.cell(None, idle, Why.MORE_THAN_PEOPLE if whole else Why.NOBODY_KNOWN, people=whole)
    return [*cells, nobody, case.over(case.seats - idle - placed)]


def _by_last_year(case: _Case) -> list[Cell]:
    """As many as last year, or by that where a number is given."""
    used = case.by_unit(case.known.used.get(case.target.key, {}).items())
    whole = sum(used.values())
    seats = whole if case.ask.seats is None else case.ask.seats
    if not whole:
        return [case.cell(None, seats, Why.NOTHING_LAST_YEAR)]
    placed = min(seats, case.most)
    shares = largest_remainder(placed, used)
    cells = [case.cell(unit, share, Why.BY_LAST_YEAR, confirmed=used[unit], of=whole) for unit, share in shares.items()]
    return [*cells, case.over(seats - placed)]


def _total(case: _Case) -> list[Cell]:
    placed = min(case.seats, case.most)
    return [case.cell(None, placed, Why.TOTAL_NOT_SPLIT), case.over(case.seats - placed)]


RULES: Final[Mapping[Rule, Callable[[_Case], list[Cell]]]] = {
    Rule.PER_UNIT: _per_unit,
    Rule.POOL: _pool,
    Rule.PER_POST: _per_post,
    Rule.BY_HEAD_COUNT: _by_head_count,
    Rule.BY_LAST_YEAR: _by_last_year,
    Rule.TOTAL: _total,
}


def propose(asks: Sequence[Ask], targets: Sequence[TargetGroup], capacity: int, known: Known) -> Proposal:
    """In the order of `asks`; groups of which nothing says how many seats share what the others leave. `asks` are those
    that check_asks accepts. Raises TargetWithoutPosts."""
    groups = {target.key: target for target in targets}
    given: list[Cell] = []
    left_out: list[Cell] = []
    in_turn = sorted(asks, key=lambda ask: not says_how_many(ask, groups[ask.target]))
    for place, ask in enumerate(in_turn):
        case = _case(ask, groups[ask.target], capacity, len(in_turn) - place, known)
        cells = [cell for cell in RULES[ask.rule](case) if cell.seats or cell.reason.code == Why.NO_HOLDER]
        for cell in cells:
            (given if cell.reason.code in GIVES else left_out).append(cell)
            capacity -= cell.seats if cell.reason.code in _TAKES else 0
    return Proposal(tuple(given), tuple(left_out))


_TAKES: Final = GIVES | {Why.TOTAL_NOT_SPLIT}  # what is to be split later is nobody else's


def _case(ask: Ask, target: TargetGroup, capacity: int, cases: int, known: Known) -> _Case:
    limit = capacity if target.seats is None else target.seats
    why = Why.TARGET_LIMIT if limit < capacity else Why.CAPACITY_USED_UP
    units = ask.units or _units_of(ask, target, known)
    return _Case(ask, target, tuple(dict.fromkeys(units)), known, min(limit, capacity), why, -(-capacity // cases))


def _units_of(ask: Ask, target: TargetGroup, known: Known) -> tuple[str, ...]:
    offices = (PROVINCIAL_POOL,) if ask.rule is Rule.POOL else tuple(offices_on(known.units, known.day))
    provincial = offices if target.scope != "CENTRAL" else ()
    return (*provincial, CENTRAL_POOL) if target.scope != "PROVINCIAL" else provincial


def _nearest(unit: str, among: Container[str]) -> str | None:
    return next((one for one in (unit, root_unit(unit), pool_of(unit)) if one in among), None)
