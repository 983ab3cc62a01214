"""Several services in one process: each gets its requests unchanged, its lifespan, and a share in readiness."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request

from pattana.embedded.application import Together
from pattana.embedded.engines import Engines, Stopped
from pattana.embedded.mail import Mailbox
from pattana.embedded.ports import free_port
from shared.runtime import LoopDied, Runtime
from shared.settings import Settings
from tests.support.waiting import until

MAIL = {"accept": "application/json", "authorization": "Bearer opens"}


class Service:
    """A service of the simplest kind."""

    def __init__(self, name: str) -> None:
        self.runtime = Runtime(name, Settings())
        self.wrong: str | None = None
        self.running = False
        self.fall = asyncio.Event()
        self.runtime.add_check("broker", self.check)
        self.runtime.add_loop("work", self.work)
        self.app = FastAPI(lifespan=self.life)
        self.app.state.runtime = self.runtime

        @self.app.get(f"/api/{name}/echo")
        async def echo(request: Request) -> dict[str, str]:
            return {"service": name, "path": request.url.path, "root": request.scope["root_path"]}

    async def check(self) -> str | None:
        return self.wrong

    async def work(self, stopping: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (stopping, self.fall)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    @asynccontextmanager
    async def life(self, app: FastAPI) -> AsyncIterator[None]:
        async with self.runtime.running():
            self.running = True
            yield
        self.running = False


@pytest.fixture
def services() -> dict[str, Service]:
    return {name: Service(name) for name in ("enrolment", "reporting")}


@pytest.fixture
def together(services: dict[str, Service], tmp_path: Path) -> Together:
    apps = {name: service.app for name, service in services.items()}
    return Together(apps, Runtime("pattana", Settings()), Mailbox(tmp_path), free_port(), mail_token="opens")


@asynccontextmanager
async def client_of(together: Together) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        together.router.lifespan_context(together),
        httpx.AsyncClient(transport=httpx.ASGITransport(together), base_url="http://127.0.0.1:8000") as client,
    ):
        yield client


async def test_each_service_gets_its_requests_unchanged(together: Together) -> None:
    async with client_of(together) as client:
        answer = (await client.get("/api/reporting/echo")).json()
        assert answer == {"service": "reporting", "path": "/api/reporting/echo", "root": ""}
        assert (await client.get("/api/enrolment/echo")).json()["service"] == "enrolment"
        assert (await client.get("/api/portal/echo")).status_code == 404
        assert (await client.get("/mail/", headers=MAIL)).json()["total"] == 0
        assert (await client.get("/metrics/reporting")).status_code == 200
        assert (await client.get("/metrics/portal")).status_code == 404


@pytest.mark.parametrize("path", ["/mail", "/mail/", "/mail/00000000000000000000.eml"])
async def test_the_mails_are_behind_their_door(together: Together, path: str) -> None:
    async with client_of(together) as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (401, "nosniff")


async def test_every_lifespan_is_entered_and_left(together: Together, services: dict[str, Service]) -> None:
    async with client_of(together):
        assert [service.running for service in services.values()] == [True, True]
    assert [service.running for service in services.values()] == [False, False]


async def test_readiness_names_the_service_and_what_is_wrong(together: Together, services: dict[str, Service]) -> None:
    async with client_of(together) as client:
        assert (await client.get("/readyz")).status_code == 200
        services["reporting"].wrong = "no answer"
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["problems"]) == (503, {"reporting": "broker: no answer"})
        assert (await client.get("/healthz")).status_code == 200


async def test_a_dead_loop_of_one_service_is_a_failure_of_all(together: Together, services: dict[str, Service]) -> None:
    failed = asyncio.Event()
    together.state.runtime.on_failure(failed.set)

    async def live_through_it() -> None:
        async with client_of(together) as client:
            services["enrolment"].fall.set()
            await until(failed.is_set)
            assert (await client.get("/healthz")).status_code == 503

    with pytest.raises(LoopDied, match="work"):
        await live_through_it()


async def test_a_start_that_waits_for_its_engines_can_be_stopped() -> None:
    nobody = f"127.0.0.1:{free_port()}"
    settings = Settings(mongo_url=f"mongodb://{nobody}/?directConnection=true", kafka_bootstrap=nobody)
    runtime = Runtime("pattana", settings)
    waiting = asyncio.create_task(Engines(runtime).wait())
    runtime.drain()
    with pytest.raises(Stopped):
        await asyncio.wait_for(waiting, 10)


async def test_services_begin_when_the_engines_are_there(services: dict[str, Service], tmp_path: Path) -> None:
    there = asyncio.Event()

    async def engines() -> None:
        await there.wait()

    apps = {name: service.app for name, service in services.items()}
    together = Together(apps, Runtime("pattana", Settings()), Mailbox(tmp_path), free_port(), engines=engines)
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(answer_once(together))
        await asyncio.sleep(0)
        assert not any(service.running for service in services.values())
        there.set()
        assert await starting == 200


async def answer_once(together: Together) -> int:
    async with client_of(together) as client:
        return (await client.get("/readyz")).status_code
