"""Parts of what is answered about programmes."""

from typing import Final

WAITING_LISTS: Final = " ".join(
    f"waitingLists.{name}" for name in ("pool", "order", "offerHours", "offerWorkingDays", "onDecline", "onExpiry")
)
_WARNING: Final = ("code", "th", "en", "date", "holiday", "by", "cohort", "run")
WARNINGS: Final = " ".join(f"warnings[].{name}" for name in _WARNING)
CHECKS: Final = (
    "checks.eligibility checks.clash checks.calendar checks.venue checks.repeated checks.prerequisite checks.hours"
    f" course repeatedYears prerequisites[] {WAITING_LISTS}"
)
