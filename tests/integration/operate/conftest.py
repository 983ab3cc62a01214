"""One edition with a small programme in it, and the commands of operators against it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from pattana.cli import app
from pattana.demo.cut import Wish
from tests.support.api import Issuer
from tests.support.edition import Edition, edition
from tests.support.plays import differing, performed

Command = Callable[..., Awaitable["Printed"]]
_LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[.*\n", flags=re.MULTILINE)
SMALL = {
    "id": "small",
    "programme": {
        "code": "SMALL-2563-001",
        "title": "โครงการขนาดเล็ก",
        "fiscalYear": 2563,
        "kind": "TRAINING",
        "organiser": "PERS",
        "targetGroups": [
            {"key": "PROV_HR", "scope": "PROVINCIAL", "unit": "PO.HR", "perUnit": 1},
            {"key": "CENTRAL_HR", "scope": "CENTRAL", "seats": 2},
        ],
        "runs": [{"capacity": 78, "startsAt": "2020-08-31T13:00:00+07:00"}],
    },
    "steps": [
        {"do": "open", "at": "D-30"},
        {"do": "nominate", "target": "PROV_HR", "units": ["PO-50", "PO-95"], "each": 1, "rank": "PRIMARY"},
        {"do": "nominate", "target": "PROV_HR", "units": ["PO-50"], "each": 1, "rank": "RESERVE"},
        {"do": "nominate", "target": "CENTRAL_HR", "people": 3, "rank": "PRIMARY"},
        {"do": "approve", "who": "ALL"},
        {"do": "withdraw", "unit": "PO-50", "state": "CONFIRMED", "count": 1},
        {"do": "remind", "at": "D-7", "twice": True},
        {"do": "checkIn", "absent": [{"unit": "PO-95", "count": 1}], "again": 2, "twice": True},
        {"do": "groups", "count": 2},
        {"do": "idea", "groups": "EACH", "indicators": 1},
        {"do": "award", "ideas": 1},
    ],
    "expected": {
        "confirmed": 4,
        "withdrawn": 1,
        "waitlistRemaining": 1,
        "reminderMessages": 4,
        "attended": 3,
        "noShow": 1,
        "groups": 2,
        "ideas": 2,
        "awards": 1,
    },
}


@pytest.fixture(scope="package")
async def running(
    mongo_url: str, kafka_bootstrap: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edition]:
    folder: Path = tmp_path_factory.mktemp("edition")
    async with edition(mongo_url, kafka_bootstrap, issuer, folder) as made:
        with made.client() as client:
            assert differing(await performed(SMALL, client, folder / "plays", Wish())) == []
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
