"""One process of the service for drawn lives of seats: its own objects on the real database, by a clock of its own, and
without its loops, whose steps are taken one by one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from services.enrolment.catalogue import OfferedRun
from services.enrolment.catalogue.domain import dividing
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.runs import Run, offered
from services.enrolment.catalogue.service.settling import Settling
from services.enrolment.catalogue.storage import Catalogue
from services.enrolment.catalogue.storage.to_release import RunsToRelease
from services.enrolment.directory.service.officeholders import Officeholders
from services.enrolment.directory.service.places import Places
from services.enrolment.directory.storage import People, Posts, Units
from services.enrolment.seats.domain.commands import Command
from services.enrolment.seats.service.batch import Batches
from services.enrolment.seats.service.buckets import BucketService
from services.enrolment.seats.service.carrying import Carrying
from services.enrolment.seats.service.concerned import Concerned
from services.enrolment.seats.service.deadlines import Deadlines
from services.enrolment.seats.service.ex_officio import ExOfficio
from services.enrolment.seats.service.growth import Growth
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.offers import Offers
from services.enrolment.seats.service.queue import QueueLimits
from services.enrolment.seats.service.releases import Releases
from services.enrolment.seats.service.serving import OfficesServed
from services.enrolment.seats.storage import Seats
from services.enrolment.seats.storage.deadlines import DeadlineStore
from services.enrolment.seats.storage.ex_officio import NominationsExOfficio
from services.enrolment.seats.storage.offers import OfferStore
from services.enrolment.seats.storage.releases import ReleaseStore
from services.enrolment.seats.storage.run_moves import RunMoves
from services.enrolment.seats.storage.taken import SeatsTaken
from services.enrolment.settings import EnrolmentSettings
from shared.engine import open_database
from shared.errors import Refused
from shared.events.envelope import Event
from shared.idempotency import CommandKey
from shared.messaging.publisher import EventPublisher
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.runtime import Runtime
from shared.write import UnitOfWork, Work
from tests.integration.enrolment.nominating import checking
from tests.unit.enrolment.seats.builders import by_whom
from tests.unit.enrolment.seats.life_loops import MOST
from tests.unit.enrolment.seats.life_service import BEGINNING
from tests.unit.enrolment.seats.life_store import GONE

# Documents expire by the real time, and lives are of 2020: system time runs so much ahead of that of the runs.
AHEAD: Final = timedelta(days=(datetime.now(BEGINNING.tzinfo) - BEGINNING).days + 1)
OFFSET: Final = -int(AHEAD.total_seconds())
Change = Callable[[Run, datetime], tuple[Run, list[Event]]]
Follow = Callable[[OfferedRun, EventRecorder, Session], Awaitable[Any]]


class Counting(UnitOfWork):
    """Says how many transactions were committed: only then is there anything new to read."""

    committed = 0

    async def commit(self, work: Work[Any], **options: Any) -> Any:
        done = await super().commit(work, **options)
        self.committed += 1
        return done


class Process:
    """`rows`: what it has looked at before, which is nothing: it always reads."""

    rows = GONE

    def __init__(self, settings: EnrolmentSettings) -> None:
        self.now = BEGINNING
        self.runtime = Runtime("enrolment", settings, clock=lambda: self.now + AHEAD)
        self.db = db = open_database(self.runtime)
        self.writes = writes = Counting(self.runtime, db, EventPublisher(self.runtime, db))
        self.seats, self.catalogue, self.units = Seats(db), Catalogue(db), Places(Units(db))
        people, taken, years = People(db), SeatsTaken(db), RunsToRelease(db, self.catalogue)
        posts = Officeholders(Posts(db), people)
        self.ex_officio = ExOfficio(self.seats, NominationsExOfficio(db), self.catalogue, self.units, posts)
        batches = Batches(self.seats, self.catalogue, people, self.units, posts, writes.records, checking(db))
        self.commands = SeatService(self.runtime, writes, batches, QueueLimits())
        self.commands.attach(self.runtime)
        self.growth = Growth(writes, self.seats, self.catalogue)
        more = (self.units, people, self.growth, Concerned(taken))
        self.buckets = BucketService(writes, self.seats, self.catalogue, *more)
        self._steps_of(years, taken)

    def _steps_of(self, years: RunsToRelease, taken: SeatsTaken) -> None:
        db, writes, seats, catalogue = self.db, self.writes, self.seats, self.catalogue
        released = ReleaseStore(db)
        served = OfficesServed(released, taken, years)
        self.deadlines = Deadlines(writes, DeadlineStore(db), seats, catalogue)
        self.offers = Offers(writes, OfferStore(db), seats, catalogue, served)
        self.releases = Releases(writes, released, seats, catalogue, years, served, self.units)
        moves, settling = RunMoves(db), Settling(catalogue)
        self.carrying = Carrying(writes, seats, moves, catalogue, settling, self.units, released)
        self.growth.most = self.deadlines.most = self.offers.most = self.carrying.most = MOST

    @classmethod
    @asynccontextmanager
    async def running(cls, settings: EnrolmentSettings) -> "AsyncIterator[Process]":
        process = cls(settings)
        async with process.runtime.running():
            yield process

    def refresh(self) -> None:
        """There is nothing to refresh."""

    def carry_out(self, work: Callable[["Process"], Any], now: datetime) -> Any:
        self.now = now
        return work(self)

    async def send(self, command: Command, key: CommandKey) -> str:
        """The state in the answer, or the code of the refusal."""
        try:
            answer = await self.commands.carry_out(command, key, by_whom(command), _stays)
        except Refused as refusal:
            return refusal.code
        return str(orjson.loads(answer.body)["state"])

    async def change(self, run: str, description: Description, change: Change, follow: Follow) -> None:
        """A step of a run, and what it means for its buckets, in one transaction."""

        async def work(session: Session, recorder: EventRecorder) -> None:
            before = await self.run(run, session)
            dividing.require_still([before])
            after, events = change(before, recorder.now)
            await self.catalogue.update_run(before, after, description, session)
            recorder.record(events, after=before.seq, offset_seconds=before.offset_seconds)
            await follow(offered(after, description), recorder, session)

        await self.writes.commit(work)

    async def run(self, run: str, session: Session) -> Run:
        found = await self.catalogue.load_run(run, session)
        assert found is not None
        return found


async def _stays() -> bool:
    return False
