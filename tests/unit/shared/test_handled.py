"""The stored list of handled types: canonical, and compared in the direction that matters."""

from shared.events.directory import ContactChanged, PersonMoved, PersonRegistered
from shared.messaging.handled import handled_types, never_folded


def test_the_list_does_not_depend_on_the_order_of_the_table() -> None:
    expected = ["enrolment.person-moved.v1", "enrolment.person-registered.v1"]
    assert handled_types([PersonRegistered, PersonMoved, PersonRegistered]) == expected
    assert handled_types({PersonMoved: None, PersonRegistered: None}.keys()) == expected
    assert handled_types([]) == []


def test_a_type_that_is_new_was_never_folded() -> None:
    stored = handled_types([PersonMoved, PersonRegistered])
    assert never_folded(stored, [ContactChanged, PersonMoved, PersonRegistered]) == [ContactChanged.type]
    assert never_folded(stored, [PersonRegistered, PersonMoved]) == []


def test_a_type_that_is_no_longer_handled_does_no_harm() -> None:
    assert never_folded(handled_types([PersonMoved, PersonRegistered]), [PersonMoved]) == []


def test_a_generation_without_a_list_has_seen_what_nobody_knows() -> None:
    assert never_folded(None, [PersonMoved]) == [PersonMoved.type]
    assert never_folded([], [PersonMoved]) == [PersonMoved.type]
