"""Parts of what is answered about programmes."""

from typing import Final

WAITING_LISTS: Final = " ".join(
    f"waitingLists.{name}" for name in ("pool", "order", "offerHours", "offerWorkingDays", "onDecline", "onExpiry")
)
