"""From a claimed message to what is handed to a channel: is it still true, who is its recipient, which words.

Events of two aggregates come in either order: what is missing is waited for, and no message is lost over it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.notification.composing.domain.calendars import invitations
from services.notification.composing.domain.outgoing import Drop, OutgoingMessage, Ready, Wait
from services.notification.composing.domain.recipients import Mailbox, Recipient, channel_for
from services.notification.composing.domain.wording import Language
from services.notification.composing.writer import Writer
from services.notification.domain import (
    Addressee,
    ChannelName,
    Message,
    MessageSnapshot,
    SealedContact,
    overtaken,
    snapshot_at,
)
from services.notification.storage import ReadModel
from shared.clock import business
from shared.sealing import KeyRing, Sealed, Tampered, UnknownKey
from shared.thai import Name

UNKNOWN_RECIPIENT: Final = Recipient("")
log = structlog.get_logger(__name__)


class Composer:
    """`sender` is the organiser of calendar entries; `patience` is how long an unknown contact is waited for."""

    def __init__(
        self,
        read_model: ReadModel,
        ring: KeyRing,
        writer: Writer,
        *,
        sender: Mailbox,
        language: Language,
        patience: timedelta,
    ) -> None:
        self._read_model = read_model
        self._ring = ring
        self._writer = writer
        self._sender = sender
        self._language = language
        self._patience = patience

    async def compose(self, message: Message, now: datetime, available: Collection[ChannelName]) -> Ready | Wait | Drop:
        """`available` are the channels that can be used at all."""
        run = await self._read_model.run(message.run)
        if run is None:
            return Wait("run-unknown")
        nomination = await self._read_model.nomination(message.nomination) if message.nomination else None
        if (reason := overtaken(message, run, nomination, business(now, run.offset_seconds))) is not None:
            return Drop(reason)
        recipient = await self._recipient(message, now)
        if not isinstance(recipient, Recipient):
            return recipient
        snapshot = snapshot_at(message, run, now)
        channel = channel_for(recipient, message.channel, available)
        return Ready(channel, snapshot, self._outgoing(message, snapshot, recipient))

    def _outgoing(self, message: Message, snapshot: MessageSnapshot, recipient: Recipient) -> OutgoingMessage:
        attendee = recipient.mailbox
        return OutgoingMessage(
            id=message.id,
            to=recipient,
            language=self._language,
            words=self._writer.write(message, snapshot, self._language, recipient.name),
            invitations=invitations(message, snapshot, self._sender, attendee) if attendee is not None else (),
            written_at=message.created_at,
        )

    async def _recipient(self, message: Message, now: datetime) -> Recipient | Wait | Drop:
        of_unit = message.addressee is Addressee.UNIT
        recipient = await (self._unit(message.recipient) if of_unit else self._person(message.recipient))
        if recipient is not None:
            return recipient
        return Wait("contact-unknown") if now - message.created_at < self._patience else UNKNOWN_RECIPIENT

    async def _unit(self, key: str) -> Recipient | None:
        unit = await self._read_model.unit(key)
        if unit is None:
            return None
        return Recipient(unit.name_th if self._language == "th" else unit.name_en, _addresses(unit.email))

    async def _person(self, person: str) -> Recipient | Wait | Drop | None:
        contact = await self._read_model.contact(person)
        if contact is None:
            return None
        if contact.key_id is None:
            return Drop("recipient-erased")
        return self._opened(contact, contact.key_id)

    def _opened(self, contact: SealedContact, key_id: str) -> Recipient | Wait:
        """A missing key may still arrive; what was tampered with can never be opened."""
        try:
            opened = self._ring.open(Sealed(key_id, contact.sealed), contact.subject)
        except UnknownKey:
            log.warning("contact_key_unknown", key=key_id, recipient=contact.person)
            return Wait("contact-key-unknown")
        except Tampered:
            log.error("contact_tampered", recipient=contact.person)
            return UNKNOWN_RECIPIENT
        return Recipient(str(Name(opened.prefix, opened.first_name, opened.last_name)), _addresses(opened.email))


def _addresses(email: str | None) -> dict[ChannelName, str]:
    return {ChannelName.EMAIL: email} if email else {}
