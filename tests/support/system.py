"""The three services as processes of their own, on engines that a test may kill: what an operator runs, in small."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from pattana.audit.audit import Where, databases_of
from pattana.embedded.keys import secret_files
from pattana.embedded.mail import Mailbox, receiving
from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child
from services import SERVICES
from shared.broker import Broker
from shared.engine import end_sessions
from shared.faults import CrashPoint
from shared.mongo import Database, StoreUnavailable
from shared.rights import Role
from tests.conftest import settings_of
from tests.engines import Engines
from tests.support.api import NO_TLS, make_issuer
from tests.support.waiting import until

Died = Callable[[], Awaitable[None]]
Begin = Callable[[str, str, Path, Mapping[str, str]], Child]


def as_operators_do(name: str, service: str, folder: Path, environment: Mapping[str, str]) -> Child:
    return Child(name, [sys.executable, "-m", f"services.{service}"], folder=folder, environment=environment)


class ServiceProcess:
    """One replica of a service, started again whenever it dies, as under a supervisor. Its port stays."""

    def __init__(
        self,
        service: str,
        number: int,
        folder: Path,
        environment: Mapping[str, str],
        *,
        died: Died,
        begin: Begin,
    ) -> None:
        self._on_death = died
        self.service = service
        self.name = f"{service}-{number}"
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.fault = folder / f"{self.name}.fault"
        told = {
            "PATTANA_FAULTS": "1",
            "PATTANA_FAULT_FILE": str(self.fault),
            **environment,
            "PATTANA_PORT": str(self.port),
            "PATTANA_INSTANCE": self.name,
        }
        self._child = begin(self.name, service, folder, told)
        self._supervisor: asyncio.Task[None] | None = None
        self._http: httpx.AsyncClient | None = None
        self.deaths = 0

    async def start(self) -> None:
        """Starts it and, from then on, starts it again whenever it dies; also after `stop`."""
        self._http = httpx.AsyncClient(base_url=self.url, timeout=3, verify=NO_TLS)
        self._child.start()
        self._supervisor = asyncio.create_task(self._supervise(), name=self.name)

    async def _supervise(self) -> None:
        while True:
            await self._child.exited()
            self.deaths += 1
            self._child.start()
            await self._on_death()

    async def stop(self, *, kill: bool = False) -> None:
        """SIGTERM (or SIGKILL) for good."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        await (self._child.kill() if kill else self._child.stop())
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def crash(self) -> None:
        """kill -9; the supervisor starts it again."""
        before = self.deaths
        os.kill(self._child.pid, 9)
        await self.died(before)

    async def died(self, before: int, seconds: float = 120) -> None:
        """Waits until it has died more often than `before`."""
        await until(lambda: self.deaths > before, seconds, what=f"{self.name} dies")

    def arm(self, point: CrashPoint, count: int = 1) -> None:
        """The process kills itself when it reaches the point for the count-th time from now."""
        half = self.fault.with_suffix(".half")
        half.write_text(f"{point.value}:{count}\n")
        half.replace(self.fault)

    def pause(self) -> None:
        """Silent, but alive."""
        self._child.pause()

    def resume(self) -> None:
        self._child.resume()

    async def ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            return (await self._readyz()).status_code == 200
        except httpx.TransportError:
            return False

    async def wrong(self) -> str:
        """What /readyz complains of."""
        try:
            return (await self._readyz()).text
        except httpx.TransportError as error:
            return type(error).__name__

    async def _readyz(self) -> httpx.Response:
        if self._http is None:
            raise httpx.ConnectError(f"{self.name} was not started")
        return await self._http.get("/readyz")

    def tail(self) -> str:
        return self._child.tail()


class System:
    """Services over one pair of engines. `services["enrolment"][1]` is the second replica.

    `more` are variables that every service is told; PATTANA_FAULTS="0" disarms the crash points. With `ends_sessions`
    a service that died is followed as in the embedded edition: what it left open in the database is ended at once,
    else its documents stay locked for as long as the engine lets a transaction live (SecantusDB: a minute).
    Names in the engines begin with `prefix`: without one they are an operator's. `without`: services that have nothing
    to do with what is tested, and would only take processors from it. `begin`: how a service is started.
    """

    def __init__(
        self,
        engines: Engines,
        folder: Path,
        *,
        prefix: str = "",
        replicas: int = 1,
        without: Collection[str] = (),
        begin: Begin = as_operators_do,
        **more: str,
    ) -> None:
        self._begin = begin
        self.engines = engines
        self.where = Where(
            engines.database.url, Broker(engines.kafka.bootstrap), prefix or "pattana", f"{prefix}." if prefix else ""
        )
        self.folder = folder
        self.ends_sessions = False
        self.issuer = make_issuer(folder / "keys")
        self.mailbox = Mailbox(folder / "mail")
        self._mail_port = free_port()
        self._around = AsyncExitStack()
        self._told = self._environment(more)
        self.services: dict[str, list[ServiceProcess]] = {service: [] for service in SERVICES}
        for service in SERVICES * replicas:
            if service not in without:
                self.add(service)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        told: dict[str, Any] = settings_of(self.engines.database.url, self.engines.kafka.bootstrap, self.issuer)
        secrets = secret_files(self.folder / "keys", {})
        plain = {f"PATTANA_{name.upper()}": str(value) for name, value in told.items()}
        return {
            **{name: value for name, value in plain.items() if f"{name}_FILE" not in secrets},
            **secrets,
            "PATTANA_MONGO_PREFIX": self.where.mongo_prefix,
            "PATTANA_TOPIC_PREFIX": self.where.topic_prefix,
            "PATTANA_GROUP_PREFIX": self.where.topic_prefix,
            "PATTANA_SMTP_HOST": HOST,
            "PATTANA_SMTP_PORT": str(self._mail_port),
            "PATTANA_SMTP_TLS": "none",
            "PATTANA_DELIVERY_LEASE_SECONDS": "10",
            "PATTANA_SMTP_TIMEOUT_SECONDS": "3",
            "PATTANA_RELAY_LEASE_SECONDS": "4",
            "PATTANA_CONSUMER_SESSION_SECONDS": "4",
            **more,
        }

    def add(self, service: str, **more: str) -> ServiceProcess:
        """One more replica, not started yet; `more` is told to it alone."""
        replicas = self.services[service]
        told = {**self._told, **more}
        replicas.append(
            ServiceProcess(service, len(replicas), self.folder, told, died=self._end_sessions, begin=self._begin)
        )
        return replicas[-1]

    async def _end_sessions(self) -> None:
        if self.ends_sessions:
            with contextlib.suppress(StoreUnavailable):  # then nothing is open any more
                await end_sessions(self.engines.database.url)

    @property
    def all(self) -> list[ServiceProcess]:
        return [process for replicas in self.services.values() for process in replicas]

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[dict[str, Database]]:
        """The database of each service."""
        async with databases_of(self.where) as databases:
            yield {source.rpartition("/")[2]: store for source, store in databases.items()}

    async def start(self) -> None:
        """Returns when every service is ready to work, and mail is taken."""
        await self._around.enter_async_context(receiving(self.mailbox, self._mail_port))
        for process in self.all:
            await process.start()
        await self.until_ready()

    async def until_ready(self, seconds: float = 120) -> None:
        for process in self.all:
            try:
                await until(process.ready, seconds, every=0.1)
            except AssertionError:
                raise AssertionError(f"{process.name}: {await process.wrong()}\n{process.tail()}") from None

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop(kill=True) for process in self.all))
        await self._around.aclose()

    def client(self, service: str, role: Role, unit: str | None = None, *, replica: int = 0) -> httpx.AsyncClient:
        """A client of one replica with a token of its own."""
        headers = {**self.issuer.bearer(role, unit), "accept-language": "en"}
        url = self.services[service][replica].url
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=15, verify=NO_TLS)
