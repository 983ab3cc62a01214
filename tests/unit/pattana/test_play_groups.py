"""groups, idea and award: what each comes to, planned from what is there."""

from typing import Any

import pytest

from pattana.client import Caller
from pattana.demo.scene import Request, Unplannable
from pattana.demo.words import WORDS
from tests.unit.pattana.test_play_words import PERS, scene

THERE = {"items": [{"group": number} for number in (1, 2, 3)]}
IDEAS = {
    "items": [{"id": f"i{number}", "state": state} for number, state in enumerate(("SUBMITTED", "DRAFT", "SUBMITTED"))]
}


def planned(step: dict[str, Any], there: dict[str, Any]) -> list[Request]:
    seen = scene(step).with_(answer=there)
    return WORDS[step["do"]].plan(seen.script.steps[-1], seen)


def asked(step: dict[str, Any]) -> tuple[str, Caller]:
    seen, ask = scene(step), WORDS[step["do"]].ask
    assert ask is not None
    request = ask(seen.script.steps[-1], seen)
    return request.path, request.caller


def test_groups_are_made_by_the_organiser() -> None:
    [made] = planned({"do": "groups", "count": 5}, {})
    assert (made.path, made.body, made.caller) == ("/api/enrolment/runs/r/groups", {"count": 5}, PERS)


def test_each_group_has_an_idea_or_those_that_are_named() -> None:
    each = {"do": "idea", "groups": "EACH", "indicators": 2}
    assert asked(each) == ("/api/enrolment/runs/r/groups", PERS)
    ideas = planned(each, THERE)
    assert [one.body["group"] for one in ideas] == [1, 2, 3]
    assert all(one.body["submit"] and len(one.body["indicators"]) == 2 for one in ideas)
    assert len({one.name for one in ideas}) == 3
    [third] = planned({"do": "idea", "groups": [3], "indicators": 0}, THERE)
    assert (third.body["group"], third.body["indicators"]) == (3, [])
    with pytest.raises(Unplannable, match="group 4 is to have an idea, and there are 3"):
        planned({"do": "idea", "groups": [4], "indicators": 1}, THERE)


def test_the_first_submitted_ideas_win() -> None:
    two = {"do": "award", "ideas": 2}
    assert asked(two) == ("/api/enrolment/runs/r/ideas", PERS)
    awards = planned(two, IDEAS)
    assert [(one.path.split("/")[-2], one.body["award"]) for one in awards] == [("i0", 1), ("i2", 2)]
    with pytest.raises(Unplannable, match="3 ideas are to win, and 2 are submitted"):
        planned({"do": "award", "ideas": 3}, IDEAS)
