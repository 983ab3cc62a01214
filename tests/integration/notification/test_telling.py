"""What is told of a change: once, to whom it is news, and with what changed since the recipient was last told."""

from datetime import timedelta
from typing import Any

import pytest

from services.notification.domain import Kind, State
from shared.events.catalogue import RunClosed, RunOpened, RunReopened
from shared.events.envelope import Envelope
from shared.events.seats import (
    BucketOpened,
    BucketSeatsChanged,
    ConfirmedBy,
    NominationState,
    NominationWithdrawn,
    SeatConfirmed,
    WithdrawnBecause,
)
from tests.integration.notification.conftest import Replica, StartReplica
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import RUN, people, registered, withdrawn
from tests.unit.notification.builders import CHIANG_MAI, START, VENUE, enveloped, run_fields, scheduled, seat_fields

MONDAY, TUESDAY, WEDNESDAY = (
    f"วัน{day} {of} 2563" for day, of in (("จันทร์ที่ 31", "สิงหาคม"), ("อังคารที่ 1", "กันยายน"), ("พุธที่ 2", "กันยายน"))
)


def revised(revision: int, days: int = 0, **changes: Any) -> Envelope:
    """The run with so many days later than at first."""
    times = {"starts_at": START + timedelta(days=days), "ends_at": START + timedelta(days=days, hours=3)}
    return enveloped(scheduled(revision=revision, **(times | changes)), seq=revision + 1)


async def told(replica: Replica, mail_server: MailServer, *events: Envelope) -> list[str]:
    """The first lines of the mails that follow."""
    before = len(mail_server.mails)
    for event in events:
        await replica.consume(event)
    await replica.sweep()
    return [mail.text.splitlines()[0] for mail in mail_server.mails[before:]]


async def test_only_what_is_news_is_told(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 2)
    await replica.sweep()

    assert await told(replica, mail_server, revised(1, capacity=120)) == []
    assert (
        await told(replica, mail_server, revised(2, days=1, capacity=120))
        == [f"เปลี่ยนวันจัดอบรม: เดิม {MONDAY} เป็น {TUESDAY}"] * 2
    )
    assert mail_server.mails[-1].entries[0][2] == 4


async def test_another_province_alone_is_another_place(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.sweep()

    lines = await told(replica, mail_server, revised(1, venue=VENUE.model_copy(update={"province_code": "50"})))

    here = "โรงแรมเอสดี อเวนิว เขตบางพลัด"
    assert lines == [f"เปลี่ยนสถานที่: เดิม {here} กรุงเทพมหานคร เป็น {here} จังหวัดเชียงใหม่"]
    assert mail_server.mails[-1].subject.startswith("แจ้งเปลี่ยนสถานที่")


async def test_of_two_changes_the_last_is_told_with_all_that_is_new(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.sweep()

    lines = await told(replica, mail_server, revised(1, days=1), revised(2, days=2), revised(3, days=2, capacity=9))
    later = await told(replica, mail_server, revised(4, days=1))

    assert lines == [f"เปลี่ยนวันจัดอบรม: เดิม {MONDAY} เป็น {WEDNESDAY}"]
    assert later == [f"เปลี่ยนวันจัดอบรม: เดิม {WEDNESDAY} เป็น {TUESDAY}"]


async def test_a_change_that_is_taken_back_in_time_is_no_news(replica: Replica, mail_server: MailServer) -> None:
    await people(replica, 1)
    await replica.sweep()

    assert await told(replica, mail_server, revised(1, days=1), revised(2)) == []
    codes = {message.code for message in await replica.messages(kind=Kind.RUN_RESCHEDULED)}
    assert codes == {"nothing-changed"}


async def test_who_learns_of_the_seat_and_its_new_day_at_once_needs_no_news(
    start_replica: StartReplica, mail_server: MailServer
) -> None:
    replica = await start_replica(delivery_workers=1)
    await people(replica, 1)

    assert len(await told(replica, mail_server, revised(1, days=1))) == 1
    (mail,) = mail_server.mails
    assert TUESDAY in mail.text
    assert mail.subject.startswith("ยืนยันสิทธิ์")


async def test_who_was_never_told_anything_learns_what_the_last_change_was(
    replica: Replica, mail_server: MailServer
) -> None:
    """People told by an earlier release, and those whose nomination is not decided yet."""
    await people(replica, 1)
    await replica.sweep()
    await replica.store["told"].delete_many({})

    assert await told(replica, mail_server, revised(1, days=1)) == [f"เปลี่ยนวันจัดอบรม: เดิม {MONDAY} เป็น {TUESDAY}"]


def of_bucket(seats: int, before: int | None = None) -> Envelope:
    fields = {
        key: value for key, value in seat_fields(bucket_unit="PO-1").items() if key not in {"nomination", "person"}
    }
    del fields["rank"], fields["place"]
    if before is None:
        return enveloped(BucketOpened(**fields, seats=seats, place=CHIANG_MAI), "run-1:t:PO-1", 1)
    return enveloped(BucketSeatsChanged(**fields, seats=seats, before=before), "run-1:t:PO-1", 9)


def nominated(number: int) -> Envelope:
    fields = seat_fields(nomination=f"n{number}", person=f"p{number}", bucket_unit="PO-1")
    return enveloped(SeatConfirmed(**fields, before=None, by=ConfirmedBy.NOMINATION), "run-1:t:PO-1", 20 + number)


async def opened(replica: Replica, seats: int) -> None:
    opening = RunOpened(**run_fields(), units=("PO-1",), closes_at=START - timedelta(days=3))
    await replica.consume(RUN, enveloped(opening, seq=2), of_bucket(seats))
    await replica.consume(enveloped(registered("PO-1", mailed=True), "PO-1"))
    await people(replica, 1)
    await replica.sweep()


@pytest.mark.parametrize("events", [[withdrawn()], [of_bucket(2, before=1)]], ids=["withdrawn", "raised"])
async def test_an_office_is_told_of_an_open_seat_a_little_later(
    replica: Replica, mail_server: MailServer, events: list[Envelope]
) -> None:
    await opened(replica, seats=1)
    await replica.consume(*events)
    await replica.sweep()
    assert await replica.messages(kind=Kind.SEAT_OPEN, state=State.SENT) == []

    replica.later(seconds=5)
    await replica.sweep()

    assert (await replica.message(kind=Kind.SEAT_OPEN)).state == State.SENT
    mail = mail_server.mails[-1]
    assert (mail.to, mail.subject.split(":")[0]) == ("po-1@moi.go.th", "มีที่นั่งว่างให้เสนอชื่อเพิ่มเติม")
    assert "มีที่นั่งว่าง 1 ที่นั่ง" in mail.text
    assert "ภายในวันศุกร์ที่ 28 สิงหาคม 2563" in mail.text


async def test_an_office_hears_of_erasures_in_one_mail_that_names_nobody(
    replica: Replica, mail_server: MailServer
) -> None:
    """One waited and one had a seat, which the next has got: no seat is open."""
    await opened(replica, seats=1)
    place = CHIANG_MAI.model_copy(update={"unit": "PO-1.HR"})
    of_two = [seat_fields(nomination=f"n{n}", person=f"p{n}", bucket_unit="PO-1", place=place) for n in (1, 2)]
    befores = (NominationState.CONFIRMED, NominationState.WAITLISTED)
    gone = [
        NominationWithdrawn(**fields, before=before, because=WithdrawnBecause.ERASED)
        for fields, before in zip(of_two, befores, strict=True)
    ]
    third = seat_fields(nomination="n3", person="p3", bucket_unit="PO-1", place=place)
    next_one = SeatConfirmed(**third, before="WAITLISTED", by=ConfirmedBy.PROMOTION)
    facts = (gone[0], next_one, gone[1])
    await replica.consume(*(enveloped(fact, "run-1:t:PO-1", seq) for seq, fact in enumerate(facts, 31)))
    replica.later(seconds=5)
    await replica.sweep()

    assert (await replica.message(kind=Kind.NOMINATIONS_ERASED)).state == State.SENT
    assert await replica.messages(kind=Kind.SEAT_OPEN) == []
    mail = mail_server.mails[-1]
    assert (mail.to, mail.subject.split(":")[0]) == (
        "po-1@moi.go.th",
        "มีการเสนอชื่อของหน่วยงานที่สิ้นสุดลงเนื่องจากการลบข้อมูลส่วนบุคคล",
    )
    assert not any(one in mail.text for one in ("p1", "p2", "n1", "n2"))


async def test_what_waits_to_be_told_outlives_the_process(
    replica: Replica, start_replica: StartReplica, mail_server: MailServer
) -> None:
    await opened(replica, seats=1)
    await replica.consume(withdrawn())
    del replica  # nobody says goodbye to it
    next_one = await start_replica()
    next_one.later(seconds=5)
    await next_one.sweep()
    assert any("มีที่นั่งว่าง 1 ที่นั่ง" in mail.text for mail in mail_server.mails)


async def test_a_seat_whose_batch_was_stored_after_its_seconds_is_told_in_the_next(
    replica: Replica, mail_server: MailServer
) -> None:
    """Of three batches of the same seconds the second is in time; the third when the message was sent."""
    await opened(replica, seats=1)
    await replica.consume(withdrawn())
    await replica.consume(of_bucket(2, before=1))
    (waiting,) = await replica.messages(kind=Kind.SEAT_OPEN)
    assert waiting.causation == of_bucket(2, before=1).id
    await replica.sweep()  # so that the person has had the mail about the withdrawal
    replica.later(seconds=5)
    await replica.sweep()
    assert "มีที่นั่งว่าง 2 ที่นั่ง" in mail_server.mails[-1].text
    sent = len(mail_server.mails)

    replica.later(seconds=-1)
    await replica.consume(of_bucket(4, before=2))
    await replica.sweep()
    assert len(mail_server.mails) == sent
    replica.later(seconds=6)
    await replica.sweep()

    assert len(mail_server.mails) == sent + 1
    assert "มีที่นั่งว่าง 4 ที่นั่ง" in mail_server.mails[-1].text
    assert [message.state for message in await replica.messages(kind=Kind.SEAT_OPEN)] == [State.SENT] * 2


@pytest.mark.parametrize(
    ("event", "days", "code"),
    [(nominated(2), 0, "seat-taken"), (None, 28, "nominations-closed")],
    ids=["taken", "too late"],
)
async def test_a_seat_that_is_taken_or_comes_too_late_is_no_news(
    replica: Replica, event: Envelope | None, days: int, code: str
) -> None:
    await opened(replica, seats=1)
    await replica.consume(withdrawn(), *([event] if event is not None else []))

    replica.later(days=days, seconds=5)
    await replica.sweep()

    message = await replica.message(kind=Kind.SEAT_OPEN)
    assert (message.state, message.code) == (State.CANCELLED, code)


@pytest.mark.parametrize(("seats", "outcome"), [(2, None), (1, "seat-taken")], ids=["open", "taken"])
async def test_when_nominations_are_taken_again_an_office_with_open_seats_is_asked_once(
    replica: Replica, mail_server: MailServer, seats: int, outcome: str | None
) -> None:
    await opened(replica, seats=seats)
    before = len(mail_server.mails)
    again = RunReopened(**run_fields(), units=("PO-1",), closes_at=START - timedelta(days=3))
    reopened = enveloped(again, seq=4)
    await replica.consume(enveloped(RunClosed(**run_fields()), seq=3), reopened, reopened)

    await replica.sweep()

    message = await replica.message(kind=Kind.NOMINATIONS_REOPENED)
    assert message.code == outcome
    subjects = [(mail.to, mail.subject.split(":")[0]) for mail in mail_server.mails[before:]]
    assert subjects == ([("po-1@moi.go.th", "เปิดรับการเสนอชื่ออีกครั้ง")] if outcome is None else [])
