"""How often somebody may ask: so many at once, and then so many a second. In memory of one process; knows no HTTP."""

from collections import OrderedDict
from typing import Final

MOST_CALLERS: Final = 20_000


class Rates:
    """Of each caller, the last ones to ask. Whoever is forgotten begins anew, so it is no wall, only a brake."""

    def __init__(self, per_second: float, burst: int, *, most: int = MOST_CALLERS) -> None:
        self._per_second = per_second
        self._burst = float(burst)
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str, now: float) -> float:
        """0: the caller may ask. Else how many seconds later. `now` grows steadily."""
        left, at = self._left.pop(caller, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        if left < 1:
            self._left[caller] = left, now
            return (1 - left) / self._per_second
        self._left[caller] = left - 1, now
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0.0
