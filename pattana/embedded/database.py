"""The database as a child process: SecantusDB, or the mongod that PATTANA_MONGOD names. Knows no collection.

SecantusDB is GPL-2.0 and therefore only ever run as a program of its own, never imported.
"""

import os
import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child, Server, until_ready
from pattana.errors import Explained
from shared.engine import initiate_replica_set, ping
from shared.mongo import StoreUnavailable

_START_SECONDS = 60.0


class EngineMissing(Explained):
    """The program of the database is not there or does not run."""


class Database(Server, ABC):
    """The database of one data folder. `port` is kept over kill and start."""

    name = "database"
    engine: ClassVar[str]

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self._folder = folder
        self.port = port or free_port()

    @property
    @abstractmethod
    def version(self) -> str: ...

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def command(self, data: Path) -> Sequence[str | Path]: ...

    async def start(self) -> None:
        """Returns when it takes writes. Raises PartFailed."""
        data = self._folder / "database"
        data.mkdir(parents=True, exist_ok=True)
        self.child = Child(self.name, self.command(data), folder=self._folder)
        self.child.start()
        await until_ready(self.child, self.wrong, _START_SECONDS)
        await self.started()

    async def started(self) -> None:
        """What is left to do once the server answers."""

    async def wrong(self) -> str | None:
        """None when the server answers, else what is wrong."""
        try:
            await ping(f"mongodb://{HOST}:{self.port}/?directConnection=true")
        except StoreUnavailable as error:
            return f"no answer from {HOST}:{self.port}: {str(error)[:200]}"
        return None


class SecantusDB(Database):
    engine = "secantusdb"

    @property
    def version(self) -> str:
        return version("secantusdb")

    @property
    def url(self) -> str:
        # With retryable writes it keeps every statement it ever saw and slows down as it grows.
        return f"mongodb://{HOST}:{self.port}/?directConnection=true&retryWrites=false"

    def command(self, data: Path) -> Sequence[str | Path]:
        empty = data.parent / "secantusd.toml"  # named, so that no configuration of this machine is picked up
        empty.touch()
        return [
            *(_program("secantusd-py"), "--config", empty, "--storage-path", data),
            *("--host", HOST, "--port", str(self.port), "--log-level", "WARNING"),
            *("--sync-on-commit", "--cache-size", "128M"),
        ]


class Mongod(Database):
    engine = "mongod"

    def __init__(self, folder: Path, program: Path, *, port: int | None = None) -> None:
        super().__init__(folder, port=port)
        self._program = program

    @property
    def version(self) -> str:
        return mongod_version(self._program)

    @property
    def url(self) -> str:
        # Not a direct connection: after a restart clients wait for the election instead of failing.
        return f"mongodb://{HOST}:{self.port}/?replicaSet=rs0"

    def command(self, data: Path) -> Sequence[str | Path]:
        return [
            *(self._program, "--dbpath", data, "--port", str(self.port), "--bind_ip", HOST),
            *("--replSet", "rs0", "--wiredTigerCacheSizeGB", "0.5", "--quiet"),
            # A killed client leaves its transaction behind, and locks with it: no longer than this.
            *("--setParameter", "transactionLifetimeLimitSeconds=10"),
        ]

    async def started(self) -> None:
        await initiate_replica_set(HOST, self.port)


def choose(folder: Path, *, port: int | None = None, environment: Mapping[str, str] | None = None) -> Database:
    """The mongod that PATTANA_MONGOD names, else SecantusDB."""
    program = (os.environ if environment is None else environment).get("PATTANA_MONGOD")
    return Mongod(folder, Path(program), port=port) if program else SecantusDB(folder, port=port)


def mongod_version(program: Path) -> str:
    """Raises EngineMissing when the program does not run on this machine."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineMissing(f"{program} does not run as a mongod: {error}") from error
    found = re.search(r"v(\d+\.\d+\.\d+)", said)
    if found is None:
        raise EngineMissing(f"{program} --version does not name a version")
    return found[1]


def _program(name: str) -> str:
    """The one installed beside this Python first: the environment need not be activated."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise EngineMissing(f"{name} is not installed; `make up` installs it")
    return found
