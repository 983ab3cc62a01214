"""Two waves of a hundred, whoever asks and however often; and nobody who should not be reminded."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.notification.domain import Kind, State
from shared.clock import BANGKOK
from shared.errors import NotFound
from shared.events.catalogue import RunCancelled, RunClockSet
from tests.integration.notification.conftest import Replica, StartReplica, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, confirmed, people, withdrawn
from tests.unit.notification.builders import START, enveloped, run_fields, scheduled

D7 = datetime(2020, 8, 24, 8, 30, tzinfo=BANGKOK)
D1 = datetime(2020, 8, 30, 8, 30, tzinfo=BANGKOK)


async def counted(replica: Replica) -> dict[str | None, int]:
    """Reminders by wave."""
    waves = [message.wave for message in await replica.messages(kind=Kind.REMINDER)]
    return {wave: waves.count(wave) for wave in sorted(set(waves), key=str)}


async def asked(replica: Replica) -> list[tuple[str, int, int]]:
    return [(wave.name, wave.created, wave.existing) for wave in await replica.reminders.remind("run-1")]


async def test_two_waves_of_a_hundred_and_none_the_second_time(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 100)
    await replica.sweep()
    mail_server.mails.clear()

    answers = []
    for now in (D7 - timedelta(seconds=1), D7, D7, D1, D1):
        replica.now = now
        answers.append(await asked(replica))
        await replica.sweep()

    assert answers == [
        [("D-7", 0, 0), ("D-1", 0, 0)],
        [("D-7", 100, 0), ("D-1", 0, 0)],
        [("D-7", 0, 100), ("D-1", 0, 0)],
        [("D-7", 0, 100), ("D-1", 100, 0)],
        [("D-7", 0, 100), ("D-1", 0, 100)],
    ]
    assert len(mail_server.mails) == len({mail.id for mail in mail_server.mails}) == 200
    subjects = [mail.subject.partition(":")[0] for mail in mail_server.mails]
    assert subjects.count("แจ้งเตือนกำหนดการอบรมในอีก 7 วัน") == 100
    assert subjects.count("แจ้งเตือนกำหนดการอบรมในวันพรุ่งนี้") == 100


async def test_the_loop_and_calls_at_the_same_time_make_each_once(start_replica: StartReplica) -> None:
    replicas = [await start_replica() for _ in range(4)]
    await people(replicas[0], 40)
    for replica in replicas:
        replica.now = D1

    sweeping = asyncio.create_task(replicas[0].remind())
    answers = await asyncio.gather(*(asked(replica) for replica in replicas))

    called = sum(created for answer in answers for _, created, _ in answer)
    assert called + await sweeping == 80
    assert await counted(replicas[0]) == {"D-7": 40, "D-1": 40}


async def test_the_runs_own_clock_decides(replica: Replica) -> None:
    await people(replica, 1)
    replica.now = datetime(2026, 11, 21, tzinfo=UTC)
    assert await replica.remind() == 0
    offset = round((D7 - replica.now).total_seconds())
    clock = RunClockSet(programme="programme-1", run="run-1", offset_seconds=offset)
    await replica.consume(enveloped(clock, seq=2))

    assert await replica.remind() == 1
    assert await counted(replica) == {"D-7": 1}


async def test_who_is_confirmed_late_gets_only_what_is_due_later(replica: Replica) -> None:
    await people(replica, 1)
    replica.now = D7
    await replica.remind()
    late = confirmed(2)
    await replica.consume(enveloped(late.event, late.subject, occurred_at=D7 + timedelta(minutes=1)))  # type: ignore[arg-type]
    await replica.remind()
    before = await counted(replica)
    replica.now = D1
    await replica.remind()

    assert (before, await counted(replica)) == ({"D-7": 1}, {"D-7": 1, "D-1": 2})


async def test_an_event_that_was_long_under_way_still_gets_its_wave(replica: Replica) -> None:
    """The wave was made already; the confirmation happened before it was due and arrives after."""
    await people(replica, 1)
    replica.now = D7
    first = await replica.remind()
    nothing_new = await replica.remind()
    await replica.consume(contact("person-2"), confirmed(2))

    assert (first, nothing_new, await replica.remind()) == (1, 0, 1)


async def test_who_withdraws_before_the_sending_is_not_reminded(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 2)
    await replica.sweep()
    mail_server.mails.clear()
    replica.now = D7
    await replica.remind()
    await replica.consume(withdrawn(1))

    await replica.sweep()

    reminders = {
        message.recipient: (message.state, message.code) for message in await replica.messages(kind=Kind.REMINDER)
    }
    assert reminders == {"person-1": (State.CANCELLED, "nomination-changed"), "person-2": (State.SENT, None)}


@pytest.mark.parametrize("over", ["cancelled", "started"])
async def test_what_is_over_reminds_nobody(replica: Replica, over: str) -> None:
    await people(replica, 1)
    replica.now = D1
    if over == "cancelled":
        await replica.consume(enveloped(RunCancelled(**run_fields()), seq=2))
    else:
        replica.now = START

    assert await replica.remind() == 0
    assert await asked(replica) == [("D-7", 0, 0), ("D-1", 0, 0)]


async def test_a_run_that_moves_away_reminds_again_in_its_time(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    replica.now = D7
    await replica.remind()
    await replica.sweep()
    moved = scheduled(revision=1, starts_at=START + timedelta(days=30), ends_at=START + timedelta(days=30, hours=3))
    await replica.consume(enveloped(moved, seq=2, occurred_at=D7))
    replica.now = D7 + timedelta(days=30)

    assert await replica.remind() == 1
    assert await counted(replica) == {"D-7": 2}


async def test_a_run_that_nobody_knows(replica: Replica) -> None:
    await replica.consume(confirmed())  # a stub of the run, without its facts

    for key in ("run-1", "run-9"):
        with pytest.raises(NotFound):
            await replica.reminders.remind(key)
    await replica.consume(RUN)
    assert await asked(replica) == [("D-7", 0, 0), ("D-1", 0, 0)]
