"""The service as it is started: events in, mails out, results on the log, whatever happens around it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.notification.settings import NotificationSettings
from shared.clock import now
from shared.events.catalogue import RunClockSet
from shared.events.directory import ContactChanged, ContactErased
from shared.events.envelope import MOST_SEQUENCE
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.outbox import COLLECTION as OUTBOX
from shared.mongo import Client, Document
from shared.rights import Role
from tests.conftest import MakeSettings
from tests.integration.notification.conftest import contact, smtp_settings
from tests.integration.notification.mail import MailServer
from tests.integration.notification.service import QUICK, STARTS, Log, Service, running
from tests.integration.notification.test_delivery import address, withdrawn
from tests.support.api import Issuer
from tests.support.waiting import until

Running = tuple[Log, Service]


@pytest.fixture
async def started(
    make_settings: MakeSettings, mail_server: MailServer, issuer: Issuer, client: Client
) -> AsyncIterator[Running]:
    settings: NotificationSettings = make_settings(NotificationSettings, **smtp_settings(mail_server), **QUICK)
    async with running(settings, issuer, client) as both:
        yield both


async def test_a_run_from_its_opening_to_its_reminders(started: Running, mail_server: MailServer) -> None:
    log, service = started
    reached = [await log.open_run(), *await log.seat(3)]
    counts = await service.get("messages/counts", query={"after": reached, "run": "run-1"})
    assert counts["byKind"] == {"CONFIRMED": 3, "NOMINATION_REQUEST": 77}

    offset = round((STARTS - timedelta(days=1) - now()).total_seconds()) + 12 * 3600
    clock = RunClockSet(programme="programme-1", run="run-1", offset_seconds=offset)
    moved = await log.append(clock)
    answer = await service.post("reminders", {"run": "run-1"}, Role.OPERATOR, query={"after": moved})
    again = await service.post("reminders", {"run": "run-1"}, Role.OPERATOR)

    assert (again["created"], again["existing"]) == (0, 6)
    assert answer["created"] + answer["existing"] == 6  # the service's own loop may have been faster
    assert (await service.settled({"run": "run-1"}))["byState"] == {"SENT": 86}
    waves = await service.get("reminders", Role.OPERATOR, query={"run": "run-1"})
    each = {"total": 3, "byState": {"SENT": 3}}
    assert waves == {"run": "run-1", "total": 6, "more": False, "byWave": {"D-7": each, "D-1": each}}
    assert len({mail.id for mail in mail_server.mails}) == len(mail_server.mails) == 9
    await until(lambda: published(service, 86))


async def published(service: Service, count: int) -> bool:
    return await service.store[OUTBOX.name].count_documents({"published_at": {"$exists": True}}) == count


async def test_a_log_that_is_sent_again_changes_nothing(started: Running, mail_server: MailServer) -> None:
    log, service = started
    await log.open_run()
    reached = await log.seat(2)
    before = await service.settled({"after": reached})

    await log.send(list(log.sent))
    extra = await log.append_enveloped(contact("person-9"))

    assert await service.settled({"after": [*reached, extra]}) == before
    assert len(mail_server.mails) == 2


async def test_what_is_due_later_is_sent_when_it_is_due(
    make_settings: MakeSettings, mail_server: MailServer, issuer: Issuer, client: Client
) -> None:
    patient = smtp_settings(mail_server) | {"delivery_poll_seconds": 60, "delivery_pause_seconds": 0.5}
    mail_server.answers.append("451 later")
    async with running(make_settings(NotificationSettings, **patient), issuer, client) as (log, service):
        reached = [await log.open_run(), *await log.seat(1)]
        await service.get("messages/counts", query={"after": reached})
        await until(lambda: len(mail_server.mails) == 1)


async def test_slow_mail_does_not_slow_the_consumer(started: Running, mail_server: MailServer) -> None:
    log, service = started
    mail_server.open.clear()
    reached = [await log.open_run(), *await log.seat(8)]

    counts = await service.get("messages/counts", query={"after": reached})
    inbox = await service.get("inbox", Role.LEARNER, person="person-8", query={"after": reached})

    assert counts["byKind"] == {"CONFIRMED": 8, "NOMINATION_REQUEST": 77}
    assert [item["kind"] for item in inbox["items"]] == ["CONFIRMED"]
    assert mail_server.mails == []
    mail_server.open.set()
    await service.settled()


async def test_whoever_was_erased_is_written_to_no_more(started: Running, mail_server: MailServer) -> None:
    log, service = started
    await log.open_run()
    await service.settled({"after": await log.seat(1)})
    mail_server.mails.clear()

    erased = await log.append(ContactErased(person="person-1"))
    await until(lambda: forgotten(service))
    gone = await log.append_enveloped(withdrawn(1))
    await service.settled({"after": [erased, gone]})

    page = await service.get("messages", query={"kind": "WITHDRAWN"})
    assert [(item["state"], item["code"]) for item in page["items"]] == [("CANCELLED", "recipient-erased")]
    assert mail_server.mails == []


async def test_a_forged_contact_brings_nobody_back_and_stops_no_true_one(started: Running) -> None:
    log, service = started
    await log.open_run()
    await service.settled({"after": await log.seat(2)})
    await log.append(ContactErased(person="person-1"))
    await log.send([forged(log, 1, 3), forged(log, 1, MOST_SEQUENCE), forged(log, 2, MOST_SEQUENCE)])
    far = {("contact:person-1", MOST_SEQUENCE, "PARKED"), ("contact:person-2", MOST_SEQUENCE, "PARKED")}
    await until(lambda: waiting(service, far))
    assert await forgotten(service)

    await reaches(service, log, "person-2")
    letters = DeadLetters(service.store)
    for row in [row async for row in letters.rows()]:
        await letters.discard(row, who="op-1", why="nobody has recorded it", at=now())
    await until(lambda: waiting(service, set()))
    await reaches(service, log, "person-2")
    assert await forgotten(service)


def forged(log: Log, number: int, seq: int) -> Document:
    event = contact(f"person-{number}", address(number)).event
    assert event is not None
    return log.row(event, seq)


async def waiting(service: Service, expected: set[tuple[str, int, str]]) -> bool:
    rows = DeadLetters(service.store).rows()
    return {(row["subject"], row["seq"], row["wait"]) async for row in rows} == expected


async def reaches(service: Service, log: Log, person: str) -> None:
    """What is recorded of a person arrives."""
    event = contact(person, "new@example.go.th").event
    assert isinstance(event, ContactChanged)
    await log.append(event)

    async def arrived() -> bool:
        kept = await service.store["contacts_g1"].find_one({"_id": person})
        return kept is not None and kept["sealed"] == event.sealed

    await until(arrived)


async def forgotten(service: Service) -> bool:
    contact = await service.store["contacts_g1"].find_one({"_id": "person-1"})
    return contact is not None and contact["key_id"] is None and not contact["sealed"]
