"""Which requirements OWASP ASVS 5.0.0 has at the levels 1 and 2, by number alone."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

# Of each section the last parts of its numbers: of level 1, of level 2. Those of level 3 are left out.
SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "1.1": ("", "1-2"),
    "1.2": ("1-5", "6-9"),
    "1.3": ("1-2", "3-11"),
    "1.4": ("", "1-3"),
    "1.5": ("1", "2"),
    "2.1": ("1", "2-3"),
    "2.2": ("1-2", "3"),
    "2.3": ("1", "2-4"),
    "2.4": ("", "1"),
    "3.2": ("1-2", ""),
    "3.3": ("1", "2-4"),
    "3.4": ("1-2", "3-6"),
    "3.5": ("1-3", "4-5"),
    "3.7": ("", "1-2"),
    "4.1": ("1", "2-3"),
    "4.2": ("", "1"),
    "4.3": ("", "1-2"),
    "4.4": ("1", "2-4"),
    "5.1": ("", "1"),
    "5.2": ("1-2", "3"),
    "5.3": ("1-2", ""),
    "5.4": ("", "1-3"),
    "6.1": ("1", "2-3"),
    "6.2": ("1-8", "9-12"),
    "6.3": ("1-2", "3-4"),
    "6.4": ("1-2", "3-4"),
    "6.5": ("", "1-5"),
    "6.6": ("", "1-3"),
    "6.8": ("", "1-4"),
    "7.1": ("", "1-3"),
    "7.2": ("1-4", ""),
    "7.3": ("", "1-2"),
    "7.4": ("1-2", "3-5"),
    "7.5": ("", "1-2"),
    "7.6": ("", "1-2"),
    "8.1": ("1", "2"),
    "8.2": ("1-2", "3"),
    "8.3": ("1", ""),
    "8.4": ("", "1"),
    "9.1": ("1-3", ""),
    "9.2": ("1", "2-4"),
    "10.1": ("", "1-2"),
    "10.2": ("", "1-2"),
    "10.3": ("", "1-4"),
    "10.4": ("1-5", "6-11"),
    "10.5": ("", "1-5"),
    "10.6": ("", "1-2"),
    "10.7": ("", "1-3"),
    "11.1": ("", "1-2"),
    "11.2": ("", "1-3"),
    "11.3": ("1-2", "3"),
    "11.4": ("1", "2-4"),
    "11.5": ("", "1"),
    "11.6": ("", "1"),
    "12.1": ("1", "2-3"),
    "12.2": ("1-2", ""),
    "12.3": ("", "1-4"),
    "13.1": ("", "1"),
    "13.2": ("", "1-5"),
    "13.3": ("", "1-2"),
    "13.4": ("1", "2-5"),
    "14.1": ("", "1-2"),
    "14.2": ("1", "2-4"),
    "14.3": ("1", "2-3"),
    "15.1": ("1", "2-3"),
    "15.2": ("1", "2-3"),
    "15.3": ("1", "2-7"),
    "16.1": ("", "1"),
    "16.2": ("", "1-5"),
    "16.3": ("", "1-4"),
    "16.4": ("", "1-3"),
    "16.5": ("", "1-3"),
    "17.1": ("", "1"),
    "17.2": ("", "1-4"),
    "17.3": ("", "1-2"),
}


def _of(level: int) -> Iterator[str]:
    for section, parts in SECTIONS.items():
        if parts[level - 1]:
            first, _, last = parts[level - 1].partition("-")
            yield from (f"{section}.{part}" for part in range(int(first), int(last or first) + 1))


def _order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


LEVEL_1: Final = tuple(_of(1))
LEVEL_2: Final = tuple(_of(2))  # without those of level 1
NUMBERS: Final = tuple(sorted((*LEVEL_1, *LEVEL_2), key=_order))
_NUMBER: Final = re.compile(r"(\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))?")


def numbers_in(told: str) -> list[str]:
    """ "1.2.6–1.2.8" are all from the first to the last that there are. Raises ValueError for anything else."""
    match = _NUMBER.fullmatch(told)
    if match is None:
        raise ValueError(f"no number and no range: {told!r}")
    first, last = NUMBERS.index(match[1]), NUMBERS.index(match[2] or match[1])
    if last < first or (match[2] and last == first):
        raise ValueError(f"a range that goes nowhere: {told!r}")
    return list(NUMBERS[first : last + 1])
