"""Which waves of reminders are due, by the run's business time. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notification.domain import WAVES, Run, RunState, due_at
from shared.clock import business

HORIZON: Final = timedelta(days=max(WAVES.values()) + 1)


@dataclass(frozen=True, slots=True)
class WaveResult:
    """What became of a wave in one call. `due` is business time; None: not due, and nothing was made. `complete`:
    everybody was looked at; otherwise the service goes on by itself."""

    name: str
    due: datetime | None = None
    created: int = 0
    existing: int = 0
    complete: bool = True


def waves_due(run: Run, now: datetime) -> dict[str, datetime]:
    """The waves that are due at the system time `now`, with the business time at which they were. None for a run that
    has started, and none that would have been due before the run was moved to its day."""
    business_now = business(now, run.offset_seconds)
    if run.state is RunState.CANCELLED or business_now >= run.starts_at:
        return {}
    dues = {wave: due_at(run.starts_at, days) for wave, days in WAVES.items()}
    return {wave: due for wave, due in dues.items() if (run.moved_at or due) <= due <= business_now}
