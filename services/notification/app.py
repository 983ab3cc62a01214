"""The composition root of the notification service: every object and who knows whom."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from services.notification.api import NotificationApi
from services.notification.calendars import Recipient
from services.notification.channels import Channel
from services.notification.channels.email import EmailChannel, Server
from services.notification.channels.inbox import InboxChannel
from services.notification.delivery import Delivery
from services.notification.domain import ChannelName
from services.notification.handlers import HANDLERS, react
from services.notification.ledger import Ledger
from services.notification.preparing import Preparer
from services.notification.queries import Queries
from services.notification.scheduling import Reminders
from services.notification.settings import NotificationSettings
from services.notification.storage import COLLECTIONS, Views
from services.notification.writer import Writer
from shared.clock import now
from shared.engine import open_database
from shared.faults import CrashPoints
from shared.http import create_api
from shared.ids import new_id
from shared.messaging.consumer import Consumer, subscribed
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database, prepare
from shared.runtime import Runtime
from shared.security import Verifier

NAME = "notification"


def create_app(settings: NotificationSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    crash = CrashPoints(settings)
    publisher = EventPublisher(NAME, settings, store, metrics=runtime.metrics, crash=crash, tracing=runtime.tracing)
    views = Views(store)
    writer = Writer(sender=settings.mail_from_name, portal=settings.portal_url)
    delivery = _delivery(settings, store, views, writer, publisher, runtime, crash)
    reminders = Reminders(store, runtime.tracing, now, poll=settings.reminder_poll_seconds, made=delivery.wake)
    consumer = _consumer(settings, store, views, delivery, runtime, crash)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await prepare(store, [*COLLECTIONS, *EventPublisher.collections, *Consumer.collections])
        await publisher.make_topics()
        async with runtime.running():
            yield

    publisher.attach(runtime)
    consumer.attach(runtime)
    delivery.attach(runtime)
    reminders.attach(runtime)
    app = create_api(NAME, settings, runtime=runtime, verifier=Verifier(settings), lifespan=lifespan)
    api = NotificationApi(Queries(store), views, reminders, consumer.positions, writer, now)
    app.include_router(api.router())
    return app


def _delivery(
    settings: NotificationSettings,
    store: Database,
    views: Views,
    writer: Writer,
    publisher: EventPublisher,
    runtime: Runtime,
    crash: CrashPoints,
) -> Delivery:
    sender = Recipient(settings.mail_from_name, settings.mail_from)
    patience = timedelta(seconds=settings.contact_patience_seconds)
    return Delivery(
        store.client,
        # A name of this life of the process: what it held before it died is taken over like anybody else's.
        Ledger(store, owner=f"{settings.instance}/{new_id()}", lease_seconds=settings.delivery_lease_seconds),
        Preparer(views, settings.key_ring, writer, sender=sender, language=settings.mail_language, patience=patience),
        channels_of(settings, sender),
        publisher,
        settings,
        clock=now,
        metrics=runtime.metrics,
        crash=crash,
        tracing=runtime.tracing,
    )


def _consumer(
    settings: NotificationSettings,
    store: Database,
    views: Views,
    delivery: Delivery,
    runtime: Runtime,
    crash: CrashPoints,
) -> Consumer:
    handled, topics = subscribed(HANDLERS)
    return Consumer(
        NAME,
        settings,
        store,
        handled=handled,
        topics=topics,
        apply=partial(react, views, now),
        committed=delivery.wake,
        metrics=runtime.metrics,
        crash=crash,
        tracing=runtime.tracing,
    )


def channels_of(settings: NotificationSettings, sender: Recipient) -> Mapping[ChannelName, Channel]:
    """Without a mail server there is the inbox alone."""
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
        channels[ChannelName.EMAIL] = EmailChannel(server, sender)
    return channels
