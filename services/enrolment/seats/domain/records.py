"""A nomination with its note, reason and times, and what a list of them is asked for. Pure."""

from dataclasses import dataclass
from datetime import datetime

from services.enrolment.seats.domain.model import Nomination, Verdict, WaitsFor
from shared.events.seats import Approver


@dataclass(frozen=True, slots=True)
class StepDecision:
    """What became of a step of approval, by whom, in whose name if not the own, when (system time), and why. `by` None:
    nobody decided in time."""

    step: Approver
    verdict: Verdict
    at: datetime
    by: str | None = None
    on_behalf_of: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NominationRecord:
    """Times are system time. Note and reasons stay here: no event carries free text."""

    nomination: Nomination
    note: str | None
    reason: str | None
    created_at: datetime
    changed_at: datetime
    decisions: tuple[StepDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which nominations of a run a list is to show; None is no condition. `unit` includes what is below it;
    `warned` are those about which checks have found something, `moved` those whose person belongs to another office
    now."""

    state: str | None = None
    bucket_unit: str | None = None
    unit: str | None = None
    person: str | None = None
    warned: bool = False
    moved: bool = False
    waits_for: WaitsFor | None = None
