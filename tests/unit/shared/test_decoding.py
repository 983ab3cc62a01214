"""What a record is to one consumer: whose fate it shares when it is parked, and whether its aggregate is followed."""

from collections.abc import Mapping

import pytest

from services.notification.reacting import HANDLERS as NOTIFICATION
from services.reporting.projecting.handlers import HANDLERS as REPORTING
from shared.events.catalogue import ProgrammeCreated, RunClockSet, RunOpened
from shared.events.directory import ContactChanged, PersonMoved, PersonRegistered, UnitRegistered
from shared.events.envelope import Event
from shared.events.registry import EVENTS
from shared.events.seats import BucketOpened, SeatConfirmed
from shared.events.topics import CONTACTS, MESSAGES
from shared.messaging.consumer import topics_of, unfollowed
from shared.messaging.decoding import MOST_NAMES, EventDecoder
from shared.messaging.sequence import ANY_TYPE, Received
from tests.support.events import moved, outgoing, record_at, types, wire

BROKEN = b"{ not an event"


def decoded(*handled: type[Event], name: str = PersonMoved.type, seq: int = 1, value: bytes | None = None) -> Received:
    body, headers = wire(outgoing(moved("a"), seq))
    body = (body or b"").replace(PersonMoved.type.encode(), name.encode()) if value is None else value
    place = (PersonMoved.topic, 0, 0)
    return EventDecoder(types(*handled), "").record(record_at(place, body, {**headers, "ce_type": name.encode()}))


def test_kinds_of_aggregates() -> None:
    kinds = {event: event.kind_of_aggregate() for event in EVENTS.values()}
    assert (kinds[PersonMoved], kinds[UnitRegistered], kinds[ContactChanged]) == ("person", "unit", "contact")
    assert (kinds[ProgrammeCreated], kinds[RunOpened], kinds[RunClockSet]) == ("programme", "run", "run")
    assert (kinds[BucketOpened], kinds[SeatConfirmed]) == ("bucket", "bucket")


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.type)
def test_an_aggregate_that_is_not_the_key_has_a_kind_of_its_own(event: type[Event]) -> None:
    assert (event.aggregate is Event.aggregate) is (event.aggregate_kind is None)


def test_what_is_quiet_is_handled_by_no_service() -> None:
    """Its positions are not given out, so who handles it could not wait for it."""
    handled = {event.kind_of_aggregate() for event in (*REPORTING, *NOTIFICATION)}
    assert {event.kind_of_aggregate() for event in EVENTS.values() if event.quiet}.isdisjoint(handled)


def test_contacts_are_waited_for_only_where_they_come() -> None:
    """Whoever has erased somebody may ask a report `after` that."""
    assert (unfollowed(REPORTING), unfollowed(NOTIFICATION)) == (("contact:",), ())


@pytest.mark.parametrize("handlers", [REPORTING, NOTIFICATION], ids=["reporting", "notification"])
def test_every_position_that_a_command_may_give_comes_to_every_service(handlers: Mapping[type[Event], object]) -> None:
    """A caller takes it to either service, and would wait there in vain."""
    given = {event.topic for event in EVENTS.values() if not event.quiet}
    given -= {CONTACTS.name, MESSAGES.name}  # of contacts receipts are given; no command sends a message
    assert given <= set(topics_of(handlers))


@pytest.mark.parametrize(
    ("handled", "name", "seq", "begins"),
    [
        (PersonMoved, PersonMoved.type, 7, True),
        (PersonRegistered, PersonMoved.type, 7, True),  # the same kind, though not the type
        (UnitRegistered, PersonMoved.type, 1, False),
        (UnitRegistered, PersonMoved.type, 7, False),
        (UnitRegistered, "enrolment.person-moved.v2", 1, False),  # a later major of a fact that is known
        (PersonMoved, "enrolment.person-promoted.v1", 1, True),  # of a later release: it may be of a kind that matters
        (PersonMoved, "enrolment.person-promoted.v1", 7, False),
    ],
)
def test_who_may_begin(handled: type[Event], name: str, seq: int, begins: bool) -> None:
    assert decoded(handled, name=name, seq=seq).begins is begins
    assert decoded(handled, name=name, seq=seq, value=BROKEN).begins is begins


@pytest.mark.parametrize("value", [None, BROKEN])
def test_the_type_that_counts(value: bytes | None) -> None:
    assert decoded(PersonMoved, value=value).type == PersonMoved.type
    assert decoded(PersonMoved, name="enrolment.person-moved.v2", value=value).type == PersonMoved.type
    assert decoded(PersonMoved, name="enrolment.person-promoted.v1", value=value).type == ANY_TYPE


def test_made_up_names_do_not_fill_the_memory() -> None:
    decoder = EventDecoder(types(PersonMoved), "")
    for number in range(MOST_NAMES + 10):
        headers: dict[str, bytes | None] = {"ce_type": f"x.y-{number}.v1".encode()}
        assert decoder.record(record_at((PersonMoved.topic, 0, number), BROKEN, headers)).type == ANY_TYPE
    assert len(decoder._natures) == MOST_NAMES
