"""A nomination with its note, reason and times, and what a list of them is asked for. Pure."""

from dataclasses import dataclass
from datetime import datetime

from services.enrolment.seats.domain.nominations import Nomination


@dataclass(frozen=True, slots=True)
class NominationRecord:
    """Times are system time. Note and reason stay here: no event carries free text."""

    nomination: Nomination
    note: str | None
    reason: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which nominations of a run a list is to show; None is no condition. `unit` includes what is below it."""

    state: str | None = None
    bucket_unit: str | None = None
    unit: str | None = None
    person: str | None = None
