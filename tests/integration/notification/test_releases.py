"""Units are told that free seats are going to be released, and what has come of it."""

from datetime import datetime, timedelta
from typing import Any

from services.notification.domain import Kind, State
from shared.clock import BANGKOK
from shared.events.catalogue import RunOpened
from shared.events.envelope import Envelope
from shared.events.seats import BucketOpened, BucketSeatsChanged, Place, SeatsChangedBecause
from tests.integration.notification.conftest import Replica
from tests.integration.notification.mail import MailServer
from tests.integration.notification.test_delivery import registered
from tests.integration.notification.test_offices import approved, told
from tests.unit.notification.builders import enveloped, run_fields, scheduled, seat_fields

RELEASE = datetime(2020, 8, 17, tzinfo=BANGKOK)
TOLD = datetime(2020, 8, 7, 8, 30, tzinfo=BANGKOK)
SECOND = timedelta(seconds=1)


def of_run(release_at: datetime = RELEASE) -> list[Envelope]:
    fields = run_fields(release_at=release_at)
    return [
        enveloped(scheduled(**fields), "run-1"),
        enveloped(RunOpened(**fields, units=("PO-50", "PO-95")), "run-1", 2),
    ]


def bucket(unit: str, seats: int) -> Envelope:
    place = Place(unit=unit, province=None, group=None, region="N")
    return enveloped(BucketOpened(**_fields(unit), seats=seats, place=place), f"run-1:t:{unit}", 1)


def released(unit: str, seats: int, before: int, **more: Any) -> Envelope:
    fields = {**_fields(unit), "seats": seats, "before": before, "because": SeatsChangedBecause.RELEASED, **more}
    return enveloped(BucketSeatsChanged(**fields), f"run-1:t:{unit}", 2)


def _fields(unit: str) -> dict[str, Any]:
    of_people = {"nomination", "person", "rank", "place"}
    return {key: one for key, one in seat_fields(bucket_unit=unit).items() if key not in of_people}


async def test_units_with_free_seats_are_told_five_working_days_before(
    replica: Replica, mail_server: MailServer
) -> None:
    await replica.consume(*of_run(), bucket("PO-50", 2), bucket("PO-95", 1), bucket("PO", 9), approved(1, "PO-95"))
    await replica.consume(enveloped(registered("PO-50", mailed=True), "PO-50"))
    assert await told(replica, TOLD - SECOND, Kind.RELEASE_AHEAD) == []
    assert await told(replica, TOLD, Kind.RELEASE_AHEAD) == ["PO-50", "PO-95"]
    assert await told(replica, TOLD + timedelta(days=3), Kind.RELEASE_AHEAD) == ["PO-50", "PO-95"], "once"
    await replica.sweep()
    states = {one.recipient: (one.state, one.code) for one in await replica.messages(kind=Kind.RELEASE_AHEAD)}
    assert states == {"PO-50": (State.SENT, None), "PO-95": (State.CANCELLED, "seat-taken")}
    (mail,) = [mail for mail in mail_server.mails if "จะถูกนำกลับ" in mail.subject]
    assert mail.to == "po-50@moi.go.th"
    assert "จำนวน 2 ที่นั่ง" in mail.text
    assert "17 สิงหาคม 2563" in mail.text


async def test_what_has_come_of_it_is_told_once_with_all_of_it(replica: Replica, mail_server: MailServer) -> None:
    await replica.consume(*of_run(), bucket("PO-50", 2), bucket("PO-95", 1), bucket("PO", 0))
    await replica.consume(*(enveloped(registered(unit, mailed=True), unit) for unit in ("PO-50", "PO-95")))
    await replica.consume(
        released("PO-50", 0, 2, released=2), released("PO", 1, 0), released("PO-95", 2, 1, received=1)
    )
    replica.now += timedelta(minutes=2)
    await replica.sweep()
    texts = {mail.to: mail.text for mail in mail_server.mails if "ผลการคืนที่นั่ง" in mail.subject}
    assert "ถูกนำกลับเป็นส่วนรวม จำนวน 2 ที่นั่ง" in texts["po-50@moi.go.th"]
    assert "ได้รับเพิ่มสำหรับผู้ที่รออยู่ในบัญชีสำรอง จำนวน 1 ที่นั่ง" in texts["po-95@moi.go.th"]
    assert sorted(one.recipient for one in await replica.messages(kind=Kind.SEATS_RELEASED)) == ["PO-50", "PO-95"]
