"""`pattana up` as people use it: starts, heals from kill -9 of any part and of everything, stops cleanly."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from pattana.embedded.first_play import Play, read_play
from pattana.embedded.home import Home, NotRunning
from pattana.embedded.ports import free_port
from pattana.embedded.status import states_of
from shared.broker import Broker
from shared.messaging.lag import broker_answers
from shared.mongo import OperationFailure, connect
from tests.support.waiting import until

PATTANA = Path(sys.executable).with_name("pattana")
# SecantusDB as everybody gets it: of the wheel, whichever the other tests run on.
AS_DELIVERED = {name: value for name, value in os.environ.items() if name != "PATTANA_SECANTUSD"}
SECONDS = 90
PLAY_SECONDS = 240  # of everything that is to be played after a kill, on a machine that does other work too


@dataclass
class Installation:
    """A data folder and the port that its editions are started on."""

    home: Home
    port: int

    async def run(self, *arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            PATTANA,
            *arguments,
            "--home",
            self.home.root,
            env=AS_DELIVERED,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    async def is_ready(self) -> bool:
        try:
            run = self.home.read_run()
        except NotRunning:
            return False
        return not any((await asyncio.to_thread(states_of, self.home, run)).values())

    def pid(self, part: str) -> int:
        noted: int = json.loads((self.home.root / "pids" / f"{part}.json").read_text())["pid"]
        return noted

    def pids(self) -> list[int]:
        return [self.pid(part) for part in ("database", "kafka", "services")]

    def steps_played(self) -> int:
        return sum(len(diary.read_bytes().splitlines()) for diary in (self.home.root / "plays").glob("*.jsonl"))

    @asynccontextmanager
    async def started(self, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
        with (self.home.root.parent / "up.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                PATTANA,
                "up",
                *options,
                "--port",
                str(self.port),
                "--home",
                self.home.root,
                env=AS_DELIVERED,
                stdout=log,
                stderr=log,
                umask=0o022,  # as most people have it
            )
            try:
                yield process
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                    await process.wait()

    @asynccontextmanager
    async def up(self) -> AsyncIterator[asyncio.subprocess.Process]:
        async with self.started("--empty") as process:
            await until(self.is_ready, SECONDS, every=0.3, what="pattana up is ready")
            yield process


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(Home(tmp_path / "home"), free_port())


async def test_lives_through_the_death_of_a_part_and_of_everything(installation: Installation) -> None:
    async with installation.up() as process:
        units = await ask_for_units(installation)
        assert units > 100
        assert (await installation.run("status"))[0] == 0
        await refuse_a_second_start(installation)
        assert not open_to_others(installation.home)
        assert await engines_refuse_strangers(installation.home)
        broker = installation.pid("kafka")
        os.kill(broker, signal.SIGKILL)
        await until(lambda: installation.pid("kafka") != broker, SECONDS)
        os.kill(installation.pid("services"), signal.SIGKILL)
        await until(installation.is_ready, SECONDS, every=0.3)
        orphans = installation.pids()
        process.kill()
        await process.wait()
        await until(lambda: not any(map(psutil.pid_exists, orphans)))
    async with installation.up() as process:
        assert await ask_for_units(installation) == units
        children = installation.pids()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        assert not any(map(psutil.pid_exists, children))
    assert "nothing runs from" in (await installation.run("status"))[1]


async def test_a_first_play_that_everything_was_killed_under_is_played_to_its_end(installation: Installation) -> None:
    async with installation.started() as process:
        await until(lambda: installation.steps_played() > 40, SECONDS, what="the play is under way")
        everything = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
        for pid in everything:
            os.kill(pid, signal.SIGKILL)
        await process.wait()
    assert read_play(installation.home) is Play.RUNNING
    before = installation.steps_played()
    async with installation.started():
        await until(lambda: read_play(installation.home).ended, PLAY_SECONDS, every=0.3, what="the play has ended")
        assert read_play(installation.home) is Play.AS_EXPECTED
        assert installation.steps_played() > before
        await until(installation.is_ready, SECONDS, every=0.3)
        code, said = await installation.run("audit")
        assert code == 0, said


async def test_ctrl_c_while_it_starts_leaves_nothing_behind(installation: Installation) -> None:
    async with installation.started("--empty") as process:
        await until((installation.home.root / "pids" / "services.json").exists, SECONDS, what="the parts are starting")
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
        assert not any(child.is_running() for child in children)
    assert not list((installation.home.root / "pids").iterdir())


async def engines_refuse_strangers(home: Home) -> bool:
    run = home.read_run()
    client = connect(f"mongodb://{run.mongo_url.partition('@')[2]}", app_name="tests")
    try:
        with pytest.raises(OperationFailure):
            await client["pattana_enrolment"]["people"].find_one({})
    finally:
        client.close()
    return not await broker_answers(Broker(run.kafka_bootstrap))


def open_to_others(home: Home) -> list[Path]:
    """What in the data folder somebody else may read, were the folder itself open."""
    open_ones = []
    for path in (home.root, *home.root.rglob("*")):
        with suppress(FileNotFoundError):  # engines clean up meanwhile
            if path.stat().st_mode & 0o077:
                open_ones.append(path)
    return open_ones


async def ask_for_units(installation: Installation) -> int:
    """How many units the reference data brought in."""
    code, token = await installation.run("token", "--role", "HR_OFFICER", "--unit", "PERS")
    assert code == 0
    async with httpx.AsyncClient(base_url=installation.home.read_run().url) as client:
        answer = await client.get(
            "/api/enrolment/units", params={"limit": 200}, headers={"authorization": f"Bearer {token.strip()}"}
        )
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


async def refuse_a_second_start(installation: Installation) -> None:
    other = Installation(Home(installation.home.root.parent / "other"), installation.port)
    code, said = await other.run("up", "--empty", "--port", str(installation.port))
    assert (code, "for the services is taken" in said) == (1, True)
    code, said = await installation.run("up", "--empty")
    assert (code, "pattana is already running from" in said) == (1, True)
