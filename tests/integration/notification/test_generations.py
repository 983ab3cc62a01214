"""The read model built again from the log, or by a later release: nobody hears of the past, nobody is left out."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack, contextmanager
from functools import partial
from typing import Any

import pytest

from services.notification.app import FOLD
from services.notification.domain import message_id
from services.notification.reacting import HANDLERS
from services.notification.settings import NotificationSettings
from services.notification.storage import MESSAGES
from shared.clock import now
from shared.events.catalogue import RunCancelled
from shared.events.seats import SeatConfirmed
from shared.messaging.generations import Fold
from shared.messaging.held import HELD
from shared.mongo import Client
from shared.rights import Role
from tests.conftest import MakeSettings
from tests.integration.notification.conftest import contact, smtp_settings
from tests.integration.notification.mail import MailServer
from tests.integration.notification.service import QUICK, TIMES, Log, Service, log_of, served
from tests.integration.notification.test_delivery import address, confirmed, withdrawn
from tests.support.api import Issuer
from tests.support.waiting import until
from tests.unit.notification.builders import run_fields

Start = Callable[[], AbstractAsyncContextManager[Service]]
Release = Callable[[], AbstractContextManager[None]]
FAST = {"generation_grace_seconds": 1.0, "generation_poll_seconds": 0.2}
CANCELLED = RunCancelled(**run_fields(**TIMES))


@pytest.fixture(autouse=True)
def short_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """No batch of these tests takes as long as one may."""
    monkeypatch.setattr("shared.messaging.feeds.LONGEST_BATCH_SECONDS", 1.0)


@pytest.fixture
def told(make_settings: MakeSettings, mail_server: MailServer) -> NotificationSettings:
    settings: NotificationSettings = make_settings(NotificationSettings, **smtp_settings(mail_server) | QUICK | FAST)
    return settings


@pytest.fixture
async def log(told: NotificationSettings, client: Client) -> AsyncIterator[Log]:
    async with log_of(told, client) as log:
        yield log


@pytest.fixture
def replica(log: Log, told: NotificationSettings, issuer: Issuer, client: Client) -> Start:
    """`async with replica() as service`: one more, on the same log and database."""
    return partial(served, told, issuer, client)


@pytest.fixture
def older_release(monkeypatch: pytest.MonkeyPatch) -> Release:
    """Services made within know nothing of confirmed seats yet."""

    @contextmanager
    def made() -> Iterator[None]:
        handled = {event: handler for event, handler in HANDLERS.items() if event is not SeatConfirmed}
        with monkeypatch.context() as past:
            past.setattr("services.notification.app.HANDLERS", handled)
            past.setattr("services.notification.app.FOLD", Fold.of(FOLD.version, handled))
            yield

    return made


async def progress(service: Service) -> dict[str, Any]:
    return await service.get("rebuild", Role.OPERATOR)


async def answers(service: Service, generation: int) -> bool:
    state = await progress(service)
    return bool(state["active"]["generation"] == generation and state["next"] is None)


async def ids(service: Service) -> set[str]:
    """Of messages to people, and the requests to units."""
    of_people = {"kind": {"$ne": "SEAT_OPEN"}}
    return {row["_id"] async for row in service.store[MESSAGES.name].find(of_people, {"_id": 1})}


async def made(service: Service, kind: str) -> int:
    return await service.store[MESSAGES.name].count_documents({"kind": kind, "addressee": "PERSON"})


async def sent(service: Service, kind: str, count: int) -> None:
    """Waits until so many people were sent a message of a kind."""

    async def all_of_them() -> bool:
        query = {"kind": kind, "state": "SENT", "addressee": "PERSON"}
        return await service.store[MESSAGES.name].count_documents(query) == count

    await until(all_of_them, what=f"{count} messages of kind {kind} are sent")


def mails_to(server: MailServer, number: int) -> int:
    """How often somebody was written to about the confirmed seat."""
    key = message_id(confirmed(number).id, f"person-{number}", "CONFIRMED")
    return sum(mail.id == f"<{key}@moi.example.go.th>" for mail in server.mails)


async def test_a_rebuild_writes_no_mail_and_the_new_generation_goes_on(
    log: Log, replica: Start, mail_server: MailServer
) -> None:
    async with replica() as service:
        await log.open_run()
        reached = await log.seat(3)
        reached.append(await log.append_enveloped(withdrawn(3)))
        await service.settled({"after": reached})
        known, mails = await ids(service), len(mail_server.mails)

        await service.post("rebuild", None, Role.OPERATOR, status=202)
        await until(lambda: answers(service, 2))

        after = await log.append_enveloped(withdrawn(1))
        await service.settled({"after": after})
        assert await ids(service) - known == {message_id(after, "person-1", "WITHDRAWN")}
        assert len(mail_server.mails) == mails + 1
        await until(lambda: dropped(service))
        await log.append(CANCELLED)
        await sent(service, "RUN_CANCELLED", 1)


async def dropped(service: Service) -> bool:
    """Nothing of the first generation is left. Collections are not listed: shared/messaging/generations.py says why."""
    if (await progress(service))["retired"]:
        return False
    return not [name for name in ("nominations", "runs") if await service.store[f"{name}_g1"].find_one({}) is not None]


async def test_people_are_told_once_of_what_happens_while_the_pointer_moves(
    log: Log, replica: Start, mail_server: MailServer
) -> None:
    """Two replicas, seats confirmed all the time, three rebuilds one after the other."""
    async with replica() as service, replica():
        await until(service.ready)
        await log.open_run()
        people = 0
        for generation in (2, 3, 4):
            await service.post("rebuild", None, Role.OPERATOR, status=202)
            while not await answers(service, generation):
                people += 1
                await log.append_enveloped(contact(f"person-{people}", address(people)))
                await service.get("messages", query={"after": await log.append_enveloped(confirmed(people))})
        await sent(service, "CONFIRMED", people)
    numbers = range(1, people + 1)
    assert {number: count for number in numbers if (count := mails_to(mail_server, number)) != 1} == {}


async def test_everybody_of_a_run_is_told_though_the_pointer_moves_under_way(
    log: Log, replica: Start, mail_server: MailServer
) -> None:
    """The fan-out of the first generation goes on by what that one knew; who withdraws meanwhile was there."""
    async with replica() as service:
        await until(service.ready)
        await log.open_run()
        reached = await log.seat(5)
        await service.settled({"after": reached})
        nominations, fan_outs = service.store["nominations_g1"], service.store["fan_outs_g1"]
        await nominations.insert_one({"_id": "broken", "run": "run-1", "turn": 1, "state": ["no state at all"]})
        await service.get("messages", query={"after": await log.append(CANCELLED)})
        await service.post("rebuild", None, Role.OPERATOR, status=202)
        await until(lambda: answers(service, 2))
        await service.get("messages", query={"after": await log.append_enveloped(withdrawn(5))})
        assert await made(service, "RUN_CANCELLED") == 0
        await nominations.delete_one({"_id": "broken"})
        await fan_outs.update_many({}, {"$set": {"ready_at": now()}})
        await sent(service, "RUN_CANCELLED", 4)
        assert await made(service, "RUN_CANCELLED") == 5  # not sent any more to whom it is no news
        await until(lambda: dropped(service))


async def test_a_handler_of_a_later_release_sees_the_past_and_writes_no_mail_of_it(
    log: Log, replica: Start, older_release: Release, mail_server: MailServer
) -> None:
    """Beside a replica of the older release, which acts until then and no longer."""
    async with AsyncExitStack() as stack:
        with older_release():
            older = await stack.enter_async_context(replica())
        await until(older.ready)
        await log.open_run()
        await older.get("messages", query={"after": await log.seat(2)})
        await older.settled()
        newer = await stack.enter_async_context(replica())
        await until(newer.ready)

        assert await answers(newer, 2)
        assert await newer.store["nominations_g2"].count_documents({"state": "CONFIRMED"}) == 2
        assert "CONFIRMED" not in (await newer.settled())["byKind"]
        await log.append_enveloped(contact("person-3", address(3)))
        await log.append_enveloped(confirmed(3))
        await sent(newer, "CONFIRMED", 1)
        assert mails_to(mail_server, 3) == 1
        await log.append(CANCELLED)
        await sent(newer, "RUN_CANCELLED", 3)
        pointer = await newer.store["generations"].find_one({})
        assert pointer is not None
        assert (pointer["active"], pointer["highest"], pointer["next"]) == (2, 2, None)


async def test_what_the_replaced_release_never_came_to_is_acted_on(
    log: Log, replica: Start, older_release: Release
) -> None:
    """The only replica is stopped, and something happens before the newer release starts: that one waits for nobody."""
    with older_release():
        async with replica() as older:
            await log.open_run()
            await older.get("messages", query={"after": await log.seat(2)})
            await older.settled()
    await log.append_enveloped(withdrawn(2))
    async with replica() as newer:
        await until(newer.ready)
        await sent(newer, "WITHDRAWN", 1)
        assert "CONFIRMED" not in (await newer.settled())["byKind"]
        await until(lambda: nothing_waits(newer))


async def nothing_waits(service: Service) -> bool:
    return await service.store[HELD.name].count_documents({}) == 0
