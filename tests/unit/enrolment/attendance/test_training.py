"""How much of a fiscal year somebody was trained: by the day of each session, each session once."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.training import Presence, Trained, TrainingTarget, TrainingTargets, trained
from shared.clock import BANGKOK
from shared.thai import fiscal_year

LAST_OF_2569 = datetime(2026, 9, 30, 13, 0, tzinfo=BANGKOK)
FIRST_OF_2570 = datetime(2026, 10, 1, 9, 0, tzinfo=BANGKOK)


def test_a_run_over_the_end_of_a_year_is_of_both() -> None:
    presences = [Presence("r1", 1, LAST_OF_2569, 180), Presence("r1", 2, FIRST_OF_2570, 210)]
    assert trained(presences, 2569) == Trained(180, 1)
    assert trained(presences, 2570) == Trained(210, 1)
    assert trained(presences, 2571) == Trained()


def test_two_nominations_for_one_session_are_one_presence() -> None:
    presences = [Presence("r1", 1, FIRST_OF_2570, 60), Presence("r1", 1, FIRST_OF_2570, 90)]
    assert trained(presences, 2570) == Trained(90, 1)
    assert trained([Presence("r1", 1, FIRST_OF_2570, 0)], 2570) == Trained()


presence = st.builds(
    Presence,
    st.sampled_from(["r1", "r2", "r3"]),
    st.integers(1, 3),
    st.integers(0, 900).map(lambda days: FIRST_OF_2570 + timedelta(days=days)),
    st.integers(0, 400),
)


@given(st.lists(presence, max_size=12, unique_by=lambda one: (one.run, one.session)), st.randoms())
def test_years_add_up_in_any_order(presences: list[Presence], random: object) -> None:
    years = {fiscal_year(one.starts_at) for one in presences}
    shuffled = list(presences)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum(trained(shuffled, year).minutes for year in years) == sum(one.minutes for one in presences)
    assert all(trained(shuffled, year) == trained(presences, year) for year in years)


@pytest.mark.parametrize(("minutes", "reached"), [(3599, False), (3600, True), (3601, True)])
def test_a_target_is_reached_to_the_minute(minutes: int, reached: bool) -> None:
    assert TrainingTarget(10, 360).reached(Trained(minutes, 1)) is reached


def test_targets_of_years() -> None:
    targets = TrainingTargets.parse(10, 6, "2567=8,2568=0")
    assert [targets.of(year).days for year in (2566, 2567, 2568)] == [10, 8, 0]
    assert targets.of(2567).minutes == 8 * 360
    assert targets.of(2568).reached(Trained())
    assert TrainingTargets.parse(10, 6.5, "").of(2570).minutes_of_day == 390
