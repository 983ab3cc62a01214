"""By which rule the seats of a run are to be divided, for each of its target groups. Pure."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.catalogue import TargetGroup
from services.enrolment.seats.domain.allocation import Seating, check_seating
from services.enrolment.seats.domain.allocation_refusals import RuleTwice
from services.enrolment.seats.domain.refusals import UnknownTarget


class Rule(StrEnum):
    PER_UNIT = "PER_UNIT"
    POOL = "POOL"
    PER_POST = "PER_POST"
    BY_HEAD_COUNT = "BY_HEAD_COUNT"
    BY_LAST_YEAR = "BY_LAST_YEAR"
    TOTAL = "TOTAL"


class Combination(StrEnum):
    """A rule for every target group at once."""

    POSTS_THEN_POOL = "POSTS_THEN_POOL"
    OWN_NUMBERS = "OWN_NUMBERS"


@dataclass(frozen=True, slots=True)
class Ask:
    """The rule of a target group. `each` is for PER_UNIT, `like` the run that BY_LAST_YEAR goes by. Without `units`
    those of the group's scope."""

    target: str
    rule: Rule
    each: int | None = None
    seats: int | None = None
    units: tuple[str, ...] = ()
    like: str | None = None


# Rules that say themselves how many seats they give.
_COUNTING: Final = frozenset({Rule.PER_UNIT, Rule.PER_POST, Rule.BY_LAST_YEAR})


def needs_people(ask: Ask, target: TargetGroup) -> bool:
    """Whether the rule counts people."""
    return ask.rule in (Rule.PER_POST, Rule.BY_HEAD_COUNT) or (ask.rule is Rule.POOL and target.scope == "BOTH")


def asks_of(combination: Combination, targets: Sequence[TargetGroup]) -> list[Ask]:
    """POSTS_THEN_POOL: a seat for each holder of a post, the other groups from the pool. OWN_NUMBERS: what the groups
    say themselves, so many per unit or in the pool."""
    if combination is Combination.POSTS_THEN_POOL:
        return [Ask(one.key, Rule.PER_POST if one.posts else Rule.POOL) for one in targets]
    return [Ask(one.key, _own_rule(one)) for one in targets]


def _own_rule(target: TargetGroup) -> Rule:
    if target.per_unit is not None:
        return Rule.PER_UNIT
    return Rule.TOTAL if target.seats is None else Rule.POOL


def check_asks(asks: Sequence[Ask], targets: Sequence[TargetGroup], units: Container[str]) -> None:
    """Raises UnknownTarget, RuleTwice, and what check_allocation says of a unit that is named."""
    groups = {target.key: target for target in targets}
    seen: set[str] = set()
    for ask in asks:
        if ask.target not in groups:
            raise UnknownTarget(target=ask.target)
        if ask.target in seen:
            raise RuleTwice(target=ask.target)
        seen.add(ask.target)
        for unit in ask.units:
            check_seating(Seating(ask.target, unit, 0), groups, units)


def says_how_many(ask: Ask, target: TargetGroup) -> bool:
    """Otherwise the group gets what the others leave."""
    return ask.rule in _COUNTING or ask.seats is not None or target.seats is not None
