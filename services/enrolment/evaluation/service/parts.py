"""The services of evaluation put together, for the composition root."""

from dataclasses import dataclass

from services.enrolment.evaluation.service.answering import Answering
from services.enrolment.evaluation.service.asking import AskForAnswers, Sources
from services.enrolment.evaluation.service.evaluation import Evaluation
from services.enrolment.evaluation.service.forgetting import AnswerRetention, OtherTexts, TextsAndAnswers
from services.enrolment.evaluation.service.forms import FormService
from services.enrolment.evaluation.service.releasing import Releasing
from services.enrolment.evaluation.service.results import Results
from services.enrolment.evaluation.service.runs import Attendance, OfferedRuns, RunsToAsk, SeatHolders
from services.enrolment.evaluation.storage import AskingStore, Bank, Evaluations, Respondents, Texts
from shared.mongo import Database
from shared.sealing import KeyRing
from shared.write import UnitOfWork


@dataclass(frozen=True, slots=True)
class EvaluationServices:
    """`releasing` and `asking` have loops, a step of `retention` is one of a loop."""

    forms: FormService
    answering: Answering
    results: Results
    releasing: Releasing
    asking: AskForAnswers
    retention: AnswerRetention

    @classmethod
    def of(
        cls,
        units_of_work: UnitOfWork,
        store: Database,
        ring: KeyRing,
        runs: OfferedRuns,
        holders: SeatHolders,
        attendance: Attendance,
        to_ask: RunsToAsk,
        *,
        quiet_seconds: float,
    ) -> "EvaluationServices":
        evaluations, respondents, texts = Evaluations(store, ring), Respondents(store, ring), Texts(store)
        forms = FormService(units_of_work, Bank(store), evaluations, runs, to_ask)
        releasing = Releasing(units_of_work, forms, evaluations, respondents, texts, runs, quiet_seconds=quiet_seconds)
        sources = Sources(runs, to_ask, holders, attendance, evaluations, respondents)
        return cls(
            forms,
            Answering(units_of_work, forms, evaluations, respondents, runs, holders, attendance, releasing.release),
            Results(forms, respondents, texts),
            releasing,
            AskForAnswers(units_of_work, AskingStore(store), sources),
            AnswerRetention(units_of_work, evaluations, respondents, texts),
        )


def who_has_answered(store: Database, ring: KeyRing) -> Evaluation:
    return Evaluation(Respondents(store, ring))


def texts_and_answers(texts: OtherTexts, store: Database, ring: KeyRing) -> TextsAndAnswers:
    """What goes with a person who is erased."""
    return TextsAndAnswers(texts, Respondents(store, ring))
