"""From a claimed message to what is handed to a channel: is it still true, who is it for, which words.

Views of two aggregates come in either order: what is missing is waited for, and a message is never lost over it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from services.notification.calendars import Recipient, invitations
from services.notification.channels import OutgoingMessage
from services.notification.domain import Addressee, ChannelName, Kind, Message, MessageSnapshot
from services.notification.read_model import Run
from services.notification.relevance import overtaken
from services.notification.storage import Views
from services.notification.wording import Language
from services.notification.writer import Writer
from shared.clock import business
from shared.sealing import KeyRing, Sealed, Tampered, UnknownKey
from shared.thai import Name, local_date

NOBODY: Final = Recipient("", "")
log = structlog.get_logger(__name__)


class Wait(NamedTuple):
    """Something that the message needs is not known here yet."""

    code: str


class Drop(NamedTuple):
    """Nobody is to be told this any more."""

    code: str


@dataclass(frozen=True, slots=True)
class Ready:
    channel: ChannelName
    told: MessageSnapshot
    letter: OutgoingMessage


class Preparer:
    def __init__(
        self, views: Views, ring: KeyRing, writer: Writer, *, sender: Recipient, language: Language, patience: timedelta
    ) -> None:
        self._views = views
        self._ring = ring
        self._writer = writer
        self._sender = sender
        self._language = language
        self._patience = patience

    async def prepare(self, message: Message, now: datetime, *, mail: bool) -> Ready | Wait | Drop:
        """`mail` says whether e-mail can be sent at all."""
        run = await self._views.run(message.run)
        if run is None:
            return Wait("run-unknown")
        nomination = await self._views.nomination(message.nomination) if message.nomination else None
        if (reason := overtaken(message, run, nomination, business(now, run.offset_seconds))) is not None:
            return Drop(reason)
        recipient = await self._recipient(message, now)
        if not isinstance(recipient, Recipient):
            return recipient
        told = told_now(message, run, now)
        by_mail = mail and recipient.email and message.channel is not ChannelName.INBOX
        channel = ChannelName.EMAIL if by_mail else ChannelName.INBOX
        return Ready(channel, told, self._letter(message, told, recipient))

    def _letter(self, message: Message, told: MessageSnapshot, recipient: Recipient) -> OutgoingMessage:
        return OutgoingMessage(
            id=message.id,
            to=recipient,
            language=self._language,
            words=self._writer.write(message, told, self._language, recipient.name),
            invitations=invitations(message, told, self._sender, recipient) if recipient.email else (),
            written_at=message.created_at,
        )

    async def _recipient(self, message: Message, now: datetime) -> Recipient | Wait | Drop:
        of_unit = message.addressee is Addressee.UNIT
        found = await self._unit(message.recipient) if of_unit else await self._person(message.recipient)
        patient = now - message.created_at < self._patience
        return (Wait("contact-unknown") if patient else NOBODY) if found is None else found

    async def _unit(self, key: str) -> Recipient | None:
        unit = await self._views.unit(key)
        if unit is None:
            return None
        return Recipient(unit.name_th if self._language == "th" else unit.name_en, unit.email or "")

    async def _person(self, person: str) -> Recipient | Wait | Drop | None:
        """A key that is missing may still be brought; a text that was tampered with never heals."""
        contact = await self._views.contact(person)
        if contact is None:
            return None
        if contact.key_id is None:
            return Drop("recipient-erased")
        try:
            opened = self._ring.open(Sealed(contact.key_id, contact.sealed), contact.subject)
        except UnknownKey:
            log.warning("contact_key_unknown", key=contact.key_id, recipient=person)
            return Wait("contact-key-unknown")
        except Tampered:
            log.error("contact_tampered", recipient=person)
            return NOBODY
        return Recipient(str(Name(opened.prefix, opened.first_name, opened.last_name)), opened.email or "")


def told_now(message: Message, run: Run, now: datetime) -> MessageSnapshot:
    """What the message says: fixed once it was tried, until then what it would say now."""
    if message.told is not None:
        return message.told
    if message.kind is not Kind.REMINDER:
        return MessageSnapshot(run)
    today = local_date(business(now, run.offset_seconds))
    return MessageSnapshot(run, days_left=(local_date(run.starts_at) - today).days)
