"""The composition root of the enrolment service: makes every object and hands over its dependencies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from services.enrolment.catalogue.http.routes import router as catalogue_routes
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.service.runs import RunService
from services.enrolment.catalogue.storage import COLLECTIONS as CATALOGUE
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.catalogue.storage.ended import EndedRuns
from services.enrolment.directory.http.routes import router as directory_routes
from services.enrolment.directory.service.directory import DirectoryService
from services.enrolment.directory.service.erasures import Erasures
from services.enrolment.directory.service.people_import import PeopleImport
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.service.resealing import Resealing
from services.enrolment.directory.service.turns import Turns
from services.enrolment.directory.storage import COLLECTIONS as DIRECTORY
from services.enrolment.directory.storage import People, Units
from services.enrolment.seats.http.routes import router as seats_routes
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.growth import Growth
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.queue import QueueLimits
from services.enrolment.seats.service.text_retention import TextRetention
from services.enrolment.seats.storage import COLLECTIONS as SEATS
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.texts import Texts
from services.enrolment.settings import EnrolmentSettings
from shared.citizens import CitizenKeys
from shared.engine import open_database, require_capabilities
from shared.http import create_api
from shared.idempotency import COMMANDS
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database, StoreError, prepare, translated_calls
from shared.retention import Retention
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.security import Verifier
from shared.security_log.keeping import keep_security_log
from shared.security_log.storage import prepare_log
from shared.sheets.process import SheetParser
from shared.write import UnitOfWork

NAME = "enrolment"
COLLECTIONS = (*DIRECTORY, *CATALOGUE, *SEATS, COMMANDS, *EventPublisher.collections)


@dataclass(frozen=True)
class Dependencies:
    """What every feature of this service needs."""

    settings: EnrolmentSettings
    runtime: Runtime
    store: Database
    publisher: EventPublisher
    units_of_work: UnitOfWork


def create_app(settings: EnrolmentSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    publisher = EventPublisher(runtime, store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with translated_calls():
            await prepare(store, COLLECTIONS)
        await prepare_log(store)  # units of work add to it in their transactions
        await require_capabilities(store)
        await publisher.prepare()
        async with runtime.running():
            yield

    publisher.attach(runtime)
    app = create_api(
        NAME, settings, runtime=runtime, verifier=Verifier(settings), lifespan=lifespan, busy=(StoreError,)
    )
    keep_security_log(app, runtime, store)
    dependencies = Dependencies(settings, runtime, store, publisher, UnitOfWork(runtime, store, publisher))
    for routes in _features(dependencies):
        app.include_router(routes)
    return app


def _features(dependencies: Dependencies) -> list[APIRouter]:
    """Each feature gets what it needs of those before it; the catalogue also the buckets, to open and close them."""
    units, people = Units(dependencies.store), People(dependencies.store)
    catalogue, seats = Catalogue(dependencies.store), Seats(dependencies.store)
    places = Places(units)
    growth = Growth(dependencies.units_of_work, seats, catalogue)
    growth.attach(dependencies.runtime)
    buckets = BucketService(dependencies.units_of_work, seats, catalogue, places, growth)
    batches = Batches(seats, catalogue, people, places, dependencies.units_of_work.records)
    return [
        _directory(dependencies, units, people),
        _catalogue(dependencies, catalogue, units, buckets),
        _seats(dependencies, seats, buckets, batches),
    ]


def _directory(dependencies: Dependencies, units: Units, people: People) -> APIRouter:
    settings, units_of_work = dependencies.settings, dependencies.units_of_work
    ring, citizen_keys = KeyRing.parse(settings.contact_keys), CitizenKeys.parse(settings.citizen_key)
    people_import = PeopleImport(
        dependencies.runtime,
        units_of_work,
        units,
        people,
        SheetParser(settings.import_memory_bytes, settings.import_parse_seconds),
        citizen_keys=citizen_keys,
        ring=ring,
    )
    resealing = Resealing(units_of_work, people, dependencies.publisher.outbox, ring)
    runtime, outbox = dependencies.runtime, dependencies.publisher.outbox
    erasures = Erasures(units_of_work, people, outbox, Texts(dependencies.store), runtime.clock)
    erasures.attach(runtime)
    service = DirectoryService(units_of_work, units, people, erasures, citizen_keys=citizen_keys)
    turns = Turns(settings.import_limit)
    return directory_routes(service, people_import, turns, resealing, upload_seconds=settings.import_upload_seconds)


def _catalogue(dependencies: Dependencies, catalogue: Catalogue, units: Units, buckets: BucketService) -> APIRouter:
    settings, units_of_work = dependencies.settings, dependencies.units_of_work
    programmes = ProgrammeService(units_of_work, catalogue, units, buckets)
    clock_may_be_set = settings.edition == "embedded" or settings.allow_run_clock
    runs = RunService(units_of_work, catalogue, programmes, buckets, clock_may_be_set=clock_may_be_set)
    return catalogue_routes(programmes, runs)


def _seats(dependencies: Dependencies, seats: Seats, buckets: BucketService, batches: Batches) -> APIRouter:
    settings = dependencies.settings
    limits = QueueLimits(settings.queue_limit, settings.queue_run_limit, settings.queue_seconds)
    service = SeatService(dependencies.runtime, dependencies.units_of_work, batches, limits)
    service.attach(dependencies.runtime)
    store = dependencies.store
    texts = TextRetention(dependencies.units_of_work, EndedRuns(store), Texts(store))
    Retention("texts", settings.nomination_text_days, texts.step).attach(dependencies.runtime)
    return seats_routes(service, seats, buckets)
