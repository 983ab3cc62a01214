"""docs/security.md: every requirement of ASVS 5.0.0 up to level 2 stands in it once, and what it names is there."""

import re
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.unit.repository.asvs import LEVEL_1, LEVEL_2, NUMBERS, numbers_in

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = (ROOT / "docs/security.md").read_text()
MET, NOT_APPLICABLE = "met", "not applicable"
STATUSES: Final = (MET, "partly", "open", NOT_APPLICABLE)
READ, NOTHING = "read", "–"


class Row(NamedTuple):
    number: str
    requirement: str
    status: str
    where: str
    held_by: str


def rows() -> list[Row]:
    """Of the tables that begin with numbers, also of a row that is written wrongly."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\|\s*\d+\.", line)]
    return [Row(*(cell.strip() for cell in line.strip().strip("|").split("|"))) for line in lines]


ROWS: Final = rows()


def named(row: Row) -> str:
    return row.number


def test_the_standard_has_as_many_requirements_as_it_says() -> None:
    assert (len(LEVEL_1), len(LEVEL_2)) == (70, 183)
    assert len(set(NUMBERS)) == 253


def test_a_range_is_what_there_is_from_its_first_to_its_last() -> None:
    assert numbers_in("1.2.8–1.3.1") == ["1.2.8", "1.2.9", "1.3.1"]  # 1.2.10 is of level 3
    assert numbers_in("17.1.1–17.3.2")[0] == "17.1.1"
    for wrong in ("1.2", "1.2.1-1.2.3", "1.2.3–1.2.1", "1.2.1–1.2.1", "1.2.10", "1.2.1, 1.2.2"):
        with pytest.raises(ValueError, match=r"number|range|tuple"):
            numbers_in(wrong)


def test_every_requirement_stands_there_once() -> None:
    told = Counter(number for row in ROWS for number in numbers_in(row.number))

    assert sorted(set(NUMBERS) - told.keys()) == []
    assert [number for number, times in told.items() if times > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_row_says_what_it_must(row: Row) -> None:
    assert row.status in STATUSES
    assert row.requirement
    assert row.where, "where it is met, or why it is not"
    assert (row.held_by == NOTHING) == (row.status == NOT_APPLICABLE)
    if row.held_by not in (READ, NOTHING):
        assert re.fullmatch(r"`tests/[\w/]+/test_\w+\.py`(?: `tests/[\w/]+/test_\w+\.py`)*", row.held_by)


def test_the_sum_is_that_of_the_rows() -> None:
    counts = Counter(row.status for row in ROWS for _ in numbers_in(row.number))
    told = re.search(r"Of (\d+) requirements (\d+) are met, (\d+) partly, (\d+) open, (\d+) not applicable", PAGE)

    assert told is not None
    assert [int(number) for number in told.groups()] == [len(NUMBERS), *(counts[status] for status in STATUSES)]


def test_what_it_names_exists() -> None:
    """Whatever is set as code and has the form of a path: not a route, which begins with a slash."""
    told = set(re.findall(r"`([\w.][\w.-]*(?:/[\w.-]+)+|\.?[\w-]+\.(?:py|md|yml|toml|txt)|\.dockerignore)`", PAGE))

    assert len(told) > 100
    assert sorted(path for path in told if not (ROOT / path).exists()) == []
