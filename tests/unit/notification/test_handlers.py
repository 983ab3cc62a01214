"""What follows from each event, in whatever order the events of two aggregates come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from services.notification.domain import (
    KINDS,
    Addressee,
    Kind,
    Message,
    RunState,
    SealedContact,
    State,
    Unit,
    overtaken,
)
from services.notification.reacting import HANDLERS, ReactionBatch
from shared.events.catalogue import RunCancelled, RunClockSet, RunClosed, RunOpened
from shared.events.directory import ContactChanged, ContactErased, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.seats import (
    BucketOpened,
    BucketSeatsChanged,
    ConfirmedBy,
    NominationRejected,
    NominationState,
    NominationSubmitted,
    NominationWaitlisted,
    NominationWithdrawn,
    SeatConfirmed,
)
from tests.unit.notification.builders import (
    CHAIR,
    NOW,
    START,
    TITLE,
    VENUE,
    enveloped,
    run_fields,
    scheduled,
    seat_fields,
    sitting,
)

BUCKET = "run-1:t:PO-50"


def reacted(*envelopes: Envelope, batch: ReactionBatch | None = None) -> ReactionBatch:
    batch = batch or ReactionBatch(NOW)
    for envelope in envelopes:
        HANDLERS[type(envelope.event)](batch, envelope, envelope.event)  # type: ignore[index]
    for fan_out in batch.begun:  # as the worker does
        reached = [fan_out.message(each, NOW) for each in batch.nominations.values() if fan_out.reaches(each)]
        batch.messages = {message.id: message for message in reached} | batch.messages
    assert all(message.addressee in KINDS[message.kind].whom for message in batch.messages.values())
    return batch


def seat(event: Event, seq: int = 1, occurred_at: datetime = NOW) -> Envelope:
    return enveloped(event, BUCKET, seq, occurred_at)


def confirmed(by: ConfirmedBy | str = ConfirmedBy.APPROVAL, **changes: object) -> SeatConfirmed:
    return SeatConfirmed(**seat_fields(**changes), before=None, by=by)


def notified(batch: ReactionBatch) -> list[tuple[str, str]]:
    return sorted((message.kind, message.recipient) for message in batch.messages.values())


def only(batch: ReactionBatch) -> Message:
    (message,) = batch.messages.values()
    return message


def test_every_unit_of_an_opened_run_is_asked_once() -> None:
    units = (*(f"PO-{number}" for number in range(10, 86)), "OPS")

    batch = reacted(enveloped(RunOpened(**run_fields(), units=units), seq=2))

    assert len(units) == len(batch.messages) == 77
    assert {message.kind for message in batch.messages.values()} == {Kind.NOMINATION_REQUEST}
    assert {message.addressee for message in batch.messages.values()} == {Addressee.UNIT}
    assert {message.recipient for message in batch.messages.values()} == set(units)


@pytest.mark.parametrize(
    ("event", "kind", "seated"),
    [
        (confirmed(ConfirmedBy.NOMINATION), Kind.CONFIRMED, True),
        (confirmed(ConfirmedBy.APPROVAL), Kind.CONFIRMED, True),
        (confirmed(ConfirmedBy.PROMOTION), Kind.PROMOTED, True),
        (confirmed(ConfirmedBy.SUBSTITUTION), Kind.SUBSTITUTED, True),
        (NominationWaitlisted(**seat_fields(), before=NominationState.SUBMITTED), Kind.WAITLISTED, False),
        (NominationRejected(**seat_fields()), Kind.REJECTED, False),
        (NominationWithdrawn(**seat_fields(), before=NominationState.CONFIRMED), Kind.WITHDRAWN, True),
        (NominationWithdrawn(**seat_fields(), before=NominationState.WAITLISTED), Kind.WITHDRAWN, False),
    ],
)
def test_what_a_person_is_notified_of(event: Event, kind: Kind, seated: bool) -> None:
    message = only(reacted(seat(event, seq=7)))

    assert (message.kind, message.recipient, message.addressee) == (kind, "person-1", Addressee.PERSON)
    assert (message.state, message.unit, message.nomination) == (State.PENDING, "PO-50", "nomination-1")
    assert (message.reason, message.causation, message.correlation) == (f"{BUCKET}:7", f"{BUCKET}:7", "request-1")
    assert message.seated is seated


@pytest.mark.parametrize(
    ("event", "kind", "seated"),
    [
        (confirmed("LOTTERY"), Kind.CONFIRMED, True),
        (confirmed(rank="STANDBY"), Kind.CONFIRMED, True),
        (SeatConfirmed(**seat_fields(), before="DEFERRED", by=ConfirmedBy.PROMOTION), Kind.PROMOTED, True),
        (NominationWaitlisted(**seat_fields(rank="STANDBY"), before="DEFERRED"), Kind.WAITLISTED, False),
        (NominationRejected(**seat_fields(rank="STANDBY")), Kind.REJECTED, False),
        (NominationWithdrawn(**seat_fields(rank="STANDBY"), before="DEFERRED"), Kind.WITHDRAWN, False),
    ],
)
def test_a_value_of_a_later_release_is_kept_and_the_message_is_made(event: Event, kind: Kind, seated: bool) -> None:
    read = type(event).model_validate_json(event.model_dump_json(by_alias=True))
    assert read == event
    assert any(value in ("LOTTERY", "STANDBY", "DEFERRED") for _, value in read)

    message = only(reacted(seat(read)))

    assert (message.kind, message.recipient, message.seated) == (kind, "person-1", seated)


def test_a_submission_is_remembered_and_nobody_is_notified() -> None:
    batch = reacted(seat(NominationSubmitted(**seat_fields())))

    assert batch.messages == {}
    assert batch.nominations["nomination-1"].state is NominationState.SUBMITTED
    assert batch.touched_runs == {"run-1"}


def test_confirmation_keeps_the_business_time() -> None:
    then = datetime(2020, 8, 3, tzinfo=UTC)

    batch = reacted(seat(confirmed(), occurred_at=then))

    assert batch.nominations["nomination-1"].confirmed_at == then


def test_the_same_event_leads_to_the_same_messages() -> None:
    envelope = seat(confirmed())

    assert (
        reacted(envelope).messages.keys()
        == reacted(envelope, batch=ReactionBatch(NOW + timedelta(days=1))).messages.keys()
    )


def test_those_who_have_or_hope_for_a_seat_are_notified_of_a_new_schedule() -> None:
    people = [
        confirmed(nomination="n1", person="p1"),
        NominationWaitlisted(**seat_fields(nomination="n2", person="p2"), before=None),
        NominationSubmitted(**seat_fields(nomination="n3", person="p3")),
        NominationWithdrawn(**seat_fields(nomination="n4", person="p4"), before=NominationState.SUBMITTED),
        NominationRejected(**seat_fields(nomination="n5", person="p5")),
    ]
    batch = reacted(enveloped(scheduled()), *(seat(event, seq) for seq, event in enumerate(people, 1)))
    batch.messages.clear()

    reacted(enveloped(scheduled(revision=1, starts_at=START + timedelta(days=1)), seq=2), batch=batch)

    assert notified(batch) == [(Kind.RUN_RESCHEDULED, person) for person in ("p1", "p2", "p3")]
    assert {message.recipient: message.seated for message in batch.messages.values()} == {
        "p1": True,
        "p2": False,
        "p3": False,
    }
    assert {message.revision for message in batch.messages.values()} == {1}
    assert batch.runs["run-1"].moved_at == NOW


def test_a_new_room_does_not_move_the_run() -> None:
    batch = reacted(enveloped(scheduled()), enveloped(scheduled(revision=1, title="ใหม่"), seq=2))

    assert batch.runs["run-1"].moved_at is None
    assert batch.runs["run-1"].title == "ใหม่"


def test_the_same_start_in_milliseconds_is_no_move() -> None:
    precise = START.replace(microsecond=123_456)
    batch = reacted(enveloped(scheduled(starts_at=START.replace(microsecond=123_000))))

    reacted(enveloped(scheduled(revision=1, starts_at=precise), seq=2), batch=batch)

    assert batch.runs["run-1"].moved_at is None


def test_units_and_people_are_notified_of_a_cancelled_run() -> None:
    opened = RunOpened(**run_fields(), units=("PO-50", "OPS"))
    batch = reacted(enveloped(scheduled()), enveloped(opened, seq=2), seat(confirmed()))
    batch.messages.clear()

    reacted(enveloped(RunCancelled(**run_fields()), seq=3), batch=batch)

    assert notified(batch) == [(Kind.RUN_CANCELLED, recipient) for recipient in ("OPS", "PO-50", "person-1")]


def orders() -> Sequence[tuple[Envelope, ...]]:
    """Every order that keeps the order within each of the two aggregates."""
    of_run = [enveloped(scheduled()), enveloped(RunCancelled(**run_fields()), seq=2)]
    of_seat = [seat(NominationSubmitted(**seat_fields()), 1), seat(confirmed(), 2)]
    every = permutations([*of_run, *of_seat])
    return [o for o in every if o.index(of_run[0]) < o.index(of_run[1]) and o.index(of_seat[0]) < o.index(of_seat[1])]


@pytest.mark.parametrize("order", orders(), ids=range(len(orders())))
def test_nobody_misses_the_cancellation_whatever_came_first(order: tuple[Envelope, ...]) -> None:
    batch = reacted(*order)

    assert notified(batch) == [(Kind.CONFIRMED, "person-1"), (Kind.RUN_CANCELLED, "person-1")]
    assert batch.messages.keys() == reacted(*orders()[0]).messages.keys()


def test_the_clock_and_the_states_of_a_run() -> None:
    clock = RunClockSet(programme="programme-1", run="run-1", offset_seconds=-5)
    batch = reacted(enveloped(scheduled()), enveloped(RunOpened(**run_fields(), units=()), seq=2))
    opened = batch.runs["run-1"]

    reacted(enveloped(clock, seq=3), enveloped(RunClosed(**run_fields(offset_seconds=-5)), seq=4), batch=batch)

    closed = batch.runs["run-1"]
    assert (opened.state, closed.state) == (RunState.OPEN, RunState.CLOSED)
    assert (opened.offset_seconds, closed.offset_seconds) == (0, -5)
    assert closed.system_time(closed.starts_at) == START + timedelta(seconds=5)


def test_contacts_stay_sealed_and_are_forgotten() -> None:
    changed = enveloped(ContactChanged(person="p", key_id="k1", sealed="c2VhbGVk"), "contact:p")
    batch = reacted(changed)
    assert batch.contacts["p"] == SealedContact("p", "contact:p", "k1", "c2VhbGVk")

    reacted(enveloped(ContactErased(person="p"), "contact:p", 2), batch=batch)

    assert batch.contacts["p"] == SealedContact("p", "contact:p")


@pytest.mark.parametrize("subject", ["contact:p", "contact:somebody-else"])
def test_whoever_was_erased_stays_erased(subject: str) -> None:
    forged = enveloped(ContactChanged(person="p", key_id="k1", sealed="c2VhbGVk"), subject, 3)
    here = reacted(enveloped(ContactErased(person="p"), "contact:p", 2), forged)
    before = reacted(forged, batch=ReactionBatch(NOW, erased={"p"}))
    for batch in (here, before):
        assert batch.contacts["p"] == SealedContact("p", subject)


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

    batch = reacted(enveloped(event, "PO-50"))

    assert batch.units == {
        "PO-50": Unit("PO-50", "สำนักงานจังหวัดเชียงใหม่", "Chiang Mai Provincial Office", "chiangmai@moi.go.th")
    }


MOVED = {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=3)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"capacity": 120}, False),
        ({"title": f"{TITLE} (ปรับปรุง)"}, False),
        ({"chair": CHAIR}, False),
        ({"closes_at": START - timedelta(days=2)}, False),
        ({"venue": VENUE.model_copy(update={"name": "โรงแรมเอสดี  อเวนิว"})}, False),
        ({"venue": VENUE.model_copy(update={"room": "ห้องบุษบา"})}, True),
        ({"sessions": (sitting(0), sitting(0, hour=13))}, True),
        (MOVED, True),
    ],
    ids=["capacity", "title", "chair", "deadline", "spaces", "room", "sessions", "date"],
)
def test_only_what_changes_for_a_participant_is_told(changes: dict[str, Any], told: bool) -> None:
    batch = reacted(enveloped(scheduled()), seat(confirmed()), enveloped(scheduled(revision=1, **changes), seq=2))

    assert ((Kind.RUN_RESCHEDULED, "person-1") in notified(batch)) is told
    assert batch.runs["run-1"].revision == 1
    assert batch.runs["run-1"].schedule_revision == int(told)


def test_what_is_news_to_nobody_does_not_hold_up_what_is() -> None:
    batch = reacted(
        enveloped(scheduled()),
        seat(confirmed()),
        enveloped(scheduled(revision=1, **MOVED), seq=2),
        enveloped(scheduled(revision=2, **MOVED, capacity=120), seq=3),
    )

    run = batch.runs["run-1"]
    (news,) = [message for message in batch.messages.values() if message.kind == Kind.RUN_RESCHEDULED]
    assert overtaken(news, run, batch.nominations["nomination-1"], NOW) is None
    assert run.before is not None
    assert (run.before.starts_at, run.revision, run.schedule_revision) == (START, 2, 1)


def test_the_deadline_follows_every_revision_that_names_it() -> None:
    deadline, later = START - timedelta(days=5), START - timedelta(days=2)
    batch = reacted(
        enveloped(scheduled(closes_at=deadline)),
        enveloped(RunOpened(**run_fields(organiser="PERS"), units=("PO-50",), closes_at=deadline), seq=2),
        enveloped(scheduled(revision=1, capacity=7), seq=3),
    )
    kept = batch.runs["run-1"]

    reacted(enveloped(scheduled(revision=2, closes_at=later), seq=4), batch=batch)
    moved = batch.runs["run-1"]
    reacted(enveloped(scheduled(revision=3, closes_at=None), seq=5), batch=batch)

    assert (kept.closes_at, kept.opened_at, kept.organiser) == (deadline, NOW, "PERS")
    assert (moved.closes_at, batch.runs["run-1"].closes_at, moved.organiser) == (later, None, "PERS")


def of_bucket(seq: int, kind: type[Any], unit: str = "PO-50", **more: Any) -> Envelope:
    fields = {key: value for key, value in seat_fields(bucket_unit=unit).items() if key not in {"nomination", "person"}}
    return enveloped(kind(**{key: fields[key] for key in fields if key in kind.model_fields}, **more), BUCKET, seq)


def withdrawn(number: int = 1, replaced_by: str | None = None, unit: str = "PO-50") -> Envelope:
    fields = seat_fields(nomination=f"nomination-{number}", person=f"person-{number}", bucket_unit=unit)
    before = NominationState.CONFIRMED
    return seat(NominationWithdrawn(**fields, before=before, replaced_by=replaced_by), 10 + number)


PROMOTED = seat(confirmed(ConfirmedBy.PROMOTION, nomination="nomination-9", person="person-9"), 30)


@pytest.mark.parametrize(
    ("events", "units"),
    [
        ([withdrawn()], ["PO-50"]),
        ([withdrawn(), PROMOTED], []),
        ([withdrawn(), withdrawn(2), PROMOTED], ["PO-50"]),
        ([withdrawn(), withdrawn(2), withdrawn(3, unit="OPS")], ["OPS", "PO-50"]),
        ([withdrawn(replaced_by="nomination-2")], []),
        ([seat(NominationWithdrawn(**seat_fields(), before=NominationState.WAITLISTED))], []),
        ([of_bucket(2, BucketSeatsChanged, seats=3, before=1)], ["PO-50"]),
        ([of_bucket(2, BucketSeatsChanged, seats=3, before=1), PROMOTED, PROMOTED], []),
        ([of_bucket(2, BucketSeatsChanged, seats=1, before=3)], []),
        ([of_bucket(1, BucketOpened, seats=3)], []),
    ],
)
def test_the_office_is_told_of_a_seat_that_comes_open(events: list[Envelope], units: list[str]) -> None:
    batch = reacted(enveloped(scheduled()), enveloped(RunOpened(**run_fields(), units=()), seq=2), *events)

    batch.tell_of_open_seats()

    told = [message for message in batch.messages.values() if message.kind == Kind.SEAT_OPEN]
    assert sorted(message.recipient for message in told) == units
    assert {(message.addressee, message.due_at) for message in told} <= {(Addressee.UNIT, NOW + timedelta(seconds=5))}


def test_seats_within_a_few_seconds_are_one_message_and_later_ones_another() -> None:
    keys = []
    for seconds in (0, 4.9, 5):
        batch = ReactionBatch(NOW + timedelta(seconds=seconds))
        reacted(withdrawn(), batch=batch).tell_of_open_seats()
        keys += [message.id for message in batch.messages.values() if message.kind == Kind.SEAT_OPEN]

    assert (len(keys), len(set(keys)), keys[0] == keys[1]) == (3, 2, True)


def test_a_seat_of_a_run_that_is_over_or_that_another_generation_told_of_is_not_news() -> None:
    closed = reacted(enveloped(scheduled()), enveloped(RunClosed(**run_fields()), seq=2), withdrawn())
    silent = reacted(withdrawn(), batch=ReactionBatch(NOW, silent=True))

    for batch in (closed, silent):
        batch.tell_of_open_seats()
        assert Kind.SEAT_OPEN not in {message.kind for message in batch.messages.values()}


def test_former_contacts_are_kept_for_a_while_and_go_with_the_person() -> None:
    batch = ReactionBatch(NOW)
    for number in range(6):
        reacted(enveloped(ContactChanged(person="p", key_id="k1", sealed=f"s{number}"), "contact:p"), batch=batch)
    assert [seal.sealed for seal in batch.contacts["p"].former] == ["s4", "s3", "s2"]

    reacted(enveloped(ContactErased(person="p"), "contact:p", 9), batch=batch)

    assert batch.contacts["p"].former == ()
