"""Keeps a service's security log: the loop that stores what was noted, and the route by which operators read it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from shared.answers import Page, Time, told
from shared.http import answer
from shared.mongo import Database, DuplicateKey, OperationFailure, StoreError
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.routes import add_routes
from shared.runtime import Runtime
from shared.security import requires
from shared.security_log.accesses import Accesses
from shared.security_log.entries import Entry, Outcome, acting, entry_of
from shared.security_log.storage import SecurityLog, Wanted, prepare_log
from shared.telemetry import correlation
from shared.values import Moment, Subject, Term
from shared.waiting import first_of

AT_ONCE: Final = 500
GATHER_SECONDS: Final = 0.5
AGAIN_SECONDS: Final = 2.0
_log = structlog.get_logger(__name__)


class EntryAnswer(TypedDict):
    id: str
    at: Time
    action: str
    kind: str
    object: str | None
    outcome: str
    subject: str | None
    roles: list[str]
    unit: str | None
    permission: str | None
    client: str | None
    correlation: str | None
    count: int


def keep_security_log(app: FastAPI, runtime: Runtime, store: Database) -> None:
    """Once per service, in its composition root."""
    log = SecurityLog(store, days=runtime.settings.security_log_days)
    app.state.security_log = log
    runtime.add_loop("security log", Keeper(app.state.accesses, log, store).run)
    add_routes(app, _routes(runtime.service, log))


class Keeper:
    """Stores what was noted, a bulk at a time. While the database is away, or refuses it, it tries the same again."""

    def __init__(self, accesses: Accesses, log: SecurityLog, store: Database) -> None:
        self._accesses = accesses
        self._log = log
        self._store = store
        self._bulk: list[Entry] = []

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`, and then what is left."""
        await self._insist(self._prepare, stopping)
        while not stopping.is_set():
            await first_of(None, stopping, self._accesses.noted)
            await first_of(GATHER_SECONDS, stopping)
            await self._insist(self._store_all, stopping)

    async def _insist(self, work: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
        while True:
            try:
                await work()
                return
            except (StoreError, OperationFailure) as error:  # it may be mended, and services go on meanwhile
                _log.warning("security_log_waits", error=type(error).__name__)
            if stopping.is_set():
                return
            await first_of(AGAIN_SECONDS, stopping)

    async def _prepare(self) -> None:
        await prepare_log(self._store)

    async def _store_all(self) -> None:
        while bulk := self._bulk or self._accesses.take(AT_ONCE):
            self._bulk = bulk
            if bulk[0].outcome == Outcome.LOST:
                _log.warning("security_log_lost", entries=bulk[0].count)
            with suppress(DuplicateKey):  # stored by an attempt whose answer was lost
                await self._log.append(bulk)
            self._bulk = []


async def order(request: Request, action: str, on: tuple[str, str | None]) -> None:
    """Stores that an operator orders this, before it is begun: without an entry it is not begun."""
    state = request.scope["app"].state
    log: SecurityLog = state.security_log
    at = state.runtime.clock()
    await log.append([entry_of(acting.get(), at, action, on, Outcome.ORDERED, correlation=correlation.get())])


def _routes(service: str, log: SecurityLog) -> APIRouter:
    routes = APIRouter()

    @routes.get(
        f"/api/{service}/security-log",
        summary="Who did, read or was refused what at this service, the newest first",
        response_class=Response,
        responses=told(Page[EntryAnswer]),
    )
    async def read_security_log(
        principal: Annotated[Principal, Depends(requires(Permission.SECURITY_READ))],
        page: Annotated[PageRequest, Depends(page_request)],
        subject: Subject | None = None,
        object: Term | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
    ) -> Response:
        before = None if page.after is None else str(page.after[0])
        entries = await log.page(Wanted(subject or None, object or None, since, until), before, page.limit)
        return answer(page.cut(entries, entry_response, lambda one: (one.id,)))

    return routes


def entry_response(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "at": entry.at.isoformat()}
