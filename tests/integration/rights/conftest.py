"""One ministry for everything that is asked of it, and the answers that everybody got before anything more happened."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.rights.asking import Asked, ask, callers, questions
from tests.integration.rights.ministry import ministry
from tests.integration.rights.world import Seen, World
from tests.support.api import Issuer
from tests.support.edition import edition


@pytest.fixture(scope="session")
async def world(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("ministry")
    told = {"trust_forwarded": True}  # who asks without a token is an address
    began = edition(mongo_url, kafka_bootstrap, issuer, folder, told=told)
    async with began as running, ministry(running.url, issuer) as made:
        yield made


@pytest.fixture(scope="session")
async def asked(world: World) -> list[Asked]:
    """Every question by everybody, before anything more happens."""
    return [
        Asked(caller, question, await ask(world, caller, question))
        for caller in callers(world)
        for question in questions(world)
    ]


@pytest.fixture(scope="session")
async def answers(world: World, asked: list[Asked]) -> list[Seen]:
    """Every answer that anybody gets: to the commands that made the ministry, and to every question."""
    assert asked
    return list(world.seen)
