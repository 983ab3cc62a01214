"""When a channel whose provider was not reached is called again. Pure: the time comes from outside, in seconds of a
clock that only goes forward."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

FIRST_REST_SECONDS: Final = 0.5
LONGEST_REST_SECONDS: Final = 30.0


class Admission(Enum):
    """CALL: one of many. PROBE: the only call until its answer is known."""

    CALL = "CALL"
    PROBE = "PROBE"


@dataclass(slots=True)
class Breaker:
    """Closed while the provider is reached. After a failure it is open for a rest, which doubles with every probe that
    fails; then one probe at a time is let through, until one reaches the provider."""

    failures: int = 0
    rests_until: float = float("-inf")
    probing: bool = False

    def resting(self, now: float) -> bool:
        return now < self.rests_until

    @property
    def closed(self) -> bool:
        return self.failures == 0

    def away(self, now: float) -> bool:
        """Whether the provider was just now not reached. Without anything to send nobody asks it, and nobody knows."""
        return not self.closed and now < self.rests_until + LONGEST_REST_SECONDS

    def admit(self, now: float) -> Admission | None:
        """Asked before a message is claimed; None: claim nothing. What is admitted is ended by `leave`."""
        if self.closed:
            return Admission.CALL
        if self.resting(now) or self.probing:
            return None
        self.probing = True
        return Admission.PROBE

    def leave(self, admission: Admission) -> None:
        if admission is Admission.PROBE:
            self.probing = False

    def reached(self) -> None:
        """The provider answered, whatever it said about the message."""
        self.failures = 0
        self.rests_until = float("-inf")

    def unreached(self, now: float) -> float:
        """How long the rest is now. Calls that were under way beside the one that failed first do not prolong it."""
        if not self.resting(now):
            rest = min(FIRST_REST_SECONDS * 2 ** min(self.failures, 10), LONGEST_REST_SECONDS)
            self.failures += 1
            self.rests_until = now + rest
        return self.rests_until - now
