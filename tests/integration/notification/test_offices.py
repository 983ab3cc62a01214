"""What offices are told in the morning: what waits for their approval, and organisers which units are silent."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notification.composing.storage import FactStore
from services.notification.domain import Kind, Message, State
from shared.clock import BANGKOK
from shared.events.catalogue import RunCancelled, RunClosed, RunOpened
from shared.events.envelope import Envelope
from shared.events.seats import BucketOpened, BucketSeatsChanged, ConfirmedBy, NominationSubmitted, Place, SeatConfirmed
from tests.integration.notification.conftest import Replica, StartReplica
from tests.integration.notification.mail import Mail, MailServer
from tests.integration.notification.test_delivery import registered
from tests.unit.notification.builders import START, TITLE, enveloped, run_fields, scheduled, seat_fields

CLOSES = datetime(2020, 8, 28, 13, 0, tzinfo=BANGKOK)
TUESDAY = datetime(2020, 8, 25, 8, 30, tzinfo=BANGKOK)  # three working days before, and the first of them
WEDNESDAY = TUESDAY + timedelta(days=1)
SECOND = timedelta(seconds=1)
RUN_OF_BUCKET = frozenset(BucketSeatsChanged.model_fields)
UNITS = ("PO-10", "PO-50", "PO-95", "OPS")


def of_run(key: str = "run-1", closes_at: datetime | None = CLOSES, **changes: Any) -> list[Envelope]:
    fields = run_fields(**({"run": key, "organiser": "PERS"} | changes))
    return [
        enveloped(scheduled(**fields, closes_at=closes_at), key),
        enveloped(RunOpened(**fields, units=UNITS, closes_at=closes_at), key, 2),
    ]


def submitted(number: int, unit: str, run: str = "run-1", **step: Any) -> Envelope:
    office = unit.partition(".")[0] if unit.startswith("PO-") else "OPS"
    place = Place(unit=unit, province=None, group=None, region="N")
    fields = seat_fields(nomination=f"n{number}", person=f"p{number}", run=run, bucket_unit=office, place=place)
    return enveloped(NominationSubmitted(**fields, **step), f"{run}:t:{office}", number)


def approved(number: int, unit: str) -> Envelope:
    place = Place(unit=unit, province=None, group=None, region="N")
    fields = seat_fields(nomination=f"n{number}", person=f"p{number}", bucket_unit=unit, place=place)
    event = SeatConfirmed(**fields, before="SUBMITTED", by=ConfirmedBy.APPROVAL)
    return enveloped(event, f"run-1:t:{unit}", 50 + number)


async def told(replica: Replica, now: datetime, kind: Kind) -> list[str]:
    """Whom the loop has told by then, of all that it ever made."""
    replica.now = now
    await replica.reminders.sweep()
    return sorted(message.recipient for message in await replica.messages(kind=kind))


def lines(mail: Mail) -> str:
    return mail.text.replace("\r\n", "\n")


async def only(replica: Replica, kind: Kind) -> Message:
    await replica.sweep()
    return await replica.message(kind=kind)


async def test_approvals_that_wait_are_one_message_a_day_for_each_office(
    replica: Replica, mail_server: MailServer
) -> None:
    await replica.consume(*of_run(), *of_run("run-2", cohort=2, starts_at=START + timedelta(days=9)))
    await replica.consume(
        *(submitted(number, "PO-50.HR") for number in (1, 2)),
        submitted(3, "PO-50"),
        submitted(4, "PO-50.HR", "run-2"),
        submitted(5, "DRI.2"),
        enveloped(registered("PO-50", mailed=True), "PO-50"),
    )

    assert await told(replica, TUESDAY - SECOND, Kind.APPROVALS_WAITING) == []
    assert await told(replica, TUESDAY, Kind.APPROVALS_WAITING) == ["DRI", "PO-50"]
    await replica.consume(submitted(6, "PO-10"))
    assert await told(replica, TUESDAY + timedelta(hours=8), Kind.APPROVALS_WAITING) == ["DRI", "PO-50"]

    await replica.sweep()
    (mail,) = [mail for mail in mail_server.mails if mail.subject == "มีการเสนอชื่อที่รอการอนุมัติของหน่วยงาน"]
    assert mail.to == "po-50@moi.go.th"
    assert f"- {TITLE} (PERS-2563-001 รุ่นที่ 1): 3 ราย\n- {TITLE} (PERS-2563-001 รุ่นที่ 2): 1 ราย\n" in lines(mail)
    assert len(await told(replica, WEDNESDAY, Kind.APPROVALS_WAITING)) == 5


async def test_whoever_approves_is_asked_and_told_until_when(replica: Replica, mail_server: MailServer) -> None:
    await replica.consume(*of_run())
    due = datetime(2020, 8, 27, 0, 0, tzinfo=BANGKOK)
    await replica.consume(
        submitted(1, "PO-50.HR", step="SUPERVISOR", due_at=due),
        submitted(2, "PO-95.HR", step="ORGANISER"),
        submitted(3, "PO-10.HR", step="ORGANISER"),
        enveloped(registered("PO-50", mailed=True), "PO-50"),
    )

    assert await told(replica, TUESDAY, Kind.APPROVALS_WAITING) == ["PERS", "PO-50"]

    await replica.sweep()
    (mail,) = [mail for mail in mail_server.mails if mail.subject == "มีการเสนอชื่อที่รอการอนุมัติของหน่วยงาน"]
    assert mail.to == "po-50@moi.go.th"
    assert f"- {TITLE} (PERS-2563-001 รุ่นที่ 1) โปรดพิจารณาภายในวันพุธที่ 26 สิงหาคม 2563: 1 ราย\n" in lines(mail)


async def test_only_what_can_be_approved_waits(replica: Replica) -> None:
    """Not what was decided, nor that of a run that has begun; a closed intake is not the end."""
    await replica.consume(*of_run(), *of_run("run-2", starts_at=TUESDAY - timedelta(hours=1)))
    await replica.consume(submitted(1, "PO-50"), submitted(2, "PO-10"), submitted(3, "PO-95", "run-2"))
    await replica.consume(approved(2, "PO-10"), enveloped(RunClosed(**run_fields(organiser="PERS")), seq=3))

    assert await told(replica, TUESDAY, Kind.APPROVALS_WAITING) == ["PO-50"]


@pytest.mark.parametrize("days", [4, 5], ids=["Saturday", "Sunday"])
async def test_nobody_is_asked_when_nobody_is_at_the_office(replica: Replica, days: int) -> None:
    await replica.consume(*of_run(), submitted(1, "PO-50"))

    assert await told(replica, TUESDAY + timedelta(days=days), Kind.APPROVALS_WAITING) == []


async def test_a_digest_that_was_not_sent_in_time_is_no_news_the_next_day(replica: Replica) -> None:
    await replica.consume(*of_run(), submitted(1, "PO-50"))
    await told(replica, TUESDAY, Kind.APPROVALS_WAITING)
    replica.now = WEDNESDAY

    message = await only(replica, Kind.APPROVALS_WAITING)

    assert (message.state, message.code) == (State.CANCELLED, "digest-outdated")


async def test_replicas_and_restarts_make_each_once(start_replica: StartReplica) -> None:
    replicas = [await start_replica() for _ in range(3)]
    await replicas[0].consume(*of_run(), *(submitted(number, f"PO-{number}") for number in range(10, 40)))
    for replica in replicas:
        replica.now = TUESDAY

    await asyncio.gather(*(replica.reminders.sweep() for replica in replicas))
    later = await start_replica()
    await later.consume(submitted(50, "PO-50"))

    assert await told(later, TUESDAY + timedelta(hours=3), Kind.APPROVALS_WAITING) == [f"PO-{n}" for n in range(10, 40)]
    assert await told(later, TUESDAY + timedelta(hours=3), Kind.NOMINATIONS_MISSING) == ["PERS"]


async def test_the_organiser_is_told_which_units_are_silent(replica: Replica, mail_server: MailServer) -> None:
    await replica.consume(*of_run(), submitted(1, "PO-50.HR"), submitted(2, "DRI.2"))
    await replica.consume(*(enveloped(registered(unit, mailed=True), unit) for unit in ("PERS", "PO-10")))

    assert await told(replica, TUESDAY - SECOND, Kind.NOMINATIONS_MISSING) == []
    assert await told(replica, TUESDAY, Kind.NOMINATIONS_MISSING) == ["PERS"]
    assert await told(replica, WEDNESDAY, Kind.NOMINATIONS_MISSING) == ["PERS"]

    assert (await only(replica, Kind.NOMINATIONS_MISSING)).state == State.SENT
    (mail,) = [mail for mail in mail_server.mails if mail.to == "pers@moi.go.th"]
    assert mail.subject == f"หน่วยงานที่ยังไม่เสนอชื่อ: {TITLE}"
    assert "จำนวน 2 หน่วยงาน ดังนี้\n- หน่วยงาน PO-10\n- PO-95\n" in lines(mail)


def given_since(*units: str, seats: int = 1) -> list[Envelope]:
    """Buckets that an open run has got: opened without seats, and then given some."""
    made = []
    for unit in units:
        place = Place(unit=unit, province=None, group=None, region="N")
        fields = {name: value for name, value in seat_fields(bucket_unit=unit).items() if name in RUN_OF_BUCKET}
        for seq, event in (
            (1, BucketOpened(**fields, seats=0, place=place)),
            (2, BucketSeatsChanged(**fields, seats=seats, before=0)),
        ):
            made.append(enveloped(event, f"run-1:t:{unit}", seq))
    return made


async def test_a_unit_that_gets_its_first_seats_later_is_asked_reminded_and_told_of_the_end(replica: Replica) -> None:
    await replica.consume(*of_run(), submitted(1, "PO-50.HR"))
    await replica.consume(*given_since("PO-51", "PO-52"), *given_since("PO"), *given_since("PO-53", seats=0))

    asked = await replica.messages(kind=Kind.SEAT_OPEN)
    assert sorted(message.recipient for message in asked) == ["PO", "PO-51", "PO-52"]
    await replica.consume(submitted(2, "PO-52"))
    facts = FactStore(replica.store, lambda: replica.generation)
    assert await facts.silent("run-1", UNITS) == ["PO-10", "PO-95", "OPS", "PO-51"]
    await replica.consume(enveloped(RunCancelled(**run_fields(organiser="PERS")), seq=3))
    ended = await replica.messages(kind=Kind.RUN_CANCELLED)
    assert sorted(message.recipient for message in ended) == sorted([*UNITS, "PO-51", "PO-52"])


async def test_without_a_deadline_nominations_end_when_the_run_starts(
    replica: Replica, mail_server: MailServer
) -> None:
    """Also of one that had a deadline and has none any more, and by the clock of each run."""
    years = round(timedelta(days=365).total_seconds())
    await replica.consume(*of_run(closes_at=None), *of_run("run-2", closes_at=None, offset_seconds=-years))
    await replica.consume(enveloped(registered("PERS", mailed=True), "PERS"))

    assert await told(replica, WEDNESDAY - SECOND, Kind.NOMINATIONS_MISSING) == []
    assert await told(replica, WEDNESDAY, Kind.NOMINATIONS_MISSING) == ["PERS"]
    assert (await only(replica, Kind.NOMINATIONS_MISSING)).state == State.SENT
    (mail,) = [mail for mail in mail_server.mails if mail.to == "pers@moi.go.th"]
    assert "(วันจันทร์ที่ 31 สิงหาคม 2563)" in lines(mail)
    assert await told(replica, WEDNESDAY + timedelta(seconds=years), Kind.NOMINATIONS_MISSING) == ["PERS", "PERS"]


async def test_a_deadline_that_moves_is_another_one(replica: Replica) -> None:
    await replica.consume(*of_run())
    await told(replica, TUESDAY, Kind.NOMINATIONS_MISSING)
    moved = scheduled(**run_fields(organiser="PERS"), revision=1, closes_at=CLOSES + timedelta(days=1))
    await replica.consume(enveloped(moved, seq=3))

    assert await told(replica, WEDNESDAY - SECOND, Kind.NOMINATIONS_MISSING) == ["PERS"]
    await replica.sweep()
    codes = {message.code for message in await replica.messages(kind=Kind.NOMINATIONS_MISSING)}
    assert codes == {"deadline-changed"}
    assert await told(replica, WEDNESDAY, Kind.NOMINATIONS_MISSING) == ["PERS", "PERS"]


@pytest.mark.parametrize("case", ["nobody is silent", "no organiser", "opened after it"])
async def test_when_the_organiser_learns_nothing(replica: Replica, case: str) -> None:
    opening, opened = of_run(organiser=None) if case == "no organiser" else of_run()
    if case == "opened after it":
        opened = enveloped(opened.event, "run-1", 2, TUESDAY + SECOND)  # type: ignore[arg-type]
    await replica.consume(opening, opened)
    if case == "nobody is silent":
        await replica.consume(*(submitted(number, unit) for number, unit in enumerate(UNITS, 1)))

    await told(replica, TUESDAY + timedelta(minutes=1), Kind.NOMINATIONS_MISSING)
    await replica.sweep()

    codes = [message.code for message in await replica.messages(kind=Kind.NOMINATIONS_MISSING)]
    assert codes == (["all-nominated"] if case == "nobody is silent" else [])
