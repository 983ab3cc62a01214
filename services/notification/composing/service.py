"""From a claimed message to what is handed to a channel: is it still true, who is its recipient, which words.

Events of two aggregates come in either order: what is missing is waited for, and no message is lost over it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.notification.composing.domain.calendars import invitations
from services.notification.composing.domain.outgoing import Drop, OutgoingMessage, Ready, Unsorted, Wait
from services.notification.composing.domain.recipients import Mailbox, Recipient, channel_for
from services.notification.composing.domain.wording import Language
from services.notification.composing.writer import Writer
from services.notification.domain import (
    Addressee,
    ChannelName,
    Message,
    MessageSnapshot,
    SealedContact,
    Unit,
    overtaken,
    snapshot_at,
)
from services.notification.storage import ReadModel
from shared.clock import business
from shared.sealing import KeyRing, Sealed, Tampered, UnknownKey
from shared.thai import Name

UNKNOWN_RECIPIENT: Final = Recipient("")
# What can be missing: the facts of a run, a nomination, a contact, a unit, and the key of a contact.
RUN, NOMINATION, PERSON, UNIT, SEALED = "run:", "nomination:", "person:", "unit:", "sealed:"
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
            return Wait("run-unknown", f"{RUN}{message.run}")
        nomination = await self._read_model.nomination(message.nomination) if message.nomination else None
        if message.nomination and nomination is None:
            return Wait("nomination-unknown", f"{NOMINATION}{message.nomination}")
        if (reason := overtaken(message, run, nomination, business(now, run.offset_seconds))) is not None:
            return Drop(reason)
        recipient = await self._recipient(message, now)
        if not isinstance(recipient, Recipient):
            return recipient
        snapshot = snapshot_at(message, run, now)
        channel = channel_for(recipient, message.channel, available)
        return Ready(channel, snapshot, self._outgoing(message, snapshot, recipient))

    async def channels(
        self, messages: Collection[Unsorted], now: datetime, available: Collection[ChannelName]
    ) -> Mapping[str, ChannelName | Wait]:
        """One query for the people among the recipients, one for the units. What is not to be sent any more goes to the
        inbox, whose worker drops it."""
        people = {message.recipient for message in messages if message.addressee == Addressee.PERSON}
        contacts = await self._read_model.contacts(people)
        units = await self._read_model.units({message.recipient for message in messages} - people)
        chosen: dict[str, ChannelName | Wait] = {}
        for message in messages:
            recipient = self._known(message, now, contacts.get(message.recipient), units.get(message.recipient))
            if isinstance(recipient, Recipient):
                chosen[message.id] = channel_for(recipient, None, available)
            else:
                chosen[message.id] = recipient if isinstance(recipient, Wait) else ChannelName.INBOX
        return chosen

    async def arrived(self, missing: Collection[str]) -> set[str]:
        """The keys are those of Wait."""

        def of(prefix: str) -> set[str]:
            return {key.removeprefix(prefix) for key in missing if key.startswith(prefix)}

        people, sealed = of(PERSON), of(SEALED)
        contacts = await self._read_model.contacts(people | sealed)
        readable = {
            key for key, contact in contacts.items() if contact.key_id is None or self._ring.knows(contact.key_id)
        }
        known = {f"{RUN}{key}" for key in await self._read_model.runs(of(RUN))}
        known |= {f"{NOMINATION}{key}" for key in await self._read_model.nominations(of(NOMINATION))}
        known |= {f"{UNIT}{key}" for key in await self._read_model.units(of(UNIT))}
        return (
            known | {f"{PERSON}{key}" for key in people & contacts.keys()} | {f"{SEALED}{k}" for k in sealed & readable}
        )

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
        key = message.recipient
        if message.addressee == Addressee.UNIT:
            return self._known(message, now, None, await self._read_model.unit(key))
        return self._known(message, now, await self._read_model.contact(key), None)

    def _known(
        self, message: Message | Unsorted, now: datetime, contact: SealedContact | None, unit: Unit | None
    ) -> Recipient | Wait | Drop:
        """Without either it is waited for, and then written to the inbox alone."""
        if contact is not None:
            return Drop("recipient-erased") if contact.key_id is None else self._opened(contact, contact.key_id)
        if unit is not None:
            return Recipient(unit.name_th if self._language == "th" else unit.name_en, _addresses(unit.email))
        until = message.created_at + self._patience
        if now >= until:
            return UNKNOWN_RECIPIENT
        prefix = UNIT if message.addressee == Addressee.UNIT else PERSON
        return Wait("contact-unknown", f"{prefix}{message.recipient}", until)

    def _opened(self, contact: SealedContact, key_id: str) -> Recipient | Wait:
        """A missing key may still arrive; what was tampered with can never be opened."""
        try:
            opened = self._ring.open(Sealed(key_id, contact.sealed), contact.subject)
        except UnknownKey:
            log.warning("contact_key_unknown", key=key_id, recipient=contact.person)
            return Wait("contact-key-unknown", f"{SEALED}{contact.person}")
        except Tampered:
            log.error("contact_tampered", recipient=contact.person)
            return UNKNOWN_RECIPIENT
        return Recipient(str(Name(opened.prefix, opened.first_name, opened.last_name)), _addresses(opened.email))


def _addresses(email: str | None) -> dict[ChannelName, str]:
    return {ChannelName.EMAIL: email} if email else {}
