"""How many rows the next transaction of an import takes: by the time of the last one."""

import pytest

from services.enrolment.directory.domain.pacing import AIM_SECONDS, LEAST_ROWS, MOST_ROWS, Pace, next_pace


@pytest.mark.parametrize(
    ("rows", "seconds", "expected"),
    [
        (20, 0.1, Pace(20, 0.1)),
        (20, 0.05, Pace(40, 0.05)),
        (20, 0.02, Pace(40, 0.02)),
        (150, 0.01, Pace(MOST_ROWS, 0.01)),
        (40, 0.4, Pace(10, AIM_SECONDS)),
        (20, 9, Pace(LEAST_ROWS, AIM_SECONDS)),
        (3, 0, Pace(6, 0)),
    ],
)
def test_the_next_transaction(rows: int, seconds: float, expected: Pace) -> None:
    assert next_pace(rows, seconds) == expected


@pytest.mark.parametrize(("fixed", "each"), [(0.004, 0.0004), (0.03, 0.004), (0.03, 0.03)])
def test_it_settles_where_a_transaction_takes_the_time_it_may(fixed: float, each: float) -> None:
    """Whatever a transaction costs beside its rows."""
    pace = Pace()
    for _ in range(30):
        pace = next_pace(pace.rows, fixed + each * pace.rows)
    took = fixed + each * pace.rows
    assert took <= AIM_SECONDS or pace.rows == LEAST_ROWS
    assert took > 0.7 * AIM_SECONDS or pace.rows == MOST_ROWS
