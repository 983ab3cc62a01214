"""Figures of the embedded edition as a whole: its memory, and what it takes on its own database."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bench.environment import HOT
from bench.office import Office, nominations
from bench.processes import memory_mb
from bench.wrk import Load
from pattana.embedded.first_play import read_play
from pattana.embedded.health import not_ready
from pattana.embedded.home import Home, NotRunning, Run
from pattana.embedded.ports import free_port
from pattana.embedded.processes import Child
from shared.rights import Role
from shared.signing import issue_token, load_key
from tests.support.waiting import until

Values = dict[str, float]
CONNECTIONS = 64
PEOPLE_PER_SECOND = 600  # more than it takes; each is imported, so that mail is written as in production


async def embedded(folder: Path, seconds: float, runs: int) -> list[Values]:
    """One start of the edition; its memory before the load, then so many runs of load."""
    async with _edition(folder) as (run, child):
        parent = psutil.Process(child.pid)
        at_rest = memory_mb([parent, *parent.children(recursive=True)])
        key = load_key(Path(run.token_key))
        office = Office(run.url, lambda role, unit: issue_token(key, [role], unit))
        people = await office.import_people(HOT, round(PEOPLE_PER_SECOND * seconds))
        load = Load(folder, office.token(Role.HR_OFFICER, "PERS"), CONNECTIONS, seconds)
        measured: list[Values] = []
        for _ in range(runs):
            opened = await office.open_run(HOT)
            answered = await load.run(run.url, nominations(opened, people))
            measured.append({"claims_embedded": answered.per_second, "answer_p99_ms_embedded": answered.p99})
    return [{**values, **({"memory_embedded_mb": at_rest} if n == 0 else {})} for n, values in enumerate(measured)]


@asynccontextmanager
async def _edition(folder: Path) -> AsyncIterator[tuple[Run, Child]]:
    """`pattana up --empty` in a folder of its own, on the database that a first start would choose."""
    home = Home(folder / "edition")
    untold = [f"--unset={name}" for name in os.environ if name.startswith("PATTANA_")]
    command = ["-m", "pattana.cli", "up", "--empty", "--port", str(free_port()), "--home", str(home.root)]
    child = Child("edition", ["env", *untold, sys.executable, *command], folder=folder)
    child.start()
    try:
        await until(lambda: _up(home), 120, every=0.2, what="the embedded edition is up")
        yield home.read_run(), child
    finally:
        await child.stop(40)


async def _up(home: Home) -> bool:
    """The play is noted as skipped after the units have been brought in."""
    try:
        return not_ready(home.read_run().url) is None and read_play(home).ended
    except NotRunning:
        return False
