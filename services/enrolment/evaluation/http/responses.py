"""The JSON of questions, forms and results. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.enrolment.catalogue import OfferedRun
from services.enrolment.evaluation.domain.batches import NUMBERS, Sum
from services.enrolment.evaluation.domain.evaluations import Evaluation
from services.enrolment.evaluation.domain.forms import Asked, Form
from services.enrolment.evaluation.domain.questions import LEVELS, Answers, Question, QuestionKind
from shared.clock import BANGKOK
from shared.events.evaluation import FormKind
from shared.rounding import rounded

_NOTHING = Sum()


def question_response(question: Question) -> dict[str, Any]:
    choices = [{"key": choice.key, "th": choice.th, "en": choice.en} for choice in question.choices]
    if question.kind is QuestionKind.LEVEL:
        choices = [{"key": str(level), "th": th, "en": None} for level, th in LEVELS.items()]
    return {
        "key": question.key,
        "version": question.version,
        "kind": question.kind.value,
        "th": question.th,
        "en": question.en,
        "choices": choices,
        "least": question.least,
        "most": question.most,
    }


def form_response(form: Form) -> dict[str, Any]:
    return {
        "key": form.key,
        "version": form.version,
        "kind": form.kind.value,
        "th": form.th,
        "en": form.en,
        "anonymous": form.anonymous,
        "measure": form.measure,
        "questions": [_asked(asked) for asked in form.asked],
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {**question_response(asked.question), "required": asked.required}


def run_form_summary(
    run: OfferedRun, evaluation: Evaluation, form: Form, now: datetime, *, told: bool
) -> dict[str, Any]:
    """`now` is business time, `told` whether the caller reads results."""
    window = evaluation.window(run)
    return {
        "run": run.id,
        "form": evaluation.kind.value,
        "formKey": form.key,
        "formVersion": form.version,
        "version": evaluation.version,
        "th": form.th,
        "en": form.en,
        "anonymous": form.anonymous,
        "state": evaluation.phase(run, now).value,
        "opensAt": window.opens_at.astimezone(BANGKOK).isoformat(),
        "closesAt": window.closes_at.astimezone(BANGKOK).isoformat(),
        "answered": evaluation.answered if told else None,
        "released": evaluation.released if told else None,
        "complete": evaluation.settled if told else None,
    }


def run_form_response(
    run: OfferedRun, evaluation: Evaluation, form: Form, now: datetime, *, told: bool
) -> dict[str, Any]:
    return {
        **run_form_summary(run, evaluation, form, now, told=told),
        "measure": form.measure,
        "questions": [_asked(asked) for asked in form.asked],
    }


def answered_response(run: str, kind: FormKind) -> dict[str, Any]:
    """Nothing of what was said, and no number: the answer is recorded."""
    return {"run": run, "form": kind.value, "answered": True}


def saved_response(run: str, kind: FormKind) -> dict[str, Any]:
    return {"run": run, "form": kind.value, "saved": True}


def draft_response(run: str, kind: FormKind, answers: Answers) -> dict[str, Any]:
    return {"run": run, "form": kind.value, "answers": dict(answers)}


def results_response(run: OfferedRun, evaluation: Evaluation, form: Form, now: datetime) -> dict[str, Any]:
    return {
        "run": run.id,
        "form": evaluation.kind.value,
        "formKey": form.key,
        "formVersion": form.version,
        "measure": form.measure,
        "state": evaluation.phase(run, now).value,
        "answered": evaluation.answered,
        "released": evaluation.released,
        "complete": evaluation.settled,
        "gains": evaluation.gains,
        "meanGain": _mean(evaluation.gained, evaluation.gains),
        "questions": [_result(asked.question, evaluation.sums) for asked in form.asked],
    }


def _result(question: Question, sums: Mapping[str, Sum]) -> dict[str, Any]:
    one = sums.get(question.key, _NOTHING)
    scale = [choice["key"] for choice in question_response(question)["choices"]]
    counted = bool(one.answers and scale)
    return {
        "question": question.key,
        "kind": question.kind.value,
        "th": question.th,
        "en": question.en,
        "answers": one.answers or None,
        "counts": {key: one.counts.get(key, 0) for key in scale} if counted else None,
        "mean": _mean(one.total, one.answers) if question.kind in NUMBERS else None,
    }


def gain_response(person: str, pre: int | None, post: int | None, *, compares: bool) -> dict[str, Any]:
    known = compares and pre is not None and post is not None
    return {"person": person, "pre": pre, "post": post, "gain": (post or 0) - (pre or 0) if known else None}


def _mean(total: int, count: int) -> float | None:
    return rounded(total, count) if count else None
