"""The reporting service on real engines, and a log that is written as the relay of enrolment writes it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import orjson
import pytest

from services.reporting.app import create_app
from services.reporting.settings import ReportingSettings
from shared.clock import now
from shared.events.catalogue import (
    ProgrammeCreated,
    ProgrammePublished,
    RunClosed,
    RunFact,
    RunOpened,
    RunScheduled,
    Venue,
)
from shared.events.directory import Membership, UnitRegistered
from shared.events.envelope import Event
from shared.messaging.outbox import Outbox
from shared.messaging.producer import Producer
from shared.messaging.recorder import EventRecorder
from shared.mongo import Client, Database, connect, database
from shared.rights import Role
from shared.settings import Settings
from tests.support.api import Issuer, client_of, patiently, waiting_for
from tests.support.brokers import make_topics
from tests.support.waiting import until
from tests.unit.reporting.histories import RUN_STARTS, History

Ask = Callable[..., Awaitable[dict[str, Any]]]
Body = dict[str, Any]
SUBJECT_MATTER: dict[str, Any] = {"kind": "TRAINING_PROJECT", "framework_tags": ("ISSUE_2",)}


@dataclass
class Log:
    """Appends events of any aggregate; sequences go on by themselves."""

    producer: Producer
    outbox: Outbox

    def __post_init__(self) -> None:
        self._last: dict[str, int] = {}

    async def append(self, *events: Event) -> str:
        """Events of ONE aggregate; the position of the last one."""
        aggregate = events[0].aggregate
        recorder = EventRecorder("/pattana/enrolment", now())
        recorder.record(events, after=self._last.get(aggregate, 0))
        (reached,) = recorder.positions
        self._last[aggregate] = reached.seq
        await self.send([self.outbox.row(event) for event in recorder.events])
        return str(reached)

    async def send(self, rows: Sequence[dict[str, Any]]) -> None:
        outcome = await self.producer.send(rows)
        assert outcome.failure is None
        assert not outcome.refused

    async def publish(self, histories: Iterable[History]) -> list[str]:
        """All events of buckets; the last position of each."""
        return [await self.append(*history.events) for history in histories]

    async def plan_run(self, run: str = "r1", *, programme: str = "p1", capacity: int = 100, **changes: Any) -> str:
        facts = run_facts(run, programme, capacity, **changes)
        return await self.append(
            RunScheduled.model_construct(**facts),
            RunOpened.model_construct(**facts, units=("OPS",)),
        )

    async def draft(self, programme: str, run: str) -> str:
        """A programme with a run of which no seats have been opened."""
        await self.append(ProgrammeCreated.model_construct(**programme_facts(programme, 2563), **SUBJECT_MATTER))
        return await self.append(RunScheduled.model_construct(**run_facts(run, programme, 100)))

    async def end_run(self, kind: type[RunFact] = RunClosed, run: str = "r1", programme: str = "p1") -> str:
        return await self.append(kind.model_construct(**run_facts(run, programme, 100)))

    async def plan_programme(self, programme: str = "p1", fiscal_year: int = 2563) -> str:
        facts = programme_facts(programme, fiscal_year)
        return await self.append(
            ProgrammeCreated.model_construct(**facts, **SUBJECT_MATTER),
            ProgrammePublished.model_construct(**facts),
        )

    async def office(self, code: str, group: str, region: str, name: str) -> str:
        since = date(2009, 10, 1)
        return await self.append(
            UnitRegistered.model_construct(
                unit=f"PO-{code}",
                kind="PROVINCIAL_OFFICE",
                parent="OPS",
                name_th=f"สำนักงานจังหวัด{name}",
                name_en=f"Office {code}",
                province=code,
                province_th=name,
                province_en=f"Province {code}",
                memberships=(Membership(group=group, region=region, valid_from=since),),
                email=None,
                valid_from=None,
                valid_to=None,
            ),
        )


def programme_facts(programme: str, fiscal_year: int) -> dict[str, Any]:
    return {
        "programme": programme,
        "code": "PERS-2563-001",
        "title": "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล",
        "fiscal_year": fiscal_year,
        "organiser": "PERS",
    }


def run_facts(run: str, programme: str, capacity: int, fiscal_year: int = 2563) -> dict[str, Any]:
    return {
        "programme": programme,
        "run": run,
        "code": "PERS-2563-001",
        "title": "โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคล",
        "fiscal_year": fiscal_year,
        "cohort": 1,
        "capacity": capacity,
        "starts_at": RUN_STARTS,
        "ends_at": RUN_STARTS,
        "venue": Venue(),
        "sessions": (),
        "chair": None,
        "offset_seconds": 0,
    }


@pytest.fixture
def reporting_settings(make_settings: Callable[..., Any]) -> ReportingSettings:
    made: ReportingSettings = make_settings(
        ReportingSettings, generation_grace_seconds=1.0, generation_poll_seconds=0.2
    )
    return made


@pytest.fixture
async def client(reporting_settings: ReportingSettings) -> AsyncIterator[Client]:
    made = connect(reporting_settings.mongo_url, app_name="tests")
    yield made
    made.close()


@pytest.fixture
def store(client: Client, reporting_settings: ReportingSettings) -> Database:
    return database(client, f"{reporting_settings.mongo_prefix}_reporting")


@asynccontextmanager
async def writing(settings: Settings, client: Client) -> AsyncIterator[Log]:
    """A log on these engines, with its topics made."""
    await make_topics(settings.kafka_bootstrap, settings.topic_prefix)
    producer = Producer(settings.broker, client_id="tests", ack_seconds=10, topic_prefix=settings.topic_prefix)
    yield Log(producer, Outbox(client["unused"], lanes=1, topic_prefix=settings.topic_prefix))
    await producer.discard()


@pytest.fixture
async def log(client: Client, reporting_settings: Settings) -> AsyncIterator[Log]:
    async with writing(reporting_settings, client) as made:
        yield made


@dataclass
class Service:
    """A running reporting service and who asks it."""

    http: httpx.AsyncClient
    issuer: Issuer

    async def get(
        self,
        path: str,
        role: Role = Role.HR_OFFICER,
        unit: str | None = None,
        person: str | None = None,
        *,
        status: int = 200,
        language: str = "en",
        **query: Any,
    ) -> Body:
        headers = self.issuer.bearer(role, unit, person) | {"accept-language": language}
        url = f"/api/reporting/{path}"
        answer = await patiently(lambda: self.http.get(url, params=waiting_for(query) or None, headers=headers), status)
        assert answer.status_code == status, answer.text
        body: Body = answer.json()
        return body

    async def post(self, path: str, role: Role, *, status: int) -> Body:
        return await self._send("POST", path, role, status)

    async def delete(self, path: str, role: Role, *, status: int) -> Body:
        return await self._send("DELETE", path, role, status)

    async def _send(self, method: str, path: str, role: Role, status: int) -> Body:
        answer = await self.http.request(method, f"/api/reporting/{path}", headers=self.issuer.bearer(role))
        assert answer.status_code == status, answer.text
        body: Body = answer.json()
        return body


Start = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture
def start_service(reporting_settings: ReportingSettings, issuer: Issuer) -> Start:
    """`async with start_service() as service:` one process more; with `ready=False` as soon as it runs."""

    @asynccontextmanager
    async def start(*, ready: bool = True) -> AsyncIterator[Service]:
        app = create_app(reporting_settings)
        async with client_of(app) as http:
            if ready:
                await until(lambda: _ready(http))
            yield Service(http, issuer)

    return start


@pytest.fixture
async def service(start_service: Start) -> AsyncIterator[Service]:
    async with start_service() as started:
        yield started


async def _ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200


def canonical(body: Mapping[str, Any]) -> bytes:
    """An answer without what tells how fresh it is."""
    kept = {name: value for name, value in body.items() if name not in ("asOf", "lag")}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
