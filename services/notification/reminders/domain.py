"""Which waves of reminders are due and who gets them, by the run's business time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notification.domain import (
    WAVES,
    Addressee,
    Kind,
    Message,
    Nomination,
    Run,
    RunState,
    due_at,
    message_id,
    wave_reason,
)
from shared.clock import business
from shared.events.seats import NominationState

HORIZON: Final = timedelta(days=max(WAVES.values()) + 1)


@dataclass(frozen=True, slots=True)
class WaveResult:
    """What became of a wave in one call. `due` is business time; None: not due, and nothing was made."""

    name: str
    due: datetime | None = None
    created: int = 0
    existing: int = 0


def waves_due(run: Run, now: datetime) -> dict[str, datetime]:
    """The waves that are due at the system time `now`, with the business time at which they were. None for a run that
    has started, and none that would have been due before the run was moved to its day."""
    business_now = business(now, run.offset_seconds)
    if run.state is RunState.CANCELLED or business_now >= run.starts_at:
        return {}
    dues = {wave: due_at(run.starts_at, days) for wave, days in WAVES.items()}
    return {wave: due for wave, due in dues.items() if (run.moved_at or due) <= due <= business_now}


def reminded(nominations: Iterable[Nomination], due: datetime) -> list[Nomination]:
    """Who gets a wave: everybody who was confirmed when it was due, and still is."""
    return [nomination for nomination in nominations if _confirmed_by(nomination, due)]


def _confirmed_by(nomination: Nomination, due: datetime) -> bool:
    confirmed_at = nomination.confirmed_at if nomination.state is NominationState.CONFIRMED else None
    return confirmed_at is not None and confirmed_at <= due


def reminder_messages(
    run: Run, wave: str, due: datetime, nominations: Iterable[Nomination], now: datetime
) -> Sequence[Message]:
    """One message for each, with the same id whenever this is called."""
    return [_reminder(run, wave, due, nomination, now) for nomination in reminded(nominations, due)]


def _reminder(run: Run, wave: str, due: datetime, nomination: Nomination, now: datetime) -> Message:
    reason = wave_reason(nomination.id, wave, due)
    return Message(
        id=message_id(reason, nomination.person, Kind.REMINDER),
        kind=Kind.REMINDER,
        recipient=nomination.person,
        addressee=Addressee.PERSON,
        unit=nomination.unit,
        run=run.id,
        reason=reason,
        created_at=now,
        due_at=now,
        nomination=nomination.id,
        wave=wave,
        revision=run.revision,
    )
