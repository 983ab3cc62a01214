"""The objects of this feature, made from what the composition root hands over, and their routes."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.evaluation.http.routes import router
from services.enrolment.evaluation.service.parts import EvaluationServices, texts_and_answers, who_has_answered
from services.enrolment.evaluation.service.runs import Attendance, OfferedRuns, RunsToAsk, SeatHolders
from services.enrolment.evaluation.storage import COLLECTIONS as EVALUATION
from shared.filling import Filling
from shared.retention import Retention
from shared.sealing import KeyRing

__all__ = ["EVALUATION", "evaluation", "texts_and_answers", "who_has_answered"]


def evaluation(
    given: Dependencies, runs: OfferedRuns, holders: SeatHolders, attendance: Attendance, to_ask: RunsToAsk
) -> APIRouter:
    settings, ring = given.settings, KeyRing.parse(given.settings.contact_keys)
    made = EvaluationServices.of(
        given.units_of_work, given.store, ring, runs, holders, attendance, to_ask, quiet_seconds=settings.quiet_seconds
    )
    made.releasing.attach(given.runtime)
    made.asking.attach(given.runtime)
    Filling("whom to ask", to_ask.fill_in).attach(given.runtime)
    Retention("answers", settings.evaluation_answer_days, made.retention.step).attach(given.runtime)
    return router(made.forms, made.answering, made.results)
