"""What the checks of a programme say about one nomination: nothing, a warning that stays with it, or a refusal. Pure.

A warning never decides anything: it is there for whoever decides. What each check looks for is in a module of its own
(placing.py, clash.py, repeated.py), or in the feature that knows (certificates, attendance).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.enrolment.catalogue import Check, Checks, NotEligible, OfferedRun, Policy
from services.enrolment.seats.domain.check_refusals import (
    Clash,
    ClashEnclosed,
    HoursReached,
    PrerequisiteMissing,
    Repeated,
)
from shared.errors import Refused
from shared.events.seats import WarningCode
from shared.rights import Scope
from shared.thai import fiscal_year

MOST_WARNINGS: Final = 10  # that are kept with a nomination
# Whose finding a code is, and how it is refused (eligibility: by the refusal that says the rule).
CODES: Final[Mapping[WarningCode, tuple[Check, type[Refused]]]] = {
    WarningCode.WRONG_SCOPE: (Check.ELIGIBILITY, NotEligible),
    WarningCode.WRONG_UNIT_FUNCTION: (Check.ELIGIBILITY, NotEligible),
    WarningCode.WRONG_LEVEL: (Check.ELIGIBILITY, NotEligible),
    WarningCode.WRONG_POST: (Check.ELIGIBILITY, NotEligible),
    WarningCode.WRONG_POSITION: (Check.ELIGIBILITY, NotEligible),
    WarningCode.CLASH: (Check.CLASH, Clash),
    WarningCode.CLASH_ENCLOSED: (Check.CLASH, ClashEnclosed),
    WarningCode.REPEATED: (Check.REPEATED, Repeated),
    WarningCode.PREREQUISITE_MISSING: (Check.PREREQUISITE, PrerequisiteMissing),
    WarningCode.HOURS_REACHED: (Check.HOURS, HoursReached),
}


@dataclass(frozen=True, slots=True)
class NominationWarning:
    """`run`: the other run that it is about, if it is about one; `unit`: where the person belonged in that one."""

    code: WarningCode
    run: str | None = None
    unit: str | None = None

    @property
    def check(self) -> Check:
        return CODES[self.code][0]


Warnings = tuple[NominationWarning, ...]
Found = Mapping[str, Warnings]  # by person


def judged(run: OfferedRun, found: Sequence[NominationWarning], person: str, scope: Scope) -> Warnings:
    """What is kept of what was found about this person beside the run. Raises Clash, ClashEnclosed, Repeated,
    PrerequisiteMissing and HoursReached where that is refused; those of another run name it to those who may see the
    person's nomination there."""
    for warning in found:
        if run.checks.of(warning.check) is Policy.REFUSE:
            raise CODES[warning.code][1](**_details(run, warning, person, scope))
    return bounded(warning for warning in found if run.checks.of(warning.check) is Policy.WARN)


def bounded(warnings: Any) -> Warnings:
    """Each once, in a fixed order, and not more than are kept."""
    return tuple(sorted(set(warnings), key=lambda one: (one.code, one.run or ""))[:MOST_WARNINGS])


def codes_of(warnings: Sequence[NominationWarning]) -> tuple[WarningCode, ...]:
    """As events tell them: each once, and without what they are about."""
    return tuple(dict.fromkeys(warning.code for warning in warnings))


def is_outside(warnings: Sequence[NominationWarning]) -> bool:
    """Whether the person does not belong to the target group."""
    return any(warning.check is Check.ELIGIBILITY for warning in warnings)


def looks_elsewhere(checks: Checks) -> bool:
    """Whether other runs matter at all: only then anything is read of them."""
    return checks.clash is not Policy.OFF or checks.repeated is not Policy.OFF


def looks_back(checks: Checks) -> bool:
    """Whether it matters what somebody has been to: only then anything is read of certificates and attendance."""
    return checks.prerequisite is not Policy.OFF or checks.hours is not Policy.OFF


def year_of_hours(run: OfferedRun) -> int:
    """The fiscal year whose training target counts: that in which the run takes place, not that of its budget."""
    return fiscal_year(run.starts_at)


def names_run(warning: NominationWarning, person: str, scope: Scope) -> bool:
    """Whether somebody with this scope may be told of the other run."""
    return scope.covers_person(person) or (warning.unit is not None and scope.covers_unit(warning.unit))


def _details(run: OfferedRun, warning: NominationWarning, person: str, scope: Scope) -> dict[str, Any]:
    match warning.code:
        case WarningCode.PREREQUISITE_MISSING:
            return {"courses": ", ".join(run.prerequisites)}
        case WarningCode.HOURS_REACHED:
            return {"year": year_of_hours(run)}
    details: dict[str, Any] = {"run": warning.run} if names_run(warning, person, scope) else {}
    return {**details, "years": run.repeated_years} if warning.code is WarningCode.REPEATED else details
