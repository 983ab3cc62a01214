"""Request bodies of evaluation, and the domain's values made from them."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.enrolment.evaluation.domain.evaluations import Chosen
from services.enrolment.evaluation.domain.forms import MOST_QUESTIONS, Wording
from services.enrolment.evaluation.domain.questions import LONGEST_TEXT, MOST_NUMBER, Choice, Question, QuestionKind
from shared.bodies import Body
from shared.events.evaluation import FormKind
from shared.values import PARAGRAPHS, Id, Line, Moment, paragraphs

MOST_CHOICES = 20
MOST_VERSION = 1_000_000
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
Number = Annotated[int, Field(ge=0, le=MOST_NUMBER)]
Said = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT),
    Field(json_schema_extra={"pattern": PARAGRAPHS}),
    AfterValidator(paragraphs),
]
Given = Annotated[dict[Key, Annotated[int, Field(ge=-1, le=MOST_NUMBER + 1)] | Said], Field(max_length=MOST_QUESTIONS)]


class ChoiceBody(Body):
    key: Key
    th: Line
    en: Line | None = None


class QuestionBody(Body):
    """A new question, or the next version of one that there is. Of five levels, with choices, for a number from `least`
    to `most`, or for a text."""

    key: Key
    kind: QuestionKind
    th: Line
    en: Line | None = None
    choices: Annotated[tuple[ChoiceBody, ...], Field(max_length=MOST_CHOICES)] = ()
    least: Number | None = None
    most: Number | None = None

    def question(self) -> Question:
        choices = tuple(Choice(choice.key, choice.th, choice.en) for choice in self.choices)
        return Question(self.key, 1, self.kind, self.th, self.en, choices, self.least, self.most)


class AskedBody(Body):
    question: Key
    required: bool = True


class FormBody(Body):
    """A new form, or the next version of one. It asks the newest versions of its questions. `measure`: the question by
    which it measures, of five levels or a number."""

    key: Key
    kind: FormKind
    th: Line
    en: Line | None = None
    questions: Annotated[tuple[AskedBody, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    measure: Key

    def wording(self) -> Wording:
        asked = [(one.question, one.required) for one in self.questions]
        return Wording(self.key, self.kind, self.th, self.en, asked, self.measure)


class RunFormBody(Body):
    """What a run asks, and from when until when (business time). What is left out is as usual."""

    form_key: Key | None = None
    form_version: Annotated[int, Field(ge=1, le=MOST_VERSION)] | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None

    @model_validator(mode="after")
    def _both(self) -> "RunFormBody":
        if (self.form_key is None) is not (self.form_version is None):
            raise ValueError("formKey and formVersion")
        return self

    def chosen(self) -> Chosen | None:
        if self.form_key is None or self.form_version is None:
            return None
        return Chosen(self.form_key, self.form_version)


class AnswersBody(Body):
    """By question: a level from 5 to 1, the key of a choice, a number, or a text. `about`: the person who is assessed
    with TRANSFER."""

    answers: Given
    about: Id | None = None
