"""What each fact leads to, in whatever order the facts of two aggregates come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from services.notification.domain import Addressee, Kind, Message, State
from services.notification.handlers import HANDLERS
from services.notification.reaction_batch import ReactionBatch
from services.notification.read_model import RunState, SealedContact, Unit
from shared.events.enrolment import (
    ConfirmedBy,
    ContactChanged,
    ContactErased,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    RunCancelled,
    RunClockSet,
    RunClosed,
    RunOpened,
    SeatConfirmed,
    UnitRegistered,
)
from shared.events.envelope import Envelope, Event
from tests.unit.notification.builders import NOW, START, enveloped, run_facts, scheduled, seat_facts

BUCKET = "run-1:t:PO-50"


def told(*envelopes: Envelope, batch: ReactionBatch | None = None) -> ReactionBatch:
    batch = batch or ReactionBatch(NOW)
    for envelope in envelopes:
        HANDLERS[type(envelope.event)](batch, envelope, envelope.event)  # type: ignore[index]
    return batch


def seat(event: Event, seq: int = 1, occurred_at: datetime = NOW) -> Envelope:
    return enveloped(event, BUCKET, seq, occurred_at)


def confirmed(by: ConfirmedBy = ConfirmedBy.APPROVAL, **changes: object) -> SeatConfirmed:
    return SeatConfirmed(**seat_facts(**changes), before=None, by=by)


def said(batch: ReactionBatch) -> list[tuple[Kind, str]]:
    return sorted((one.kind, one.recipient) for one in batch.messages.values())


def only(batch: ReactionBatch) -> Message:
    (message,) = batch.messages.values()
    return message


def test_every_unit_of_an_opened_run_is_asked_once() -> None:
    units = (*(f"PO-{number}" for number in range(10, 86)), "OPS")

    batch = told(enveloped(RunOpened(**run_facts(), units=units), seq=2))

    assert len(units) == len(batch.messages) == 77
    assert {one.kind for one in batch.messages.values()} == {Kind.NOMINATION_REQUEST}
    assert {one.addressee for one in batch.messages.values()} == {Addressee.UNIT}
    assert {one.recipient for one in batch.messages.values()} == set(units)


@pytest.mark.parametrize(
    ("event", "kind", "seated"),
    [
        (confirmed(ConfirmedBy.NOMINATION), Kind.CONFIRMED, True),
        (confirmed(ConfirmedBy.APPROVAL), Kind.CONFIRMED, True),
        (confirmed(ConfirmedBy.PROMOTION), Kind.PROMOTED, True),
        (confirmed(ConfirmedBy.SUBSTITUTION), Kind.SUBSTITUTED, True),
        (NominationWaitlisted(**seat_facts(), before=NominationState.SUBMITTED), Kind.WAITLISTED, False),
        (NominationRejected(**seat_facts()), Kind.REJECTED, False),
        (NominationWithdrawn(**seat_facts(), before=NominationState.CONFIRMED), Kind.WITHDRAWN, True),
        (NominationWithdrawn(**seat_facts(), before=NominationState.WAITLISTED), Kind.WITHDRAWN, False),
    ],
)
def test_what_a_person_is_told(event: Event, kind: Kind, seated: bool) -> None:
    message = only(told(seat(event, seq=7)))

    assert (message.kind, message.recipient, message.addressee) == (kind, "person-1", Addressee.PERSON)
    assert (message.state, message.unit, message.nomination) == (State.PENDING, "PO-50", "nomination-1")
    assert (message.reason, message.causation, message.correlation) == (f"{BUCKET}:7", f"{BUCKET}:7", "request-1")
    assert message.seated is seated


def test_a_submission_is_remembered_and_told_to_nobody() -> None:
    batch = told(seat(NominationSubmitted(**seat_facts())))

    assert batch.messages == {}
    assert batch.nominations["nomination-1"].state is NominationState.SUBMITTED
    assert batch.stirred_runs == {"run-1"}


def test_confirmation_keeps_the_business_time() -> None:
    then = datetime(2020, 8, 3, tzinfo=UTC)

    batch = told(seat(confirmed(), occurred_at=then))

    assert batch.nominations["nomination-1"].confirmed_at == then


def test_the_same_event_leads_to_the_same_messages() -> None:
    envelope = seat(confirmed())

    assert (
        told(envelope).messages.keys() == told(envelope, batch=ReactionBatch(NOW + timedelta(days=1))).messages.keys()
    )


def test_a_new_schedule_is_told_to_those_who_have_or_hope_for_a_seat() -> None:
    people = [
        confirmed(nomination="n1", person="p1"),
        NominationWaitlisted(**seat_facts(nomination="n2", person="p2"), before=None),
        NominationSubmitted(**seat_facts(nomination="n3", person="p3")),
        NominationWithdrawn(**seat_facts(nomination="n4", person="p4"), before=NominationState.SUBMITTED),
        NominationRejected(**seat_facts(nomination="n5", person="p5")),
    ]
    batch = told(enveloped(scheduled()), *(seat(event, seq) for seq, event in enumerate(people, 1)))
    batch.messages.clear()

    told(enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2), batch=batch)

    assert said(batch) == [(Kind.RUN_RESCHEDULED, person) for person in ("p1", "p2", "p3")]
    assert {one.recipient: one.seated for one in batch.messages.values()} == {"p1": True, "p2": False, "p3": False}
    assert {one.revision for one in batch.messages.values()} == {1}
    assert batch.runs["run-1"].moved_at == NOW


def test_a_new_room_does_not_move_the_run() -> None:
    batch = told(enveloped(scheduled()), enveloped(scheduled(revision=1, title="ใหม่"), seq=2))

    assert batch.runs["run-1"].moved_at is None
    assert batch.runs["run-1"].title == "ใหม่"


def test_the_same_start_in_milliseconds_is_no_move() -> None:
    precise = START.replace(microsecond=123_456)
    batch = told(enveloped(scheduled(starts_at=START.replace(microsecond=123_000))))

    told(enveloped(scheduled(revision=1, starts_at=precise), seq=2), batch=batch)

    assert batch.runs["run-1"].moved_at is None


def test_a_cancelled_run_is_told_to_units_and_people() -> None:
    opened = RunOpened(**run_facts(), units=("PO-50", "OPS"))
    batch = told(enveloped(scheduled()), enveloped(opened, seq=2), seat(confirmed()))
    batch.messages.clear()

    told(enveloped(RunCancelled(**run_facts()), seq=3), batch=batch)

    assert said(batch) == [(Kind.RUN_CANCELLED, who) for who in ("OPS", "PO-50", "person-1")]


def orders() -> Sequence[tuple[Envelope, ...]]:
    """Every order that keeps the order within each of the two aggregates."""
    of_run = [enveloped(scheduled()), enveloped(RunCancelled(**run_facts()), seq=2)]
    of_seat = [seat(NominationSubmitted(**seat_facts()), 1), seat(confirmed(), 2)]
    every = permutations([*of_run, *of_seat])
    return [o for o in every if o.index(of_run[0]) < o.index(of_run[1]) and o.index(of_seat[0]) < o.index(of_seat[1])]


@pytest.mark.parametrize("order", orders(), ids=range(len(orders())))
def test_nobody_misses_the_cancellation_whatever_came_first(order: tuple[Envelope, ...]) -> None:
    batch = told(*order)

    assert said(batch) == [(Kind.CONFIRMED, "person-1"), (Kind.RUN_CANCELLED, "person-1")]
    assert batch.messages.keys() == told(*orders()[0]).messages.keys()


def test_the_clock_and_the_states_of_a_run() -> None:
    clock = RunClockSet(programme="programme-1", run="run-1", offset_seconds=-5)
    batch = told(enveloped(scheduled()), enveloped(RunOpened(**run_facts(), units=()), seq=2))
    opened = batch.runs["run-1"]

    told(enveloped(clock, seq=3), enveloped(RunClosed(**run_facts(offset_seconds=-5)), seq=4), batch=batch)

    closed = batch.runs["run-1"]
    assert (opened.state, closed.state) == (RunState.OPEN, RunState.CLOSED)
    assert (opened.offset_seconds, closed.offset_seconds) == (0, -5)
    assert closed.starts_at_system_time == START + timedelta(seconds=5)


def test_contacts_stay_sealed_and_are_forgotten() -> None:
    changed = enveloped(ContactChanged(person="p", key_id="k1", sealed="c2VhbGVk"), "contact:p")
    batch = told(changed)
    assert batch.contacts["p"] == SealedContact("p", "contact:p", "k1", "c2VhbGVk")

    told(enveloped(ContactErased(person="p"), "contact:p", 2), batch=batch)

    assert batch.contacts["p"] == SealedContact("p", "contact:p")


def test_units() -> None:
    event = UnitRegistered(
        unit="PO-50",
        kind="PROVINCIAL_OFFICE",
        parent="OPS",
        name_th="สำนักงานจังหวัดเชียงใหม่",
        name_en="Chiang Mai Provincial Office",
        province="50",
        province_th="เชียงใหม่",
        province_en="Chiang Mai",
        memberships=(),
        email="chiangmai@moi.go.th",
    )

    batch = told(enveloped(event, "PO-50"))

    assert batch.units == {
        "PO-50": Unit("PO-50", "สำนักงานจังหวัดเชียงใหม่", "Chiang Mai Provincial Office", "chiangmai@moi.go.th")
    }


def test_most_sessions_only_grows() -> None:
    batch = told(enveloped(scheduled()))
    assert batch.runs["run-1"].most_sessions == 1
    batch.runs["run-1"] = replace(batch.runs["run-1"], most_sessions=3)

    told(enveloped(scheduled(revision=1), seq=2), batch=batch)

    assert batch.runs["run-1"].most_sessions == 3
