"""Who may import now: each caller once at a time, and so many in all. A file, and what is read of it, fill memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.enrolment.directory.domain.refusals import ImportRunning, ImportsBusy


class Turns:
    """One per process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: set[str] = set()

    @contextmanager
    def of(self, caller: str) -> Iterator[None]:
        """Raises ImportRunning and ImportsBusy."""
        if caller in self._running:
            raise ImportRunning()
        if len(self._running) >= self._limit:
            raise ImportsBusy(limit=self._limit)
        self._running.add(caller)
        try:
            yield
        finally:
            self._running.discard(caller)
