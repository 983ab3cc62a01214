"""The objects of this feature and who knows whom: a part of the composition root, which gets too long for one page.
What is of others comes from there."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter

from services.enrolment.attendance.domain.training import TrainingTargets
from services.enrolment.attendance.http.device_verifier import DeviceVerifier
from services.enrolment.attendance.http.devices import router as device_routes
from services.enrolment.attendance.http.importing import ReceivedFiles
from services.enrolment.attendance.http.importing import router as import_routes
from services.enrolment.attendance.http.routes import router as attendance_routes
from services.enrolment.attendance.http.scanning import router as scanning_routes
from services.enrolment.attendance.http.uploads import router as upload_routes
from services.enrolment.attendance.http.walk_ins import router as walk_in_routes
from services.enrolment.attendance.service.attendance import AttendanceService
from services.enrolment.attendance.service.closing import Closing
from services.enrolment.attendance.service.devices import DeviceService
from services.enrolment.attendance.service.importing import CheckInImport, ExternalIds
from services.enrolment.attendance.service.listing import Listing, Names
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.reading import Reading
from services.enrolment.attendance.service.recording import Recording, Runs, SeatHolders
from services.enrolment.attendance.service.shares import Attendance
from services.enrolment.attendance.service.training import Training
from services.enrolment.attendance.service.uploads import Uploads
from services.enrolment.attendance.service.walk_ins import WalkInService
from services.enrolment.attendance.storage import Attendances
from services.enrolment.attendance.storage.devices import Devices, Scans
from services.enrolment.attendance.storage.keys import RunKeys
from services.enrolment.attendance.storage.presences import Presences
from services.enrolment.attendance.storage.specs import COLLECTIONS as ATTENDANCE
from services.enrolment.attendance.storage.walk_ins import WalkIns
from services.enrolment.dependencies import Dependencies
from shared.filling import Filling
from shared.locks import Locks
from shared.mongo import Database, Session
from shared.public import Public
from shared.retention import Retention
from shared.sealing import KeyRing

__all__ = ["ATTENDANCE", "Assembled", "AttendanceTexts", "DeviceVerifier", "assembled"]


@dataclass(frozen=True)
class Assembled:
    """`shares` and `training` are what the features behind this one ask."""

    routers: tuple[APIRouter, ...]
    shares: Attendance
    training: Training


class AttendanceTexts:
    """What was written about people, for their erasure."""

    def __init__(self, database: Database) -> None:
        self._attendances = Attendances(database)
        self._walk_ins = WalkIns(database)

    async def erase_of(self, person: str, after: str, session: Session) -> str | None:
        """Some of it, behind the id `after`. The id to go on behind; None when that was all."""
        more = await self._walk_ins.erase_of(person, session)
        last = await self._attendances.erase_of(person, after, session)
        return after if last is None and more else last


class People(Names, ExternalIds, Protocol):
    """What is asked of the directory."""


def assembled(given: Dependencies, runs: Runs, holders: SeatHolders, people: People, files: ReceivedFiles) -> Assembled:
    runtime, units_of_work, database, settings = given.runtime, given.units_of_work, given.store, given.settings
    store, locks = Attendances(database), Locks()
    recording, keys = Recording(store, runs, holders), RunKeys(database, KeyRing.parse(settings.contact_keys))
    passes = Passes(recording, keys, runtime.clock)
    Filling("keys of runs", keys.reseal).attach(runtime)
    closing = Closing(units_of_work, recording, locks)
    closing.attach(runtime)
    Retention("reasons of attendance", settings.nomination_text_days, store.remove_reasons).attach(runtime)
    service = AttendanceService(units_of_work, recording, passes, closing, locks)
    importing = CheckInImport(units_of_work, recording, passes, people, files, locks)
    routers = (
        attendance_routes(service, Reading(recording)),
        scanning_routes(service, passes),
        import_routes(importing, files),
    )
    doors = _Doors(given, recording, passes, locks)
    days, by_year, hours = settings.training_days, settings.training_days_by_year, settings.training_day_hours
    training = Training(Presences(database), TrainingTargets.parse(days, hours, by_year))
    return Assembled((*routers, *doors.routers(people)), Attendance(store), training)


@dataclass(frozen=True)
class _Doors:
    """What there is at doors: devices, and people who are on no list."""

    given: Dependencies
    recording: Recording
    passes: Passes
    locks: Locks

    def routers(self, names: Names) -> tuple[APIRouter, ...]:
        runtime, database, settings = self.given.runtime, self.given.store, self.given.settings
        clock, walk_ins = runtime.clock, WalkIns(database)
        Retention("names of walk-ins", settings.nomination_text_days, walk_ins.remove_texts).attach(runtime)
        Retention("names of nobody known", settings.walk_in_days, walk_ins.remove_unmatched).attach(runtime)
        given = (self.given.units_of_work, self.recording)
        scans, devices = Scans(database), DeviceService(*given, self.passes, Devices(database))
        uploads = Uploads(*given, self.passes, devices, scans, walk_ins, self.locks)
        public = Public(settings.check_per_second, settings.check_burst)
        listing = Listing(self.recording, self.passes, names, clock)
        return (
            device_routes(devices, scans, public, clock),
            upload_routes(devices, listing, uploads, clock),
            walk_in_routes(WalkInService(*given, walk_ins, self.locks)),
        )
