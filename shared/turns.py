"""Who may begin something heavy now: each caller once at a time, and so many in all. What it works on fills memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Refused


class Turns:
    """One per process. `running` is what a caller hears whose last one goes on, `busy` what all hear beyond `limit`."""

    def __init__(self, limit: int, *, running: type[Refused], busy: type[Refused]) -> None:
        self._limit = limit
        self._refusals = running, busy
        self._callers: set[str] = set()

    @contextmanager
    def of(self, caller: str) -> Iterator[None]:
        """Raises the two refusals; the second one with `limit`."""
        running, busy = self._refusals
        if caller in self._callers:
            raise running()
        if len(self._callers) >= self._limit:
            raise busy(limit=self._limit)
        self._callers.add(caller)
        try:
            yield
        finally:
            self._callers.discard(caller)
