"""One edition with a small programme in it, and the commands of operators against it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from pattana.cli import app
from pattana.demo.command import play
from pattana.demo.scenario import of_text
from tests.support.api import Issuer
from tests.support.edition import Edition, edition

Command = Callable[..., Awaitable["Printed"]]
_LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[.*\n", flags=re.MULTILINE)
SMALL = {
    "id": "small",
    "programme": {
        "code": "SMALL-2563-001",
        "title": "โครงการขนาดเล็ก",
        "fiscalYear": 2563,
        "type": "TRAINING",
        "organiser": "PERS",
        "start": "2020-08-31T13:00:00+07:00",
        "capacity": 4,
        "targetGroups": [
            {"key": "PROV_HR", "scope": "PROVINCIAL", "unit": "PO.HR", "perUnit": 1, "provinces": ["50", "95"]},
            {"key": "CENTRAL_HR", "scope": "CENTRAL", "seats": 2},
        ],
    },
    "actions": {
        "nominationsProvincialPrimary": 2,
        "nominationsProvincialReserve": 1,
        "nominationsCentral": 3,
        "withdrawals": [{"province": "50", "hasReserve": True}],
        "waves": ["D-7"],
    },
    "expected": {"confirmed": 4, "withdrawn": 1, "waitlistRemaining": 1},
}


@pytest.fixture(scope="package")
async def running(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edition]:
    folder: Path = tmp_path_factory.mktemp("edition")
    async with edition(mongo_url, kafka_bootstrap, issuer, folder) as made:
        (scenario,) = of_text(json.dumps(SMALL), "small")
        with made.client() as client:
            lines = await asyncio.to_thread(play, scenario, client, folder / "plays")
        assert not any(line.differs for line in lines)
        yield made


@dataclass(frozen=True)
class Printed:
    """The output of a command, without the services' logs from the same process."""

    exit_code: int
    output: str


@pytest.fixture
def pattana(running: Edition) -> Command:
    """`await pattana("audit")`: the command in a thread, because it runs its own event loop."""

    def invoke(arguments: Sequence[str]) -> Printed:
        result = CliRunner().invoke(app, arguments, env=running.environment())
        return Printed(result.exit_code, _LOGGED.sub("", result.output))

    async def run(*arguments: str | Path) -> Printed:
        return await asyncio.to_thread(invoke, [str(argument) for argument in arguments])

    return run
