"""A ministry of its own: requests that are drawn change and erase what is there."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.rights.ministry import ministry
from tests.integration.rights.world import World
from tests.support.api import Issuer
from tests.support.edition import edition


@pytest.fixture(scope="package")
async def drawn_from(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("fuzz")
    async with edition(mongo_url, kafka_bootstrap, issuer, folder) as running, ministry(running.url, issuer) as made:
        yield made
