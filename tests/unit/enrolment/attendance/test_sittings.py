"""Sessions: minutes, half days, who is late, and which time is one of the session."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.enrolment.attendance.domain.refusals import CheckInAhead, OutsideSession, UnknownSession
from services.enrolment.attendance.domain.sittings import Sitting, SittingState, sitting_of, sittings_of
from shared.events.attendance import Presence
from tests.unit.enrolment.attendance.people import AFTERNOON, MORNING, NINE
from tests.unit.enrolment.seats.builders import run


def sitting(starts: str, ends: str) -> Sitting:
    return Sitting(1, datetime.fromisoformat(f"{starts}+07:00"), datetime.fromisoformat(f"{ends}+07:00"))


@pytest.mark.parametrize(
    ("starts", "ends", "minutes", "half_days"),
    [
        ("2024-05-27T09:00", "2024-05-27T12:00", 180, 1),
        ("2024-05-27T13:00", "2024-05-27T16:30", 210, 1),
        ("2017-05-01T10:30", "2017-05-01T16:30", 360, 2),
        ("2024-05-27T09:00", "2024-05-27T12:30", 210, 1),
        ("2024-05-27T12:15", "2024-05-27T12:45", 30, 1),
        ("2024-05-27T18:00", "2024-05-27T20:00", 120, 1),
        ("2024-05-27T09:00", "2024-05-29T12:00", 3060, 5),
    ],
)
def test_minutes_and_half_days(starts: str, ends: str, minutes: int, half_days: int) -> None:
    one = sitting(starts, ends)
    assert (one.minutes, one.half_days) == (minutes, half_days)


@pytest.mark.parametrize(
    ("minute", "presence", "minutes"),
    [
        (-90, Presence.PRESENT, 180),
        (0, Presence.PRESENT, 180),
        (15, Presence.PRESENT, 180),
        (16, Presence.LATE, 164),
        (179, Presence.LATE, 1),
        (180, Presence.LATE, 0),
    ],
)
def test_whoever_is_late_has_the_minutes_that_were_left(minute: int, presence: Presence, minutes: int) -> None:
    assert MORNING.presence_at(NINE + timedelta(minutes=minute)) == (presence, minutes)


@pytest.mark.parametrize("minute", [-241, 181])
def test_a_time_of_another_session_is_refused(minute: int) -> None:
    at = NINE + timedelta(minutes=minute)
    with pytest.raises(OutsideSession):
        MORNING.require_during(at, at)


def test_a_time_to_come_is_refused_beyond_what_clocks_differ() -> None:
    MORNING.require_during(NINE, NINE - timedelta(minutes=5))
    with pytest.raises(CheckInAhead):
        MORNING.require_during(NINE, NINE - timedelta(minutes=5, seconds=1))


def test_sessions_are_those_of_the_plan_but_for_the_kept_ones() -> None:
    spans = ((MORNING.starts_at, MORNING.ends_at), (AFTERNOON.starts_at, AFTERNOON.ends_at))
    planned = run(sessions=spans)
    assert list(sittings_of(planned, {})) == [MORNING, AFTERNOON]
    kept = Sitting(1, NINE, NINE + timedelta(hours=2), counts={"ABSENT": 0, "EXCUSED": 1})
    gone = Sitting(7, NINE, NINE, closed_at=NINE)
    assert list(sittings_of(planned, {1: kept, 7: gone})) == [kept, AFTERNOON, gone]
    assert sitting_of(planned, {1: kept}, 1) == kept
    with pytest.raises(UnknownSession):
        sitting_of(planned, {}, 3)


def test_where_people_are_only_excused_the_plan_says_when_it_is() -> None:
    excused = Sitting(1, NINE - timedelta(days=2), NINE - timedelta(days=2), counts={"EXCUSED": 2})
    planned = run(sessions=((MORNING.starts_at, MORNING.ends_at),))
    [only] = sittings_of(planned, {1: excused, 2: replace(excused, number=2)})
    assert (only.starts_at, only.ends_at, only.counts) == (MORNING.starts_at, MORNING.ends_at, {"EXCUSED": 2})
    assert only.state is SittingState.PLANNED


def test_a_run_without_sessions_is_one() -> None:
    [only] = sittings_of(run(sessions=()), {})
    assert (only.number, only.starts_at, only.ends_at) == (1, run().starts_at, run().ends_at)


def test_states() -> None:
    closed = Sitting(1, NINE, NINE, closed_at=datetime(2024, 5, 27, 9, tzinfo=UTC))
    recorded = Sitting(1, NINE, NINE, counts={"LATE": 1})
    states = (MORNING.state, recorded.state, closed.state)
    assert states == (SittingState.PLANNED, SittingState.RECORDED, SittingState.CLOSED)
