"""The composition root of the enrolment service: makes every object and hands over its dependencies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from services.enrolment import personal
from services.enrolment.attendance.http.assembly import ATTENDANCE, AttendanceTexts, DeviceVerifier, assembled
from services.enrolment.attendance.http.assembly import Assembled as OfAttendance
from services.enrolment.catalogue.http.cancelling import add_cancelling
from services.enrolment.catalogue.http.clashes import add_clashes
from services.enrolment.catalogue.http.dividing import add_dividing
from services.enrolment.catalogue.http.lists import router as catalogue_lists
from services.enrolment.catalogue.http.routes import router as catalogue_routes
from services.enrolment.catalogue.service.cancelling import CancelService
from services.enrolment.catalogue.service.clashes import Clashing
from services.enrolment.catalogue.service.close_outs import CloseOutService
from services.enrolment.catalogue.service.dividing import DividingService
from services.enrolment.catalogue.service.following import Following
from services.enrolment.catalogue.service.judging import Judging
from services.enrolment.catalogue.service.looking import Looking
from services.enrolment.catalogue.service.programmes import ProgrammeService
from services.enrolment.catalogue.service.runs import RunService
from services.enrolment.catalogue.service.settling import Settling
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.catalogue.storage.courses import Courses
from services.enrolment.catalogue.storage.ended import EndedRuns
from services.enrolment.catalogue.storage.headings import RunHeadings
from services.enrolment.catalogue.storage.last_year import LastYear
from services.enrolment.catalogue.storage.lists import CatalogueLists
from services.enrolment.catalogue.storage.related import RelatedRuns
from services.enrolment.catalogue.storage.specs import COLLECTIONS as CATALOGUE
from services.enrolment.catalogue.storage.to_ask import RunsToAsk
from services.enrolment.catalogue.storage.to_release import RunsToRelease
from services.enrolment.certificates.http.composed import HeldCourses, Sources, certificates
from services.enrolment.certificates.storage import Certificates
from services.enrolment.dependencies import Dependencies
from services.enrolment.directory.http.assembly import DIRECTORY, Behind, directory
from services.enrolment.directory.http.people import router as people_routes
from services.enrolment.directory.http.uploading import FilesIn
from services.enrolment.directory.service.officeholders import Officeholders
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.storage import People, PeopleList, Posts, Units
from services.enrolment.directory.storage.head_counts import HeadCounts
from services.enrolment.evaluation.http.assembly import EVALUATION, evaluation, texts_and_answers, who_has_answered
from services.enrolment.followup.http.assembly import FollowUpStore, follow_ups
from services.enrolment.paper.http.assembly import Letterheads, papers
from services.enrolment.plans.http.assembly import MovedPlans, PlanStore, plans
from services.enrolment.plans.http.assembly import Sources as OfPlans
from services.enrolment.seats.http.delegation_routes import router as delegation_routes
from services.enrolment.seats.http.routes import router as seats_routes
from services.enrolment.seats.http.waiting import waiting_routes
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.carrying import Carrying
from services.enrolment.seats.service.checking import Checking
from services.enrolment.seats.service.concerned import Concerned
from services.enrolment.seats.service.delegations import DelegationService
from services.enrolment.seats.service.ex_officio import ExOfficio
from services.enrolment.seats.service.growth import Growth
from services.enrolment.seats.service.leaving import Leaving
from services.enrolment.seats.service.nominating import Nominating, SeatsNow
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.people_elsewhere import PeopleElsewhere
from services.enrolment.seats.service.proposals import Proposals
from services.enrolment.seats.service.queue import QueueLimits
from services.enrolment.seats.service.releases import Releases
from services.enrolment.seats.service.searching import NominationSearch
from services.enrolment.seats.service.text_retention import TextRetention
from services.enrolment.seats.service.transfers import Transfers
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.delegations import Delegations
from services.enrolment.seats.storage.elsewhere import SeatsElsewhere
from services.enrolment.seats.storage.ex_officio import NominationsExOfficio
from services.enrolment.seats.storage.holders import Holders
from services.enrolment.seats.storage.of_people import NominationsOfPeople
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.run_moves import RUN_MOVES, RunMoves
from services.enrolment.seats.storage.specs import COLLECTIONS as SEATS
from services.enrolment.seats.storage.stood import SeatsStood
from services.enrolment.seats.storage.taken import SeatsTaken
from services.enrolment.seats.storage.texts import Texts
from services.enrolment.seats.storage.transfers import Transferred
from services.enrolment.settings import EnrolmentSettings
from services.enrolment.workshop.http.assembly import WORKSHOP, workshop
from services.enrolment.workshop.http.assembly import Sources as OfWorkshop
from shared.engine import open_database, require_capabilities
from shared.filling import Filling
from shared.http import create_api
from shared.idempotency import COMMANDS
from shared.messaging.publisher import EventPublisher
from shared.mongo import StoreError, prepare, translated_calls
from shared.retention import Retention
from shared.routes import add_routes
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.security_log.keeping import keep_security_log
from shared.security_log.storage import prepare_log
from shared.thai import government_holidays

NAME, BUSY = "enrolment", (StoreError,)
LATER = (*EVALUATION, *Certificates.collections, *FollowUpStore.collections, *PlanStore.collections)
STORED = (*DIRECTORY, *CATALOGUE, *SEATS, RUN_MOVES, *ATTENDANCE, *WORKSHOP, *LATER, *Letterheads.collections)
COLLECTIONS = (*STORED, COMMANDS, *EventPublisher.collections)


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
        await asyncio.to_thread(government_holidays, runtime.clock().year)  # no request waits for the calendar
        await publisher.prepare()
        async with runtime.running():
            yield

    publisher.attach(runtime)
    verifier = DeviceVerifier(settings, store)
    app = create_api(NAME, settings, runtime=runtime, verifier=verifier, lifespan=lifespan, busy=BUSY)
    keep_security_log(app, runtime, store)
    dependencies = Dependencies.of(settings, runtime, store, publisher)
    attendance = assembled(dependencies, Catalogue(store), Holders(store), People(store), FilesIn.of(settings))
    add_routes(app, *_features(dependencies, attendance), *attendance.routers, personal.export(dependencies))
    return app


def _features(dependencies: Dependencies, attendance: OfAttendance) -> list[APIRouter]:
    """Each feature gets what it needs of those before it; the catalogue also the buckets, to open and close them."""
    units, people = Units(dependencies.store), People(dependencies.store)
    catalogue, seats = Catalogue(dependencies.store), Seats(dependencies.store)
    (people_list, lists), places = _lists(dependencies, units), Places(units)
    growth = Growth(dependencies.units_of_work, seats, catalogue)
    growth.attach(dependencies.runtime)
    checking = _checking(dependencies, catalogue, attendance)
    posts = Officeholders(Posts(dependencies.store), people)
    batches = Batches(seats, catalogue, people, places, posts, dependencies.units_of_work.records, checking)
    taken, store = SeatsTaken(dependencies.store), dependencies.store
    buckets = BucketService(dependencies.units_of_work, seats, catalogue, places, people, growth, Concerned(taken))
    proposals = Proposals(catalogue, places, HeadCounts(dependencies.store), posts, LastYear(dependencies.store), taken)
    nominations = _nominations(dependencies, batches)
    ex_officio = ExOfficio(seats, NominationsExOfficio(dependencies.store), catalogue, places, posts)
    delegations = DelegationService(dependencies.units_of_work, Delegations(store), people, posts, catalogue)
    leaving = Leaving(of_people := NominationsOfPeople(store), seats, catalogue)
    transfers = Transfers(of_people, Transferred(dependencies.store), seats, catalogue, people, places)
    behind = _behind_directory(dependencies, leaving, transfers, places, nominations)
    of_plans = OfPlans(people, places, people_list, attendance.training, Nominating(nominations), SeatsNow(store))
    return [
        *lists,
        *waiting_routes(dependencies, catalogue, RunHeadings(store), nominations, RunsToRelease(store, catalogue)),
        directory(dependencies, units, people, behind),
        _catalogue(dependencies, catalogue, units, buckets, _carrying(dependencies, seats, catalogue, places)),
        _seats(dependencies, seats, buckets, nominations, NominationSearch(seats, people_list), proposals, ex_officio),
        delegation_routes(delegations, nominations, seats),
        *_behind_seats(dependencies, catalogue, people, places, attendance),
        plans(dependencies, of_plans),
    ]


def _checking(dependencies: Dependencies, catalogue: Catalogue, attendance: OfAttendance) -> Checking:
    """Two checks ask the features behind the seats."""
    store = dependencies.store
    held = HeldCourses(Certificates(store), Courses(catalogue))
    return Checking(RelatedRuns(store), SeatsElsewhere(store), held, attendance.training)


def _behind_seats(
    dependencies: Dependencies, catalogue: Catalogue, people: People, places: Places, attendance: OfAttendance
) -> list[APIRouter]:
    """What comes of a run, and of people from year to year."""
    store, shares = dependencies.store, attendance.shares
    answers = who_has_answered(store, KeyRing.parse(dependencies.settings.contact_keys))
    return [
        workshop(dependencies, OfWorkshop(catalogue, Holders(store), SeatsStood(store), people, places)),
        evaluation(dependencies, catalogue, Holders(store), shares, RunsToAsk(store)),
        certificates(dependencies, Sources(Courses(catalogue), Holders(store), people, places, shares, answers)),
        follow_ups(dependencies, catalogue, Holders(store), places, shares),
        papers(dependencies, catalogue, Holders(store), Seats(store), people, places, Certificates(store)),
    ]


def _lists(dependencies: Dependencies, units: Units) -> tuple[PeopleList, list[APIRouter]]:
    """What is missing of what they find by is filled in after the start."""
    people, lists = PeopleList(dependencies.store, units), CatalogueLists(dependencies.store)
    steps = (lists.fill_in_programmes, lists.fill_in_runs, people.fill_in)
    Filling("what is looked for", *steps).attach(dependencies.runtime)
    return people, [people_routes(people), catalogue_lists(lists)]


def _carrying(dependencies: Dependencies, seats: Seats, catalogue: Catalogue, places: Places) -> Carrying:
    moved, settling = RunMoves(dependencies.store), Settling(catalogue)
    released = ReleaseStore(dependencies.store)
    carrying = Carrying(dependencies.units_of_work, seats, moved, catalogue, settling, places, released)
    carrying.attach(dependencies.runtime)
    Releases.on(dependencies, seats, catalogue, RunsToRelease(dependencies.store, catalogue), places)
    return carrying


def _behind_directory(
    dependencies: Dependencies, leaving: Leaving, transfers: Transfers, places: Places, nominations: SeatService
) -> Behind:
    """What is erased of a person or goes along to another office, in an order that stays."""
    store, ring = dependencies.store, KeyRing.parse(dependencies.settings.contact_keys)
    texts = texts_and_answers(Texts(store), store, ring)
    written = (texts, AttendanceTexts(store), Certificates(store), FollowUpStore(store), PlanStore(store))
    return Behind(written, leaving, (transfers, MovedPlans(PlanStore(store), places)), nominations.quiet)


def _catalogue(
    dependencies: Dependencies, catalogue: Catalogue, units: Units, buckets: BucketService, carrying: Carrying
) -> APIRouter:
    settings, units_of_work = dependencies.settings, dependencies.units_of_work
    clock_may_be_set = settings.edition == "embedded" or settings.allow_run_clock
    judging, following = Judging(catalogue, units_of_work.now), Following(catalogue, buckets)
    programmes = ProgrammeService(units_of_work, catalogue, units, following, judging, past_drafts=clock_may_be_set)
    related = RelatedRuns(dependencies.store)
    clashing = Clashing(PeopleElsewhere(related, SeatsElsewhere(dependencies.store)), related)
    looking = Looking(judging, clashing)
    runs = RunService(units_of_work, catalogue, programmes, buckets, looking, clock_may_be_set=clock_may_be_set)
    routes = catalogue_routes(programmes, runs, judging, CloseOutService(units_of_work, catalogue, runs))
    add_clashes(routes, runs, clashing)
    add_dividing(routes, DividingService(units_of_work, runs, looking, carrying))
    add_cancelling(routes, CancelService(units_of_work, runs, buckets))
    return routes


def _nominations(dependencies: Dependencies, batches: Batches) -> SeatService:
    settings = dependencies.settings
    limits = QueueLimits(settings.queue_limit, settings.queue_run_limit, settings.queue_seconds)
    service = SeatService(dependencies.runtime, dependencies.units_of_work, batches, limits)
    service.attach(dependencies.runtime)
    return service


def _seats(
    dependencies: Dependencies,
    seats: Seats,
    buckets: BucketService,
    nominations: SeatService,
    search: NominationSearch,
    proposals: Proposals,
    ex_officio: ExOfficio,
) -> APIRouter:
    store = dependencies.store
    texts = TextRetention(dependencies.units_of_work, EndedRuns(store), Texts(store))
    Retention("texts", dependencies.settings.nomination_text_days, texts.step).attach(dependencies.runtime)
    return seats_routes(nominations, seats, buckets, search, proposals, ex_officio, store)
