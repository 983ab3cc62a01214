"""Messages that are about no single nomination, as events and days give rise to them. Pure."""

from dataclasses import replace
from datetime import datetime

from services.notification.domain.kinds import Addressee, Kind
from services.notification.domain.message import Message, message_id


def to_unit(unit: str, kind: Kind, *, run: str, reason: str, now: datetime, due_at: datetime | None = None) -> Message:
    """A message to a unit."""
    return Message(
        id=message_id(reason, unit, kind),
        kind=kind,
        recipient=unit,
        addressee=Addressee.UNIT,
        unit=unit,
        run=run,
        reason=reason,
        created_at=now,
        due_at=due_at or now,
    )


def to_person(
    person: str, unit: str, kind: Kind, *, run: str, reason: str, now: datetime, due_at: datetime | None = None
) -> Message:
    """A message to somebody of that unit."""
    message = to_unit(person, kind, run=run, reason=reason, now=now, due_at=due_at)
    return replace(message, addressee=Addressee.PERSON, unit=unit)
