"""The checks of a programme: what is looked at beside what was asked, and what follows. Pure.

A check is off, warns or refuses; it never changes what was asked. One literal table says where each is judged.
"""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from services.enrolment.catalogue.domain.check_refusals import NoPrerequisites, OwnPrerequisite, UnknownCourse


class Policy(StrEnum):
    OFF = "OFF"
    WARN = "WARN"
    REFUSE = "REFUSE"


class Check(StrEnum):
    """Its value is the name of the field."""

    ELIGIBILITY = "eligibility"
    CLASH = "clash"
    CALENDAR = "calendar"
    VENUE = "venue"
    REPEATED = "repeated"
    PREREQUISITE = "prerequisite"
    HOURS = "hours"


class Judged(StrEnum):
    """When a check is judged: whenever a run is made or moved, or whenever somebody is nominated, let in or put in for
    somebody else."""

    RUN = "run"
    NOMINATION = "nomination"


class Rule(NamedTuple):
    """`default` is what holds where a programme says nothing."""

    judged: Judged
    default: Policy


CHECKS: Final[Mapping[Check, Rule]] = {
    Check.ELIGIBILITY: Rule(Judged.NOMINATION, Policy.REFUSE),
    Check.CLASH: Rule(Judged.NOMINATION, Policy.OFF),
    Check.CALENDAR: Rule(Judged.RUN, Policy.WARN),
    Check.VENUE: Rule(Judged.RUN, Policy.WARN),
    Check.REPEATED: Rule(Judged.NOMINATION, Policy.OFF),
    Check.PREREQUISITE: Rule(Judged.NOMINATION, Policy.OFF),
    Check.HOURS: Rule(Judged.NOMINATION, Policy.OFF),
}


@dataclass(frozen=True, slots=True)
class Checks:
    """The policies of a programme."""

    eligibility: Policy = CHECKS[Check.ELIGIBILITY].default
    clash: Policy = CHECKS[Check.CLASH].default
    calendar: Policy = CHECKS[Check.CALENDAR].default
    venue: Policy = CHECKS[Check.VENUE].default
    repeated: Policy = CHECKS[Check.REPEATED].default
    prerequisite: Policy = CHECKS[Check.PREREQUISITE].default
    hours: Policy = CHECKS[Check.HOURS].default

    def of(self, check: Check) -> Policy:
        policy: Policy = getattr(self, check.value)
        return policy


DEFAULTS: Final = Checks()


def check_prerequisites(checks: Checks, prerequisites: Collection[str], course: str) -> None:
    """Raises NoPrerequisites where certificates are checked for and no course is named, and OwnPrerequisite."""
    if checks.prerequisite is not Policy.OFF and not prerequisites:
        raise NoPrerequisites()
    if course in prerequisites:
        raise OwnPrerequisite(course=course)


def check_courses(prerequisites: Collection[str], known: Container[str]) -> None:
    """A typing error in a course would exclude everybody. Raises UnknownCourse."""
    for course in prerequisites:
        if course not in known:
            raise UnknownCourse(course=course)
