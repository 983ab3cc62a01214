"""Who a message goes to, and at which address of which channel. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.notification.domain import ChannelName


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address with the name that is displayed for it."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """The inbox needs no address; every other channel reaches only those who have one in `addresses`. `mark`: of the
    contact that they are from, if the recipient is a person."""

    name: str
    addresses: Mapping[ChannelName, str] = field(default_factory=dict)
    mark: str | None = None

    @property
    def mailbox(self) -> Mailbox | None:
        address = self.addresses.get(ChannelName.EMAIL)
        return Mailbox(self.name, address) if address is not None else None


def channel_for(recipient: Recipient, last: str | None, available: Collection[ChannelName]) -> ChannelName:
    """The preferred available channel that reaches the recipient. `last` is the channel of the attempt before: what was
    once delivered by the inbox alone stays there."""
    if last == ChannelName.INBOX:
        return ChannelName.INBOX
    reached = (channel for channel in ChannelName if channel in available and channel in recipient.addresses)
    return next(reached, ChannelName.INBOX)
