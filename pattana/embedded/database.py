"""The database as a child process: SecantusDB, or the mongod that PATTANA_MONGOD names. Knows no collection, no driver.

SecantusDB is GPL-2.0 and therefore only ever run as a program of its own, never imported.
"""

import os
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from pattana.embedded.listening import silent
from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child, Server, until_ready
from pattana.errors import Explained

_START_SECONDS = 120.0


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
        """None when the server listens, else what is wrong."""
        return await silent(self.port)


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


def choose(folder: Path, *, port: int | None = None, environment: Mapping[str, str] | None = None) -> Database:
    """The mongod that PATTANA_MONGOD names, else SecantusDB."""
    program = (os.environ if environment is None else environment).get("PATTANA_MONGOD")
    if not program:
        return SecantusDB(folder, port=port)
    from pattana.embedded.mongod import Mongod  # brings the driver, which `up` else does without

    return Mongod(folder, Path(program), port=port)


def _program(name: str) -> str:
    """The one installed beside this Python first: the environment need not be activated."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise EngineMissing(f"{name} is not installed; `make up` installs it")
    return found
