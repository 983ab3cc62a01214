"""The table of kinds is whole; and what is still worth sending: every kind by every state of nomination and run."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.notification import composing
from services.notification.composing import Language, Writer
from services.notification.domain import (
    KINDS,
    WAVES,
    Addressee,
    Kind,
    MessageSnapshot,
    RunState,
    deadline_reason,
    digest_reason,
    due_at,
    fan_out_of_wave,
    overtaken,
    shelves_of,
    snapshot_at,
)
from shared.events.seats import NominationState
from tests.unit.notification.builders import NOW, START, message, nomination, run

# The nomination's states in which each kind is true: S UBMITTED, C ONFIRMED, W AITLISTED, R EJECTED, w ithdrawn (X),
# E XPIRED, O FFERED.
GRID = {
    Kind.CONFIRMED: "C",
    Kind.PROMOTED: "C",
    Kind.SUBSTITUTED: "C",
    Kind.WAITLISTED: "W",
    Kind.REJECTED: "R",
    Kind.WITHDRAWN: "X",
    Kind.EXPIRED: "E",
    Kind.RUN_RESCHEDULED: "SCWO",
    Kind.RUN_CHANGED: "SCWO",
    Kind.RUN_CANCELLED: "SCWO",
    Kind.ENTRY_RECALLED: "SCWRXEO",
    Kind.SEAT_LEFT: "X",
    Kind.SEAT_OFFERED: "O",
    Kind.OFFER_EXPIRED: "WX",
    Kind.NO_SHOW: "C",
    Kind.GROUP_PLACED: "SCWO",
    Kind.IDEA_AWARDED: "SCWO",
    Kind.CERTIFICATE_ISSUED: "SCWRXEO",
    Kind.CERTIFICATE_REISSUED: "SCWRXEO",
    Kind.CERTIFICATE_REVOKED: "SCWRXEO",
    Kind.FOLLOW_UP_ASSIGNED: "SCWRXEO",
    Kind.FOLLOW_UP_RETURNED: "SCWRXEO",
    Kind.FOLLOW_UPS_OPEN: "SCWRXEO",
    Kind.PLAN_AGREED: "SCWRXEO",
    Kind.PLAN_RETURNED: "SCWRXEO",
    Kind.DELEGATION_GIVEN: "SCWRXEO",
    Kind.ANSWERS_ASKED: "C",
    Kind.ANSWERS_REMINDED: "C",
}
MOVED = {Kind.NOMINATIONS_MOVED, Kind.MOVES_TO_DECIDE}
TO_OFFICES = MOVED | {
    Kind.NOMINATION_REQUEST,
    Kind.NOMINATIONS_REOPENED,
    Kind.SEAT_OPEN,
    Kind.APPROVALS_WAITING,
    Kind.NOMINATIONS_MISSING,
    Kind.EXPIRED_AT_OFFICE,
    Kind.NOMINATIONS_ERASED,
    Kind.NO_SHOWS_OF_OFFICE,
    Kind.NO_SHOWS_CORRECTED,
    Kind.RELEASE_AHEAD,
    Kind.SEATS_RELEASED,
    Kind.FOLLOW_UPS_OVERDUE,
    Kind.PLANS_SUBMITTED,
}
INITIALS = dict(zip(NominationState, "SCWRXEO", strict=True))
SENT_FOR_CANCELLED_RUNS = {
    *(Kind.RUN_CANCELLED, Kind.WITHDRAWN, Kind.REJECTED, Kind.EXPIRED, Kind.ENTRY_RECALLED, Kind.SEAT_LEFT),
    *(Kind.CERTIFICATE_REISSUED, Kind.CERTIFICATE_REVOKED),
    *(Kind.PLAN_AGREED, Kind.PLAN_RETURNED, Kind.DELEGATION_GIVEN),  # of no run
}


def test_every_kind_has_a_row() -> None:
    assert list(KINDS) == list(Kind)
    assert all(row.whom and row.still_true for row in KINDS.values())


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_row_has_a_template_and_every_template_a_row(language: str) -> None:
    folder = Path(composing.__file__).parent / "templates" / language

    assert {path.stem for path in folder.iterdir()} == {row.template for row in KINDS.values()}


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(("kind", "addressee"), [(kind, whom) for kind, row in KINDS.items() for whom in row.whom])
def test_every_kind_can_be_written_to_everybody_it_is_for(kind: Kind, addressee: Addressee, language: Language) -> None:
    addressed = message(kind=kind, addressee=addressee)

    words = Writer(sender="กองการเจ้าหน้าที่").write(addressed, MessageSnapshot(run(), days_left=7), language, "ผู้รับ")

    assert all(part.strip() for part in (words.subject, words.text, words.html))
    assert "ผู้รับ" in words.text


@pytest.mark.parametrize("kind", GRID)
@pytest.mark.parametrize("state", NominationState)
@pytest.mark.parametrize("run_state", RunState)
def test_kind_by_nomination_by_run(kind: Kind, state: NominationState, run_state: RunState) -> None:
    reason = overtaken(message(kind=kind), run(state=run_state), nomination(state=state), NOW)

    if run_state is RunState.CANCELLED and kind not in SENT_FOR_CANCELLED_RUNS:
        assert reason == "run-cancelled"
    else:
        assert reason == (None if INITIALS[state] in GRID[kind] else "nomination-changed")


def test_the_grid_is_whole() -> None:
    of_people = {kind for kind, row in KINDS.items() if Addressee.PERSON in row.whom}
    assert set(GRID) | {Kind.REMINDER, Kind.APPROVALS_DELEGATED} == of_people == set(Kind) - TO_OFFICES


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        (Kind.NOMINATION_REQUEST, RunState.OPEN, None),
        (Kind.NOMINATION_REQUEST, RunState.CLOSED, "nominations-closed"),
        (Kind.NOMINATION_REQUEST, RunState.CANCELLED, "run-cancelled"),
        (Kind.NOMINATIONS_REOPENED, RunState.OPEN, None),
        (Kind.NOMINATIONS_REOPENED, RunState.CLOSED, "nominations-closed"),
        (Kind.NOMINATIONS_REOPENED, RunState.CANCELLED, "run-cancelled"),
        (Kind.SEAT_OPEN, RunState.OPEN, None),
        (Kind.SEAT_OPEN, RunState.CLOSED, "nominations-closed"),
        (Kind.SEAT_OPEN, RunState.CANCELLED, "run-cancelled"),
        (Kind.NOMINATIONS_ERASED, RunState.CLOSED, None),
        (Kind.NOMINATIONS_ERASED, RunState.CANCELLED, "run-cancelled"),
        (Kind.NOMINATIONS_MOVED, RunState.OPEN, None),
        (Kind.NOMINATIONS_MOVED, RunState.CLOSED, None),
        (Kind.NOMINATIONS_MOVED, RunState.CANCELLED, "run-cancelled"),
        (Kind.MOVES_TO_DECIDE, RunState.CLOSED, None),
        (Kind.MOVES_TO_DECIDE, RunState.CANCELLED, "run-cancelled"),
        (Kind.RUN_CANCELLED, RunState.CANCELLED, None),
        (Kind.SEATS_RELEASED, RunState.CLOSED, None),
        (Kind.SEATS_RELEASED, RunState.CANCELLED, "run-cancelled"),
        (Kind.RELEASE_AHEAD, RunState.CANCELLED, "run-cancelled"),
        (Kind.ANSWERS_ASKED, RunState.CLOSED, None),
        (Kind.ANSWERS_ASKED, RunState.CANCELLED, "run-cancelled"),
        (Kind.ANSWERS_REMINDED, RunState.CANCELLED, "run-cancelled"),
    ],
)
def test_messages_to_units(kind: Kind, state: RunState, reason: str | None) -> None:
    to_unit = message(kind=kind, addressee=Addressee.UNIT, recipient="PO-50", nomination=None)

    assert overtaken(to_unit, run(state=state), None, NOW) == reason


@pytest.mark.parametrize("kind", [Kind.NOMINATION_REQUEST, Kind.NOMINATIONS_REOPENED, Kind.SEAT_OPEN])
@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (START - timedelta(days=3, seconds=1), None),
        (START - timedelta(days=3), "nominations-closed"),
        (START, "nominations-closed"),
    ],
)
def test_nobody_is_asked_to_nominate_after_the_deadline(kind: Kind, now: datetime, reason: str | None) -> None:
    to_unit = message(kind=kind, addressee=Addressee.UNIT, recipient="PO-50", nomination=None)

    assert overtaken(to_unit, run(closes_at=START - timedelta(days=3)), None, now) == reason
    assert overtaken(to_unit, run(), None, now) == (reason if now >= START else None)


@pytest.mark.parametrize(
    ("kind", "under_way", "over"),
    [
        (Kind.CONFIRMED, None, "run-over"),  # somebody was let in late
        (Kind.PROMOTED, None, "run-over"),
        (Kind.SUBSTITUTED, None, "run-over"),
        (Kind.RUN_RESCHEDULED, None, "run-over"),
        (Kind.WAITLISTED, "run-started", "run-started"),
        (Kind.WITHDRAWN, None, None),
    ],
)
def test_nobody_is_invited_to_what_is_over(kind: Kind, under_way: str | None, over: str | None) -> None:
    state = next(state for state in NominationState if INITIALS[state] in GRID[kind][-1])
    told = [overtaken(message(kind=kind), run(), nomination(state=state), at) for at in (START, run().ends_at)]

    assert told == [under_way, over]


def test_whoever_has_a_seat_is_reminded_though_the_intake_is_closed() -> None:
    due = due_at(START, WAVES["D-7"])
    reminder = fan_out_of_wave(run(), "D-7", due, upto=1).message(nomination(), NOW)

    assert overtaken(reminder, run(state=RunState.CLOSED), nomination(), due) is None


def test_a_deadline_that_moved_and_a_digest_of_yesterday_are_not_news() -> None:
    closes = START - timedelta(days=3)
    missing = message(kind=Kind.NOMINATIONS_MISSING, nomination=None, reason=deadline_reason("run-1", closes))
    digest = message(
        kind=Kind.APPROVALS_WAITING, nomination=None, recipient="PO-50", reason=digest_reason("PO-50", NOW)
    )
    shifted = run(offset_seconds=-86_400)

    assert overtaken(missing, run(closes_at=closes), None, NOW) is None
    assert overtaken(missing, run(closes_at=closes - timedelta(days=1)), None, NOW) == "deadline-changed"
    assert overtaken(digest, shifted, None, NOW - timedelta(days=1)) is None
    assert overtaken(digest, shifted, None, NOW) == "digest-outdated"


def test_of_two_changes_of_schedule_only_the_last_is_sent() -> None:
    messages = [message(kind=Kind.RUN_RESCHEDULED, revision=revision) for revision in (1, 2)]

    reasons = [overtaken(each, run(revision=3, schedule_revision=2), nomination(), NOW) for each in messages]

    assert reasons == ["rescheduled-again", None]


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize(
    ("state", "starts_at", "late_by", "reason"),
    [
        (NominationState.CONFIRMED, START, timedelta(0), None),
        (NominationState.CONFIRMED, START + timedelta(hours=1), timedelta(0), None),
        (NominationState.WITHDRAWN, START, timedelta(0), "nomination-changed"),
        (NominationState.CONFIRMED, START + timedelta(days=1), timedelta(0), "rescheduled-again"),
        (NominationState.CONFIRMED, START, timedelta(days=8), "run-started"),
    ],
)
def test_reminders(
    wave: str, state: NominationState, starts_at: datetime, late_by: timedelta, reason: str | None
) -> None:
    due = due_at(START, WAVES[wave])
    reminder = fan_out_of_wave(run(), wave, due, upto=1).message(nomination(), NOW)

    assert overtaken(reminder, run(starts_at=starts_at), nomination(state=state), due + late_by) == reason


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_kind_of_a_newer_release_can_stand_in_an_inbox(language: Language) -> None:
    newer = message(kind="SURVEY")

    words = Writer(sender="กองการเจ้าหน้าที่").write(newer, snapshot_at(newer, run(), NOW), language)

    assert all(part.strip() for part in (words.subject, words.text, words.html))


def test_a_snapshot_does_not_keep_the_units_of_the_run() -> None:
    asked = run(units=tuple(f"PO-{number}" for number in range(10, 86)))

    assert snapshot_at(message(), asked, NOW).run.units == ()


@pytest.mark.parametrize(
    ("addressee", "recipient", "unit", "shelves"),
    [
        (Addressee.PERSON, "person-1", "PO-50.HR", {"person:person-1", "of:PO-50.HR", "of:PO-50"}),
        (Addressee.PERSON, "person-1", "PERS", {"person:person-1", "of:PERS", "of:OPS"}),
        (Addressee.UNIT, "PO-5", "PO-5", {"unit:PO-5", "of:PO-5"}),
        (Addressee.UNIT, "PO-50.HR", "PO-50.HR", {"unit:PO-50.HR", "unit:PO-50", "of:PO-50.HR", "of:PO-50"}),
        (Addressee.UNIT, "OPS", "OPS", {"unit:OPS", "of:OPS"}),
        ("GROUP", "group-1", "PO-50", {"of:PO-50"}),
    ],
)
def test_where_a_message_stands(addressee: str, recipient: str, unit: str, shelves: set[str]) -> None:
    found = shelves_of(message(addressee=addressee, recipient=recipient, unit=unit))

    assert (set(found), len(found)) == (shelves, len(shelves))
