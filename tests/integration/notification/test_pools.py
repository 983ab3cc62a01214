"""Seats of all provincial offices together: every office is told of them, and none is silent that has used them."""

from services.notification.composing.storage import FactStore
from services.notification.domain import ChannelName, Kind, State
from services.notification.queries import Queries, inbox_of
from shared.events.catalogue import RunOpened
from shared.events.envelope import Envelope
from shared.events.seats import BucketOpened, BucketSeatsChanged, NominationSubmitted, Place
from shared.pages import PageRequest
from shared.rights import Permission, Principal, Role
from tests.integration.notification.conftest import Replica
from tests.integration.notification.test_offices import CLOSES, TUESDAY, of_run, told
from tests.unit.notification.builders import enveloped, run_fields, scheduled, seat_fields

POOL = Place(unit="PO", province=None, group=None, region="ALL")


def of_pool(seq: int, unit: str) -> Envelope:
    place = Place(unit=unit, province=None, group=None, region="N")
    fields = seat_fields(nomination=f"n{seq}", person=f"p{seq}", bucket_unit="PO", place=place)
    return enveloped(NominationSubmitted(**fields), "run-1:t:PO", seq)


def seats_of_pool(seq: int, **seats: int) -> Envelope:
    known = seat_fields(bucket_unit="PO").items()
    fields = {name: value for name, value in known if name in BucketSeatsChanged.model_fields}
    event = BucketSeatsChanged(**fields, **seats) if seq > 1 else BucketOpened(**fields, **seats, place=POOL)
    return enveloped(event, "run-1:t:PO", seq)


async def inbox(replica: Replica, unit: str) -> list[str]:
    """The units that the messages in this officer's inbox are sent to."""
    officer = Principal("officer", frozenset({Role.PROVINCIAL_HR}), unit)
    messages, _ = await Queries(replica.store).page(
        inbox_of(officer, officer.scope(Permission.INBOX_READ)), PageRequest(10, None)
    )
    return sorted(message.recipient for message in messages)


async def test_an_office_that_uses_the_pool_is_not_silent(replica: Replica) -> None:
    await replica.consume(*of_run(), of_pool(1, "PO-50.HR"), of_pool(2, "PO-95"))

    assert await told(replica, TUESDAY, Kind.NOMINATIONS_MISSING) == ["PERS"]
    facts = FactStore(replica.store, lambda: replica.generation)
    assert await facts.silent("run-1", ("PO-10", "PO-50", "PO-95", "PO-9", "OPS")) == ["PO-10", "PO-9", "OPS"]


async def test_open_seats_of_the_pool_are_in_the_inbox_of_every_office(replica: Replica) -> None:
    fields = run_fields()
    opened = RunOpened(**fields, units=(), closes_at=CLOSES)
    await replica.consume(enveloped(scheduled(closes_at=CLOSES)), enveloped(opened, seq=2))
    await replica.consume(seats_of_pool(1, seats=1), seats_of_pool(2, seats=3, before=1))
    replica.later(seconds=10)
    await replica.sweep()

    message = await replica.message(kind=Kind.SEAT_OPEN)
    assert (message.recipient, message.state, message.channel) == ("PO", State.SENT, ChannelName.INBOX)
    assert [await inbox(replica, unit) for unit in ("PO-50", "PO-95.HR")] == [["PO"], ["PO"]]
    assert await inbox(replica, "PERS") == []
