"""The objects of this feature and who knows whom: a part of the composition root, which gets too long for one page.
What is of others comes from there."""

from dataclasses import dataclass

from fastapi import APIRouter

from services.enrolment.attendance.http.routes import router as attendance_routes
from services.enrolment.attendance.http.scanning import router as scanning_routes
from services.enrolment.attendance.service.attendance import AttendanceService
from services.enrolment.attendance.service.closing import Closing
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.reading import Reading
from services.enrolment.attendance.service.recording import Recording, Runs, SeatHolders
from services.enrolment.attendance.service.shares import Attendance
from services.enrolment.attendance.storage import Attendances
from services.enrolment.attendance.storage.keys import RunKeys
from services.enrolment.attendance.storage.specs import COLLECTIONS as ATTENDANCE
from services.enrolment.settings import EnrolmentSettings
from shared.filling import Filling
from shared.locks import Locks
from shared.mongo import Database
from shared.retention import Retention
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.write import UnitOfWork

__all__ = ["ATTENDANCE", "Assembled", "Attendances", "assembled"]


@dataclass(frozen=True)
class Assembled:
    """`shares` is what the features behind this one ask."""

    routers: tuple[APIRouter, ...]
    shares: Attendance


def assembled(
    runtime: Runtime,
    units_of_work: UnitOfWork,
    database: Database,
    runs: Runs,
    holders: SeatHolders,
    settings: EnrolmentSettings,
) -> Assembled:
    store, locks = Attendances(database), Locks()
    recording, keys = Recording(store, runs, holders), RunKeys(database, KeyRing.parse(settings.contact_keys))
    passes = Passes(recording, keys, runtime.clock)
    Filling("keys of runs", keys.reseal).attach(runtime)
    closing = Closing(units_of_work, recording, locks)
    closing.attach(runtime)
    Retention("reasons of attendance", settings.nomination_text_days, store.remove_reasons).attach(runtime)
    service = AttendanceService(units_of_work, recording, passes, closing, locks)
    routers = (attendance_routes(service, Reading(recording)), scanning_routes(service, passes))
    return Assembled(routers, Attendance(store))
