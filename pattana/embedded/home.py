"""The data folder `.pattana/`: its layout, its lock, which engine wrote it, and run.json. Starts nothing."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pattana.embedded.ports import free_port
from pattana.errors import Explained
from pattana.files import write_whole


class HomeInUse(Explained):
    """Another `pattana up` runs in this folder."""


class OtherEngine(Explained):
    """The folder was written by another database engine."""


class OpenToOthers(Explained):
    """Somebody else owns the folder or may look into it."""


class NotRunning(Explained):
    """No edition runs from this folder."""


@dataclass(frozen=True, slots=True)
class Run:
    """What others need to know of a running edition; run.json."""

    pid: int
    url: str
    mail_url: str
    kafka_bootstrap: str
    mongo_url: str
    token_issuer: str
    token_key: str
    engines: str


@dataclass(frozen=True, slots=True)
class Home:
    root: Path

    @classmethod
    def find(cls, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> "Home":
        """The folder named, else PATTANA_HOME, else .pattana/ in the working folder."""
        named = (os.environ if environment is None else environment).get("PATTANA_HOME")
        return cls((folder or Path(named or ".pattana")).absolute())

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def database(self) -> Path:
        return self.root / "database"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder for this process; the system lets go of it however the process ends."""
        self._require_closed()
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise HomeInUse(f"pattana is already running from {self.root} (pid {lock.read().strip()})") from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _require_closed(self) -> None:
        """Keys and mails are in it. One that is open may have been read already, and may hold other things: it is not
        closed behind its owner's back."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = self.root.stat()
        if found.st_uid != os.geteuid():
            raise OpenToOthers(f"{self.root} belongs to another user; choose another folder with --home")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise OpenToOthers(f"others may look into {self.root}, where keys and mails are: chmod 700 {self.root}")

    def in_use(self) -> bool:
        """Whether a start holds the folder now."""
        try:
            with (self.root / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def stamp(self, engine: str) -> None:
        """Remembers which database engine writes here; refuses a folder of another one."""
        path = self.root / "engine"
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            write_whole(path, f"{engine}\n")
        written = path.read_text().strip()
        if written != engine:
            raise OtherEngine(
                f"{self.root} was written by {written} and cannot be opened with {engine}: "
                f"start it with {written} (PATTANA_MONGOD names a mongod, PATTANA_SECANTUSD a secantusd-rs, "
                "without them secantusdb runs), "
                "or choose another folder with --home"
            )

    def port(self, name: str) -> int:
        """A port chosen once and kept: a replica set remembers under which address it was made."""
        path = self.root / "ports.json"
        kept: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        if name not in kept:
            kept[name] = free_port()
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, json.dumps(kept))
        return kept[name]

    def write_run(self, run: Run) -> None:
        write_whole(self.run_file, json.dumps(asdict(run), indent=2) + "\n")

    def read_run(self) -> Run:
        try:
            return Run(**json.loads(self.run_file.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            raise NotRunning(f"nothing runs from {self.root}; start it with `make up` or `pattana up`") from None
