"""Figures of importing people: how fast, beside whom, and with how much memory."""

import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psutil

from bench.claims import percentile
from bench.client import Connection
from bench.environment import CENTRAL_UNIT, HOT, Environment
from bench.office import nominations
from bench.processes import running
from bench.watch import Watch, cancel_and_wait
from pattana.embedded.processes import Child
from shared.rights import Role
from tests.support.seeding import people_sheet

Values = dict[str, float]
IMPORTED: Final = 2_000
LARGE: Final = 100_000
PAUSE_SECONDS: Final = 0.05  # between nominations: a person who clicks, not a load
_ANSWER_SECONDS: Final = 1_800
_numbers = itertools.count(1)


async def beside_nominations(environment: Environment, suffix: str = "") -> Values:
    """An import, and one nomination after another while it goes on."""
    run = await environment.office.open_run(HOT)
    lines = iter(nominations(run, environment.hot))
    async with _nominating(environment, lines) as taken:
        per_second = await _imported(environment, IMPORTED)
    name = f"beside_import_p99_ms{suffix}"
    return {f"import_per_s{suffix}": per_second, name: percentile(taken, 99) * 1000}


async def alone(environment: Environment, suffix: str = "") -> Values:
    return {f"import_alone_per_s{suffix}": await _imported(environment, IMPORTED)}


async def large(environment: Environment) -> Values:
    """As many rows as a file may have, by the command that people use, which tells how far it is meanwhile."""
    count = max(1, round(LARGE * (environment.size or 1)))
    file = environment.folder / "people.csv"
    file.write_bytes(people_sheet(HOT, count, f"IMPORT-{next(_numbers)}"))
    keys = environment.folder / "system" / "keys"
    command = [sys.executable, "-m", "pattana.cli", "import", "people", str(file)]
    child = Child("import", [*command, "--url", environment.enrolment.url, "--key", str(keys)], folder=file.parent)
    began = time.perf_counter()
    child.start()
    watches = [Watch(running([environment.folder / "system"])["enrolment-0"]), Watch(psutil.Process(child.pid))]
    watching = [asyncio.create_task(watch.memory()) for watch in watches]
    code = await child.exited()
    seconds = time.perf_counter() - began
    for task in watching:
        await cancel_and_wait(task)
    if code or f"{count:,} registered" not in child.log_path.read_text():
        raise RuntimeError(f"the import ended with {code}: {child.log_path.read_text()[-300:]}")
    await environment.settled(seconds=900)
    service, commanding = (watch.memory_mb for watch in watches)
    return {
        "import_large_seconds": seconds,
        "import_large_memory_mb": service,
        "import_large_command_memory_mb": commanding,
    }


async def _imported(environment: Environment, count: int) -> float:
    """People per second, all of them new."""
    sheet = people_sheet(HOT, count, f"IMPORT-{next(_numbers)}")
    async with environment.office.client(Role.HR_OFFICER, CENTRAL_UNIT) as officer:
        began = time.perf_counter()
        told: dict[str, Any] = {"params": {"detail": "compact"}, "headers": {"content-type": "text/csv"}}
        path = "/api/enrolment/imports/people"
        answer = await officer.post(path, content=sheet, timeout=_ANSWER_SECONDS, **told)
        seconds = time.perf_counter() - began
    if answer.status_code != 200 or answer.json()["registered"] != count:
        raise RuntimeError(f"the import was answered {answer.status_code}: {answer.text[:300]}")
    return count / seconds


@asynccontextmanager
async def _nominating(environment: Environment, lines: Iterator[str]) -> AsyncIterator[list[float]]:
    """Seconds of each, from before the body until after it."""
    taken: list[float] = []
    nominating = asyncio.create_task(_nominate(environment, lines, taken))
    try:
        yield taken
    finally:
        await cancel_and_wait(nominating)


async def _nominate(environment: Environment, lines: Iterator[str], taken: list[float]) -> None:
    async with Connection(environment.enrolment.url, environment.token()) as office:
        for line in lines:
            path, _, body = line.partition("\t")
            began = time.perf_counter()
            answer = await office.ask("POST", path, body.encode())
            taken.append(time.perf_counter() - began)
            if answer.status != 201:
                raise RuntimeError(f"a nomination was answered {answer.status}: {answer.body.decode()}")
            await asyncio.sleep(PAUSE_SECONDS)
