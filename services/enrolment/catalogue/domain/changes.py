"""Who changed what of a programme, and whether that is news to somebody. Pure.

A programme counts its changes, those of its runs and of their seats included. Its version is that number; a run's
version, and that of its seats, is the number of the change that touched them last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from pydantic.alias_generators import to_camel

from shared.conditions import ChangedSince

MOST_CHANGES: Final = 20  # that a programme remembers


@dataclass(frozen=True, slots=True)
class Change:
    """`fields` are named as in bodies. `run` is the run that it was about, `seats` whether it was about its seats;
    without a run it was about the programme, of which its runs carry copies."""

    version: int
    fields: tuple[str, ...]
    by: str
    at: datetime
    run: str | None = None
    seats: bool = False

    def touches(self, run: str | None, *, seats: bool) -> bool:
        """Whether it is a change of the programme (run None: all are), of that run, or of its seats."""
        if run is None:
            return True
        return self.run == run and self.seats if seats else self.run in (run, None) and not self.seats


def differing(before: Any, after: Any) -> tuple[str, ...]:
    """The fields of two values of one dataclass that differ, named as in bodies."""
    return tuple(
        to_camel(field.name) for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)
    )


def require_version(
    expected: int | None, present: int, changes: Sequence[Change], *, run: str | None = None, seats: bool = False
) -> None:
    """Raises ChangedSince when what the caller has read (None: never mind) is not what is there."""
    if expected is None or expected == present:
        return
    news = [change for change in changes if change.version > expected and change.touches(run, seats=seats)]
    remembered = min((change.version for change in changes), default=present + 1)
    told = [
        {"version": one.version, "fields": list(one.fields), "by": one.by, "at": one.at.isoformat(), "run": one.run}
        for one in reversed(news)
    ]
    raise ChangedSince(version=present, changes=told, complete=remembered <= expected + 1)
