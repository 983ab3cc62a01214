"""One rule of rounding for whatever is told."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rounding import percentage, rounded


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(1, 8, 0.13), (3, 8, 0.38), (201, 200, 1.01), (1, 3, 0.33), (2, 3, 0.67), (0, 7, 0.0), (5, 1, 5.0)],
)
def test_halves_go_away_from_zero_for_losses_as_for_gains(part: int, whole: int, expected: float) -> None:
    assert rounded(part, whole) == rounded(Fraction(part, whole)) == expected
    assert rounded(-part, whole) == -expected


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(74, 76, 97.37), (71, 76, 93.42), (100, 100, 100.0), (1, 8, 12.5), (1, 800, 0.13), (0, 5, 0.0), (3, 0, None)],
)
def test_percentages(part: int, whole: int, expected: float | None) -> None:
    assert percentage(part, whole) == expected


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_nothing_is_further_away_than_half_a_hundredth(part: int, whole: int) -> None:
    assert rounded(part, whole) == floor(Fraction(100 * part, whole) + Fraction(1, 2)) / 100
