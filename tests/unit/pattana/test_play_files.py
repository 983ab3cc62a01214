"""Files of plays: what is read in them, each way in which one is wrong, and how far one can be played."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pattana.demo.command import chosen, left_out, unasked
from pattana.demo.cut import CannotPlay, Wish, cut_of, require_report
from pattana.demo.moments import moment_of
from pattana.demo.script import NoPlay, Report, Script, of_text, read
from pattana.demo.steps import STEPS
from pattana.demo.words import WORDS
from tests.support.plays import Raw, bundled, script_of

AS_FAR = Wish(as_far_as_possible=True)
SHORT: Raw = {
    "id": "S",
    "programme": {
        "code": "S-1",
        "runs": [{"capacity": 2, "sessions": [{"startsAt": "2020-08-31T13:00:00+07:00"}]}],
        "targetGroups": [{"key": "G", "scope": "CENTRAL", "seats": 2}],
    },
    "steps": [
        {"do": "open", "at": "D-30", "expect": {"quotaBuckets": 1}},
        {"do": "nominate", "target": "G", "people": 2, "rank": "PRIMARY"},
        {"do": "approve", "who": "ALL"},
        {"do": "remind", "at": "D-7"},
        {"do": "wait", "at": "D+1"},
    ],
    "expected": {"confirmed": 2, "reminderMessages": 2},
}


def short(*steps: Raw, **changes: Any) -> Raw:
    raw = copy.deepcopy(SHORT) | changes
    return raw | ({"steps": list(steps)} if steps else {})


def assigned(due: str, **asked: Any) -> Raw:
    return {"do": "assign", "deliverables": [{"key": "K", "per": "PERSON", "due": due, **asked}]}


def begins(moment: str) -> Raw:
    changed: Raw = SHORT["programme"] | {"runs": [{"capacity": 1, "sessions": [{"startsAt": moment}]}]}
    return changed


def test_the_bundled_plays_are_read_by_name_and_all_together(tmp_path: Path) -> None:
    assert [play.id for play in read("a")] == ["A"]
    plays = read("all")
    assert [play.id for play in plays] == ["A", "B", "C", "D", "E"]
    assert [type(play) for play in plays] == [*[Script] * 4, Report]
    path = tmp_path / "mine.json"
    path.write_text("\ufeff" + json.dumps(SHORT), encoding="utf-8")
    assert [play.id for play in read(str(path))] == ["S"]
    with pytest.raises(NoPlay, match=r"neither a file nor one of the bundled plays \(A, B, C, D, E, all\)"):
        read("Z")


def test_the_body_of_the_programme_is_the_file_s() -> None:
    raw = bundled("C")
    script = script_of(raw)
    assert script.programme == raw["programme"]
    assert (str(script.begins), str(script.first_day)) == ("2024-03-11 09:00:00+07:00", "2024-03-11")


def test_the_first_session_is_the_earliest() -> None:
    later, first = {"startsAt": "2020-09-02T02:00:00Z"}, {"startsAt": "2020-08-31T18:30:00Z"}
    raw = short(programme=SHORT["programme"] | {"runs": [{"capacity": 1, "sessions": [later, first]}]})
    assert str(script_of(raw).first_day) == "2020-09-01"  # in Bangkok it is the next day already


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("D-30", "2020-08-01T08:30:00+07:00"),
        ("D", "2020-08-31T08:30:00+07:00"),
        ("D+1", "2020-09-01T08:30:00+07:00"),
        ("2025-01-15T09:00:00+07:00", "2025-01-15T09:00:00+07:00"),
        ("2025-01-15T02:00:00Z", "2025-01-15T02:00:00+00:00"),
    ],
)
def test_days_are_counted_from_the_first_session(at: str, moment: str) -> None:
    assert moment_of(at, script_of(SHORT).first_day).isoformat() == moment


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", r"test is no play: it is not JSON"),
        ("[]", r"test is no play: it is not an object"),
        ("{}", r"test is no play: id is missing"),
        (json.dumps(short() | {"actions": {}}), r"actions is not a word of this"),
        (json.dumps(short(steps=[])), r"test is no play: it has no steps"),
        (json.dumps(short({"at": "D"})), r"step 1 does not say what to do"),
        (json.dumps(short("open")), r"step 1 does not say what to do"),  # type: ignore[arg-type]
        (json.dumps(short({"do": "dance"})), r"step 1: dance is not a word of plays \(posts, allocate, open"),
        (json.dumps(short({"do": "open", "who": "ALL"})), r"step 1 \(open\): who is not a word of this"),
        (json.dumps(short({"do": "open", "number": 3})), r"step 1 \(open\): number is not a word of this"),
        (json.dumps(short({"do": "open", "at": "noon"})), r"at: noon is neither a day as D-30 or D\+1 nor a moment"),
        (json.dumps(short({"do": "open", "at": "2020-08-01T08:30"})), r"says no offset from UTC, as \+07:00"),
        (json.dumps(short({"do": "open", "at": "2567-05-20T09:00:00+07:00"})), r"at: .* If 2024-05-20 is meant"),
        (json.dumps(short({"do": "open", "at": "2567-02-29T09:00:00+07:00"})), r"at: .* If 2024-02-29 is meant"),
        (json.dumps(short({"do": "open", "at": "0067-05-20T09:00:00+07:00"})), r"not between the years 1941 and 2099"),
        (json.dumps(short(assigned("2567-09-30"))), r"step 1 \(assign\): .*due: .* If 2024-09-30 is meant"),
        (json.dumps(short(assigned("2024-9-30"))), r"due: must be a day as YYYY-MM-DD"),
        (json.dumps(short(assigned("2024-09-30", fiscalYear=2024))), r"fiscalYear: "),
        (json.dumps(short(programme=begins("2567-02-29T09:00:00+07:00"))), r"startsAt: .* If 2024-02-29 is meant"),
        (json.dumps(short(programme=begins("2024-05-20T09:00:00"))), r"startsAt: "),
        (
            json.dumps(short(programme=SHORT["programme"] | {"releaseAt": "2567-05-20"})),
            r"its programme: releaseAt: .* If 2024-05-20 is meant",
        ),
        (json.dumps(short({"do": "approve"})), r"step 1 \(approve\): who is missing"),
        (json.dumps(short({"do": "approve", "who": "SOME"})), r"step 1 \(approve\): who: "),
        (
            json.dumps(short({"do": "nominate", "target": "G", "rank": "PRIMARY", "people": 1, "each": 1})),
            r"it needs either units with each, or people",
        ),
        (
            json.dumps(short({"do": "nominate", "target": "G", "rank": "PRIMARY", "units": ["PO-50"]})),
            r"it needs either units with each, or people",
        ),
        (
            json.dumps(short({"do": "nominate", "target": "X", "rank": "PRIMARY", "people": 1})),
            r"test: step 1 \(nominate\): X is not a target group of the programme \(G\)",
        ),
        (json.dumps(short({"do": "apply", "people": 1})), r"it needs either people with from, or units with each"),
        (
            json.dumps(short({"do": "apply", "people": 1, "from": "CENTRAL", "each": 1})),
            r"it needs either people with from, or units with each",
        ),
        (
            json.dumps(short({"do": "withdraw", "unit": "PO-50", "target": "G", "state": "CONFIRMED", "count": 1})),
            r"it needs either unit or target",
        ),
        (json.dumps(short({"do": "withdraw", "unit": "PO-50", "state": "CONFIRMED", "count": -1})), r"count: "),
        (json.dumps(short({"do": "checkIn", "sesions": "ALL"})), r"step 1 \(checkIn\): sesions is not a word of this"),
        (json.dumps(short(programme={"code": "X", "runs": []})), r"its programme has 0 runs, and steps are about one"),
        (json.dumps(short(programme={"code": "X", "runs": [{}]})), r"its run has no sessions"),
        (json.dumps(short(programme={"runs": [{}]})), r"its programme: code is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(NoPlay, match=sentence):
        of_text(text, "test")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (short(expected={"confirmd": 2}), r"S: at the end: confirmd is not a number that any report has"),
        (short(expected={"seats.X": 2}), r"S: at the end: seats.X is not a number"),
        (
            short({"do": "open", "expect": {"waitlistedK3": 1}}),
            r"S: step 1 \(open\): waitlistedK3 is not a number that any report has",
        ),
        (
            short({"do": "checkIn", "sessions": "ALL", "expect": {"atendees": 1}}),
            r"S: step 1 \(checkIn\): atendees is not a number",
        ),
    ],
)
def test_a_number_that_nothing_reports_is_refused_whatever_is_left_out(raw: Raw, sentence: str) -> None:
    for wish in (Wish(), AS_FAR, Wish(until="1")):
        with pytest.raises(NoPlay, match=sentence):
            cut_of(script_of(raw), wish)


def test_a_file_that_can_be_played_is_played_whole() -> None:
    cut = cut_of(script_of(SHORT), Wish())
    assert (len(cut.steps), cut.left_out, cut.expected, cut.unknown) == (5, (), SHORT["expected"], [])
    assert list(left_out(cut, [])) == []


@pytest.mark.parametrize("wish", [Wish(until="3"), Wish(until="approve"), Wish(until="3", as_far_as_possible=True)])
def test_it_is_played_up_to_a_step_and_what_is_left_out_is_said(wish: Wish) -> None:
    raw = short(
        *SHORT["steps"][:3],
        {"do": "close"},
        SHORT["steps"][3],
        expected=SHORT["expected"] | {"evaluationResponsePct": 1},
    )
    cut = cut_of(script_of(raw), wish)
    assert [step.do for step in cut.steps] == ["open", "nominate", "approve"]
    assert cut.expected == {
        "confirmed": 2,
        "evaluationResponsePct": 1,
    }  # a reminder is left out, so its number is another
    assert list(left_out(cut, ["checks"])) == [
        "left out of the programme: checks",
        "left out steps: 4 close, 5 remind",
        "left out numbers: reminderMessages",
    ]


def test_numbers_that_a_step_left_out_may_move_are_not_compared() -> None:
    cut = cut_of(script_of(SHORT), Wish(until="2"))
    assert (cut.expected, cut.unknown) == ({}, ["confirmed", "reminderMessages"])
    # Waiting moves seats before the run, where deadlines pass, and none after it.
    assert cut_of(script_of(SHORT), Wish(until="4")).expected == SHORT["expected"]
    waiting = short(*SHORT["steps"][:4], {"do": "wait", "at": "D-3"})
    assert cut_of(script_of(waiting), Wish(until="4")).expected == {"reminderMessages": 2}


def test_until_a_step_that_is_not_there() -> None:
    with pytest.raises(CannotPlay, match=r"S: there is no step 9; it has 5 steps"):
        cut_of(script_of(SHORT), Wish(until="9"))
    with pytest.raises(CannotPlay, match=r"S: there is no step certify; it has 5 steps"):
        cut_of(script_of(SHORT), Wish(until="certify"))


@pytest.mark.parametrize("name", ["A", "B", "C", "D"])
def test_every_programme_is_played_whole(name: str) -> None:
    ((script, cut),) = [play for play in chosen([name], Wish()) if not isinstance(play, Report)]
    assert cut.steps == script.steps
    assert [*cut.left_out, *cut.unknown] == []
    assert cut.expected == script.expected


def test_every_play_is_looked_at_before_the_first_is_played() -> None:
    assert len(chosen(["all"], AS_FAR)) == 5
    for named in (["all", "E"], ["A", "E"]):
        with pytest.raises(CannotPlay, match="E: the report framework"):
            chosen(named, Wish())
    with pytest.raises(CannotPlay, match="E: the report framework cannot be asked yet; --as-far-as-possible"):
        chosen(["E"], Wish())
    wrong = json.dumps(bundled("E") | {"expected": {"programs": 4}})
    report = of_text(wrong, "test")
    assert isinstance(report, Report)
    with pytest.raises(NoPlay, match="E: programs is not a number that any report has"):
        require_report(report, leaves_out=True)


def test_every_word_of_plays_is_played() -> None:
    assert WORDS.keys() == STEPS.keys()


def test_all_plays_are_those_that_can_be_played_whole_and_the_rest_is_said() -> None:
    """`demo all` plays A to D; E alone, or by its name, is refused as before."""
    plays = chosen(["all"], Wish())
    scripts = [play for play in plays if not isinstance(play, Report)]
    assert [(script.id, cut.left_out, cut.lenient) for script, cut in scripts] == [(name, (), True) for name in "ABCD"]
    ((_, named),) = (play for play in chosen(["C"], Wish()) if not isinstance(play, Report))
    assert not named.lenient, "a field of its programme is refused where it was named"
    (sentence,) = unasked(plays)
    assert sentence.startswith(
        "left out: play E, as the report framework over A, B, C, D cannot be asked yet (its numbers"
    )
    assert sentence.endswith("gaps); the exit code is that of the other plays")
    assert unasked(scripts) == []


def test_the_documentation_has_every_word() -> None:
    text = (Path(__file__).parents[3] / "docs" / "plays.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    documented = {word: row[-1] for row in rows for word in re.findall(r"`(\w+)`", row[0])}
    assert documented.keys() == STEPS.keys()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    script = of_text(example, "docs/plays.md")
    assert isinstance(script, Script)
    assert cut_of(script, Wish()).left_out == ()
