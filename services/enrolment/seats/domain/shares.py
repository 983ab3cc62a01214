"""Seats divided by whole numbers, the same way every time. Pure.

What is divided is conserved: the parts and what is left come to what there was. Ties go by the code of the unit.
"""

from collections.abc import Mapping


def largest_remainder(seats: int, weights: Mapping[str, int]) -> dict[str, int]:
    """All seats by weight: each gets the whole part of its quota, and those with the largest remainders one more.
    Nobody gets any where nothing weighs."""
    whole = sum(weights.values())
    if whole == 0:
        return dict.fromkeys(weights, 0)
    shares = {unit: seats * weight // whole for unit, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda unit: (-(seats * weights[unit] % whole), unit))
    for unit in by_remainder[: seats - sum(shares.values())]:
        shares[unit] += 1
    return shares


def in_rounds(wanted: Mapping[str, int], seats: int) -> dict[str, int]:
    """What each wants. Where there are too few each gets as many as fit for all, and the first by code one more, so
    that nobody has a second seat while another has none."""
    level, left = _level(wanted, min(seats, sum(wanted.values())))
    given = {unit: min(count, level) for unit, count in wanted.items()}
    for unit in sorted(unit for unit, count in wanted.items() if count > level)[:left]:
        given[unit] += 1
    return given


def _level(wanted: Mapping[str, int], seats: int) -> tuple[int, int]:
    """Up to how many everybody gets what is wanted, and how many seats are left for one more each."""
    counts, level = sorted(wanted.values()), 0
    for place, count in enumerate(counts):
        others = len(counts) - place  # those that want at least so many
        if (count - level) * others > seats:
            return level + seats // others, seats % others
        seats -= (count - level) * others
        level = count
    return level, 0
