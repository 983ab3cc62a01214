"""Expected and actual numbers, and the diary that lets an interrupted play continue."""

from pathlib import Path
from typing import Any

import pytest

from pattana.demo.diary import open_diary
from pattana.demo.numbers import COMPARED, lines, table
from pattana.demo.play import reminded
from pattana.demo.scenario import Scenario, read
from pattana.operate.outbox import moment


def scenario() -> Scenario:
    return read("A")[0]


def test_every_number_of_the_file_has_a_line() -> None:
    numbers = scenario().numbers()
    compared = lines(numbers, {"confirmed": 100, "target": 99})
    assert {line.name for line in compared} == numbers.keys()
    assert [(line.name, line.differs) for line in compared[:2]] == [("target", True), ("confirmed", False)]
    assert not any(line.played for line in compared[2:])
    assert set(COMPARED) <= numbers.keys()


def test_a_table_of_numbers_has_a_line_for_each() -> None:
    compared = lines(
        {"confirmedByRegion": {"N": 17, "S": 11}}, {"confirmedByRegion": {"N": 17, "S": 10, "E": 1, "C": 0}}
    )
    assert [(line.name, line.expected, line.actual, line.differs) for line in compared] == [
        ("confirmedByRegion.N", 17, 17, False),
        ("confirmedByRegion.S", 11, 10, True),
        ("confirmedByRegion.E", 0, 1, True),
    ]


def test_the_table_marks_what_differs_and_what_was_not_played() -> None:
    rows = table(lines({"confirmed": 100, "attended": 97}, {"confirmed": 99})).splitlines()
    assert rows[1].split() == ["confirmed", "100", "99", "<-", "differs"]
    assert rows[2].split() == ["attended", "97", "not", "played"]


@pytest.mark.parametrize(
    ("rounds", "waves", "expected"),
    [
        ([{"D-7": 100, "D-1": 0}, {"D-7": 100, "D-1": 100}], ["D-7", "D-1"], (100, 200)),
        ([{"D-7": 100, "D-1": 0}], ["D-7"], (100, 100)),
        ([{"D-7": 100, "D-1": 98}], ["D-7", "D-1"], ("100 / 98", 198)),
    ],
)
def test_reminders_are_reported_per_wave(
    rounds: list[dict[str, int]], waves: list[str], expected: tuple[Any, int]
) -> None:
    numbers = reminded(rounds, waves)
    assert (numbers["remindersPerWave"], numbers["reminderMessages"]) == expected


def test_without_waves_there_is_no_number() -> None:
    assert reminded([], []) == {}


def test_a_step_is_done_once_across_starts(tmp_path: Path) -> None:
    done: list[str] = []

    def step() -> list[str]:
        done.append("step")
        return ["a"]

    with open_diary(tmp_path, scenario(), "http://x") as diary:
        assert not diary.begun
        assert diary.once("one", step) == diary.once("one", step) == ["a"]
    with open_diary(tmp_path, scenario(), "http://x") as again:
        assert again.begun
        assert (again.play, again.once("one", step), done) == (diary.play, ["a"], ["step"])
        assert again.key("one") == diary.key("one")
        assert (again.has("one"), again.has("two")) == (True, False)


def play_of(folder: Path, url: str = "http://x", **changes: Any) -> str:
    with open_diary(folder, scenario().model_copy(update=changes), url) as diary:
        return diary.play


def test_an_ended_play_another_file_and_another_address_start_new_plays(tmp_path: Path) -> None:
    with open_diary(tmp_path, scenario(), "http://x") as first:
        first.once("one", lambda: 1)
    assert play_of(tmp_path) == first.play
    assert play_of(tmp_path, "http://y") != first.play
    assert play_of(tmp_path, id="B") != first.play
    with open_diary(tmp_path, scenario(), "http://x") as same:
        same.end()
    assert play_of(tmp_path) != first.play


def test_two_simultaneous_plays_of_a_file_are_separate(tmp_path: Path) -> None:
    with open_diary(tmp_path, scenario(), "http://x") as first, open_diary(tmp_path, scenario(), "http://x") as second:
        assert first.play != second.play


def test_a_step_interrupted_while_being_recorded_is_repeated(tmp_path: Path) -> None:
    with open_diary(tmp_path, scenario(), "http://x") as diary:
        diary.once("one", lambda: 1)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text() + '{"step": "two", "outc')
    with open_diary(tmp_path, scenario(), "http://x") as again:
        assert again.once("two", lambda: 2) == 2
    with open_diary(tmp_path, scenario(), "http://x") as last:
        assert last.once("two", lambda: 3) == 2


def test_a_time_without_an_offset_is_bangkok_time() -> None:
    parsed = moment("2026-11-21T08:30")
    assert parsed is not None
    assert parsed.isoformat() == "2026-11-21T08:30:00+07:00"
    assert moment(None) is None
