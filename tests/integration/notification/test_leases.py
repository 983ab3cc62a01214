"""Several workers on the same messages: each is sent once, and what a dead one held is taken over and says so."""

import asyncio

import pytest

from services.notification.domain import ChannelName, MessageSnapshot, Outcome, State, accepted, started
from services.notification.ledger import Claim, LeaseLost
from tests.integration.notification.conftest import Office, StartOffice
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import address, people
from tests.support.waiting import until
from tests.unit.notification.builders import run

SHORT = {"delivery_lease_seconds": 0.4, "smtp_timeout_seconds": 0.1}


async def claimed(office: Office) -> Claim:
    """The one message, in the hands of this office, with an attempt under way."""
    (key,) = await office.ledger.due(office.now, 10)
    claim = await office.ledger.claim(key, office.now)
    assert claim is not None
    await office.ledger.note(claim, started(claim.message, office.now, ChannelName.EMAIL, MessageSnapshot(run())))
    return claim


async def test_replicas_share_the_work_and_nobody_gets_two(start_office: StartOffice, mail_server: MailServer) -> None:
    offices = [await start_office() for _ in range(3)]
    await people(offices[0], 60)

    await asyncio.gather(*(office.sweep() for office in offices))

    assert sorted(mail.to for mail in mail_server.mails) == sorted(address(number) for number in range(1, 61))
    assert {one.state for one in await offices[0].messages()} == {State.SENT}
    assert len(await offices[0].told()) == 60


async def test_a_message_in_hand_is_nobody_elses(start_office: StartOffice) -> None:
    first, second = await start_office(), await start_office()
    await people(first, 1)
    claim = await claimed(first)
    second.later(days=1)  # a clock that is wrong does not shorten a lease

    assert await second.ledger.claim(claim.message.id, second.now) is None


async def test_what_a_dead_worker_held_is_sent_again_and_says_so(
    start_office: StartOffice, mail_server: MailServer
) -> None:
    dead, heir = await start_office(**SHORT), await start_office()
    await people(dead, 1)
    await claimed(dead)
    heir.later(seconds=1)

    async def sent() -> bool:
        await heir.sweep()
        return bool(await heir.messages(state=State.SENT))

    await until(sent)

    message = await heir.message()
    assert [(one.outcome, one.uncertain) for one in message.attempts] == [
        (Outcome.CUT_OFF, True),
        (Outcome.ACCEPTED, False),
    ]
    assert (message.seq, len(await heir.told()), len(mail_server.mails)) == (1, 1, 1)


async def test_a_worker_that_wakes_after_its_lease_changes_nothing(
    start_office: StartOffice, mail_server: MailServer
) -> None:
    asleep, heir = await start_office(**SHORT), await start_office()
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


async def test_a_crash_before_the_attempt_leaves_no_trace_of_one(start_office: StartOffice) -> None:
    dead, heir = await start_office(**SHORT), await start_office()
    await people(dead, 1)
    (key,) = await dead.ledger.due(dead.now, 10)
    assert await dead.ledger.claim(key, dead.now)
    heir.later(seconds=1)

    taken = await until(lambda: heir.ledger.claim(key, heir.now))

    assert taken is not None
    assert taken.message.attempts == ()
