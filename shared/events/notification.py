"""What became of every message to a person or a unit, published by the notification service. Never to which address."""

from typing import ClassVar

from shared.events.envelope import Event
from shared.events.topics import MESSAGES


class MessageFact(Event):
    """What every event of a message carries. `recipient` is a person or a unit, `kind` the reason to write."""

    topic: ClassVar[str] = MESSAGES.name
    key_field: ClassVar[str] = "message"

    message: str
    recipient: str
    channel: str
    kind: str
    run: str | None = None


class MessageSent(MessageFact):
    """The channel took the message. `uncertain`: a crash cut an attempt off, so it may have arrived twice."""

    type: ClassVar[str] = "notification.message-sent.v1"

    attempts: int
    uncertain: bool = False


class MessageFailed(MessageFact):
    """The message will not be tried again. `code` says why."""

    type: ClassVar[str] = "notification.message-failed.v1"

    attempts: int
    code: str
