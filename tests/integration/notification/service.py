"""The whole notification service in this process, a log written as the relay of enrolment writes it, and callers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from services.notification.app import create_app
from services.notification.settings import NotificationSettings
from shared.clock import now
from shared.events.enrolment import RunOpened
from shared.events.envelope import Context, Envelope, Event, Fact
from shared.messaging.kafka import ensure_topics
from shared.messaging.outbox import Numbered, Outbox
from shared.messaging.producer import Producer
from shared.mongo import Client, Database, Document, database
from shared.rights import Role
from tests.integration.notification.conftest import contact
from tests.integration.notification.test_delivery import address, confirmed, registered
from tests.support.api import Issuer, client_of
from tests.support.waiting import until
from tests.unit.notification.builders import run_facts, scheduled

Body = dict[str, Any]
Asked = Mapping[str, Any]
UNITS = (*(f"PO-{number}" for number in range(10, 86)), "OPS")
STARTS = now() + timedelta(days=30)
TIMES = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=3)}
QUICK = {"reminder_poll_seconds": 0.2, "delivery_poll_seconds": 0.05}


@dataclass
class Log:
    """Appends events of any aggregate; sequences go on by themselves. What was sent can be sent again."""

    producer: Producer
    outbox: Outbox
    sent: list[Document] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)

    async def append(self, aggregate: str, key: str, *events: Event, occurred_at: datetime | None = None) -> str:
        """The position of the last one."""
        context = Context(source="/pattana/enrolment", recorded_at=now(), occurred_at=occurred_at or now())
        for event in events:
            seq = self.last[aggregate] = self.last.get(aggregate, 0) + 1
            fact = Fact(aggregate, key, event, tombstone=event.key_field is not None)
            self.sent.append(self.outbox.row(Numbered(fact, seq), context))
        await self.send(self.sent[-len(events) :])
        return f"{aggregate}:{self.last[aggregate]}"

    async def hear(self, envelope: Envelope) -> str:
        """Appends what a builder made."""
        assert envelope.event is not None
        return await self.append(envelope.subject, envelope.key, envelope.event)

    async def open_run(self) -> str:
        """A run that starts in thirty days, nomination open, with all the units that it asks."""
        context = Context(source="/pattana/enrolment", recorded_at=now(), occurred_at=now())
        units = [Fact(unit, unit, registered(unit, mailed=False)) for unit in UNITS]
        await self.send([self.outbox.row(Numbered(fact, 1), context) for fact in units])
        return await self.append(
            "run-1", "programme-1", scheduled(**TIMES), RunOpened(**run_facts(**TIMES), units=UNITS)
        )

    async def seat(self, count: int) -> list[str]:
        """So many people with an address, confirmed; the positions of their buckets."""
        for number in range(1, count + 1):
            await self.hear(contact(f"person-{number}", address(number)))
        return [await self.hear(confirmed(number)) for number in range(1, count + 1)]

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
        answer = await self.http.get(f"/api/notification/{path}", params=query, headers=headers)
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
        return _body(await self.http.post(url, json=body, params=query, headers=headers), status)

    async def settled(self, query: Asked | None = None) -> Body:
        """The counts when every message is sent or given up."""

        async def look() -> Body | None:
            found = await self.get("messages/counts", query=query)
            return None if {"PENDING", "WAITING", "SENDING"} & set(found["byState"]) else found

        found = await until(look, 60)
        assert found is not None
        return found


def _body(answer: httpx.Response, status: int) -> Body:
    assert answer.status_code == status, answer.text
    found: Body = answer.json()
    return found


@asynccontextmanager
async def running(settings: NotificationSettings, issuer: Issuer, client: Client) -> AsyncIterator[tuple[Log, Service]]:
    """The service with its topics and its database; the log is empty."""
    await ensure_topics(settings.kafka_bootstrap, replication=1, prefix=settings.topic_prefix)
    producer = Producer(settings.kafka_bootstrap, client_id="tests", ack_seconds=20, topic_prefix=settings.topic_prefix)
    store = database(client, f"{settings.mongo_prefix}_notification")
    log = Log(producer, Outbox(store, lanes=1, topic_prefix=settings.topic_prefix))
    try:
        async with client_of(create_app(settings)) as http:

            async def ready() -> bool:
                return (await http.get("/readyz")).status_code == 200

            await until(ready, 60)
            yield log, Service(http, issuer, store)
    finally:
        await producer.discard()
