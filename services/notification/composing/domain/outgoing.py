"""What composing hands to a channel, or why it hands over nothing. Pure."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.notification.composing.domain.calendars import Invitation
from services.notification.composing.domain.recipients import Recipient
from services.notification.composing.domain.wording import Language
from services.notification.domain import ChannelName, Message, MessageSnapshot


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """`id` is that of the message: by it a provider can recognise a second copy."""

    id: str
    to: Recipient
    language: Language
    words: Words
    invitations: tuple[Invitation, ...]
    written_at: datetime


class Wait(NamedTuple):
    """Something that the message needs is not known here yet."""

    code: str


class Drop(NamedTuple):
    """The message is not to be sent any more."""

    code: str


@dataclass(frozen=True, slots=True)
class Ready:
    channel: ChannelName
    snapshot: MessageSnapshot
    outgoing: OutgoingMessage


# A claimed message, the system time, and the channels that this process can use.
Compose = Callable[[Message, datetime, Collection[ChannelName]], Awaitable[Ready | Wait | Drop]]
