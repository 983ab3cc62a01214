"""A nomination with its note, reason and times. Pure."""

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
