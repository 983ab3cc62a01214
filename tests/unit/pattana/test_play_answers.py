"""The word `answer`: who answers what."""

from collections.abc import Sequence

import pytest

from pattana.demo.scene import Request, Unplannable
from pattana.demo.words import WORDS
from pattana.demo.words.answering import MEASURES
from services.enrolment.evaluation.domain.bundled import FORMS
from shared.events.evaluation import FormKind
from shared.rights import Role
from tests.support.plays import Raw
from tests.unit.pattana.test_play_words import nomination, scene

PEOPLE = [nomination(f"n{n}", "PO-50.HR", "WITHDRAWN" if n == 2 else "CONFIRMED", person=f"p{n}") for n in range(1, 6)]


def answers(form: str, there: Sequence[str] | None = None, **scores: int) -> list[Request]:
    """`there`: nominations of whoever was present; None: nobody's attendance was recorded."""
    step: Raw = {
        "do": "answer",
        "form": form,
        "scores": {name.removeprefix("s"): count for name, count in scores.items()},
    }
    recorded = () if there is None else PEOPLE
    items = [{"nomination": one["id"], "attended": one["id"] in (there or ())} for one in recorded]
    seen = scene(step).with_(nominations=PEOPLE, answer={"items": items})
    return WORDS["answer"].plan(seen.script.steps[-1], seen)


def test_the_highest_score_first_in_order_of_nomination() -> None:
    *sent, told = answers("REACTION", s2=1, s5=2)
    assert [(one.caller.person, one.body) for one in sent] == [
        ("p1", {"answers": {"overall": 5}}),
        ("p3", {"answers": {"overall": 5}}),
        ("p4", {"answers": {"overall": 2}}),
    ]
    assert {one.path for one in sent} == {"/api/enrolment/runs/r/forms/REACTION/answers"}
    assert (told.method, told.path) == ("GET", "/api/enrolment/runs/r/forms/REACTION")


@pytest.mark.parametrize(("form", "by"), [("PRE", ["p1", "p3"]), ("POST", ["p3", "p5"]), ("REACTION", ["p3", "p5"])])
def test_after_the_sessions_those_who_were_there(form: str, by: list[str]) -> None:
    *sent, _ = answers(form, ["n2", "n3", "n5"], s4=2)
    assert [one.caller.person for one in sent] == by


def test_where_nobody_was_there_nobody_answers() -> None:
    with pytest.raises(Unplannable, match="1 are to answer POST, and 0 may"):
        answers("POST", [], s3=1)


def test_superiors_assess() -> None:
    sent = answers("TRANSFER", s4=1)[0]
    assert (sent.caller.role, sent.caller.unit) == (Role.SUPERVISOR, "PO-50")
    assert sent.body == {"answers": {"applied": 4}, "about": "p1"}


def test_more_than_there_are_cannot_answer() -> None:
    with pytest.raises(Unplannable, match="5 are to answer POST, and 4 may"):
        answers("POST", s3=5)


def test_the_player_knows_what_the_bundled_forms_measure() -> None:
    assert {kind: form.measure for kind, form in FORMS.items()} == {
        FormKind(name): key for name, key in MEASURES.items()
    }
    for form in FORMS.values():
        assert [one.question.key for one in form.asked if one.required] == [form.measure]
