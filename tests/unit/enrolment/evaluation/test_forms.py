"""Questions, forms, times and set-up: every refusal, every edge."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.enrolment.catalogue import OfferedRun, RunState
from services.enrolment.evaluation.domain import bundled
from services.enrolment.evaluation.domain.evaluations import (
    Chosen,
    Evaluation,
    answered,
    ended,
    require_form,
    require_open,
    set_up,
)
from services.enrolment.evaluation.domain.forms import (
    ANONYMOUS,
    Asked,
    Form,
    check_answers,
    check_draft,
    check_form,
)
from services.enrolment.evaluation.domain.questions import (
    LONGEST_TEXT,
    Choice,
    Question,
    QuestionKind,
    check_question,
)
from services.enrolment.evaluation.domain.windows import USUAL, Phase, window_of
from shared.clock import BANGKOK
from shared.errors import Refused
from shared.events.evaluation import FormKind

STARTS = datetime(2024, 3, 11, 9, tzinfo=BANGKOK)
ENDS = datetime(2024, 3, 12, 16, 30, tzinfo=BANGKOK)
RUN = OfferedRun(
    id="r1",
    programme="p1",
    state=RunState.OPEN,
    opened=True,
    capacity=50,
    fiscal_year=2567,
    starts_at=STARTS,
    ends_at=ENDS,
    opens_at=None,
    closes_at=None,
    approval_route=(),
    organiser="PERS",
    four_eyes=True,
    offset_seconds=0,
    targets=(),
    forms=tuple(FormKind),
)
LEVEL = Question("l", 1, QuestionKind.LEVEL, "ระดับ")
CHOICE = Question("c", 1, QuestionKind.CHOICE, "ทาง", choices=(Choice("a", "ก"), Choice("b", "ข")))
NUMBER = Question("n", 1, QuestionKind.NUMBER, "คะแนน", least=0, most=20)
TEXT = Question("t", 1, QuestionKind.TEXT, "อื่น ๆ")
FORM = Form("F", 1, FormKind.PRE, "แบบ", (Asked(LEVEL), Asked(CHOICE), Asked(NUMBER, False), Asked(TEXT, False)), "l")


def code_of(call: Any, *args: Any) -> str | None:
    try:
        call(*args)
    except Refused as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("question", "taken", "refused"),
    [
        (LEVEL, [1, 5], [0, 6, -1, "1", "", "a"]),
        (CHOICE, ["a", "b"], ["", "c", 1, 0]),
        (NUMBER, [0, 20], [-1, 21, "3"]),
        (TEXT, ["ก", "ก" * LONGEST_TEXT], ["", "ก" * (LONGEST_TEXT + 1), 3]),
    ],
    ids=["level", "choice", "number", "text"],
)
def test_values_on_and_outside_the_scale(question: Question, taken: list[Any], refused: list[Any]) -> None:
    assert [value for value in taken if not question.takes(value)] == []
    assert [value for value in refused if question.takes(value)] == []


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (LEVEL, None),
        (CHOICE, None),
        (NUMBER, None),
        (TEXT, None),
        (replace(CHOICE, choices=(Choice("a", "ก"),)), "choices-needed"),
        (replace(CHOICE, choices=(Choice("a", "ก"), Choice("a", "ข"))), "choice-twice"),
        (replace(LEVEL, choices=CHOICE.choices), "not-of-this-kind"),
        (replace(TEXT, least=1), "not-of-this-kind"),
        (replace(LEVEL, most=1), "not-of-this-kind"),
        (replace(NUMBER, least=None), "range-needed"),
        (replace(NUMBER, most=None), "range-needed"),
        (replace(NUMBER, least=20), "range-needed"),
    ],
)
def test_questions_of_the_bank(question: Question, code: str | None) -> None:
    assert code_of(check_question, question) == code


def test_forms() -> None:
    texts = tuple(Asked(replace(TEXT, key=f"t{n}")) for n in range(4))
    for form, code in (
        (FORM, None),
        (replace(FORM, asked=(*FORM.asked, Asked(LEVEL))), "question-twice"),
        (replace(FORM, asked=(*FORM.asked, *texts)), "too-many-texts"),
        (replace(FORM, measure="c"), "nothing-measured"),
        (replace(FORM, measure="n"), "nothing-measured"),  # it need not be answered
        (replace(FORM, measure="x"), "nothing-measured"),
    ):
        assert code_of(check_form, form) == code


@pytest.mark.parametrize("kind", FormKind)
def test_the_bundled_forms_are_forms(kind: FormKind) -> None:
    form = bundled.FORMS[kind]
    check_form(form)
    assert (form.kind, form.key, form.anonymous) == (kind, kind.value, kind is FormKind.REACTION)
    for question in form.questions.values():
        check_question(question)
        assert question in bundled.QUESTIONS


def test_only_what_is_promised_is_anonymous() -> None:
    assert frozenset({FormKind.REACTION}) == ANONYMOUS


@pytest.mark.parametrize(
    ("given", "draft", "sent"),
    [
        ({"l": 3, "c": "a"}, None, None),
        ({"l": 3, "c": "a", "n": 7, "t": "ดี"}, None, None),
        ({}, None, "answer-missing"),
        ({"l": 3}, None, "answer-missing"),
        ({"l": 6, "c": "a"}, "answer-outside-scale", "answer-outside-scale"),
        ({"l": 3, "c": "z"}, "answer-outside-scale", "answer-outside-scale"),
        ({"l": 3, "c": "a", "x": 1}, "unknown-question", "unknown-question"),
    ],
)
def test_answers_and_drafts(given: dict[str, Any], draft: str | None, sent: str | None) -> None:
    assert (code_of(check_draft, FORM, given), code_of(check_answers, FORM, given)) == (draft, sent)


def test_scales_that_can_be_compared() -> None:
    measured = replace(FORM, asked=(Asked(LEVEL), Asked(NUMBER)), measure="n")
    assert FORM.compares(FORM)
    assert not FORM.compares(measured)
    assert measured.compares(measured)
    assert measured.measured({"n": 7, "l": 1}) == 7


@pytest.mark.parametrize("kind", FormKind)
@pytest.mark.parametrize("fixed", [False, True])
def test_phases_at_every_edge(kind: FormKind, fixed: bool) -> None:
    opens = STARTS - timedelta(days=1) if fixed else None
    closes = ENDS + timedelta(days=1) if fixed else None
    window = window_of(RUN, kind, opens, closes)
    moment = timedelta(microseconds=1)
    at = (window.opens_at - moment, window.opens_at, window.closes_at - moment, window.closes_at)
    assert [window.phase(now) for now in at] == [Phase.NOT_OPEN, Phase.OPEN, Phase.OPEN, Phase.CLOSED]
    if fixed:
        assert (window.opens_at, window.closes_at) == (opens, closes)


def test_usual_times() -> None:
    days = {
        kind: tuple(f"{at:%m-%d %H:%M}" for at in (window.opens_at, window.closes_at))
        for kind in USUAL
        if (window := window_of(RUN, kind, None, None))
    }
    assert days == {
        FormKind.PRE: ("02-10 00:00", "03-12 00:00"),
        FormKind.POST: ("03-12 00:00", "04-12 00:00"),
        FormKind.REACTION: ("03-12 00:00", "04-12 00:00"),
        FormKind.TRANSFER: ("06-10 00:00", "08-10 00:00"),
    }


def test_what_a_run_asks() -> None:
    require_form(RUN, FormKind.PRE)
    assert code_of(require_form, replace(RUN, forms=(FormKind.POST,)), FormKind.PRE) == "unknown-form"


CHOSEN = Chosen("F", 2)
NEW = Evaluation("r1", FormKind.PRE)
USED = answered(NEW, Chosen("F", 1))


@pytest.mark.parametrize(
    ("before", "chosen", "code"),
    [
        (NEW, CHOSEN, None),
        (NEW, None, None),
        (replace(NEW, chosen=Chosen("F", 1)), CHOSEN, None),
        (USED, None, None),
        (USED, Chosen("F", 1), None),
        (USED, CHOSEN, "form-in-use"),
        (ended(USED), None, "form-in-use"),
    ],
)
def test_setting_up(before: Evaluation, chosen: Chosen | None, code: str | None) -> None:
    assert code_of(set_up, before, RUN, chosen, None, None) == code
    if code is None:
        after = set_up(before, RUN, chosen, None, ENDS + timedelta(days=200))
        assert after.version == before.version + 1
        assert after.chosen == (before.chosen if before.answered else chosen)
        assert code_of(set_up, before, RUN, chosen, ENDS, ENDS) == "window-backwards"


@pytest.mark.parametrize(
    ("closed", "at", "code"),
    [
        (False, timedelta(microseconds=-1), "form-not-open"),
        (False, timedelta(), None),
        (False, timedelta(days=400), "form-closed"),
        (True, timedelta(), "form-closed"),
    ],
)
def test_when_answers_are_taken(closed: bool, at: timedelta, code: str | None) -> None:
    evaluation = ended(USED) if closed else USED
    now = window_of(RUN, FormKind.PRE, None, None).opens_at + at
    assert code_of(require_open, evaluation, RUN, now) == code
