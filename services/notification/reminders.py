"""Waves of reminders: when each is due and who gets it, by the run's business time. Pure.

A wave is due at 08:30 in Bangkok, so many days before the day on which the run starts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from services.notification.domain import Addressee, Kind, Message, message_id
from services.notification.read_model import Nomination, Run, RunState
from shared.clock import BANGKOK, business
from shared.events.enrolment import NominationState

WAVES: Final[Mapping[str, int]] = {"D-7": 7, "D-1": 1}
HORIZON: Final = timedelta(days=max(WAVES.values()) + 1)
_TIME_OF_DAY: Final = time(8, 30)


def due_at(starts_at: datetime, days: int) -> datetime:
    """Business time."""
    day = starts_at.astimezone(BANGKOK).date() - timedelta(days=days)
    return datetime.combine(day, _TIME_OF_DAY, BANGKOK)


def wave_reason(nomination: str, wave: str, due: datetime) -> str:
    """A run that moves to another day has new waves; one that moves within the day has not."""
    return f"{nomination}|{wave}|{due.astimezone(BANGKOK).date().isoformat()}"


def waves_due(run: Run, now: datetime) -> dict[str, datetime]:
    """The waves that are due at the system time `now`, with their due (business) time. None for what has started,
    and none that would have been due before the run was moved to its day."""
    business_now = business(now, run.offset_seconds)
    if run.state is RunState.CANCELLED or business_now >= run.starts_at:
        return {}
    dues = {wave: due_at(run.starts_at, days) for wave, days in WAVES.items()}
    return {wave: due for wave, due in dues.items() if (run.moved_at or due) <= due <= business_now}


def reminded(nominations: Iterable[Nomination], due: datetime) -> list[Nomination]:
    """Who gets a wave: everybody confirmed when it was due, and still."""
    return [
        one
        for one in nominations
        if one.state is NominationState.CONFIRMED and one.confirmed_at is not None and one.confirmed_at <= due
    ]


def reminder_messages(
    run: Run, wave: str, due: datetime, nominations: Iterable[Nomination], now: datetime
) -> Sequence[Message]:
    """One message for each, with the same id whenever this is asked."""
    return [_reminder(run, wave, wave_reason(one.id, wave, due), one, now) for one in reminded(nominations, due)]


def _reminder(run: Run, wave: str, reason: str, nomination: Nomination, now: datetime) -> Message:
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
