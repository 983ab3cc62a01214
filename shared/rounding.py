"""How numbers of reports are rounded: one rule for all of them. Pure."""

from fractions import Fraction
from typing import Final

_HUNDRED: Final = 100


def rounded(part: int | Fraction, whole: int = 1) -> float:
    """Part of whole with two decimals, a half away from zero, as people and spreadsheets do: 0.125 is 0.13, and a loss
    of 0.125 is -0.13, as large as the gain. In whole numbers, since 1.005 is less than that as a float, and the
    `round` of Python takes a half to the even digit."""
    exact = abs(Fraction(part) / whole) * _HUNDRED
    hundredths = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return (hundredths if part >= 0 else -hundredths) / _HUNDRED


def percentage(part: int, whole: int) -> float | None:
    """None when there is nothing to divide by."""
    return None if whole <= 0 else rounded(100 * part, whole)
