"""Without the broker the stored answers are still given, and say how old they are."""

from typing import Any

import httpx

from services.reporting.app import create_app
from services.reporting.settings import ReportingSettings
from shared.mongo import connect
from shared.rights import Role
from tests.conftest import StartEngines, settings_of
from tests.integration.reporting.conftest import Service, writing
from tests.support.api import Issuer, client_of
from tests.support.waiting import until
from tests.unit.reporting.histories import CHIANG_MAI, History


async def test_stored_answers_are_given_while_the_broker_is_away(start_engines: StartEngines, issuer: Issuer) -> None:
    engines = await start_engines()
    names: dict[str, Any] = settings_of(engines.database.url, engines.kafka.bootstrap, issuer)
    settings = ReportingSettings(**names | {"generation_poll_seconds": 0.05})
    store = connect(engines.database.url, app_name="tests")
    async with writing(settings, store) as log, client_of(create_app(settings)) as http:
        (after,) = await log.publish([History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI)])
        await until(lambda: _ready(http), 20)
        await Service(http, issuer).get("runs/r1", after=after)
    await engines.kafka.kill()
    async with client_of(create_app(settings)) as http:
        service = Service(http, issuer)
        await until(lambda: _answers(http, issuer), 20)
        answer = await service.get("runs/r1")
        assert (answer["confirmed"], answer["lag"], answer["asOf"]["readAt"]) == (1, None, None)
        assert not await _ready(http)
        await engines.kafka.start()
        await until(lambda: _ready(http), 60)
        assert (await service.get("runs/r1"))["confirmed"] == 1
    store.close()


async def test_without_a_database_it_says_so_and_waits(start_engines: StartEngines, issuer: Issuer) -> None:
    engines = await start_engines()
    settings = ReportingSettings(**settings_of(engines.database.url, engines.kafka.bootstrap, issuer))
    await engines.database.kill()
    async with client_of(create_app(settings)) as http:
        refused = await http.get("/api/reporting/coverage", headers=issuer.bearer(Role.EXECUTIVE))
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert not await _ready(http)
        await engines.database.start()
        await until(lambda: _ready(http), 60)
        await Service(http, issuer).get("coverage")


async def _ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200


async def _answers(http: httpx.AsyncClient, issuer: Issuer) -> bool:
    headers = issuer.bearer(Role.EXECUTIVE)
    return (await http.get("/api/reporting/runs/r1", headers=headers)).status_code == 200
