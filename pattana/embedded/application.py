"""All services in one process: one application that hands each request, unchanged, to the service of its path.

The composition root of the embedded edition's services process. Knows no rule of any service.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from pattana.embedded.engines import Engines
from pattana.embedded.kept_mails import MailKeeping
from pattana.embedded.mail import STYLE, Mailbox, mail_pages, receiving
from pattana.embedded.mail_door import PATH, MailDoor
from pattana.embedded.settings import EmbeddedSettings
from pattana.services import app_factory, settings_class
from services import SERVICES
from shared.routes import add_routes
from shared.runtime import Check, Loop, Runtime
from shared.waiting import first_of

_API = re.compile("/api/([a-z]+)/")


class Together(FastAPI):
    """`/api/<service>/...` goes to that service as it came; mails are behind a door; the rest (health) is its own."""

    def __init__(
        self,
        services: Mapping[str, FastAPI],
        runtime: Runtime,
        mailbox: Mailbox,
        mail_port: int,
        *,
        mail_token: str = "",
        engines: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`engines` returns when the services may begin to use them. Without a `mail_token` nobody reads the mails."""
        super().__init__(lifespan=self._life, openapi_url=None)
        self._engines = engines
        self.state.runtime = runtime
        self._services = services
        self._mailbox, self._mail_port = mailbox, mail_port
        for name, app in services.items():
            inner: Runtime = app.state.runtime
            runtime.add_check(name, _check_of(inner))
            runtime.add_loop(name, _watch_of(inner))
        add_routes(self, runtime.router(), _metrics_of(services))
        self._mail = MailDoor(mail_pages(mailbox), mail_token, STYLE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            match = _API.match(scope["path"])
            if match and (service := self._services.get(match[1])):
                await service(scope, receive, send)
                return
            if scope["path"] == PATH or scope["path"].startswith(f"{PATH}/"):
                await self._mail(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    @asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncIterator[None]:
        """Mounted applications would not be told; here each lives as long as the process does. Mail ends last."""
        if self._engines is not None:
            await self._engines()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(receiving(self._mailbox, self._mail_port))
            for service in self._services.values():
                await stack.enter_async_context(service.router.lifespan_context(service))
            await stack.enter_async_context(self.state.runtime.running())
            yield


def _check_of(inner: Runtime) -> Check:
    async def check() -> str | None:
        return "; ".join(f"{name}: {wrong}" for name, wrong in (await inner.problems()).items()) or None

    return check


def _watch_of(inner: Runtime) -> Loop:
    """A dead loop of one service ends the process: its supervisor starts all of them again."""
    died = asyncio.Event()
    inner.on_failure(died.set)

    async def watch(stopping: asyncio.Event) -> None:
        await first_of(None, died, stopping)
        if inner.failure is not None:
            raise inner.failure

    return watch


def _metrics_of(services: Mapping[str, FastAPI]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics/{service}")
    async def metrics(service: str) -> Response:
        if service not in services:
            return PlainTextResponse("no such service", 404)
        text: bytes = services[service].state.runtime.metrics.text()
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    return router


def create_app(settings: EmbeddedSettings) -> Together:
    """Each service reads its own settings from the same environment."""
    services = {name: app_factory(name)(settings_class(name)()) for name in SERVICES}
    runtime = Runtime("pattana", settings)
    engines = Engines(runtime)
    mailbox = Mailbox(settings.mail_folder)
    MailKeeping(runtime, settings.mail_folder, days=settings.mail_days)
    return Together(
        services, runtime, mailbox, settings.mail_port, mail_token=settings.mail_token, engines=engines.wait
    )
