"""Two waves of a hundred, whoever asks and however often; and nobody who should not be reminded."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.notification.domain import Kind, State
from shared.clock import BANGKOK
from shared.errors import NotFound
from shared.events.enrolment import RunCancelled, RunClockSet
from tests.integration.notification.conftest import Office, StartOffice, contact
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, confirmed, people, withdrawn
from tests.unit.notification.builders import START, enveloped, run_facts, scheduled

D7 = datetime(2020, 8, 24, 8, 30, tzinfo=BANGKOK)
D1 = datetime(2020, 8, 30, 8, 30, tzinfo=BANGKOK)


async def counted(office: Office) -> dict[str | None, int]:
    """Reminders by wave."""
    waves = [one.wave for one in await office.messages(kind=Kind.REMINDER)]
    return {wave: waves.count(wave) for wave in sorted(set(waves), key=str)}


async def asked(office: Office) -> list[tuple[str, int, int]]:
    return [(wave.name, wave.created, wave.existing) for wave in await office.reminders.remind("run-1")]


async def test_two_waves_of_a_hundred_and_none_the_second_time(office: Office, mail_server: MailServer) -> None:
    await people(office, 100)
    await office.sweep()
    mail_server.mails.clear()

    answers = []
    for now in (D7 - timedelta(seconds=1), D7, D7, D1, D1):
        office.now = now
        answers.append(await asked(office))
        await office.sweep()

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


async def test_the_loop_and_calls_at_the_same_time_make_each_once(start_office: StartOffice) -> None:
    offices = [await start_office() for _ in range(4)]
    await people(offices[0], 40)
    for office in offices:
        office.now = D1

    sweeping = asyncio.create_task(offices[0].reminders.sweep())
    answers = await asyncio.gather(*(asked(office) for office in offices))

    called = sum(created for answer in answers for _, created, _ in answer)
    assert called + await sweeping == 80
    assert await counted(offices[0]) == {"D-7": 40, "D-1": 40}


async def test_the_runs_own_clock_decides(office: Office) -> None:
    await people(office, 1)
    office.now = datetime(2026, 11, 21, tzinfo=UTC)
    assert await office.reminders.sweep() == 0
    offset = round((D7 - office.now).total_seconds())
    clock = RunClockSet(programme="programme-1", run="run-1", offset_seconds=offset)
    await office.hear(enveloped(clock, seq=2))

    assert await office.reminders.sweep() == 1
    assert await counted(office) == {"D-7": 1}


async def test_who_is_confirmed_late_gets_only_what_is_due_later(office: Office) -> None:
    await people(office, 1)
    office.now = D7
    await office.reminders.sweep()
    late = confirmed(2)
    await office.hear(enveloped(late.event, late.subject, occurred_at=D7 + timedelta(minutes=1)))  # type: ignore[arg-type]
    await office.reminders.sweep()
    before = await counted(office)
    office.now = D1
    await office.reminders.sweep()

    assert (before, await counted(office)) == ({"D-7": 1}, {"D-7": 1, "D-1": 2})


async def test_an_event_that_was_long_under_way_still_gets_its_wave(office: Office) -> None:
    """The wave was made already; the confirmation happened before it was due and arrives after."""
    await people(office, 1)
    office.now = D7
    first = await office.reminders.sweep()
    nothing_new = await office.reminders.sweep()
    await office.hear(contact("person-2"), confirmed(2))

    assert (first, nothing_new, await office.reminders.sweep()) == (1, 0, 1)


async def test_who_withdraws_before_the_sending_is_not_reminded(office: Office, mail_server: MailServer) -> None:
    await people(office, 2)
    await office.sweep()
    mail_server.mails.clear()
    office.now = D7
    await office.reminders.sweep()
    await office.hear(withdrawn(1))

    await office.sweep()

    reminders = {one.recipient: (one.state, one.code) for one in await office.messages(kind=Kind.REMINDER)}
    assert reminders == {"person-1": (State.CANCELLED, "nomination-changed"), "person-2": (State.SENT, None)}


@pytest.mark.parametrize("over", ["cancelled", "started"])
async def test_what_is_over_reminds_nobody(office: Office, over: str) -> None:
    await people(office, 1)
    office.now = D1
    if over == "cancelled":
        await office.hear(enveloped(RunCancelled(**run_facts()), seq=2))
    else:
        office.now = START

    assert await office.reminders.sweep() == 0
    assert await asked(office) == [("D-7", 0, 0), ("D-1", 0, 0)]


async def test_a_run_that_moves_away_reminds_again_in_its_time(office: Office, mail_server: MailServer) -> None:
    await people(office, 1)
    office.now = D7
    await office.reminders.sweep()
    await office.sweep()
    moved = scheduled(revision=1, starts_at=START + timedelta(days=30), ends_at=START + timedelta(days=30, hours=3))
    await office.hear(enveloped(moved, seq=2, occurred_at=D7))
    office.now = D7 + timedelta(days=30)

    assert await office.reminders.sweep() == 1
    assert await counted(office) == {"D-7": 2}


async def test_a_run_that_nobody_knows(office: Office) -> None:
    await office.hear(confirmed())  # a stub of the run, without its facts

    for key in ("run-1", "run-9"):
        with pytest.raises(NotFound):
            await office.reminders.remind(key)
    await office.hear(RUN)
    assert await asked(office) == [("D-7", 0, 0), ("D-1", 0, 0)]
