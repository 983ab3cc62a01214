"""A service that starts while the broker cannot be reached waits for it, and says so."""

from typing import Any

import httpx
import pytest

from pattana.services import app_factory, settings_class
from services import SERVICES
from tests.conftest import SECRETS, settings_of
from tests.engines import Engines
from tests.support.api import Issuer, client_of
from tests.support.waiting import until


@pytest.mark.parametrize("service", SERVICES)
async def test_it_waits_and_readyz_says_so(killable: Engines, issuer: Issuer, unique: str, service: str) -> None:
    kind = settings_class(service)
    names = {"mongo_prefix": unique, "topic_prefix": f"{unique}.", "group_prefix": f"{unique}."}
    secrets = {name: value for name, value in SECRETS.items() if name in kind.model_fields}
    told: dict[str, Any] = settings_of(killable.database.url, killable.kafka.bootstrap, issuer) | names | secrets
    await killable.kafka.kill()

    async with client_of(app_factory(service)(kind(**told))) as http:
        await until(lambda: _waits(http))
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get(f"/api/{service}/openapi.json")).status_code == 200
        await killable.kafka.start()
        await until(lambda: _ready(http))


async def _waits(http: httpx.AsyncClient) -> bool:
    """For the broker: the checks of relay and generations say what is wrong."""
    answer = await http.get("/readyz")
    return answer.status_code == 503 and "Kafka" in answer.text


async def _ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200
