"""Without the broker the stored answers are still given, and say how old they are."""

from typing import Any

import httpx
import pytest

from services.reporting.app import create_app
from services.reporting.settings import ReportingSettings
from shared.mongo import connect
from shared.rights import Role
from tests.conftest import settings_of
from tests.engines import Engines
from tests.integration.reporting.conftest import Service, writing
from tests.support.api import Issuer, client_of
from tests.support.waiting import until
from tests.unit.reporting.histories import CHIANG_MAI, History


@pytest.fixture
def settings(killable: Engines, issuer: Issuer, unique: str) -> ReportingSettings:
    told: dict[str, Any] = settings_of(killable.database.url, killable.kafka.bootstrap, issuer)
    names = {"mongo_prefix": unique, "topic_prefix": f"{unique}.", "group_prefix": f"{unique}."}
    return ReportingSettings(**told | names | {"generation_poll_seconds": 0.05})


async def test_stored_answers_are_given_while_the_broker_is_away(
    killable: Engines, settings: ReportingSettings, issuer: Issuer
) -> None:
    engines = killable
    store = connect(engines.database.url, app_name="tests")
    async with writing(settings, store) as log, client_of(create_app(settings)) as http:
        (after,) = await log.publish([History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI)])
        await until(lambda: _ready(http))
        await Service(http, issuer).get("runs/r1", after=after)
    await engines.kafka.kill()
    async with client_of(create_app(settings)) as http:
        service = Service(http, issuer)
        await until(lambda: _answers(http, issuer))
        answer = await service.get("runs/r1")
        assert (answer["confirmed"], answer["lag"], answer["asOf"]["readAt"]) == (1, None, None)
        assert not await _ready(http)
        await engines.kafka.start()
        await until(lambda: _ready(http))
        assert (await service.get("runs/r1"))["confirmed"] == 1
    store.close()


async def test_without_a_database_it_says_so_and_waits(
    killable: Engines, settings: ReportingSettings, issuer: Issuer
) -> None:
    engines = killable
    await engines.database.kill()
    async with client_of(create_app(settings)) as http:
        refused = await http.get("/api/reporting/coverage", headers=issuer.bearer(Role.EXECUTIVE))
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert not await _ready(http)
        await engines.database.start()
        await until(lambda: _ready(http))
        await Service(http, issuer).get("coverage")


async def _ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200


async def _answers(http: httpx.AsyncClient, issuer: Issuer) -> bool:
    headers = issuer.bearer(Role.EXECUTIVE)
    return (await http.get("/api/reporting/runs/r1", headers=headers)).status_code == 200
