"""The whole notification service in this process, a log written as the relay of enrolment writes it, and callers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from services.notification.app import create_app
from services.notification.http.routes import ENROLMENT
from services.notification.settings import NotificationSettings
from shared.clock import now
from shared.events.catalogue import RunOpened
from shared.events.envelope import Envelope, Event, OutgoingEvent
from shared.messaging.outbox import Outbox
from shared.messaging.producer import Producer
from shared.mongo import Client, Database, Document, database
from shared.rights import Role
from tests.integration.notification.conftest import contact
from tests.integration.notification.test_delivery import address, confirmed, registered
from tests.support.api import Issuer, client_of, patiently, waiting_for
from tests.support.brokers import make_topics
from tests.support.waiting import until
from tests.unit.notification.builders import run_fields, scheduled

Body = dict[str, Any]
Asked = Mapping[str, Any]
UNITS = (*(f"PO-{number}" for number in range(10, 86)), "OPS")
STARTS = now() + timedelta(days=30)
TIMES = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=3)}
QUICK = {"reminder_poll_seconds": 0.2, "delivery_poll_seconds": 0.2}


@dataclass
class Log:
    """Appends events of any aggregate; sequences go on by themselves. What was sent can be sent again."""

    producer: Producer
    outbox: Outbox
    sent: list[Document] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)

    async def append(self, *events: Event) -> str:
        """The position of the last one."""
        for event in events:
            seq = self.last[event.aggregate] = self.last.get(event.aggregate, 0) + 1
            self.sent.append(self.row(event, seq))
        await self.send(self.sent[-len(events) :])
        return f"{events[-1].aggregate}:{self.last[events[-1].aggregate]}"

    def row(self, event: Event, seq: int) -> Document:
        return self.outbox.row(OutgoingEvent(event, event.aggregate, seq, ENROLMENT, now(), now()))

    async def append_enveloped(self, envelope: Envelope) -> str:
        """Appends what a builder made."""
        assert envelope.event is not None
        return await self.append(envelope.event)

    async def open_run(self) -> str:
        """A run that starts in thirty days, nomination open, with all the units that it asks."""
        await self.send([self.row(registered(unit, mailed=False), 1) for unit in UNITS])
        return await self.append(scheduled(**TIMES), RunOpened(**run_fields(**TIMES), units=UNITS))

    async def seat(self, count: int) -> list[str]:
        """So many people with an address, confirmed; the positions of their buckets."""
        for number in range(1, count + 1):
            await self.append_enveloped(contact(f"person-{number}", address(number)))
        return [await self.append_enveloped(confirmed(number)) for number in range(1, count + 1)]

    async def send(self, rows: Sequence[Document]) -> None:
        outcome = await self.producer.send(rows)
        assert (outcome.failure, outcome.refused) == (None, [])


@dataclass
class Service:
    """A running service and who asks it."""

    http: httpx.AsyncClient
    issuer: Issuer
    store: Database

    async def get(
        self,
        path: str,
        role: Role = Role.HR_OFFICER,
        unit: str | None = "PERS",
        person: str | None = None,
        *,
        status: int = 200,
        language: str = "th",
        query: Asked | None = None,
    ) -> Body:
        headers = self.issuer.bearer(role, unit, person) | {"accept-language": language}
        url = f"/api/notification/{path}"
        answer = await patiently(lambda: self.http.get(url, params=waiting_for(query), headers=headers), status)
        return _body(answer, status)

    async def post(
        self,
        path: str,
        body: Body | None = None,
        role: Role = Role.HR_OFFICER,
        unit: str | None = "PERS",
        person: str | None = None,
        *,
        status: int = 200,
        query: Asked | None = None,
    ) -> Body:
        headers = self.issuer.bearer(role, unit, person)
        url = f"/api/notification/{path}"
        return _body(await self.http.post(url, json=body, params=waiting_for(query), headers=headers), status)

    async def ready(self) -> bool:
        return (await self.http.get("/readyz")).status_code == 200

    async def settled(self, query: Asked | None = None) -> Body:
        """The counts when every message is sent or given up."""

        async def look() -> Body | None:
            counts = await self.get("messages/counts", query=query)
            return None if {"PENDING", "WAITING", "SENDING"} & set(counts["byState"]) else counts

        counts = await until(look)
        assert counts is not None
        return counts


def _body(answer: httpx.Response, status: int) -> Body:
    assert answer.status_code == status, answer.text
    content: Body = answer.json()
    return content


@asynccontextmanager
async def log_of(settings: NotificationSettings, client: Client) -> AsyncIterator[Log]:
    """The topics, and an empty log."""
    await make_topics(settings.kafka_bootstrap, settings.topic_prefix)
    producer = Producer(settings.broker, client_id="tests", ack_seconds=20, topic_prefix=settings.topic_prefix)
    try:
        yield Log(producer, Outbox(store_of(settings, client), lanes=1, topic_prefix=settings.topic_prefix))
    finally:
        await producer.discard()


@asynccontextmanager
async def served(settings: NotificationSettings, issuer: Issuer, client: Client) -> AsyncIterator[Service]:
    """A replica of the service; it may not be ready yet."""
    async with client_of(create_app(settings)) as http:
        yield Service(http, issuer, store_of(settings, client))


@asynccontextmanager
async def running(settings: NotificationSettings, issuer: Issuer, client: Client) -> AsyncIterator[tuple[Log, Service]]:
    """The service with its topics and its database, ready; the log is empty."""
    async with log_of(settings, client) as log, served(settings, issuer, client) as service:
        await until(service.ready)
        yield log, service


def store_of(settings: NotificationSettings, client: Client) -> Database:
    return database(client, f"{settings.mongo_prefix}_notification")
