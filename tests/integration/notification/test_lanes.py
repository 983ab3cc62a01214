"""What waits costs nothing and holds up nobody: a mail server that is away or slow, facts that are not here yet,
reminders before confirmations, and messages that only a newer release can send."""

import asyncio
from typing import Any

import pytest

from services.notification.domain import ChannelName, Kind, State
from services.notification.queries import Queries, inbox_of, messages_of
from shared.events.seats import ConfirmedBy
from shared.mongo import Document
from shared.pages import PageRequest
from shared.rights import Principal, Role, Scope
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, address, confirmed, delivered, people
from tests.integration.notification.test_reminders import D7
from tests.support.commands import Commands
from tests.support.waiting import until

CLAIM = "findAndModify"


async def without_address(replica: Replica, numbers: range) -> None:
    await replica.consume(*(contact(f"person-{number}") for number in numbers))
    await replica.consume(*(confirmed(number) for number in numbers))


async def test_while_the_mail_server_is_away_what_waits_is_not_touched(
    replica: Replica, mail_server: MailServer, commands: Commands
) -> None:
    await mail_server.stop()
    await people(replica, 40)
    await replica.sweep()
    await replica.sweep()
    before = await replica.store["messages"].find({}).sort("_id", 1).to_list(None)
    commands.sent.clear()

    for _ in range(10):
        replica.later(seconds=20)
        await replica.delivery.sweep()

    after = await replica.store["messages"].find({}).sort("_id", 1).to_list(None)
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    counted = commands.counted("messages")
    assert counted[CLAIM] <= 10  # probes: at most one for each sweep, and most sweeps fall into the rest
    assert changed <= counted[CLAIM]
    assert max(command.body.get("limit", 0) for command in commands.of("messages")) <= 500

    await mail_server.start()
    await delivered(replica)
    assert sorted(mail.to for mail in mail_server.mails) == sorted(address(number) for number in range(1, 41))


async def test_while_the_mail_server_is_away_the_inbox_is_served(replica: Replica, mail_server: MailServer) -> None:
    await mail_server.stop()
    await people(replica, 10)
    await replica.sweep()

    await without_address(replica, range(11, 16))
    await replica.sweep()

    sent = [(message.recipient, message.channel) for message in await replica.messages(state=State.SENT)]
    assert sorted(sent) == [(f"person-{number}", ChannelName.INBOX) for number in range(11, 16)]


async def test_a_slow_mail_server_holds_up_nothing_but_mail(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replica = await start_replica(delivery_workers=2, delivery_poll_seconds=0.05)
    mail_server.open.clear()
    await people(replica, 6)
    stopping = asyncio.Event()
    running = asyncio.create_task(replica.delivery.run(stopping))
    await until(lambda: replica.messages(state=State.SENDING))

    await without_address(replica, range(11, 16))
    replica.delivery.wake()

    async def served() -> bool:
        return len(await replica.messages(state=State.SENT)) == 5

    await until(served)
    assert mail_server.mails == []
    mail_server.open.set()
    await until(lambda: len(mail_server.mails) == 6)
    stopping.set()
    await running


async def test_confirmations_pass_reminders_and_reminders_still_go(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replica = await start_replica(delivery_workers=1)
    await people(replica, 30)
    await replica.sweep()
    mail_server.mails.clear()
    replica.now = D7
    await replica.remind()
    await replica.consume(*(confirmed(number, seq=2, by=ConfirmedBy.PROMOTION) for number in range(1, 11)))

    await replica.sweep()

    reminders = [mail.subject.startswith("แจ้งเตือน") for mail in mail_server.mails]
    assert (len(reminders), sum(reminders)) == (40, 30)
    assert sum(not reminder for reminder in reminders[:12]) == 10
    assert any(reminders[:9])


async def test_what_is_missing_is_looked_up_once_for_all_that_wait_for_it(
    replica: Replica, mail_server: MailServer, commands: Commands
) -> None:
    await replica.consume(*(contact(f"person-{number}", address(number)) for number in range(1, 31)))
    await replica.consume(*(confirmed(number) for number in range(1, 31)))
    await replica.sweep()
    commands.sent.clear()

    for _ in range(5):
        replica.later(seconds=5)
        await replica.delivery.sweep()
    idle = commands.counted("messages")

    assert (idle[CLAIM], idle["update"]) == (0, 0)
    assert idle["find"] <= 5 * 3  # for each sweep: what is missing, and one for each channel
    assert {message.missing for message in await replica.messages()} == {"run:run-1"}
    await replica.consume(RUN)
    await replica.sweep()
    assert len(mail_server.mails) == 30
    assert {message.missing for message in await replica.messages()} == {None}


async def test_nothing_waits_for_ever(start_replica: StartReplica) -> None:
    replica = await start_replica(delivery_patience_days=3)
    await replica.consume(confirmed())
    await replica.sweep()
    replica.later(days=4)

    await replica.sweep()

    message = await replica.message()
    assert (message.state, message.code, message.seq) == (State.FAILED, "run-unknown", 1)
    assert len(await replica.published()) == 1


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({"kind": "SURVEY"}, 1),
        ({"state": "HELD"}, 1),
        ({"channel": "PIGEON"}, 1),
        ({"addressee": "GROUP"}, 0),
        ({"attempts": [{"at": D7, "channel": "EMAIL", "outcome": "LOST", "code": None, "uncertain": False}]}, 0),
    ],
    ids=lambda change: next(iter(change)) if isinstance(change, dict) else "",
)
async def test_what_only_a_newer_release_can_send_is_left_to_it(
    replica: Replica, mail_server: MailServer, change: dict[str, Any], counted: int
) -> None:
    await people(replica, 2)
    messages = replica.store["messages"]
    (newer,) = await replica.messages(recipient="person-1")
    await messages.update_one({"_id": newer.id}, {"$set": change})
    before: Document | None = await messages.find_one({"_id": newer.id})

    await replica.sweep()
    replica.later(days=1)
    await replica.sweep()

    assert await messages.find_one({"_id": newer.id}) == before
    assert [mail.to for mail in mail_server.mails] == [address(2)]
    assert await replica.delivery.count() == counted


async def test_what_a_newer_release_wrote_is_listed_and_counted(replica: Replica) -> None:
    await people(replica, 1)
    await replica.store["messages"].update_many({}, {"$set": {"kind": "SURVEY", "state": "HELD", "channel": "PIGEON"}})
    queries = Queries(replica.store)
    reader = Principal("person-1", frozenset({Role.LEARNER}))

    listed, _ = await queries.page(messages_of(Scope(all=True)), PageRequest(10, None))
    inbox, _ = await queries.page(inbox_of(reader, Scope(person="person-1")), PageRequest(10, None))

    assert [(message.kind, message.state, message.channel) for message in listed] == [("SURVEY", "HELD", "PIGEON")]
    assert [message.id for message in inbox] == [message.id for message in listed]
    assert await queries.counts(messages_of(Scope(all=True))) == ([("SURVEY", "PIGEON", "HELD", 1)], False)


async def test_however_long_the_provider_takes_the_message_stays_with_its_worker(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    slow, other = await start_replica(), await start_replica()
    slow.ledger.lease_seconds = 1.5  # renewed in time on a busy machine too
    mail_server.open.clear()
    await people(slow, 1)
    sending = asyncio.create_task(slow.delivery.sweep())
    held = await until(lambda: slow.messages(state=State.SENDING, attempts={"$ne": []}))
    other.later(days=1)
    ends = asyncio.get_running_loop().time() + 3.5

    async def refused_for_long() -> bool:
        assert await other.ledger.claim(held[0].id, other.now) is None
        return asyncio.get_running_loop().time() > ends

    await until(refused_for_long)
    mail_server.open.set()
    await sending

    message = await slow.message(kind=Kind.CONFIRMED)
    assert (message.state, message.uncertain, len(mail_server.mails)) == (State.SENT, False, 1)
