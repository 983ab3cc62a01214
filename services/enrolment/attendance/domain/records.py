"""What is read of attendance beside the marks themselves. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.enrolment.attendance.domain.marks import Mark


class ChangeRecord(NamedTuple):
    """What took the place of what, at which system time, and why where somebody has said so."""

    id: str
    session: int
    before: Mark | None
    after: Mark
    changed_at: datetime
    reason: str | None
