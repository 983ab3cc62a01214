"""The composition root of the enrolment service: every object and who knows whom."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from services.enrolment.catalogue import api as catalogue_api
from services.enrolment.catalogue.run_service import RunService
from services.enrolment.catalogue.service import CatalogueService
from services.enrolment.catalogue.storage import COLLECTIONS as CATALOGUE
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.commands import Commands
from services.enrolment.directory import api as directory_api
from services.enrolment.directory.people_import import PeopleImport
from services.enrolment.directory.service import DirectoryService
from services.enrolment.directory.storage import COLLECTIONS as DIRECTORY
from services.enrolment.directory.storage import UNITS, People, Units
from services.enrolment.seats import api as seats_api
from services.enrolment.seats.batch import Batch
from services.enrolment.seats.buckets import Buckets
from services.enrolment.seats.places import Places
from services.enrolment.seats.service import SeatService
from services.enrolment.seats.storage import BUCKETS, NOMINATIONS, Seats
from services.enrolment.settings import EnrolmentSettings
from shared.clock import now
from shared.engine import open_database, require_capabilities
from shared.faults import CrashPoints
from shared.http import create_api
from shared.idempotency import COMMANDS, CommandRecords
from shared.messaging.speaker import Speaker
from shared.mongo import Database, StoreError, prepare, translated_calls
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.security import Verifier

NAME = "enrolment"
COLLECTIONS = (*DIRECTORY, *CATALOGUE, BUCKETS, NOMINATIONS, COMMANDS, *Speaker.collections)
PROBLEMS = {**directory_api.PROBLEMS, **catalogue_api.PROBLEMS, **seats_api.PROBLEMS}


@dataclass(frozen=True)
class Ground:
    """What every feature of this service stands on."""

    settings: EnrolmentSettings
    runtime: Runtime
    store: Database
    crash: CrashPoints
    speaker: Speaker
    units: Units
    places: Places


def create_app(settings: EnrolmentSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    crash = CrashPoints(settings)
    speaker = Speaker(NAME, settings, store, metrics=runtime.metrics, crash=crash, tracing=runtime.tracing)
    ground = Ground(settings, runtime, store, crash, speaker, Units(store), Places(store[UNITS.name]))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with translated_calls():
            await prepare(store, COLLECTIONS)
        await require_capabilities(store)
        await speaker.make_topics()
        async with runtime.running():
            yield

    speaker.attach(runtime)
    app = create_api(
        NAME,
        settings,
        runtime=runtime,
        verifier=Verifier(settings),
        problems=PROBLEMS,
        lifespan=lifespan,
        busy=(StoreError,),
    )
    buckets = Buckets(store, Seats(store), speaker, ground.places)
    for routes in (_directory(ground), _catalogue(ground, buckets), _seats(ground, buckets)):
        app.include_router(routes)
    return app


def _directory(ground: Ground) -> APIRouter:
    client, people = ground.store.client, People(ground.store)
    service = DirectoryService(client, ground.units, people, ground.speaker, now)
    people_import = PeopleImport(
        client,
        ground.units,
        people,
        ground.speaker,
        now,
        citizen_key=ground.settings.citizen_key,
        ring=KeyRing.parse(ground.settings.contact_keys),
    )
    return directory_api.router(service, people_import)


def _catalogue(ground: Ground, buckets: Buckets) -> APIRouter:
    settings, catalogue = ground.settings, Catalogue(ground.store)
    commands = Commands(ground.store.client, CommandRecords(ground.store), ground.speaker, now, ground.crash)
    programmes = CatalogueService(commands, catalogue, ground.units, buckets)
    clock_may_be_set = settings.edition == "embedded" or settings.allow_run_clock
    runs = RunService(commands, catalogue, programmes, buckets, clock_may_be_set=clock_may_be_set)
    return catalogue_api.router(programmes, runs)


def _seats(ground: Ground, buckets: Buckets) -> APIRouter:
    runtime, seats = ground.runtime, Seats(ground.store)
    batch = Batch(ground.store, seats, ground.speaker.outbox, ground.places, ground.crash)
    service = SeatService(ground.store.client, batch, ground.speaker, runtime.metrics, ground.crash, now)
    service.attach(runtime)
    return seats_api.router(service, seats, buckets, now)
