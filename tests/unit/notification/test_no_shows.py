"""Whoever was missing when a session was closed is told once in a run, and so is the office."""

import pytest

from pattana.audit.asked import FOLLOWED, messages_for
from pattana.audit.effects import BY_CAUSE
from services.notification.domain import Kind
from services.notification.reacting import ReactionBatch
from shared.events.attendance import AttendanceRecorded, PersonMark, Presence, Via
from tests.unit.notification.builders import CHIANG_MAI, NOW, enveloped
from tests.unit.notification.test_handlers import notified, reacted


def person(number: int, presence: Presence = Presence.ABSENT, missed: int = 1) -> PersonMark:
    return PersonMark(
        nomination=f"n{number}",
        person=f"person-{number}",
        target="t",
        bucket_unit="PO-50",
        place=CHIANG_MAI,
        presence=presence,
        minutes=0,
        held=180,
        times=0,
        missed=missed,
    )


def recorded(*marks: PersonMark, via: Via = Via.CLOSE) -> AttendanceRecorded:
    return AttendanceRecorded(programme="p", run="run-1", fiscal_year=2563, session=1, via=via, marks=marks)


def test_the_missing_are_told_and_their_office_once() -> None:
    batch = reacted(enveloped(recorded(person(1), person(2)), "attendance:run-1"))
    kinds = [Kind.NO_SHOW, Kind.NO_SHOW, Kind.NO_SHOWS_OF_OFFICE]
    assert sorted(kind for kind, _ in notified(batch)) == kinds
    assert {whom for _, whom in notified(batch)} == {"person-1", "person-2", "PO-50"}


@pytest.mark.parametrize(
    "event",
    [
        recorded(person(1, missed=2)),  # it was told when the first one was missed
        recorded(person(1, Presence.EXCUSED), via=Via.LIST),
        recorded(person(1), via=Via.CORRECTION),
    ],
)
def test_nobody_else_is_told(event: AttendanceRecorded) -> None:
    assert notified(reacted(enveloped(event, "attendance:run-1"))) == []


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = ReactionBatch(NOW, silent=True)
    assert notified(reacted(enveloped(recorded(person(1)), "attendance:run-1"), batch=batch)) == []


def test_who_was_told_is_not_told_again_after_a_correction() -> None:
    """What was missed first was put right, so the next absence is the first one again."""
    absent = recorded(person(1))
    corrected = recorded(person(1, Presence.PRESENT, missed=0), via=Via.CORRECTION)
    events = (absent, corrected, absent.model_copy(update={"session": 2}))
    envelopes = [enveloped(event, "attendance:run-1", seq) for seq, event in enumerate(events, start=1)]
    made = reacted(*envelopes).messages
    assert {(message.kind, message.causation) for message in made.values()} == {
        (Kind.NO_SHOW, envelopes[0].id),
        (Kind.NO_SHOWS_OF_OFFICE, envelopes[0].id),
    }
    for envelope, owes in zip(envelopes, (1, 0, 1), strict=True):
        assert envelope.event is not None
        owed = [key for key, _ in messages_for(envelope.subject, envelope.sequence, envelope.event)]
        assert (len(owed), set(owed) <= set(made)) == (owes, True)
    assert Kind.NO_SHOW in FOLLOWED & BY_CAUSE
