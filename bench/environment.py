"""What the figures are measured on: engines, services as processes of their own, and people who may be nominated."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.office import Office, bring_people
from bench.wrk import Load
from shared.broker import Broker
from shared.clock import now
from shared.events.topics import SEATS
from shared.messaging.offsets import OffsetReader, Reading
from shared.mongo import connect, database
from shared.rights import CENTRAL_POOL, Role
from tests.engines import Engines, EngineSet
from tests.support.system import ServiceProcess, System
from tests.support.waiting import until

HOT = ("PO-50",)
HOT_UNITS = [f"{office}.HR" for office in HOT]  # where its people work
CENTRAL_UNIT = "PERS"
ENROLMENT_DATABASE = "pattana_enrolment"
# People for a second of load: more than the fastest machine of the kind that targets are for can nominate.
HOT_PER_SECOND, WIDE_PER_SECOND = 4_000, 3_500
LEAST_OF_A_UNIT = 105
HOT_OF_SIZE = 2_000  # people beside those that a figure of size brings itself


@dataclass
class Environment:
    """A running system. `seconds` is how long one measurement loads it; `size` what share of the people and rows that
    the figures of size speak of are there, None where none of them is measured."""

    engines: Engines
    system: System
    office: Office
    folder: Path
    seconds: float
    size: float | None = None
    provinces: tuple[str, ...] = ()
    hot: list[str] = field(default_factory=list)  # people of one office
    wide: list[str] = field(default_factory=list)  # people of all units, in turn
    peak: float = 0.0  # the most nominations per second that were seen so far

    def __post_init__(self) -> None:
        topics = {SEATS.name: SEATS.partitions}
        self._offsets = OffsetReader(Broker(self.engines.kafka.bootstrap), topics, client_id="bench", clock=now)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the processes are on file."""
        return (self.folder / "engines", self.folder / "system")

    @property
    def units(self) -> tuple[str, ...]:
        """All that may have a bucket: the provincial offices and the central pool, 77."""
        return (*self.provinces, CENTRAL_POOL)

    @property
    def enrolment(self) -> ServiceProcess:
        return self.system.services["enrolment"][0]

    @property
    def notification(self) -> ServiceProcess:
        return self.system.services["notification"][0]

    @property
    def reporting(self) -> ServiceProcess:
        return self.system.services["reporting"][0]

    def token(self, role: Role = Role.HR_OFFICER, unit: str | None = "PERS") -> str:
        return self.system.issuer.token(role, unit)

    def load(self, connections: int, seconds: float | None = None, pause_ms: float = 0) -> Load:
        return Load(self.folder, self.token(), connections, seconds or self.seconds, pause_ms)

    async def reading(self, group: str) -> Reading:
        """How far a group is in the log of seats."""
        return (await self._offsets.read([group]))[group]

    async def settled(self, seconds: float = 180) -> None:
        """Waits until everything that was accepted is in the log and in the reports."""
        store = connect(self.engines.database.url, app_name="bench")
        try:
            outbox = database(store, ENROLMENT_DATABASE)["outbox"]

            async def relayed() -> bool:
                return await outbox.find_one({"pending": True, "place": {"$gt": ""}}) is None

            await until(relayed, seconds, every=0.2, what="the relay has sent everything")
        finally:
            store.close()
        await until(await self._reported(), seconds, every=0.2, what="reporting has read everything")

    @asynccontextmanager
    async def second_enrolment(self) -> AsyncIterator[ServiceProcess]:
        """One more replica beside the first."""
        process = self.system.add("enrolment")
        await process.start()
        try:
            await until(process.ready, 60, every=0.1, what="the second replica is ready")
            yield process
        finally:
            await process.stop()
            self.system.services["enrolment"].remove(process)

    async def nominated(self, run: str) -> int:
        """How many nominations of a run are stored."""
        store = connect(self.engines.database.url, app_name="bench")
        try:
            return await database(store, ENROLMENT_DATABASE)["nominations"].count_documents({"run": run})
        finally:
            store.close()

    async def _reported(self) -> Callable[[], Awaitable[bool]]:
        async with self.system.client("reporting", Role.OPERATOR) as operator:
            status = (await operator.get("/api/reporting/rebuild")).raise_for_status().json()
        group = f"reporting.g{status['active']['generation']}"

        async def reported() -> bool:
            return not (await self.reading(group)).behind

        return reported

    async def close(self) -> None:
        await self._offsets.close()


@asynccontextmanager
async def prepared(
    engine_set: EngineSet, folder: Path, seconds: float, size: float | None = None
) -> AsyncIterator[Environment]:
    """Engines and services from nothing, with units and people; everything is stopped on leaving."""
    async with AsyncExitStack() as stack:
        engines = engine_set.make(folder / "engines")
        stack.push_async_callback(engines.stop)
        await engines.start()
        system = System(
            engines,
            folder / "system",
            PATTANA_FAULTS="0",
            PATTANA_ALLOW_RUN_CLOCK="true",
            PATTANA_TRUST_FORWARDED="true",
        )
        stack.push_async_callback(system.stop)
        await system.start()
        office = Office(system.services["enrolment"][0].url, system.issuer.token)
        environment = Environment(engines, system, office, folder, seconds, size)
        stack.push_async_callback(environment.close)
        await _fill(environment)
        await environment.settled()
        yield environment


async def _fill(environment: Environment) -> None:
    await environment.office.bring_units()
    store = connect(environment.engines.database.url, app_name="bench")
    try:
        enrolment = database(store, ENROLMENT_DATABASE)
        offices = enrolment["units"].find({"kind": "PROVINCIAL_OFFICE"}, {"_id": 1}).sort("_id", 1)
        environment.provinces = tuple([row["_id"] async for row in offices])
        if environment.size is not None:  # an audit will look at all of them
            environment.hot = await bring_people(enrolment, HOT_UNITS, HOT_OF_SIZE, registered=True)
            return
        environment.hot = await bring_people(enrolment, HOT_UNITS, round(HOT_PER_SECOND * environment.seconds))
        units = [f"{unit}.HR" for unit in environment.provinces] + [CENTRAL_UNIT]
        count = max(round(WIDE_PER_SECOND * environment.seconds), LEAST_OF_A_UNIT * len(units))
        environment.wide = await bring_people(enrolment, units, count)
    finally:
        store.close()
