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
from shared.messaging.publisher import EventPublisher
from shared.mongo import Database, StoreError, prepare, translated_calls
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.security import Verifier

NAME = "enrolment"
COLLECTIONS = (*DIRECTORY, *CATALOGUE, BUCKETS, NOMINATIONS, COMMANDS, *EventPublisher.collections)


@dataclass(frozen=True)
class Dependencies:
    """What every feature of this service stands on."""

    settings: EnrolmentSettings
    runtime: Runtime
    store: Database
    crash: CrashPoints
    publisher: EventPublisher
    units: Units
    places: Places


def create_app(settings: EnrolmentSettings) -> FastAPI:
    runtime = Runtime(NAME, settings)
    store = open_database(runtime)
    crash = CrashPoints(settings)
    publisher = EventPublisher(NAME, settings, store, metrics=runtime.metrics, crash=crash, tracing=runtime.tracing)
    dependencies = Dependencies(settings, runtime, store, crash, publisher, Units(store), Places(store[UNITS.name]))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with translated_calls():
            await prepare(store, COLLECTIONS)
        await require_capabilities(store)
        await publisher.make_topics()
        async with runtime.running():
            yield

    publisher.attach(runtime)
    app = create_api(
        NAME,
        settings,
        runtime=runtime,
        verifier=Verifier(settings),
        lifespan=lifespan,
        busy=(StoreError,),
    )
    buckets = Buckets(store, Seats(store), publisher, dependencies.places)
    for routes in (_directory(dependencies), _catalogue(dependencies, buckets), _seats(dependencies, buckets)):
        app.include_router(routes)
    return app


def _directory(dependencies: Dependencies) -> APIRouter:
    client, people = dependencies.store.client, People(dependencies.store)
    service = DirectoryService(client, dependencies.units, people, dependencies.publisher, now)
    people_import = PeopleImport(
        client,
        dependencies.units,
        people,
        dependencies.publisher,
        now,
        citizen_key=dependencies.settings.citizen_key,
        ring=KeyRing.parse(dependencies.settings.contact_keys),
    )
    return directory_api.router(service, people_import)


def _catalogue(dependencies: Dependencies, buckets: Buckets) -> APIRouter:
    settings, catalogue = dependencies.settings, Catalogue(dependencies.store)
    commands = Commands(
        dependencies.store.client, CommandRecords(dependencies.store), dependencies.publisher, now, dependencies.crash
    )
    programmes = CatalogueService(commands, catalogue, dependencies.units, buckets)
    clock_may_be_set = settings.edition == "embedded" or settings.allow_run_clock
    runs = RunService(commands, catalogue, programmes, buckets, clock_may_be_set=clock_may_be_set)
    return catalogue_api.router(programmes, runs)


def _seats(dependencies: Dependencies, buckets: Buckets) -> APIRouter:
    runtime, seats = dependencies.runtime, Seats(dependencies.store)
    batch = Batch(dependencies.store, seats, dependencies.publisher.outbox, dependencies.places, dependencies.crash)
    service = SeatService(
        dependencies.store.client, batch, dependencies.publisher, runtime.metrics, dependencies.crash, now
    )
    service.attach(runtime)
    return seats_api.router(service, seats, buckets, now)
