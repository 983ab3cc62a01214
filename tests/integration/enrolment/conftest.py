"""The enrolment service on real engines, called over HTTP as each role, with its database open beside it."""

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import orjson
import pytest

from services.enrolment.app import create_app
from services.enrolment.catalogue.storage.to_ask import LOOK_AT
from services.enrolment.evaluation.storage.specs import ASKING, KEPT
from services.enrolment.settings import EnrolmentSettings
from shared.mongo import Database, Document, connect, database
from shared.rights import Role
from tests.conftest import SECRETS, MakeSettings, drop_databases, settings_of
from tests.engines import EngineSet
from tests.support.api import Issuer, client_of
from tests.support.brokers import delete_topics
from tests.support.commands import Commands

BASE = "/api/enrolment"
# What loops set at any time: the relay in a row of the outbox, the end of a form's time in what was asked, and when
# people are asked next for answers.
MARKS = {
    "outbox": ("pending", "published_at", "partition", "offset"),
    "evaluations": ("closed", "open", "due", "pool", "ended_at", *KEPT),
    "runs": (LOOK_AT,),
}
BY_TIME = "enrolment.answers-asked.v1"  # an event that comes of no command


@dataclass
class Office:
    """`await office.ask("POST", "/programmes", Role.HR_OFFICER, json=...)`: paths are below /api/enrolment."""

    http: httpx.AsyncClient
    issuer: Issuer
    db: Database

    async def ask(
        self,
        method: str,
        path: str,
        role: Role,
        unit: str | None = None,
        person: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        headers = {"accept-language": "en", **self.issuer.bearer(role, unit, person), **(headers or {})}
        if method == "PUT" and not path.endswith("/clock"):
            headers.setdefault("if-match", await self.version(path))
        return await self.http.request(method, f"{BASE}{path}", headers=headers, **options)

    async def version(self, path: str) -> str:
        """What is to be sent as If-Match to replace what is there now."""
        headers = self.issuer.bearer(Role.HR_OFFICER)
        read = await self.http.get(f"{BASE}{path}", headers=headers)
        return str(read.headers.get("etag", '"0"'))

    async def done(self, method: str, path: str, role: Role = Role.HR_OFFICER, **options: Any) -> Any:
        """The body of an answer that must be a success."""
        answer = await self.ask(method, path, role, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def refused(self, method: str, path: str, role: Role = Role.HR_OFFICER, **options: Any) -> tuple[int, str]:
        """(status, code) of an answer that must be a refusal and must have changed nothing."""
        before = await self.fingerprint()
        answer = await self.ask(method, path, role, **options)
        assert answer.headers["content-type"] == "application/problem+json"
        assert await self.fingerprint() == before
        return answer.status_code, answer.json()["code"]

    async def counts(self) -> dict[str, int]:
        names = ("units", "people", "programmes", "runs", "buckets", "nominations", "outbox", "commands")
        return {name: await self.db[name].count_documents({}) for name in names}

    async def fingerprint(self) -> dict[str, str]:
        """A digest of all documents, by collection, without the marks of loops."""
        names = set(await self.db.list_collection_names()) - {ASKING.name}
        return {name: await self._digest(name) for name in sorted(names) if not name.startswith("outbox_")}

    async def _digest(self, name: str) -> str:
        marks = dict.fromkeys(MARKS[name], 0) if name in MARKS else None
        query: Document = {"type": {"$ne": BY_TIME}} if name == "outbox" else {}
        rows = await self.db[name].find(query, marks).to_list(None)  # not sorted there: SecantusDB sorts slowly
        if name == "evaluations":
            for row in rows:  # the end of a form's time takes what is held for withheld
                row["held"] += row.pop("withheld")
        return hashlib.sha256("".join(sorted(map(repr, rows))).encode()).hexdigest()

    async def published(self, kind: str = "", aggregate: str = "") -> list[Document]:
        """The data of events in the outbox, in order of their ids."""
        query: Document = {"type": {"$regex": kind}}
        if aggregate:
            query["aggregate"] = aggregate
        rows: list[Document] = await self.db["outbox"].find(query).sort([("aggregate", 1), ("seq", 1)]).to_list(None)
        return [{"type": row["type"], **(orjson.loads(row["body"])["data"] if row["body"] else {})} for row in rows]

    async def import_people(self, lines: Sequence[str], **options: Any) -> Any:
        """The report of an import that must succeed."""
        return await self.done("POST", "/imports/people", content="\r\n".join(lines).encode(), **_csv(options))


def _csv(options: dict[str, Any]) -> dict[str, Any]:
    options.setdefault("headers", {})["content-type"] = "text/csv"
    return options


@asynccontextmanager
async def serving(settings: EnrolmentSettings, issuer: Issuer) -> AsyncIterator[Office]:
    client = connect(settings.mongo_url, app_name="tests")
    async with client_of(create_app(settings), timeout=60) as http:
        yield Office(http, issuer, database(client, f"{settings.mongo_prefix}_enrolment"))
    client.close()


@pytest.fixture(scope="session")
async def topic_prefix(kafka_bootstrap: str) -> AsyncIterator[str]:
    """Nobody here reads what is published: one set of topics for all, which a broker makes and deletes once."""
    prefix = f"t{uuid.uuid4().hex[:8]}_enrolment."
    yield prefix
    await delete_topics(kafka_bootstrap, prefix)


@pytest.fixture
async def enrolment_settings(make_settings: MakeSettings) -> EnrolmentSettings:
    made: EnrolmentSettings = make_settings(EnrolmentSettings)
    return made


@pytest.fixture
async def office(enrolment_settings: EnrolmentSettings, issuer: Issuer) -> AsyncIterator[Office]:
    """The service with nothing in it."""
    async with serving(enrolment_settings, issuer) as office:
        yield office


@pytest.fixture(scope="session")
async def bundled_units(
    mongo_url: str, kafka_bootstrap: str, topic_prefix: str, engine_set: EngineSet, issuer: Issuer
) -> list[Document]:
    """The bundled units as one import stored them. Hundreds, so most tests find them there and import nothing."""
    async with (
        standing_names(mongo_url, kafka_bootstrap, topic_prefix, engine_set, issuer) as settings,
        serving(settings, issuer) as office,
    ):
        await office.done("POST", "/imports/reference", Role.OPERATOR)
        found: list[Document] = await office.db["units"].find({}).to_list(None)
    return found


@pytest.fixture
async def directory(office: Office, bundled_units: list[Document]) -> Office:
    """The service with the bundled units."""
    await office.db["units"].insert_many(bundled_units)
    return office


@dataclass(frozen=True)
class Counted:
    """The service with the bundled units, and all that it asks of the database."""

    office: Office
    sent: Commands


@pytest.fixture
async def counted(
    enrolment_settings: EnrolmentSettings,
    issuer: Issuer,
    bundled_units: list[Document],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Counted]:
    sent = Commands()
    monkeypatch.setattr("shared.engine.connect", partial(connect, listeners=[sent]))
    async with serving(enrolment_settings, issuer) as office:
        await office.db["units"].insert_many(bundled_units)
        yield Counted(office, sent)


@asynccontextmanager
async def standing_names(
    mongo_url: str, kafka_bootstrap: str, topic_prefix: str, engine_set: EngineSet, issuer: Issuer
) -> AsyncIterator[EnrolmentSettings]:
    name = f"t{uuid.uuid4().hex[:8]}_standing"
    common = settings_of(mongo_url, kafka_bootstrap, issuer) | SECRETS
    settings = EnrolmentSettings(**common, mongo_prefix=name, topic_prefix=topic_prefix, group_prefix=f"{name}.")
    yield settings
    await drop_databases(engine_set, mongo_url, name)


@pytest.fixture(scope="module")
async def standing_settings(
    mongo_url: str, kafka_bootstrap: str, topic_prefix: str, engine_set: EngineSet, issuer: Issuer
) -> AsyncIterator[EnrolmentSettings]:
    """For the services of a module; their data are deleted when all of them have stopped."""
    async with standing_names(mongo_url, kafka_bootstrap, topic_prefix, engine_set, issuer) as settings:
        yield settings


@pytest.fixture(scope="module")
async def standing(
    standing_settings: EnrolmentSettings, issuer: Issuer, bundled_units: list[Document]
) -> AsyncIterator[Office]:
    """The service with the bundled units, shared by all tests of a module whose data are independent."""
    async with serving(standing_settings, issuer) as office:
        await office.db["units"].insert_many(bundled_units)
        yield office


@pytest.fixture(scope="module")
async def beside(standing: Office, standing_settings: EnrolmentSettings, issuer: Issuer) -> AsyncIterator[Office]:
    """A second instance of the service on the database of `standing`."""
    settings = standing_settings.model_copy(update={"instance": "beside"})
    async with serving(settings, issuer) as office:
        yield office
