"""The composition root of the notification service: every object, and which of them know each other."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.notification import held
from services.notification.composing import Mailbox, Writer
from services.notification.composing.domain.links import Links
from services.notification.composing.facts import FactFinder
from services.notification.composing.service import Composer
from services.notification.composing.storage import FactStore
from services.notification.domain import ChannelName
from services.notification.http.routes import BASE, NotificationApi
from services.notification.memory import ReadModel
from services.notification.queries import Queries
from services.notification.reaching.service import FanOuts
from services.notification.reaching.storage import FanOutStorage
from services.notification.reacting import CONSUMER, FOLD_VERSION, HANDLERS, OLDEST_READABLE
from services.notification.reacting.service import react
from services.notification.reacting.storage import ReactionStorage
from services.notification.reminders.service import Reminders, Stores
from services.notification.reminders.storage import ReminderStorage
from services.notification.sending.channels import Channel
from services.notification.sending.channels.email import EmailChannel, Server
from services.notification.sending.channels.inbox import InboxChannel
from services.notification.sending.service.delivery import Delivery
from services.notification.sending.storage import Ledger
from services.notification.settings import NotificationSettings
from services.notification.storage import DIGESTS, ERASED, MESSAGES, TOLD, Generation, specs
from shared.engine import open_database
from shared.fresh_keys import parse_key_ring
from shared.http import Lifespan, create_api
from shared.ids import new_id
from shared.key_use import key_use
from shared.messaging.feeds import Feeds
from shared.messaging.folding import Folding
from shared.messaging.generations import Fold
from shared.messaging.positions import Positions
from shared.messaging.publisher import EventPublisher
from shared.messaging.rebuilding import Rebuilding
from shared.mongo import Database, prepare
from shared.personal.acts import acts
from shared.personal.routes import Exports, export_routes
from shared.rebuild_routes import rebuild_router
from shared.routes import add_routes
from shared.runtime import Runtime
from shared.security import Verifier
from shared.security_log.keeping import keep_security_log
from shared.write import UnitOfWork

NAME = "notification"
FOLD = Fold.of(FOLD_VERSION, HANDLERS)


def create_app(settings: NotificationSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    publisher = EventPublisher(runtime, store)
    units = UnitOfWork(runtime, store, publisher)
    reaching_of = partial(FanOutStorage, store, owner=f"{settings.instance}/{new_id()}")

    at = Generational(reaching_of, near_of=partial(ReminderStorage, store))
    read_model = ReadModel(at.answering)
    writer = Writer(sender=settings.mail_from_name, portal=settings.portal_url)
    facts = FactFinder(FactStore(store, at.answering), read_model)
    delivery = delivery_of(runtime, settings, store, composer_of(settings, read_model, facts, writer), units)
    fan_outs = FanOuts(runtime, at.reached, made=delivery.wake)
    poll = settings.reminder_poll_seconds
    reminders = Reminders(runtime, at.near, poll=poll, made=delivery.wake, opened=fan_outs.wake)
    feeds = at.feeds = feeds_of(runtime, settings, store, waking(delivery.wake, fan_outs.wake), reaching_of)

    for part in (publisher, feeds, fan_outs, delivery, reminders):
        part.attach(runtime)
    lifespan = starting(runtime, store, publisher, feeds)
    app = create_api(NAME, settings, runtime=runtime, verifier=Verifier(settings), lifespan=lifespan)
    keep_security_log(app, runtime, store)
    api = NotificationApi(
        *(Queries(store), read_model, reminders.remind, at.positions, writer, runtime.clock),
        contact_keys=lambda: key_use(at.answering().contacts, settings.key_ring),
    )
    rebuilding = rebuild_router(BASE, Rebuilding(feeds, runtime.clock), of="memory")
    add_routes(app, api.router(), export_routes(told_of(runtime, store, at, read_model)), rebuilding)
    return app


def told_of(runtime: Runtime, store: Database, at: "Generational", read_model: ReadModel) -> Exports:
    """What is told to a person of what is kept here."""

    async def title_of(run: str) -> str | None:
        known = (await read_model.runs({run})).get(run)
        return None if known is None else known.title

    kinds = (*held.kinds(store, at.answering), acts(store, days=runtime.settings.security_log_days))
    return Exports(runtime, kinds, held.ABSENT, title_of=title_of)


class Generational:
    """What parts of the service use of the generation that answers now. The feeds, which wake these parts, are given to
    it when they are made."""

    feeds: Feeds[Generation]

    def __init__(
        self, reaching_of: Callable[[Generation], FanOutStorage], *, near_of: Callable[[Generation], ReminderStorage]
    ) -> None:
        self._reaching_of = reaching_of
        self._near_of = near_of

    def answering(self) -> Generation:
        return self.feeds.answering().generation

    def positions(self) -> Positions:
        return self.feeds.answering().consumer.positions

    def reached(self) -> list[FanOutStorage]:
        """Of those before it, too, which may have to tell somebody yet."""
        return [self._reaching_of(generation) for generation in (self.answering(), *self.feeds.replaced())]

    def near(self) -> Stores:
        generation = self.answering()
        return Stores(self._near_of(generation), self._reaching_of(generation))


def starting(runtime: Runtime, store: Database, publisher: EventPublisher, feeds: Feeds[Generation]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await prepare(store, [MESSAGES, ERASED, TOLD, DIGESTS, *EventPublisher.collections])
        await publisher.prepare()
        await feeds.look()
        async with runtime.running():
            yield

    return lifespan


def feeds_of(
    runtime: Runtime,
    settings: NotificationSettings,
    store: Database,
    committed: Callable[[], None],
    reaching_of: Callable[[Generation], FanOutStorage],
) -> Feeds[Generation]:
    remembered = Folding(
        consumer=CONSUMER,
        fold=FOLD,
        oldest_readable=OLDEST_READABLE,
        handled=HANDLERS,
        specs=specs,
        open=partial(Generation, store),
        react=lambda generation, cutover: partial(react, ReactionStorage(store, generation), cutover, runtime.clock),
        acts=True,
        committed=committed,
        keeps=lambda old: reaching_of(old).any_open(),
    )
    return Feeds(remembered, runtime, settings, store)


def waking(*wakes: Callable[[], None]) -> Callable[[], None]:
    def wake() -> None:
        for each in wakes:
            each()

    return wake


def sender_of(settings: NotificationSettings) -> Mailbox:
    return Mailbox(settings.mail_from_name, settings.mail_from)


def composer_of(settings: NotificationSettings, read_model: ReadModel, facts: FactFinder, writer: Writer) -> Composer:
    return Composer(
        read_model,
        facts,
        settings.key_ring,
        writer,
        sender=sender_of(settings),
        language=settings.mail_language,
        patience=timedelta(seconds=settings.contact_patience_seconds),
        links=links_of(settings),
    )


def links_of(settings: NotificationSettings) -> Links | None:
    """None without an address of the gateway."""
    if not settings.public_url:
        return None
    return Links(settings.public_url.rstrip("/"), parse_key_ring(settings.position_keys))


def delivery_of(
    runtime: Runtime, settings: NotificationSettings, store: Database, composer: Composer, units: UnitOfWork
) -> Delivery:
    # A name for this life of the process: what it held before it died is taken over like anybody else's.
    owner = f"{settings.instance}/{new_id()}"
    ledger = Ledger(store, owner=owner, lease_seconds=settings.delivery_lease_seconds)
    return Delivery(runtime, settings, ledger, composer, channels_of(settings), units)


def channels_of(settings: NotificationSettings) -> Mapping[ChannelName, Channel]:
    """Without a mail server there is only the inbox."""
    channels: dict[ChannelName, Channel] = {ChannelName.INBOX: InboxChannel()}
    if settings.smtp_host:
        server = Server(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password=settings.smtp_password,
            authorities=settings.smtp_authorities,
            timeout_seconds=settings.smtp_timeout_seconds,
        )
        channels[ChannelName.EMAIL] = EmailChannel(server, sender_of(settings))
    return channels
