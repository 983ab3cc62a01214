"""What answers about evaluation look like."""

from typing_extensions import TypedDict

from services.enrolment.evaluation.domain.questions import QuestionKind
from services.enrolment.evaluation.domain.windows import Phase
from shared.answers import Time
from shared.events.evaluation import FormKind


class ChoiceAnswer(TypedDict):
    """A choice, or one of the five levels."""

    key: str
    th: str
    en: str | None


class QuestionAnswer(TypedDict):
    key: str
    version: int
    kind: QuestionKind
    th: str
    en: str | None
    choices: list[ChoiceAnswer]
    least: int | None
    most: int | None


class AskedAnswer(QuestionAnswer):
    required: bool


class FormAnswer(TypedDict):
    """`measure`: the question by which the form measures."""

    key: str
    version: int
    kind: FormKind
    th: str
    en: str | None
    anonymous: bool
    measure: str
    questions: list[AskedAnswer]


class RunFormSummary(TypedDict):
    """`formKey` and `formVersion`: what is asked. `answered` have answered, `released` of them are told in results;
    `complete`: no more of them will be before somebody else answers."""

    run: str
    form: FormKind
    formKey: str
    formVersion: int
    version: int
    th: str
    en: str | None
    anonymous: bool
    state: Phase
    opensAt: Time
    closesAt: Time
    answered: int | None
    released: int | None
    complete: bool | None


class RunFormAnswer(RunFormSummary):
    measure: str
    questions: list[AskedAnswer]


class AnsweredAnswer(TypedDict):
    run: str
    form: FormKind
    answered: bool


class SavedAnswer(TypedDict):
    run: str
    form: FormKind
    saved: bool


class DraftAnswer(TypedDict):
    run: str
    form: FormKind
    answers: dict[str, int | str]


class QuestionResult(TypedDict):
    """`answers` to it; `counts` by level or choice; `mean` of levels and numbers. Less than five are not told: all of
    it is null then."""

    question: str
    kind: QuestionKind
    th: str
    en: str | None
    answers: int | None
    counts: dict[str, int] | None
    mean: float | None


class ResultsAnswer(TypedDict):
    """`gains`: how many have answered PRE and POST, as far as it is told, and what they gained in the mean."""

    run: str
    form: FormKind
    formKey: str
    formVersion: int
    measure: str
    state: Phase
    answered: int
    released: int
    complete: bool
    gains: int
    meanGain: float | None
    questions: list[QuestionResult]


class TextAnswer(TypedDict):
    text: str


class GainAnswer(TypedDict):
    """What one person came to before and after; `gain` is null where only one of them is there, or the two forms do not
    measure on the same scale."""

    person: str
    pre: int | None
    post: int | None
    gain: int | None
