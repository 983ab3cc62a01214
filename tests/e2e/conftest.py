"""One edition for all plays: they are files of their own, and a second play of a file is one more programme. What this
machine cannot do is not collected."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.api import Issuer
from tests.support.edition import Edition, edition
from tests.support.slice import possible

collect_ignore = [] if possible() else ["test_compose.py"]


@pytest.fixture(scope="module")
async def running(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edition]:
    folder: Path = tmp_path_factory.mktemp("edition")
    async with edition(mongo_url, kafka_bootstrap, issuer, folder) as made:
        yield made
