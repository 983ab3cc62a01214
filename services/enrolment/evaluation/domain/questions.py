"""Questions of the bank: what may be asked, and which values answer it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.enrolment.evaluation.domain.form_refusals import ChoicesNeeded, ChoiceTwice, NotOfThisKind, RangeNeeded

Value = int | str
Answers = Mapping[str, Value]
LONGEST_TEXT: Final = 1000
MOST_NUMBER: Final = 1000
# The five levels, and how they are worded in forms of the civil service.
LEVELS: Final[Mapping[int, str]] = {5: "มากที่สุด", 4: "มาก", 3: "ปานกลาง", 2: "น้อย", 1: "น้อยที่สุด"}


class QuestionKind(StrEnum):
    LEVEL = "LEVEL"
    CHOICE = "CHOICE"
    NUMBER = "NUMBER"
    TEXT = "TEXT"


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    th: str
    en: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`choices` of CHOICE alone, `least` and `most` of NUMBER alone. Another wording is another version."""

    key: str
    version: int
    kind: QuestionKind
    th: str
    en: str | None = None
    choices: tuple[Choice, ...] = ()
    least: int | None = None
    most: int | None = None

    @property
    def scale(self) -> tuple[QuestionKind, int | None, int | None]:
        """What two questions share whose values may be compared."""
        return self.kind, self.least, self.most

    def takes(self, value: Value) -> bool:
        """Whether the value is on its scale."""
        if self.kind is QuestionKind.TEXT:
            return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
        if self.kind is QuestionKind.CHOICE:
            return any(value == choice.key for choice in self.choices)
        if not isinstance(value, int):
            return False
        if self.kind is QuestionKind.LEVEL:
            return value in LEVELS
        return self.least is not None and self.most is not None and self.least <= value <= self.most


def check_question(question: Question) -> None:
    """Raises ChoicesNeeded, ChoiceTwice, RangeNeeded and NotOfThisKind."""
    if question.kind is QuestionKind.CHOICE:
        _check_choices(question)
    elif question.choices:
        raise NotOfThisKind(question=question.key)
    if question.kind is QuestionKind.NUMBER:
        if question.least is None or question.most is None or question.least >= question.most:
            raise RangeNeeded(question=question.key)
    elif question.least is not None or question.most is not None:
        raise NotOfThisKind(question=question.key)


def _check_choices(question: Question) -> None:
    keys = [choice.key for choice in question.choices]
    if len(keys) < 2:
        raise ChoicesNeeded(question=question.key)
    for key in keys:
        if keys.count(key) > 1:
            raise ChoiceTwice(choice=key)
