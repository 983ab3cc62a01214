"""Several workers on the same messages: each is sent once, and what a dead one held is taken over and marked."""

import asyncio

import pytest

from services.notification.domain import ChannelName, MessageSnapshot, Outcome, State
from services.notification.sending.domain.life import accepted, started
from services.notification.sending.storage import Claim, LeaseLost
from tests.integration.notification.conftest import Replica, StartReplica
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import address, people
from tests.support.waiting import until
from tests.unit.notification.builders import run

SHORT = {"delivery_lease_seconds": 0.4, "smtp_timeout_seconds": 0.1}


async def claimed(replica: Replica) -> Claim:
    """The one message, held by this replica, with an attempt under way."""
    ((key, _),) = (await replica.ledger.due([None], replica.now, 10)).rows
    claim = await replica.ledger.claim(key, replica.now)
    assert claim is not None
    await replica.ledger.note(claim, started(claim.message, replica.now, ChannelName.EMAIL, MessageSnapshot(run())))
    return claim


async def test_replicas_share_the_work_and_nobody_gets_two(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replicas = [await start_replica() for _ in range(3)]
    await people(replicas[0], 60)

    await asyncio.gather(*(replica.sweep() for replica in replicas))

    assert sorted(mail.to for mail in mail_server.mails) == sorted(address(number) for number in range(1, 61))
    assert {message.state for message in await replicas[0].messages()} == {State.SENT}
    assert len(await replicas[0].published()) == 60


async def test_a_message_in_hand_is_nobody_elses(start_replica: StartReplica) -> None:
    first, second = await start_replica(), await start_replica()
    await people(first, 1)
    claim = await claimed(first)
    second.later(days=1)  # a clock that is wrong does not shorten a lease

    assert await second.ledger.claim(claim.message.id, second.now) is None


async def test_what_a_dead_worker_held_is_sent_again_and_is_marked(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    dead, heir = await start_replica(**SHORT), await start_replica()
    await people(dead, 1)
    await claimed(dead)
    heir.later(seconds=1)

    async def sent() -> bool:
        await heir.sweep()
        return bool(await heir.messages(state=State.SENT))

    await until(sent)

    message = await heir.message()
    assert [(attempt.outcome, attempt.uncertain) for attempt in message.attempts] == [
        (Outcome.CUT_OFF, True),
        (Outcome.ACCEPTED, False),
    ]
    assert (message.seq, len(await heir.published()), len(mail_server.mails)) == (1, 1, 1)


async def test_a_worker_that_wakes_after_its_lease_changes_nothing(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    asleep, heir = await start_replica(**SHORT), await start_replica()
    await people(asleep, 1)
    claim = await claimed(asleep)
    heir.later(seconds=1)
    taken = await until(lambda: heir.ledger.claim(claim.message.id, heir.now))
    assert taken is not None
    late = accepted(started(claim.message, asleep.now, ChannelName.EMAIL, MessageSnapshot(run())), asleep.now)

    with pytest.raises(LeaseLost):
        await asleep.ledger.release(claim, late)
    with pytest.raises(LeaseLost):
        await asleep.ledger.note(claim, late)

    assert (await heir.message()).state is State.SENDING
    assert taken.epoch == claim.epoch + 1


async def test_a_crash_before_the_attempt_leaves_no_trace_of_one(start_replica: StartReplica) -> None:
    dead, heir = await start_replica(**SHORT), await start_replica()
    await people(dead, 1)
    ((key, _),) = (await dead.ledger.due([None], dead.now, 10)).rows
    assert await dead.ledger.claim(key, dead.now)
    heir.later(seconds=1)

    taken = await until(lambda: heir.ledger.claim(key, heir.now))

    assert taken is not None
    assert taken.message.attempts == ()
