"""From a claimed message to what is handed to a channel: is it still true, who is its recipient, which words.

Events of two aggregates come in either order: what is missing is waited for, and no message is lost over it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from services.notification.composing.domain.calendars import invitation
from services.notification.composing.domain.links import Links
from services.notification.composing.domain.outgoing import Drop, OutgoingMessage, Ready, Unsorted, Wait
from services.notification.composing.domain.recipients import Mailbox, Recipient, channel_for
from services.notification.composing.domain.wording import Language
from services.notification.composing.facts import FactFinder
from services.notification.composing.writer import Writer
from services.notification.domain import (
    KINDS,
    OF_CERTIFICATES,
    Addressee,
    CalendarAction,
    ChannelName,
    Kind,
    Message,
    MessageSnapshot,
    Seal,
    SealedContact,
    Unit,
    overtaken,
    recalled_from,
    snapshot_at,
)
from services.notification.memory import ReadModel
from shared.clock import business
from shared.rights import PROVINCIAL_POOL
from shared.sealing import KeyRing, Sealed, Tampered, UnknownKey
from shared.thai import Name

UNKNOWN_RECIPIENT: Final = Recipient("")
ALL_OFFICES: Final[Mapping[Language, str]] = {"th": "สำนักงานจังหวัดทุกจังหวัด", "en": "all provincial offices"}
# What can be missing: the facts of a run, a nomination, a contact, a unit, and the key of a contact.
RUN, NOMINATION, PERSON, UNIT, SEALED = "run:", "nomination:", "person:", "unit:", "sealed:"
log = structlog.get_logger(__name__)


class Composer:
    """`sender` is the organiser of calendar entries; `patience` is how long an unknown contact is waited for."""

    def __init__(
        self,
        read_model: ReadModel,
        facts: FactFinder,
        ring: KeyRing,
        writer: Writer,
        *,
        sender: Mailbox,
        language: Language,
        patience: timedelta,
        links: Links | None = None,
    ) -> None:
        self._read_model = read_model
        self._facts = facts
        self._ring = ring
        self._writer = writer
        self._sender = sender
        self._language = language
        self._patience = patience
        self._links = links

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
        facts = await self._facts.find(message, run, now)
        if isinstance(facts, Drop):
            return facts
        contact = await self._read_model.contact(message.recipient) if message.addressee == Addressee.PERSON else None
        recipient = await self._recipient(message, now, contact)
        if not isinstance(recipient, Recipient):
            return recipient
        recall = self._elsewhere(contact, facts.invited, recipient)
        snapshot = snapshot_at(message, run, now, facts)
        channel = channel_for(recipient, message.channel, available)
        outgoing = self._outgoing(message, snapshot, recipient, invited=recall is None)
        return Ready(channel, snapshot, outgoing, recipient.mark, recall)

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

    def _outgoing(
        self, message: Message, snapshot: MessageSnapshot, recipient: Recipient, *, invited: bool
    ) -> OutgoingMessage:
        """`invited`: the entry lies at this address, if anywhere; nothing is taken back where it never was."""
        attendee = recipient.mailbox
        cancels = KINDS[message.kind].invitation is CalendarAction.CANCEL
        if cancels and not invited:
            attendee = None
        return OutgoingMessage(
            id=message.id,
            to=recipient,
            language=self._language,
            words=self._writer.write(message, snapshot, self._language, recipient.name, self._link(message, snapshot)),
            invitation=invitation(message, snapshot, self._sender, attendee) if attendee is not None else None,
            written_at=message.created_at,
        )

    def _link(self, message: Message, snapshot: MessageSnapshot) -> str:
        """To answer an offer or to get a certificate without a login: in the mail alone, for others may read an
        inbox."""
        if self._links is None or message.nomination is None:
            return ""
        if message.kind in OF_CERTIFICATES:
            return self._links.certificate(message.run, message.reason)
        until = snapshot.facts.answer_by
        return self._links.offer(message.run, message.nomination, until) if until is not None else ""

    async def _recipient(
        self, message: Message, now: datetime, contact: SealedContact | None
    ) -> Recipient | Wait | Drop:
        if message.addressee == Addressee.UNIT:
            return self._known(message, now, None, await self._read_model.unit(message.recipient))
        if message.kind == Kind.ENTRY_RECALLED and contact is not None and contact.key_id is not None:
            return self._formerly(contact, recalled_from(message)) or Drop("address-unknown")
        return self._known(message, now, contact, None)

    def _elsewhere(self, contact: SealedContact | None, invited: str | None, now: Recipient) -> str | None:
        """`invited`, if the calendar entry lies at another address than that of now."""
        if contact is None or invited is None or invited == now.mark:
            return None
        then = self._formerly(contact, invited)
        return invited if then is not None and _folded(then) != _folded(now) else None

    def _formerly(self, contact: SealedContact, mark: str) -> Recipient | None:
        """As the person was reached by an earlier contact; None where that is not kept, or not readable, any more."""
        seal = next((seal for seal in contact.former if seal.mark == mark), None)
        if seal is None or not self._ring.knows(seal.key_id):
            return None
        opened = self._opened(replace(contact, key_id=seal.key_id, sealed=seal.sealed), seal.key_id)
        return opened if isinstance(opened, Recipient) and opened.mailbox is not None else None

    def _known(
        self, message: Message | Unsorted, now: datetime, contact: SealedContact | None, unit: Unit | None
    ) -> Recipient | Wait | Drop:
        """Without either it is waited for, and then written to the inbox alone."""
        if contact is not None:
            return Drop("recipient-erased") if contact.key_id is None else self._opened(contact, contact.key_id)
        if unit is not None:
            return Recipient(unit.name_th if self._language == "th" else unit.name_en, _addresses(unit.email))
        if message.recipient == PROVINCIAL_POOL:
            return Recipient(ALL_OFFICES[self._language], {})
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
        name = str(Name(opened.prefix, opened.first_name, opened.last_name))
        return Recipient(name, _addresses(opened.email), Seal(key_id, contact.sealed).mark)


def _folded(recipient: Recipient) -> str:
    return recipient.mailbox.address.casefold() if recipient.mailbox is not None else ""


def _addresses(email: str | None) -> dict[ChannelName, str]:
    return {ChannelName.EMAIL: email} if email else {}
