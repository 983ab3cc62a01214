"""The notification service without its consumer, on a real database and a real mail server, with a clock to drive."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notification.app import channels_of, composer_of
from services.notification.composing import Writer
from services.notification.composing.facts import FactFinder
from services.notification.composing.storage import FactStore
from services.notification.domain import Message
from services.notification.memory import ReadModel
from services.notification.reaching.service import FanOuts
from services.notification.reaching.storage import FanOutStorage
from services.notification.reacting import CONSUMER, FOLD_VERSION, HANDLERS
from services.notification.reacting.service import react
from services.notification.reacting.storage import ReactionStorage
from services.notification.reminders.service import Reminders, Stores
from services.notification.reminders.storage import ReminderStorage
from services.notification.sending.service.delivery import Delivery
from services.notification.sending.storage import Ledger
from services.notification.settings import NotificationSettings
from services.notification.storage import DIGESTS, ERASED, MESSAGES, TOLD, Generation, message_of, specs
from shared.events.directory import ContactChanged
from shared.events.envelope import Envelope
from shared.ids import new_id
from shared.issuer import EMBEDDED_ISSUER
from shared.messaging.consumer import Consumer
from shared.messaging.cutover import Cutover
from shared.messaging.generations import POINTERS, Fold, Generations
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.messaging.publisher import EventPublisher
from shared.mongo import Client, Database, Document, Session, connect, database, prepare, transaction
from shared.runtime import Runtime
from shared.sealing import Contact, KeyRing
from shared.write import UnitOfWork
from tests.conftest import SECRETS
from tests.integration.notification.mail import MailServer
from tests.support.commands import Commands
from tests.unit.notification.builders import NOW, enveloped

RING = KeyRing.parse(SECRETS["contact_keys"])
SENDER = "pattana@moi.example.go.th"
PAGE = 7  # of fan-outs and of runs that come near


def contact(person: str, email: str | None = None, *, ring: KeyRing = RING, seq: int = 1) -> Envelope:
    """What the directory publishes about a person."""
    subject = f"contact:{person}"
    sealed = ring.seal(Contact(prefix="นาย", first_name="สมชาย", last_name="ใจดี", email=email), subject)
    return enveloped(ContactChanged(person=person, key_id=sealed.key_id, sealed=sealed.text), subject, seq)


@dataclass
class Replica:
    """One replica: what the consumer would do (`consume`), what its loops do (`sweep`), and what is in its database."""

    settings: NotificationSettings
    store: Database
    now: datetime = NOW
    name: str = field(default_factory=new_id)
    number: int = 1

    def __post_init__(self) -> None:
        settings, runtime = self.settings, Runtime("notification", self.settings, clock=self.clock)
        self.generation = Generation(self.store, self.number)
        self.read_model = ReadModel(lambda: self.generation)
        self.reactions = ReactionStorage(self.store, self.generation)
        self.cutover = Cutover(self.store, CONSUMER, self.number, self.clock)
        self.ledger = Ledger(self.store, owner=self.name, lease_seconds=settings.delivery_lease_seconds)
        self.channels = channels_of(settings)
        facts = FactFinder(FactStore(self.store, lambda: self.generation), self.read_model)
        composer = composer_of(settings, self.read_model, facts, Writer(sender=settings.mail_from_name))
        units = UnitOfWork(runtime, self.store, EventPublisher(runtime, self.store))
        self.delivery = Delivery(runtime, settings, self.ledger, composer, self.channels, units)
        self.reaching = FanOutStorage(self.store, self.generation, owner=self.name, page=PAGE)
        self.fan_outs = FanOuts(runtime, lambda: [self.reaching], made=self.delivery.wake)
        stores = Stores(ReminderStorage(self.store, self.generation, page=PAGE), self.reaching)
        wake = self.delivery.wake, self.fan_outs.wake
        self.reminders = Reminders(runtime, lambda: stores, poll=1, made=wake[0], opened=wake[1])

    def clock(self) -> datetime:
        return self.now

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    async def consume(self, *envelopes: Envelope) -> None:
        async def work(session: Session) -> None:
            await react(self.reactions, self.cutover, self.clock, envelopes, session)

        await transaction(self.store.client, work, deadline=30)

    async def sweep(self) -> None:
        """Until everybody is reached and nothing is due any more."""
        await self.fan_outs.sweep()
        while await self.delivery.sweep():
            pass

    async def remind(self) -> int:
        """What the loop of reminders and the worker do; how many reminders were made."""
        await self.fan_outs.sweep()
        await self.reminders.sweep()
        return await self.fan_outs.sweep()

    async def messages(self, **query: Any) -> list[Message]:
        rows = await self.store[MESSAGES.name].find(query).sort("_id", 1).to_list(None)
        return [message_of(row) for row in rows]

    async def message(self, **query: Any) -> Message:
        (message,) = await self.messages(**query)
        return message

    async def published(self) -> list[Document]:
        """The outbox."""
        rows: list[Document] = await self.store[OUTBOX.name].find({}).sort("_id", 1).to_list(None)
        return rows


StartReplica = Callable[..., Awaitable[Replica]]


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def commands() -> Commands:
    """What is asked of the database through `client`."""
    return Commands()


@pytest.fixture
async def client(mongo_url: str, commands: Commands) -> AsyncIterator[Client]:
    client = connect(mongo_url, app_name="tests", listeners=[commands])
    yield client
    client.close()


def smtp_settings(server: MailServer) -> dict[str, Any]:
    """The settings that name this mail server."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_tls": "none",
        "smtp_timeout_seconds": 5.0,
        "mail_from": SENDER,
    }


@pytest.fixture
async def start_replica(
    client: Client, mongo_url: str, mongo_prefix: str, mail_server: MailServer
) -> AsyncIterator[StartReplica]:
    """`await start_replica(delivery_workers=1)`: one replica more, on the same database."""
    store = database(client, f"{mongo_prefix}_notification")
    await prepare(
        store,
        [MESSAGES, ERASED, TOLD, DIGESTS, POINTERS, *specs(1), *EventPublisher.collections, *Consumer.collections],
    )
    await Generations(store, CONSUMER, specs, Fold.of(FOLD_VERSION, HANDLERS)).read(NOW)
    started: list[Replica] = []

    async def start(**changes: Any) -> Replica:
        settings = NotificationSettings(
            mongo_url=mongo_url,
            contact_keys=SECRETS["contact_keys"],
            token_issuer=EMBEDDED_ISSUER,
            **smtp_settings(mail_server) | changes,
        )
        started.append(Replica(settings, store))
        return started[-1]

    yield start
    for replica in started:
        for channel in replica.channels.values():
            await channel.close_idle()


@pytest.fixture
async def replica(start_replica: StartReplica) -> Replica:
    return await start_replica()
