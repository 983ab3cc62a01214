"""All services in one process behind one HTTP port, on the session's engines: what the command line talks to."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx
import uvicorn
from fastapi import FastAPI

from pattana.audit.audit import Where, audit, databases_of
from pattana.audit.verdict import Verdict
from pattana.client import Client, Tokens
from pattana.embedded.application import Together
from pattana.embedded.kept_mails import MailKeeping
from pattana.embedded.mail import Mailbox
from pattana.embedded.ports import HOST, free_port
from services.enrolment.app import create_app as enrolment
from services.enrolment.settings import EnrolmentSettings
from services.notification.app import create_app as notification
from services.notification.settings import NotificationSettings
from services.reporting.app import create_app as reporting
from services.reporting.settings import ReportingSettings
from shared.broker import Broker
from shared.mongo import Database
from shared.rights import Role
from shared.runtime import Runtime
from shared.settings import Settings
from tests.conftest import SECRETS, settings_of
from tests.support.api import NO_TLS, Issuer
from tests.support.brokers import delete_topics
from tests.support.waiting import IMPORT_SECONDS, until, until_done

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
CALM: Final = 1.0  # seconds: in one process every commit wakes what it concerns, and to look costs the tests beside it


@dataclass(frozen=True)
class Edition:
    url: str
    where: Where
    issuer: Issuer
    folder: Path

    def client(self) -> Client:
        """As the command line's; it blocks, so it is used from a thread."""
        return Client(self.url, Tokens(self.issuer.key))

    def environment(self) -> dict[str, str]:
        """What commands are told that look into the stores."""
        return {
            "PATTANA_MONGO_URL": self.where.mongo_url,
            "PATTANA_KAFKA_BOOTSTRAP": self.where.broker.bootstrap,
            "PATTANA_MONGO_PREFIX": self.where.mongo_prefix,
            "PATTANA_TOPIC_PREFIX": self.where.topic_prefix,
            "PATTANA_HOME": str(self.folder),
        }

    def reach(self) -> tuple[str, ...]:
        """What commands are told that ask the services."""
        return "--url", self.url, "--key", str(self.issuer.key.jwks.parent)

    async def audit(self, journal: Path | None = None) -> Verdict:
        """Of a system that has come to rest."""
        async with databases_of(self.where, "tests") as databases:
            stores = list(databases.values())
            await until_done(lambda: _unsent(stores), every=0.2, what="every message and every event is sent")
        return await audit(self.where, journal)


async def _unsent(stores: list[Database]) -> list[int]:
    waiting = [await store["outbox"].count_documents({"pending": True}) for store in stores]
    working = [await store["messages"].count_documents({"open": True}) for store in stores]
    return [*waiting, *working] if any([*waiting, *working]) else []


@asynccontextmanager
async def edition(
    mongo_url: str,
    kafka_bootstrap: str,
    issuer: Issuer,
    folder: Path,
    *,
    prefix: str = "",
    told: Mapping[str, Any] = NOTHING,
    **secrets: str,
) -> AsyncIterator[Edition]:
    """With the bundled units in it, under names of its own; or under those of a caller, who cleans up and may begin
    another one there. `told`: settings of all services; `secrets` in place of those of all tests."""
    own, prefix = not prefix, prefix or f"e{uuid.uuid4().hex[:10]}"
    port, mail_port = free_port(), free_port()
    where = Where(mongo_url, Broker(kafka_bootstrap), prefix, f"{prefix}.", folder / "mail")
    settings = settings_of(mongo_url, kafka_bootstrap, issuer) | {
        "mongo_prefix": prefix,
        "topic_prefix": f"{prefix}.",
        "group_prefix": f"{prefix}.",
        "port": port,
        **told,
    }
    made = Edition(f"http://{HOST}:{port}", where, issuer, folder)
    try:
        async with serving_at(_application(settings, SECRETS | secrets, folder, mail_port), port):
            await _bring_in_units(made)
            yield made
    finally:
        # The databases go with the session's engines: SecantusDB needs minutes to drop a large one.
        if own:
            await delete_topics(kafka_bootstrap, where.topic_prefix)


def _application(told: dict[str, Any], secrets: dict[str, str], folder: Path, mail_port: int) -> Together:
    mail = {"smtp_host": HOST, "smtp_port": mail_port, "smtp_tls": "none"}
    told = {"relay_poll_seconds": CALM, **told}
    kept = {"contact_keys": secrets["contact_keys"], "delivery_poll_seconds": CALM}
    services = {
        "enrolment": enrolment(EnrolmentSettings(**told | secrets)),
        "notification": notification(NotificationSettings(**told | kept | mail)),
        "reporting": reporting(ReportingSettings(**told, generation_grace_seconds=1.0)),
    }
    runtime = Runtime("pattana", Settings(**told))
    MailKeeping(runtime, folder / "mail", days=30, every=CALM)
    return Together(services, runtime, Mailbox(folder / "mail"), mail_port)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the test run's."""
        yield


@asynccontextmanager
async def serving_at(app: FastAPI, port: int) -> AsyncIterator[None]:
    server = _Server(uvicorn.Config(app, host=HOST, port=port, lifespan="on", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    try:
        await until(lambda: _ready(port) if not serving.done() else serving.result() or True)
        yield
    finally:
        server.should_exit = True
        await serving


async def _ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient(timeout=5, verify=NO_TLS) as client:
            return (await client.get(f"http://{HOST}:{port}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def _bring_in_units(made: Edition) -> None:
    async with httpx.AsyncClient(base_url=made.url, timeout=IMPORT_SECONDS, verify=NO_TLS) as client:
        path = "/api/enrolment/imports/reference"
        (await client.post(path, headers=made.issuer.bearer(Role.OPERATOR))).raise_for_status()
