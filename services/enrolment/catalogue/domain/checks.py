"""The checks of a programme: what is looked at beside what was asked, and what follows. Pure.

A check is off, warns or refuses; it never changes what was asked. One literal table says where each is judged. What
needs certificates or attendance is known by name and can only be off until there are any: nothing pretends to be
checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from services.enrolment.catalogue.domain.check_refusals import CheckNeedsAttendance, CheckNeedsCertificates
from shared.errors import Refused


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
    somebody else. `LATER`: not in this release."""

    RUN = "run"
    NOMINATION = "nomination"
    LATER = "later"


class Rule(NamedTuple):
    """`default` is what holds where a programme says nothing."""

    judged: Judged
    default: Policy
    refusal: type[Refused] | None = None


CHECKS: Final[Mapping[Check, Rule]] = {
    Check.ELIGIBILITY: Rule(Judged.NOMINATION, Policy.REFUSE),
    Check.CLASH: Rule(Judged.NOMINATION, Policy.OFF),
    Check.CALENDAR: Rule(Judged.RUN, Policy.WARN),
    Check.VENUE: Rule(Judged.RUN, Policy.WARN),
    Check.REPEATED: Rule(Judged.NOMINATION, Policy.OFF),
    Check.PREREQUISITE: Rule(Judged.LATER, Policy.OFF, CheckNeedsCertificates),
    Check.HOURS: Rule(Judged.LATER, Policy.OFF, CheckNeedsAttendance),
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


def check_policies(checks: Checks) -> None:
    """Raises CheckNeedsCertificates and CheckNeedsAttendance for what cannot be checked yet."""
    for check, rule in CHECKS.items():
        if rule.refusal is not None and checks.of(check) is not Policy.OFF:
            raise rule.refusal(check=check.value)
