"""Waves: when they are due, who gets them, and that asking twice asks for the same messages."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import WAVES, FanOut, Message, Nomination, Run, RunState, due_at, fan_out_of_wave
from services.notification.reminders.domain import silence_reason, waves_due
from shared.clock import BANGKOK
from shared.events.seats import NominationState
from tests.unit.notification.builders import NOW, START, nomination, run

D7 = datetime(2020, 8, 24, 8, 30, tzinfo=BANGKOK)
D1 = datetime(2020, 8, 30, 8, 30, tzinfo=BANGKOK)
SECOND = timedelta(seconds=1)


def wave_of(due: datetime) -> FanOut:
    return fan_out_of_wave(run(), "D-7", due, upto=1)


def reminders_of(a_run: Run, wave: str, due: datetime, some: Iterable[Nomination], now: datetime) -> list[Message]:
    fan_out = fan_out_of_wave(a_run, wave, due, upto=99)
    return [fan_out.message(each, now) for each in some if fan_out.reaches(each)]


def test_due_at_half_past_eight_in_bangkok() -> None:
    assert {wave: due_at(START, days) for wave, days in WAVES.items()} == {"D-7": D7, "D-1": D1}


def test_the_day_is_bangkoks_day() -> None:
    just_after_midnight = datetime(2020, 8, 31, 0, 30, tzinfo=BANGKOK)

    assert due_at(just_after_midnight.astimezone(UTC), 1) == D1


@pytest.mark.parametrize(
    ("now", "waves"),
    [
        (D7 - SECOND, []),
        (D7, ["D-7"]),
        (D1 - SECOND, ["D-7"]),
        (D1, ["D-7", "D-1"]),
        (START - SECOND, ["D-7", "D-1"]),
        (START, []),
        (START + timedelta(days=300), []),
    ],
)
def test_waves_due_by_the_business_clock(now: datetime, waves: list[str]) -> None:
    six_years = round(timedelta(days=2270).total_seconds())

    assert list(waves_due(run(), now)) == waves
    assert list(waves_due(run(offset_seconds=-six_years), now + timedelta(seconds=six_years))) == waves


def test_a_cancelled_run_reminds_nobody() -> None:
    assert waves_due(run(state=RunState.CANCELLED), D1) == {}


def test_a_run_that_was_moved_near_has_no_wave_from_before_the_move() -> None:
    moved = run(moved_at=D7 + timedelta(days=3))

    assert list(waves_due(moved, D1)) == ["D-1"]


WEDNESDAY = datetime(2020, 8, 26, 8, 30, tzinfo=BANGKOK)  # the third working day before the start, a Monday


@pytest.mark.parametrize(
    ("closes", "due"), [(None, WEDNESDAY), (START - timedelta(days=3), WEDNESDAY - timedelta(days=1))]
)
@pytest.mark.parametrize("offset", [timedelta(), timedelta(days=-2270)])
def test_the_organiser_is_asked_before_nominations_end_which_is_the_start_at_last(
    closes: datetime | None, due: datetime, offset: timedelta
) -> None:
    seconds = round(offset.total_seconds())
    asked = run(state=RunState.OPEN, organiser="PERS", closes_at=closes, offset_seconds=seconds)
    last = closes or START

    assert silence_reason(asked, due - offset - SECOND) is None
    assert silence_reason(asked, due - offset) == f"run-1|closes|{last.astimezone(BANGKOK).date()}"
    assert silence_reason(asked, last - offset) is None


@pytest.mark.parametrize("state", [state for state in NominationState if state is not NominationState.CONFIRMED])
def test_only_the_confirmed_are_reminded(state: NominationState) -> None:
    assert not wave_of(D7).reaches(nomination(state=state))
    assert wave_of(D7).reaches(nomination())


def test_who_was_confirmed_after_the_due_time_is_not_reminded_by_that_wave() -> None:
    in_time, late = nomination(id="a", confirmed_at=D7), nomination(id="b", confirmed_at=D7 + SECOND)

    assert [wave_of(D7).reaches(each) for each in (in_time, late)] == [True, False]
    assert [wave_of(D1).reaches(each) for each in (in_time, late)] == [True, True]


moments = st.datetimes(datetime(2020, 1, 1), datetime(2021, 1, 1), timezones=st.just(UTC))
runs = st.builds(
    lambda starts, offset, state: run(
        starts_at=starts, ends_at=starts + timedelta(hours=3), offset_seconds=offset, state=state
    ),
    moments,
    st.integers(-(10**7), 10**7),
    st.sampled_from(RunState),
)
some_nominations = st.lists(
    st.builds(
        lambda n, state, at: nomination(
            id=f"n{n}", person=f"p{n}", state=state, confirmed_at=at if state is NominationState.CONFIRMED else None
        ),
        st.integers(0, 50),
        st.sampled_from(NominationState),
        moments,
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


@given(runs, some_nominations, moments, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_reminders_are_right_and_the_same_whenever_asked(
    a_run: Run, some: list[Nomination], now: datetime, later: timedelta
) -> None:
    business = now + timedelta(seconds=a_run.offset_seconds)
    confirmed = {each.id: each.confirmed_at for each in some}
    for wave, due in waves_due(a_run, now).items():
        reminders = reminders_of(a_run, wave, due, some, now)

        assert due <= business < a_run.starts_at
        assert len({reminder.id for reminder in reminders}) == len(reminders)
        assert all((at := confirmed[str(each.nomination)]) is not None and at <= due for each in reminders)
        again = reminders_of(replace(a_run, venue=a_run.venue), wave, due, reversed(some), now + later)
        assert {reminder.id for reminder in again} == {reminder.id for reminder in reminders}


def test_waves_and_days_have_ids_of_their_own_and_a_move_within_the_day_has_not() -> None:
    nominations = [nomination()]
    ids = [
        reminders_of(run(starts_at=starts), wave, due_at(starts, WAVES[wave]), nominations, NOW)[0].id
        for starts in (START, START + timedelta(days=1), START + timedelta(hours=2))
        for wave in WAVES
    ]

    assert len(set(ids)) == 4
    assert ids[:2] == ids[4:]


def test_a_wave_ends_when_the_run_has_another_day_starts_or_is_cancelled() -> None:
    wave = fan_out_of_wave(run(), "D-7", D7, upto=1)

    def ended(now: datetime = D7, **changes: object) -> str | None:
        return wave.overtaken(run(**changes), now)

    assert ended() is None
    assert ended(starts_at=START + timedelta(hours=2)) is None
    assert ended(starts_at=START + timedelta(days=1)) == "rescheduled-again"
    assert ended(state=RunState.CANCELLED) == "run-cancelled"
    assert ended(now=START) == "run-started"


@pytest.mark.parametrize(
    ("reminders", "waves"),
    [
        ((), []),
        (("D-7",), ["D-7"]),
        (("D-30", "D-14", "D-1"), ["D-30", "D-14"]),
        (("H-3", "D-7"), ["D-7"]),  # of a later release
    ],
)
def test_the_waves_are_those_of_the_programme(reminders: tuple[str, ...], waves: list[str]) -> None:
    due = waves_due(run(reminders=reminders), D1 - SECOND)
    assert list(due) == waves
    assert all(due[wave] == due_at(START, int(wave.removeprefix("D-"))) for wave in waves)
