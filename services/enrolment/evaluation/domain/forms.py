"""Forms: which questions are asked for what, and who is promised what. Pure.

A form has versions and none is ever changed, so that what was asked stays readable. The run takes a version when the
first answer comes, or earlier when its organiser chooses one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.enrolment.evaluation.domain.form_refusals import NothingMeasured, QuestionTwice, TooManyTexts
from services.enrolment.evaluation.domain.questions import Answers, Question, QuestionKind
from services.enrolment.evaluation.domain.refusals import AnswerMissing, AnswerOutsideScale, UnknownQuestion
from shared.events.evaluation import FormKind

MOST_QUESTIONS: Final = 50
MOST_TEXTS: Final = 3
# Promised: what somebody says here leads back to nobody. The others are a test of a person, or about one.
ANONYMOUS: Final = frozenset({FormKind.REACTION})
MEASURES: Final = frozenset({QuestionKind.LEVEL, QuestionKind.NUMBER})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands in a form."""

    question: Question
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """`measure` is the question by which the form measures: its mean is reported, PRE and POST are compared by it."""

    key: str
    version: int
    kind: FormKind
    th: str
    asked: tuple[Asked, ...]
    measure: str
    en: str | None = None

    @property
    def anonymous(self) -> bool:
        return self.kind in ANONYMOUS

    @property
    def questions(self) -> dict[str, Question]:
        return {asked.question.key: asked.question for asked in self.asked}

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(key for key, question in self.questions.items() if question.kind is QuestionKind.TEXT)

    def measured(self, answers: Answers) -> int:
        """What an answer comes to. It has been checked, so the measure is there."""
        return int(answers[self.measure])

    def compares(self, other: "Form") -> bool:
        """Whether both measure on the same scale."""
        return self.questions[self.measure].scale == other.questions[other.measure].scale


class Wording(NamedTuple):
    """A form without its version: questions by key, and whether each is required."""

    key: str
    kind: FormKind
    th: str
    en: str | None
    asked: Sequence[tuple[str, bool]]
    measure: str


def check_form(form: Form) -> None:
    """Raises QuestionTwice, NothingMeasured and TooManyTexts."""
    key, times = Counter(asked.question.key for asked in form.asked).most_common(1)[0]
    if times > 1:
        raise QuestionTwice(question=key)
    if len(form.texts) > MOST_TEXTS:
        raise TooManyTexts(limit=MOST_TEXTS)
    measures = [asked for asked in form.asked if asked.question.key == form.measure]
    if not measures or not measures[0].required or measures[0].question.kind not in MEASURES:
        raise NothingMeasured(question=form.measure)


def check_draft(form: Form, given: Answers) -> None:
    """Raises UnknownQuestion and AnswerOutsideScale."""
    questions = form.questions
    for key, value in given.items():
        if key not in questions:
            raise UnknownQuestion(question=key)
        if not questions[key].takes(value):
            raise AnswerOutsideScale(question=key)


def check_answers(form: Form, given: Answers) -> None:
    """The same of what is sent for good; raises AnswerMissing too."""
    check_draft(form, given)
    for asked in form.asked:
        if asked.required and asked.question.key not in given:
            raise AnswerMissing(question=asked.question.key)
