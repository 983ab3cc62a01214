"""The objects of this feature, made from what the composition root hands over, and their routes."""

from fastapi import APIRouter

from services.enrolment.dependencies import Dependencies
from services.enrolment.followup.http.routes import router
from services.enrolment.followup.service.assigning import Assigning
from services.enrolment.followup.service.sources import Attendance, Runs, SeatHolders, Sources, Units
from services.enrolment.followup.service.task_reports import TaskReports
from services.enrolment.followup.storage import FollowUpStore
from shared.locks import Locks
from shared.retention import Retention

__all__ = ["FollowUpStore", "follow_ups"]


def follow_ups(
    given: Dependencies, runs: Runs, holders: SeatHolders, units: Units, attendance: Attendance
) -> APIRouter:
    store, locks, sources = FollowUpStore(given.store), Locks(), Sources(runs, holders, units, attendance)
    assigning = Assigning(given.units_of_work, store, sources, locks)
    reasons = Retention("reasons of follow-ups", given.settings.nomination_text_days, store.remove_reasons)
    evidence = Retention("evidence of follow-ups", given.settings.follow_up_days, store.remove_evidence)
    for part in (assigning, reasons, evidence):
        part.attach(given.runtime)
    return router(assigning, TaskReports(given.units_of_work, store, sources, locks))
