"""The description of a programme, and whether it is consistent. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from services.enrolment.catalogue.domain.eligibility import TargetGroup
from services.enrolment.catalogue.domain.refusals import SeatsAboveTotal, TargetTwice, UnknownFunction
from services.enrolment.directory import POSTS, UnknownLevel, UnknownPost, UnknownUnit, bundled
from shared.events.catalogue import Official


class Kind(StrEnum):
    TRAINING_PROJECT = "TRAINING_PROJECT"
    TRAINING = "TRAINING"
    WORKSHOP = "WORKSHOP"
    WORKSHOP_MEETING = "WORKSHOP_MEETING"


@dataclass(frozen=True)
class Description:
    """Everything that people write about a programme. `organiser` None: not known, or the whole ministry.

    `plan_years` are the fiscal years of the plans that it serves. `approval_route`: nominations need approval;
    otherwise they are decided at once. `four_eyes`: nobody approves the own nomination or one that he or she made.
    """

    code: str
    title: str
    fiscal_year: int
    kind: Kind
    organiser: str | None = None
    chair: Official | None = None
    reporter: Official | None = None
    speakers: tuple[Official, ...] = ()
    methods: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    expected_outcomes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    framework_tags: tuple[str, ...] = ()
    plan_years: tuple[int, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    total_seats: int | None = None
    approval_route: bool = True
    four_eyes: bool = True


def check_description(description: Description) -> None:
    """Raises TargetTwice and SeatsAboveTotal."""
    seen: set[str] = set()
    for target in description.target_groups:
        if target.key in seen:
            raise TargetTwice(target=target.key)
        seen.add(target.key)
    seats = split_seats(description)
    if description.total_seats is not None and seats > description.total_seats:
        raise SeatsAboveTotal(seats=seats, total=description.total_seats)


def split_seats(description: Description) -> int:
    """The seats assigned to target groups; a total that is not split does not count."""
    return sum(target.seats or 0 for target in description.target_groups)


def check_known(description: Description, units: Container[str]) -> None:
    """Units, levels, posts and work groups that a description names must exist: a typing error in a rule would exclude
    everybody. Raises UnknownUnit, UnknownFunction, UnknownLevel and UnknownPost."""
    if description.organiser is not None and description.organiser not in units:
        raise UnknownUnit(unit=description.organiser)
    for target in description.target_groups:
        _check_unit(target, units)
        for level in target.levels:
            if level not in bundled().positions:
                raise UnknownLevel(level=level)
        for post in target.posts:
            if post not in POSTS:
                raise UnknownPost(post=post)


def _check_unit(target: TargetGroup, units: Container[str]) -> None:
    if target.unit is None or target.unit == "PO":
        return
    if not target.unit.startswith("PO."):
        if target.unit not in units:
            raise UnknownUnit(unit=target.unit)
    elif all(unit.function != target.unit.removeprefix("PO.") for unit in bundled().units.values()):
        raise UnknownFunction(function=target.unit)
