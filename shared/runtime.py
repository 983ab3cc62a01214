"""The life of one service in a process: start, supervise, drain, and say how it is. Knows no service.

    runtime = Runtime("reporting", settings)          # in create_app: only builds
    runtime.add_loop("relay", relay.run)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with runtime.running():                 # loops run; afterwards they drain, then things close
            yield

Several services in one process have a Runtime each; the outer application enters each lifespan and listens with
`on_failure`.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse, Response

from shared.clock import Clock, now
from shared.faults import CrashPoints
from shared.settings import Settings
from shared.telemetry import Metrics, Tracing, configure_logging

Loop = Callable[[asyncio.Event], Awaitable[None]]
Check = Callable[[], Awaitable[str | None]]
Close = Callable[[], Awaitable[None]]

CHECK_SECONDS = 2.0
CLOSE_SECONDS = 5.0
S = TypeVar("S", bound=Settings)


class LoopDied(Exception):
    """A loop ended though nobody asked it to. The process must end; whoever supervises it starts it again."""


class Runtime:
    """What every part of a service stands on: settings, clock, metrics, traces and crash points, and its loops."""

    def __init__(self, service: str, settings: Settings, *, clock: Clock = now, tracing: Tracing | None = None) -> None:
        self.service = service
        self.settings = settings
        self.clock = clock
        self.metrics = Metrics()
        self.tracing = tracing or Tracing(service, settings)
        self.crash = CrashPoints(settings)
        self.stopping = asyncio.Event()
        self.failure: LoopDied | None = None
        self._draining = False
        self._started = False
        self._loops: list[tuple[str, Loop]] = []
        self._checks: dict[str, Check] = {}
        self._closings: list[tuple[str, Close]] = []
        self._failed: list[Callable[[], None]] = []
        self._log = structlog.get_logger(runtime=service)

    def add_loop(self, name: str, run: Loop) -> None:
        """`run(stopping)` returns soon after `stopping` is set, never before; drain_seconds later it is cancelled."""
        self._loops.append((name, run))

    def add_check(self, name: str, check: Check) -> None:
        """None is well; a text says what is wrong and goes out on /readyz: no secrets in it."""
        self._checks[name] = check

    def add_closing(self, name: str, close: Close) -> None:
        """Called in reverse order after every loop has ended; one that fails does not stop the others."""
        self._closings.append((name, close))

    def on_failure(self, callback: Callable[[], None]) -> None:
        """Called once when a loop has died: the host is to stop serving and to leave `running`."""
        self._failed.append(callback)

    @property
    def draining(self) -> bool:
        """Whether the end has been asked for; a start that waits for something gives up then."""
        return self._draining

    def drain(self) -> None:
        """Not ready from now on, though requests are still answered. Loops go on until `running` is left."""
        self._draining = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises LoopDied on leaving when a loop died meanwhile."""
        tasks = [asyncio.create_task(self._supervise(name, run), name=name) for name, run in self._loops]
        self._started = True
        try:
            yield
        finally:
            self.drain()
            await self._stop(tasks)
            await self._close()
        if self.failure is not None:
            raise self.failure

    async def _supervise(self, name: str, run: Loop) -> None:
        structlog.contextvars.bind_contextvars(loop=name)  # of this task: whose work a line in the log, or a query, is
        cause: BaseException | None = None
        try:
            await run(self.stopping)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            cause = error  # leaked from something that the loop awaited: nobody cancelled the loop itself
        except Exception as error:
            cause = error
        if cause is None and self.stopping.is_set():
            return
        self._log.critical("loop died", loop=name, exc_info=cause)
        if self.failure is None:
            self.failure = LoopDied(f"{name}: {cause!r}" if cause else f"{name}: returned")
            self.failure.__cause__ = cause
            for callback in self._failed:
                callback()

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        self.stopping.set()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self.settings.drain_seconds)
        for task in late:
            self._log.warning("loop cancelled", loop=task.get_name(), after_seconds=self.settings.drain_seconds)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self) -> None:
        for name, close in reversed(self._closings):
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await close()
            except Exception:
                self._log.exception("closing failed", part=name)
        await asyncio.to_thread(self.tracing.close)

    async def problems(self) -> dict[str, str]:
        """What is wrong, by the name of the check; empty when ready."""
        if self.failure is not None:
            return {"loops": str(self.failure)}
        if self._draining or not self._started:
            return {"runtime": "stopping" if self._draining else "starting"}
        answers = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
        return {name: answer for name, answer in zip(self._checks, answers, strict=True) if answer is not None}

    async def _ask(self, check: Check) -> str | None:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return await check()
        except TimeoutError:
            return f"no answer within {CHECK_SECONDS:g} s"
        except Exception as error:
            self._log.warning("check failed", exc_info=True)
            return type(error).__name__

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/healthz")
        async def healthz() -> Response:
            return _status({} if self.failure is None else {"loops": str(self.failure)})

        @router.get("/readyz")
        async def readyz() -> Response:
            return _status(await self.problems())

        @router.get("/metrics")
        async def metrics() -> Response:
            return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

        return router


def _status(problems: dict[str, str]) -> Response:
    return JSONResponse({"status": "failing" if problems else "ok", "problems": problems}, 503 if problems else 200)


def tune_collector() -> None:
    """What lives since the start is not looked at again, and the young are looked at less often: requests make many
    short-lived objects and hardly a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class _Server(uvicorn.Server):
    """uvicorn's order on a signal: stop accepting, finish requests, then the lifespan; here the exit code is ours."""

    def __init__(self, config: uvicorn.Config, runtime: Runtime) -> None:
        super().__init__(config)
        self._runtime = runtime

    def stop(self) -> None:
        self._runtime.drain()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


def serve(create_app: Callable[[S], FastAPI], settings: S) -> None:
    """Serves until SIGTERM and exits 0; exits 1 when a loop died, 3 when the start failed."""
    app = create_app(settings)
    runtime: Runtime = app.state.runtime
    configure_logging(settings, runtime.service)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
    )
    server = _Server(config, runtime)
    runtime.on_failure(server.stop)
    tune_collector()
    server.run()
    if runtime.failure is not None:
        sys.exit(1)
