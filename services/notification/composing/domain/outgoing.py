"""What composing hands to a channel, or why it hands over nothing. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

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
    invitation: Invitation | None
    written_at: datetime


class Wait(NamedTuple):
    """Something that the message needs is not known here yet. `missing` names it, if it can arrive; `until` is when the
    message goes on without it, if it can."""

    code: str
    missing: str | None = None
    until: datetime | None = None


class Drop(NamedTuple):
    """The message is not to be sent any more."""

    code: str


@dataclass(frozen=True, slots=True)
class Ready:
    """`mark`: of the contact whose address it goes to; `recall`: of the one whose address has the entry, if another."""

    channel: ChannelName
    snapshot: MessageSnapshot
    outgoing: OutgoingMessage
    mark: str | None = None
    recall: str | None = None


@dataclass(frozen=True, slots=True)
class Unsorted:
    """As much of a message as says by which channel it goes."""

    id: str
    recipient: str
    addressee: str
    created_at: datetime


class Composing(Protocol):
    """What sending needs of composing. `now` is system time; `available` are the channels that can be used at all."""

    async def compose(self, message: Message, now: datetime, available: Collection[ChannelName]) -> Ready | Wait | Drop:
        """For a claimed message."""

    async def channels(
        self, messages: Collection[Unsorted], now: datetime, available: Collection[ChannelName]
    ) -> Mapping[str, ChannelName | Wait]:
        """For messages that nobody has claimed, by id: where they will go, in a query or two for all of them."""

    async def arrived(self, missing: Collection[str]) -> set[str]:
        """Those that are known here now."""
