"""The notification service without its consumer, on a real database and a real mail server, with a clock to drive."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notification.app import channels_of
from services.notification.calendars import Recipient
from services.notification.delivery import Delivery
from services.notification.domain import Message
from services.notification.handlers import react
from services.notification.ledger import Ledger
from services.notification.preparing import Preparer
from services.notification.scheduling import Reminders
from services.notification.settings import NotificationSettings
from services.notification.storage import COLLECTIONS, MESSAGES, Views, message_of
from services.notification.writer import Writer
from shared.events.enrolment import ContactChanged
from shared.events.envelope import Envelope
from shared.faults import CrashPoints
from shared.ids import new_id
from shared.issuer import EMBEDDED_ISSUER
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.publisher import EventPublisher
from shared.mongo import Client, Database, Document, Session, connect, database, prepare, transaction
from shared.sealing import Contact, KeyRing
from shared.telemetry import Metrics, Tracing
from tests.conftest import SECRETS
from tests.integration.notification.mail import MailServer
from tests.unit.notification.builders import NOW, enveloped

RING = KeyRing.parse(SECRETS["contact_keys"])
SENDER = "pattana@moi.example.go.th"


def contact(person: str, email: str | None = None, *, ring: KeyRing = RING, seq: int = 1) -> Envelope:
    """What the directory says of a person."""
    subject = f"contact:{person}"
    sealed = ring.seal(Contact(prefix="นาย", first_name="สมชาย", last_name="ใจดี", email=email), subject)
    return enveloped(ContactChanged(person=person, key_id=sealed.key_id, sealed=sealed.text), subject, seq)


@dataclass
class Office:
    """One replica: what the consumer would do (`hear`), what its loops do (`sweep`), and what is in its database."""

    settings: NotificationSettings
    store: Database
    now: datetime = NOW
    name: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        settings, metrics, tracing = self.settings, Metrics(), Tracing("notification", self.settings)
        crash, sender = CrashPoints(settings), Recipient(settings.mail_from_name, settings.mail_from)
        self.views = Views(self.store)
        self.ledger = Ledger(self.store, owner=self.name, lease_seconds=settings.delivery_lease_seconds)
        patience = timedelta(seconds=settings.contact_patience_seconds)
        writer = Writer(sender=settings.mail_from_name)
        self.channels = channels_of(settings, sender)
        self.delivery = Delivery(
            self.store.client,
            self.ledger,
            Preparer(self.views, settings.key_ring, writer, sender=sender, language="th", patience=patience),
            self.channels,
            EventPublisher("notification", settings, self.store, metrics=metrics, crash=crash, tracing=tracing),
            settings,
            clock=self.clock,
            metrics=metrics,
            crash=crash,
            tracing=tracing,
        )
        self.reminders = Reminders(self.store, tracing, self.clock, poll=1, made=self.delivery.wake)

    def clock(self) -> datetime:
        return self.now

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    async def hear(self, *envelopes: Envelope) -> None:
        async def work(session: Session) -> None:
            await react(self.views, self.clock, envelopes, session)

        await transaction(self.store.client, work, deadline=30)

    async def sweep(self) -> None:
        """Until nothing is due any more."""
        while await self.delivery.sweep():
            pass

    async def messages(self, **query: Any) -> list[Message]:
        rows = await self.store[MESSAGES.name].find(query).sort("_id", 1).to_list(None)
        return [message_of(row) for row in rows]

    async def message(self, **query: Any) -> Message:
        (found,) = await self.messages(**query)
        return found

    async def told(self) -> list[Document]:
        """The outbox."""
        found: list[Document] = await self.store[OUTBOX.name].find({}).sort("_id", 1).to_list(None)
        return found


StartOffice = Callable[..., Awaitable[Office]]


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    made = connect(mongo_url, app_name="tests")
    yield made
    made.close()


def smtp_settings(server: MailServer) -> dict[str, Any]:
    """What the service is told of this mail server."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_tls": "none",
        "smtp_timeout_seconds": 5.0,
        "mail_from": SENDER,
    }


@pytest.fixture
async def start_office(
    client: Client, mongo_url: str, mongo_prefix: str, mail_server: MailServer
) -> AsyncIterator[StartOffice]:
    """`await start_office(delivery_workers=1)`: one replica more, on the same database."""
    store = database(client, f"{mongo_prefix}_notification")
    await prepare(store, [*COLLECTIONS, *EventPublisher.collections])
    started: list[Office] = []

    async def start(**changes: Any) -> Office:
        settings = NotificationSettings(
            mongo_url=mongo_url,
            contact_keys=SECRETS["contact_keys"],
            token_issuer=EMBEDDED_ISSUER,
            **smtp_settings(mail_server) | changes,
        )
        started.append(Office(settings, store))
        return started[-1]

    yield start
    for office in started:
        for channel in office.channels.values():
            await channel.rest()


@pytest.fixture
async def office(start_office: StartOffice) -> Office:
    return await start_office()
