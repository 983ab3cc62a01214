"""The composition root of the notification service: every object, and which of them know each other."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.notification.composing import Mailbox, Writer
from services.notification.composing.service import Composer
from services.notification.domain import ChannelName
from services.notification.http.routes import NotificationApi
from services.notification.queries import Queries
from services.notification.reaching.service import FanOuts
from services.notification.reaching.storage import FanOutStorage
from services.notification.reacting import HANDLERS
from services.notification.reacting.service import react
from services.notification.reacting.storage import ReactionStorage
from services.notification.reminders.service import Reminders
from services.notification.reminders.storage import ReminderStorage
from services.notification.sending.channels import Channel
from services.notification.sending.channels.email import EmailChannel, Server
from services.notification.sending.channels.inbox import InboxChannel
from services.notification.sending.service.delivery import Delivery
from services.notification.sending.storage import Ledger
from services.notification.settings import NotificationSettings
from services.notification.storage import COLLECTIONS, ReadModel
from shared.engine import open_database
from shared.http import create_api
from shared.ids import new_id
from shared.messaging.consumer import Consumer
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database, prepare
from shared.runtime import Runtime
from shared.security import Verifier
from shared.security_log.keeping import keep_security_log
from shared.write import UnitOfWork

NAME = "notification"


def create_app(settings: NotificationSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    publisher = EventPublisher(runtime, store)
    units = UnitOfWork(runtime, store, publisher)
    read_model = ReadModel(store)
    writer = Writer(sender=settings.mail_from_name, portal=settings.portal_url)
    delivery = delivery_of(runtime, settings, store, composer_of(settings, read_model, writer), units)
    reaching = FanOutStorage(store, owner=f"{settings.instance}/{new_id()}")
    fan_outs = FanOuts(runtime, reaching, made=delivery.wake)
    poll, near = settings.reminder_poll_seconds, ReminderStorage(store)
    reminders = Reminders(runtime, near, reaching, poll=poll, made=delivery.wake, opened=fan_outs.wake)
    apply = partial(react, ReactionStorage(store), runtime.clock)
    committed = waking(delivery.wake, fan_outs.wake)
    consumer = Consumer(NAME, runtime, store, handled=HANDLERS.keys(), apply=apply, committed=committed)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await prepare(store, [*COLLECTIONS, *EventPublisher.collections, *Consumer.collections])
        await publisher.prepare()
        async with runtime.running():
            yield

    for part in (publisher, consumer, fan_outs, delivery, reminders):
        part.attach(runtime)
    app = create_api(NAME, settings, runtime=runtime, verifier=Verifier(settings), lifespan=lifespan)
    keep_security_log(app, runtime, store)
    api = NotificationApi(Queries(store), read_model, reminders.remind, consumer.positions, writer, runtime.clock)
    app.include_router(api.router())
    return app


def waking(*wakes: Callable[[], None]) -> Callable[[], None]:
    def wake() -> None:
        for each in wakes:
            each()

    return wake


def sender_of(settings: NotificationSettings) -> Mailbox:
    return Mailbox(settings.mail_from_name, settings.mail_from)


def composer_of(settings: NotificationSettings, read_model: ReadModel, writer: Writer) -> Composer:
    return Composer(
        read_model,
        settings.key_ring,
        writer,
        sender=sender_of(settings),
        language=settings.mail_language,
        patience=timedelta(seconds=settings.contact_patience_seconds),
    )


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
