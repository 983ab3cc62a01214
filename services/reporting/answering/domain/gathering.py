"""Many runs summed up along one dimension, one after the other: none is kept, so that a year of them is no more than
its rows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.reporting.answering.domain.sums import KEYS, OVER_RUNS, By, Sum, split, total
from services.reporting.answering.domain.visibility import Disclosure, disclose
from services.reporting.projecting import Rollup


@dataclass(slots=True)
class Gathering:
    """`left_out` counts the runs that are too small to be disclosed, `_small` are their keys; `_hidden` are keys that
    at least one run must hide. `newest` is the system time of the newest event of all runs, `shared` as in Rollup."""

    by: By
    coarse: bool = False
    sums: dict[str, Sum] = field(default_factory=dict)
    whole: Sum = field(default_factory=Sum)
    programmes: set[str] = field(default_factory=set)
    runs: int = 0
    left_out: int = 0
    newest: datetime | None = None
    shared: bool = False
    _small: set[str] = field(default_factory=set)
    _hidden: set[str] = field(default_factory=set)

    def add(self, rollups: Sequence[Rollup]) -> None:
        """Takes runs in, each as far as it may be disclosed. Of a run all its visible buckets at once."""
        self.take(disclose(rollups, coarse=self.coarse))
        self.shared = self.shared or any(rollup.shared for rollup in rollups)
        times = [rollup.last for rollup in rollups]
        self.newest = max(times if self.newest is None else [*times, self.newest], default=None)

    def take(self, disclosure: Disclosure) -> None:
        for rollup in disclosure.rollups:
            for name, part in split(rollup, KEYS[self.by]).items():
                self.sums.setdefault(name, Sum()).add(part)
            self.programmes.add(rollup.programme)
        self.whole.add(total(disclosure.rollups))
        self.runs += len(disclosure.rollups)
        self.left_out += len(disclosure.left_out)
        self._hidden |= disclosure.hidden.get(self.by, set())
        if self.by in OVER_RUNS:
            for rollup in disclosure.left_out:
                self._small |= split(rollup, KEYS[self.by]).keys()

    @property
    def keys(self) -> set[str]:
        """Everything that is counted, also where nothing of it may be disclosed."""
        return {*self.sums, *self._small}

    def hides(self, key: str) -> bool:
        return key in self._hidden or (key in self._small and key not in self.sums)
