"""What is noted outside of any transaction, refusals and reads, until it is stored. Bounded: a flood of refusals costs
no memory, and a slow database holds up no answer. What finds no room is counted, and the count is kept.
"""

import asyncio
import itertools
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.clock import Clock
from shared.errors import Refused
from shared.security_log.entries import READS, Access, Entry, Outcome, entry_of, known_form, object_of
from shared.telemetry import Metrics, correlation

MOST_WAITING: Final = 10_000


class Accesses:
    """Of one service in one process. Alike entries that wait together become one, with their number."""

    def __init__(self, clock: Clock, metrics: Metrics, *, most: int = MOST_WAITING) -> None:
        self._clock = clock
        self._metrics = metrics
        self._most = most
        self._waiting: dict[tuple[Hashable, ...], Entry] = {}
        self._lost = 0
        self.noted = asyncio.Event()

    def answered(self, access: Access, scope: Mapping[str, Any], route: str, status: int) -> None:
        """A guarded request has its answer: notes it if it was refused for who asked, or shows people."""
        method = scope["method"]
        if access.refused is not None:
            concerns = access.refused.guards
        else:
            concerns = status < 300 and method == "GET" and access.permission in READS and access.of_others
        if concerns:
            self._note(access, f"{method} {route}", object_of(access.permission, scope["path_params"]))

    def row_refused(self, access: Access | None, action: str, on: tuple[str, str], refused: Refused) -> None:
        """One of a list of commands was refused, in an answer that is none."""
        if refused.guards and access is not None:
            self._note(replace(access, refused=refused), action, (on[0], known_form(on[1])))

    def take(self, most: int) -> list[Entry]:
        """The oldest that wait, and if some were lost first of all how many."""
        self.noted.clear()
        taken = []
        if self._lost:
            lost, self._lost = self._lost, 0
            on = ("security-log", None)
            taken.append(entry_of(None, self._clock(), "note", on, Outcome.LOST, count=lost))
        oldest = list(itertools.islice(self._waiting, most - len(taken)))
        taken += [self._waiting.pop(key) for key in oldest]
        if self._waiting:
            self.noted.set()
        return taken

    def _note(self, access: Access, action: str, on: tuple[str, str | None]) -> None:
        outcome = Outcome.READ if access.refused is None else access.refused.code
        entry = entry_of(access, self._clock(), action, on, outcome, correlation=correlation.get())
        known = self._waiting.get(entry.alike)
        if known is not None:
            self._waiting[entry.alike] = replace(known, count=known.count + 1)
        elif len(self._waiting) < self._most:
            self._waiting[entry.alike] = entry
        else:
            self._lost += 1
            self._metrics.security_log_lost.inc()
        self.noted.set()
