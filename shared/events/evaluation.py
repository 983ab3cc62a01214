"""What the evaluation of a run comes to, in batches of five answers or more. The aggregate is a form of a run, keyed by
the run. No event tells what a single person said, or when; texts stay at home. Who is asked for answers is another
aggregate of the run: whoever is asked has not answered by then, and that is all that is told of who has (ADR 37)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from shared.events.envelope import Event, EventModel, open_enum
from shared.events.topics import EVALUATION

SMALLEST_BATCH: Final = 5
MOST_ASKED: Final = 100  # people, or offices, of one event


class FormKind(StrEnum):
    """What a form is for. PRE and POST test before and after; REACTION asks how it was; TRANSFER is the assessment by
    the superior, some months later."""

    PRE = "PRE"
    POST = "POST"
    REACTION = "REACTION"
    TRANSFER = "TRANSFER"


OpenFormKind = Annotated[FormKind | str, open_enum(FormKind)]
_ASKING: Final = "asking:"


def evaluation_id(run: str, form: str) -> str:
    """The name of a form of a run in events, in the database and in positions."""
    return f"{run}:{form}"


def asking_aggregate(run: str) -> str:
    """The run itself is another aggregate, of the catalogue."""
    return f"{_ASKING}{run}"


class QuestionSum(EventModel):
    """What five answers or more to one question come to, maybe with some of earlier batches. `counts` by level or
    choice, without those that nobody chose; `total` of levels and numbers. Of texts only how many there are."""

    question: str
    answers: Annotated[int, Field(ge=SMALLEST_BATCH)]
    counts: dict[str, int] = Field(default_factory=dict)
    total: int | None = None


class AnswersReleased(Event):
    """A batch of answers, as sums. `measure` names the question by which the form measures. `gains` people of PRE and
    POST have gained `gained` in it together: none or five and more, maybe of earlier batches."""

    type: ClassVar[str] = "enrolment.answers-released.v1"
    topic: ClassVar[str] = EVALUATION.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str] = "form"

    programme: str
    run: str
    fiscal_year: int
    form: OpenFormKind
    form_key: str
    form_version: int
    measure: str
    answers: Annotated[int, Field(ge=SMALLEST_BATCH)]
    questions: tuple[QuestionSum, ...]
    gains: int = 0
    gained: int = 0

    @property
    def aggregate(self) -> str:
        return evaluation_id(self.run, self.form)

    def model_post_init(self, context: Any) -> None:
        if 0 < self.gains < SMALLEST_BATCH:
            raise ValueError("gains of fewer than five")


class AskedPerson(EventModel):
    """Somebody with a seat, by id, and the unit of that one."""

    nomination: str
    person: str
    unit: str


class AnswersAsked(Event):
    """These people are asked to answer these forms until then (business time), and had not by now; or, of TRANSFER, the
    superiors at these offices, where not everybody is assessed. `again`: they were asked before. Up to a hundred of
    them; nobody is in two events about the same form and the same time of asking, an office may be."""

    type: ClassVar[str] = "enrolment.answers-asked.v1"
    topic: ClassVar[str] = EVALUATION.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str] = "asking"

    programme: str
    run: str
    forms: Annotated[tuple[OpenFormKind, ...], Field(min_length=1)]
    closes_at: datetime
    again: bool = False
    people: Annotated[tuple[AskedPerson, ...], Field(max_length=MOST_ASKED)] = ()
    offices: Annotated[tuple[str, ...], Field(max_length=MOST_ASKED)] = ()

    @property
    def aggregate(self) -> str:
        return asking_aggregate(self.run)
