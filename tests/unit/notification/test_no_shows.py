"""Whoever was missing when a session was closed is told once in a run; the office too, and what was put right."""

from itertools import product

import pytest

from pattana.audit.asked import FOLLOWED, messages_for
from pattana.audit.effects import BY_CAUSE
from services.notification.domain import STEPS, Absence, Kind, Known, State, Turn
from services.notification.reacting import ReactionBatch
from shared.events.attendance import AttendanceCorrected, AttendanceRecorded, PersonMark, Presence, Via
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


def corrected(*marks: PersonMark) -> AttendanceCorrected:
    return AttendanceCorrected(**dict(recorded(*marks, via=Via.CORRECTION)))


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
        corrected(person(1)),
        corrected(person(1, Presence.PRESENT, missed=0)),
    ],
)
def test_nobody_else_is_told(event: AttendanceRecorded | AttendanceCorrected) -> None:
    assert notified(reacted(enveloped(event, "attendance:run-1"))) == []


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = ReactionBatch(NOW, silent=True)
    assert notified(reacted(enveloped(recorded(person(1)), "attendance:run-1"), batch=batch)) == []


def test_who_was_told_is_not_told_again_after_a_correction() -> None:
    """What was missed first was put right, so the next absence is the first one again."""
    absent = recorded(person(1))
    events = (absent, corrected(person(1, Presence.PRESENT, missed=0)), absent.model_copy(update={"session": 2}))
    envelopes = [enveloped(event, "attendance:run-1", seq) for seq, event in enumerate(events, start=1)]
    made = reacted(*envelopes).messages
    assert [message.causation for message in made.values() if message.kind is Kind.NO_SHOW] == [envelopes[0].id]
    for envelope, owes in zip(envelopes, (1, 0, 1), strict=True):
        assert envelope.event is not None
        owed = [key for key, _ in messages_for(envelope.subject, envelope.sequence, envelope.event)]
        assert (len(owed), set(owed) <= set(made)) == (owes, True)
    assert Kind.NO_SHOW in FOLLOWED & BY_CAUSE


# ---- what an office knows


@pytest.mark.parametrize(("known", "turn"), [*product(Known, Turn)])
def test_an_office_is_told_what_is_new_to_it(known: Known, turn: Turn) -> None:
    expected = {
        (Known.NOTHING, Turn.MISSED): (Known.MISSED, Kind.NO_SHOWS_OF_OFFICE),
        (Known.SOON, Turn.RIGHTED): (Known.NOTHING, None),
        (Known.MISSED, Turn.RIGHTED): (Known.RIGHTED, Kind.NO_SHOWS_CORRECTED),
    }
    assert STEPS.get((known, turn)) == expected.get((known, turn))


@pytest.mark.parametrize(
    ("known", "state", "knows"),
    [
        (Known.MISSED, State.PENDING, Known.SOON),
        (Known.MISSED, State.WAITING, Known.SOON),
        (Known.MISSED, State.SENDING, Known.MISSED),
        (Known.MISSED, State.SENT, Known.MISSED),
        (Known.MISSED, State.FAILED, Known.MISSED),  # it stands in the inbox
        (Known.MISSED, State.CANCELLED, Known.NOTHING),
        (Known.MISSED, None, Known.MISSED),  # told by an earlier generation
        (Known.RIGHTED, State.PENDING, Known.RIGHTED),
        (Known.RIGHTED, State.SENT, Known.RIGHTED),
        (Known.RIGHTED, State.CANCELLED, Known.MISSED),
        (Known.NOTHING, State.SENT, Known.NOTHING),  # that message was about others by then
    ],
)
def test_what_an_office_knows_by_its_message(known: Known, state: State | None, knows: Known) -> None:
    absence = Absence("a", "run-1", "PO-50", missing=True, known=known, message="m")
    assert absence.known_by({} if state is None else {"m": state}) == knows


def test_a_generation_that_only_remembers_knows_what_was_told() -> None:
    events = (recorded(person(1), person(2)), corrected(person(1, Presence.PRESENT, missed=0)))
    envelopes = [enveloped(event, "attendance:run-1", seq) for seq, event in enumerate(events, start=1)]
    batch = reacted(*envelopes, batch=ReactionBatch(NOW, silent=True))
    known = {one.id[-2:]: (one.missing, one.known, one.message) for one in batch.absences.to_store({})}
    assert known == {"n1": (False, Known.RIGHTED, None), "n2": (True, Known.MISSED, None)}
    assert notified(batch) == []
