"""What is still worth sending: every kind of message against every state of nomination and run."""

from datetime import datetime, timedelta

import pytest

from services.notification.domain import Addressee, Kind
from services.notification.read_model import RunState
from services.notification.relevance import TRUE_IN, overtaken
from services.notification.reminders import WAVES, due_at, reminder_messages
from shared.events.enrolment import NominationState
from tests.unit.notification.builders import NOW, START, message, nomination, run

# The nomination's states in which each kind is true: S UBMITTED, C ONFIRMED, W AITLISTED, R EJECTED, w ithdrawn (X).
GRID = {
    Kind.CONFIRMED: "C",
    Kind.PROMOTED: "C",
    Kind.SUBSTITUTED: "C",
    Kind.WAITLISTED: "W",
    Kind.REJECTED: "R",
    Kind.WITHDRAWN: "X",
    Kind.RUN_RESCHEDULED: "SCW",
    Kind.RUN_CANCELLED: "SCW",
}
LETTERS = dict(zip(NominationState, "SCWRX", strict=True))
SPOKEN_OF_CANCELLED_RUNS = {Kind.RUN_CANCELLED, Kind.WITHDRAWN, Kind.REJECTED}


@pytest.mark.parametrize("kind", GRID)
@pytest.mark.parametrize("state", NominationState)
@pytest.mark.parametrize("run_state", RunState)
def test_kind_by_nomination_by_run(kind: Kind, state: NominationState, run_state: RunState) -> None:
    reason = overtaken(message(kind=kind), run(state=run_state), nomination(state=state), NOW)

    if run_state is RunState.CANCELLED and kind not in SPOKEN_OF_CANCELLED_RUNS:
        assert reason == "run-cancelled"
    else:
        assert reason == (None if LETTERS[state] in GRID[kind] else "nomination-changed")


def test_the_grid_is_whole() -> None:
    assert set(GRID) | {Kind.REMINDER} == set(TRUE_IN) == set(Kind) - {Kind.NOMINATION_REQUEST}


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        (Kind.NOMINATION_REQUEST, RunState.OPEN, None),
        (Kind.NOMINATION_REQUEST, RunState.CLOSED, None),
        (Kind.NOMINATION_REQUEST, RunState.CANCELLED, "run-cancelled"),
        (Kind.RUN_CANCELLED, RunState.CANCELLED, None),
    ],
)
def test_messages_to_units(kind: Kind, state: RunState, reason: str | None) -> None:
    to_unit = message(kind=kind, addressee=Addressee.UNIT, recipient="PO-50", nomination=None)

    assert overtaken(to_unit, run(state=state), None, NOW) == reason


def test_of_two_changes_of_schedule_only_the_last_is_told() -> None:
    told = [message(kind=Kind.RUN_RESCHEDULED, revision=revision) for revision in (1, 2)]

    reasons = [overtaken(one, run(revision=2), nomination(), NOW) for one in told]

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
    made = reminder_messages(run(), wave, due, [nomination()], NOW)[0]

    found = overtaken(made, run(starts_at=starts_at), nomination(state=state), due + late_by)

    assert found == reason
