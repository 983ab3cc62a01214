"""The database as a child process: SecantusDB, or the program that PATTANA_MONGOD or PATTANA_SECANTUSD names. Knows no
collection, no driver.

SecantusDB is GPL-2.0 and therefore only ever run as a program of its own, never imported. It has two servers: that of
its wheel, in Python, which is always there, and one in Rust, several times as fast, which has to be built.
"""

import hashlib
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
from urllib.parse import quote

from pattana.embedded.listening import silent
from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child, Server, until_ready
from pattana.errors import Explained
from pattana.files import write_closed

USER = "pattana"
_START_SECONDS = 120.0
_LEAVE_SECONDS = 5.0  # SecantusDB may not hear of its end while it begins


class EngineMissing(Explained):
    """The program of the database is not there or does not run."""


class Database(Server, ABC):
    """The database of one data folder. `port` is kept over kill and start."""

    name = "database"
    engine: ClassVar[str]

    def __init__(self, folder: Path, *, port: int | None = None, password: str | None = None) -> None:
        """Only who knows the `password` is let in; None: everybody, as tests need it."""
        self._folder = folder
        self._password = password
        self.port = port or free_port()

    @property
    @abstractmethod
    def version(self) -> str: ...

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def command(self, data: Path) -> Sequence[str | Path]: ...

    @abstractmethod
    def unguarded(self, data: Path, port: int) -> Sequence[str | Path]:
        """For a moment, to say who is let in."""

    @property
    def credential(self) -> str:
        """What the address begins with."""
        return "" if self._password is None else f"{USER}:{quote(self._password, safe='')}@"

    async def start(self) -> None:
        """Returns when it takes writes. Raises PartFailed."""
        data = self._folder / "database"
        data.mkdir(parents=True, exist_ok=True)
        if self._password is not None:
            await self._let_in(data, self._password)
        await self._run(self.command(data), self.port)
        await self.started()

    async def _run(self, command: Sequence[str | Path], port: int) -> None:
        self.child = Child(self.name, command, folder=self._folder)
        self.child.start()
        await until_ready(self.child, lambda: silent(port), _START_SECONDS)

    async def _let_in(self, data: Path, password: str) -> None:
        """Makes the user, or gives it the password that is new: before the first start with it, on a port that nobody
        was told, and without the password in a command line."""
        known, digest = self._folder / "database.user", hashlib.sha256(password.encode()).hexdigest()
        if known.exists() and known.read_text() == digest:
            return
        from shared.engine import set_user  # brings the driver, which `up` else does without

        port = free_port()
        try:
            await self._run(self.unguarded(data, port), port)
            await set_user(f"mongodb://{HOST}:{port}/?directConnection=true&retryWrites=false", USER, password)
        finally:
            await self.stop(_LEAVE_SECONDS)
        write_closed(known, digest)

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
    def program(self) -> str | Path:
        return _program("secantusd-py")

    @property
    def url(self) -> str:
        # With retryable writes it keeps every statement it ever saw and slows down as it grows.
        return f"mongodb://{self.credential}{HOST}:{self.port}/?directConnection=true&retryWrites=false"

    def command(self, data: Path) -> Sequence[str | Path]:
        return [*self.unguarded(data, self.port), *(() if self._password is None else ("--auth",))]

    def unguarded(self, data: Path, port: int) -> Sequence[str | Path]:
        empty = data.parent / "secantusd.toml"  # named, so that no configuration of this machine is picked up
        empty.touch()
        # Half of this cache stands still for minutes while 8,000 people are imported beside 80,000 that are there.
        return [
            *(self.program, "--config", empty, "--storage-path", data),
            *("--host", HOST, "--port", str(port), "--log-level", "WARNING"),
            *("--sync-on-commit", "--cache-size", "256M"),
        ]


class SecantusRust(SecantusDB):
    """The same project's server in Rust; its data folders are its own, though it is said to read those of the other."""

    engine = "secantusd-rs"

    def __init__(self, folder: Path, program: Path, *, port: int | None = None, password: str | None = None) -> None:
        super().__init__(folder, port=port, password=password)
        self._program = program

    @property
    def version(self) -> str:
        return program_version(self._program, r"secantusd-rs (\S+)", "the SecantusDB of Rust")

    @property
    def program(self) -> str | Path:
        return self._program


def choose(
    folder: Path,
    *,
    port: int | None = None,
    password: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Database:
    """The mongod of PATTANA_MONGOD, else the SecantusDB of Rust of PATTANA_SECANTUSD, else that of the wheel."""
    named = os.environ if environment is None else environment
    if program := named.get("PATTANA_MONGOD"):
        from pattana.embedded.mongod import Mongod  # brings the driver, which `up` else does without

        return Mongod(folder, Path(program), port=port, password=password)
    if program := named.get("PATTANA_SECANTUSD"):
        return SecantusRust(folder, Path(program), port=port, password=password)
    return SecantusDB(folder, port=port, password=password)


def program_version(program: Path, pattern: str, what: str) -> str:
    """What it answers to --version. Raises EngineMissing when it does not run on this machine."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineMissing(f"{program} does not run as {what}: {error}") from error
    found = re.search(pattern, said)
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
