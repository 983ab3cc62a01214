"""Whoever did not come is told once in a run, and the office too, whatever is put right in between: this service hears
nothing of that, only that somebody is missing for the first time once more."""

from datetime import timedelta

from services.notification.domain import Kind
from shared.events.envelope import Envelope
from tests.integration.notification.conftest import Replica
from tests.unit.notification.builders import enveloped
from tests.unit.notification.test_no_shows import person, recorded

LATER = timedelta(minutes=5)  # than what is told together


def closed(seq: int, *numbers: int) -> Envelope:
    return enveloped(recorded(*(person(number) for number in numbers)), "attendance:run-1", seq)


async def told(replica: Replica, kind: Kind) -> list[str]:
    return sorted(message.recipient for message in await replica.messages(kind=kind))


async def test_nobody_is_told_again_after_a_correction_nor_is_the_office(replica: Replica) -> None:
    await replica.consume(closed(1, 1))
    replica.now += LATER
    await replica.consume(closed(3, 1))

    assert await told(replica, Kind.NO_SHOW) == ["person-1"]
    assert await told(replica, Kind.NO_SHOWS_OF_OFFICE) == ["PO-50"]


async def test_the_office_hears_of_somebody_else_who_did_not_come(replica: Replica) -> None:
    await replica.consume(closed(1, 1))
    replica.now += LATER
    await replica.consume(closed(3, 1, 2))

    assert await told(replica, Kind.NO_SHOW) == ["person-1", "person-2"]
    assert await told(replica, Kind.NO_SHOWS_OF_OFFICE) == ["PO-50", "PO-50"]
