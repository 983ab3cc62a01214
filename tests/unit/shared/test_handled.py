"""The stored list of handled types is canonical."""

from shared.events.directory import PersonMoved, PersonRegistered
from shared.messaging.handled import handled_types


def test_the_list_does_not_depend_on_the_order_of_the_table() -> None:
    expected = ["enrolment.person-moved.v1", "enrolment.person-registered.v1"]
    assert handled_types([PersonRegistered, PersonMoved, PersonRegistered]) == expected
    assert handled_types({PersonMoved: None, PersonRegistered: None}.keys()) == expected
    assert handled_types([]) == []
