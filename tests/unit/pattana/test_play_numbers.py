"""Where the numbers of a play are found, how they are compared, and the diary that lets a play go on."""

from pathlib import Path
from typing import Any

import pytest
from click import BadParameter

from pattana.client import Rejected
from pattana.demo.creating import unknown_fields
from pattana.demo.diary import open_diary
from pattana.demo.lines import Line, lines, table, unchanged
from pattana.demo.numbers import Answers, Source, UnknownNumber, flat, number_of
from pattana.operate.outbox import moment
from tests.support.plays import bundled, script_of

A = script_of(bundled("A"))
TARGETS = ["PROV_HEAD", "PROV_K3"]
REPORT = {
    "confirmed": 7,
    "byTarget": {"PROV_K3": {"confirmed": 4, "waitlistRemaining": 2, "key": "PROV_K3"}},
    "byUnit": [{"key": "PO-50", "confirmed": 1, "nameTh": "สำนักงานจังหวัดเชียงใหม่"}],
    "asOf": {"eventsBehind": 3},
    "lag": 0.5,
}
ANSWERS: Answers = {
    Source.REPORT: REPORT,
    Source.MESSAGES: {"NOMINATION_REQUEST": {"made": 78, "sent": 77}, "PROMOTED": {"made": 4, "sent": 3}},
    Source.WAVES: {"D-7": 100, "D-1": 98},
    Source.BUCKETS: [
        {"target": "PROV_K3", "bucketUnit": "PO", "seats": 74},
        {"target": "PROV_HEAD", "bucketUnit": "PO-50", "seats": 1},
        {"target": "PROV_HEAD", "bucketUnit": "PO-51", "seats": 1},
        {"target": "PROV_HEAD", "bucketUnit": "PO-52", "seats": 0},
    ],
    Source.APPLIED: 63,
    Source.DAYS_LEFT: 7,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("confirmed", 7),
        ("approvedInitial", 7),
        ("nominationRequestsSent", 77),
        ("promotedFromWaitlist", 4),
        ("applications", 63),
        ("reminderMessages", 198),
        ("remindersPerWave", 100),
        ("seats.PROV_K3", 74),
        ("buckets.PROV_K3", 1),
        ("seats.PROV_HEAD", 2),
        ("buckets.PROV_HEAD", 2),
        ("confirmed.PROV_K3", 4),
        ("confirmedK3", 4),
        ("waitlistedK3", 2),
        ("confirmed.PROV_HEAD", 0),  # nobody has a seat of it: the report has no row
    ],
)
def test_where_a_number_is_found(name: str, value: int) -> None:
    number = number_of(name, TARGETS)
    assert number is not None
    assert number.find({source: ANSWERS[source] for source in number.sources}) == value


@pytest.mark.parametrize(("left", "sent"), [(8, 0), (7, 100), (6, 100), (2, 100), (1, 98), (0, 98), (-1, 98)])
def test_the_wave_is_the_last_one_whose_day_has_come(left: int, sent: int) -> None:
    number = number_of("remindersPerWave", [])
    assert number is not None
    assert number.find({Source.WAVES: {"D-7": 100, "D-1": 98, "other": 5}, Source.DAYS_LEFT: left}) == sent


def test_names_that_nothing_has() -> None:
    for name in ("confirmd", "confirmed.X", "seatsX", "seats.", "confirmed.", "waitlisted"):
        with pytest.raises(UnknownNumber, match=f"{name} is not a number that any report has"):
            number_of(name, TARGETS)
    with pytest.raises(UnknownNumber):  # which of the two?
        number_of("confirmedK3", ["PROV_K3", "CENTRAL_K3"])


def test_all_numbers_of_the_answers_but_how_fresh_they_are() -> None:
    found = flat(ANSWERS)
    assert found["confirmed"] == 7
    assert found["byTarget.PROV_K3.confirmed"] == 4
    assert found["byUnit.PO-50.confirmed"] == 1
    assert found["messages.PROMOTED.made"] == 4
    assert found["reminders.D-1"] == 98
    assert not [name for name in found if "lag" in name or "asOf" in name or "nameTh" in name]


def test_every_number_of_the_file_has_a_line() -> None:
    assert [(line.name, line.differs) for line in lines({"confirmed": 100, "target": 99}, {"confirmed": 100}, "x")] == [
        ("confirmed", False),
        ("target", True),
    ]


def test_a_table_of_numbers_has_a_line_for_each() -> None:
    expected, actual = {"byRegion": {"N": 17, "S": 11}}, {"byRegion": {"N": 17, "S": 10, "E": 1, "C": 0}}
    assert [(line.name, line.expected, line.actual, line.differs) for line in lines(expected, actual, "x")] == [
        ("byRegion.N", 17, 17, False),
        ("byRegion.S", 11, 10, True),
        ("byRegion.E", 0, 1, True),
    ]


def test_a_step_that_is_done_twice_moves_nothing() -> None:
    assert not unchanged({"confirmed": 1}, {"confirmed": 1}, "step 1 (remind)").differs
    line = unchanged({"confirmed": 1}, {"confirmed": 2, "seats": 1}, "step 1 (remind)")
    assert (line.name, line.actual, line.differs) == ("twice", "confirmed 1 -> 2; seats None -> 1", True)


def test_the_printed_table_says_after_which_step_and_what_differs() -> None:
    rows = table([Line("confirmed", 100, 99, "step 5 (approve)"), Line("target", 1, 1, "the end")]).splitlines()
    assert rows[0].split() == ["number", "expected", "actual", "after"]
    assert rows[1].split() == ["confirmed", "100", "99", "step", "5", "(approve)", "<-", "differs"]
    assert rows[2].split() == ["target", "1", "1", "the", "end"]


@pytest.mark.parametrize(
    ("errors", "unknown"),
    [
        ([("checks", "extra_forbidden"), ("reminders", "extra_forbidden")], ["checks", "reminders"]),
        ([("approvalRoute", "bool_type")], ["approvalRoute"]),
        ([("certificate.forms", "extra_forbidden"), ("certificate", "extra_forbidden")], ["certificate"]),
        ([("checks", "extra_forbidden"), ("title", "missing")], []),  # something else is wrong
        ([("cheks", "extra_forbidden")], []),  # no field of plays
        ([("forms", "extra_forbidden")], []),  # not of this programme
        ([], []),
    ],
)
def test_fields_that_a_release_may_not_know(errors: list[tuple[str, str]], unknown: list[str]) -> None:
    body: dict[str, Any] = {"checks": {}, "cheks": {}, "reminders": [], "approvalRoute": [], "certificate": {}}
    assert unknown_fields(Rejected("POST", 422, "unknown-field", "", errors).fields, body) == unknown


def test_a_step_is_done_once_across_starts(tmp_path: Path) -> None:
    done: list[str] = []

    def step() -> list[str]:
        done.append("step")
        return ["a"]

    with open_diary(tmp_path, A, "http://x") as diary:
        assert not diary.begun
        assert diary.once("one", step) == diary.once("one", step) == ["a"]
    with open_diary(tmp_path, A, "http://x") as again:
        assert again.begun
        assert (again.play, again.once("one", step), done) == (diary.play, ["a"], ["step"])
        assert again.key("one") == diary.key("one")
        assert (again.has("one"), again.has("two")) == (True, False)


def play_of(folder: Path, url: str = "http://x", **changes: Any) -> str:
    with open_diary(folder, script_of(bundled("A") | changes), url) as diary:
        return diary.play


def test_an_ended_play_another_file_and_another_address_start_new_plays(tmp_path: Path) -> None:
    with open_diary(tmp_path, A, "http://x") as first:
        first.once("one", lambda: 1)
    assert play_of(tmp_path) == first.play
    assert play_of(tmp_path, "http://y") != first.play
    assert play_of(tmp_path, id="B") != first.play
    assert play_of(tmp_path, expected={}) != first.play
    with open_diary(tmp_path, A, "http://x") as same:
        same.end()
    assert play_of(tmp_path) != first.play


def test_two_simultaneous_plays_of_a_file_are_separate(tmp_path: Path) -> None:
    with open_diary(tmp_path, A, "http://x") as first, open_diary(tmp_path, A, "http://x") as second:
        assert first.play != second.play


def test_a_step_interrupted_while_being_recorded_is_repeated(tmp_path: Path) -> None:
    with open_diary(tmp_path, A, "http://x") as diary:
        diary.once("one", lambda: 1)
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text() + '{"step": "two", "outc')
    with open_diary(tmp_path, A, "http://x") as again:
        assert again.once("two", lambda: 2) == 2
    with open_diary(tmp_path, A, "http://x") as last:
        assert last.once("two", lambda: 3) == 2


def test_a_time_without_an_offset_is_bangkok_time() -> None:
    parsed = moment("2026-11-21T08:30")
    assert parsed is not None
    assert parsed.isoformat() == "2026-11-21T08:30:00+07:00"
    assert moment(None) is None


@pytest.mark.parametrize("written", ["2567-02-29", "2567-02-29T08:30", "25670229", "2567-02-29T08:30:00Z"])
def test_a_time_in_a_buddhist_year_is_refused_with_the_one_that_was_meant(written: str) -> None:
    """Nothing has happened in the year 2567 of the Common era: all commands would do nothing, and say nothing."""
    with pytest.raises(BadParameter, match=r"If 2024-?02-?29 is meant, please write that") as caught:
        moment(written, "--until")
    assert caught.value.param_hint == "--until"
    with pytest.raises(BadParameter, match="2566-02-29 is not a time"):  # a day of neither era
        moment("2566-02-29")
