"""How much of a fiscal year somebody was trained, and how much that should be. Pure.

What counts is when a session took place: of a run over the end of September some minutes are of each year.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from shared.thai import fiscal_year

MINUTES: Final = 60


class Presence(NamedTuple):
    """The minutes that somebody was present in a session of a run, and when that began."""

    run: str
    session: int
    starts_at: datetime
    minutes: int


class Trained(NamedTuple):
    """Minutes present in sessions that were held, and in how many of them."""

    minutes: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class TrainingTarget:
    """So many days of so many minutes in a fiscal year."""

    days: int
    minutes_of_day: int

    @property
    def minutes(self) -> int:
        return self.days * self.minutes_of_day

    def reached(self, trained: Trained) -> bool:
        return trained.minutes >= self.minutes


@dataclass(frozen=True, slots=True)
class TrainingTargets:
    """What is expected of everybody: `days`, but for the years in `by_year`."""

    days: int
    minutes_of_day: int
    by_year: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, days: int, hours_of_day: float, by_year: str) -> "TrainingTargets":
        """`by_year` as the setting has it: `2567=8,2568=12`; of a year that is named twice the last counts."""
        pairs = (part.split("=") for part in by_year.split(",") if part)
        return cls(days, round(hours_of_day * MINUTES), {int(year): int(number) for year, number in pairs})

    def of(self, year: int) -> TrainingTarget:
        return TrainingTarget(self.by_year.get(year, self.days), self.minutes_of_day)


def trained(presences: Iterable[Presence], year: int) -> Trained:
    """Of one person. Of two nominations for one run the one with more minutes counts, session by session."""
    minutes: dict[tuple[str, int], int] = {}
    for one in presences:
        if one.minutes > 0 and fiscal_year(one.starts_at) == year:
            key = (one.run, one.session)
            minutes[key] = max(minutes.get(key, 0), one.minutes)
    return Trained(sum(minutes.values()), len(minutes))
