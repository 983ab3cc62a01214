"""Putting right what was recorded. Pure."""

from datetime import datetime

from services.enrolment.attendance.domain.marks import PRESENT, Mark
from services.enrolment.attendance.domain.refusals import MinutesAboveSession, MinutesWithoutPresence, SessionAhead
from services.enrolment.attendance.domain.sittings import Sitting
from shared.events.attendance import Presence, Via


def corrected(sitting: Sitting, presence: Presence, minutes: int | None, by: str, now: datetime) -> Mark:
    """`minutes` None: all of the session for whoever was there, and none for others. `now` is business time. Raises
    SessionAhead, MinutesAboveSession and MinutesWithoutPresence."""
    if now < sitting.starts_at:
        raise SessionAhead(session=sitting.number)
    present = presence in PRESENT
    if minutes is None:
        minutes = sitting.minutes if present else 0
    if minutes > sitting.minutes:
        raise MinutesAboveSession(session=sitting.number, minutes=sitting.minutes)
    if minutes and not present:
        raise MinutesWithoutPresence()
    return Mark(presence, minutes, now, Via.CORRECTION, by)
