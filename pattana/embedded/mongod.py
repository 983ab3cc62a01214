"""A real mongod as the database of the embedded edition, as a replica set of one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pattana.embedded.database import Database, program_version
from pattana.embedded.ports import HOST
from pattana.files import write_closed
from shared.engine import initiate_replica_set


class Mongod(Database):
    engine = "mongod"

    def __init__(self, folder: Path, program: Path, *, port: int | None = None, password: str | None = None) -> None:
        super().__init__(folder, port=port, password=password)
        self._program = program

    @property
    def version(self) -> str:
        return mongod_version(self._program)

    @property
    def url(self) -> str:
        # Not a direct connection: after a restart clients wait for the election instead of failing.
        return f"mongodb://{self.credential}{HOST}:{self.port}/?replicaSet=rs0"

    def command(self, data: Path) -> Sequence[str | Path]:
        return [
            *self.unguarded(data, self.port),
            *("--replSet", "rs0"),
            # A killed client leaves its transaction behind, and locks with it: no longer than this.
            *("--setParameter", "transactionLifetimeLimitSeconds=10"),
            *(() if self._password is None else ("--keyFile", self._key_file(self._password))),
        ]

    def unguarded(self, data: Path, port: int) -> Sequence[str | Path]:
        """By itself: of a replica set it would only be a member that another port has."""
        return [
            *(self._program, "--dbpath", data, "--port", str(port), "--bind_ip", HOST),
            *("--wiredTigerCacheSizeGB", "0.5", "--quiet"),
        ]

    def _key_file(self, password: str) -> Path:
        """A member of a replica set lets users in only when it has a key for other members. There are none."""
        path = self._folder / "mongod.key"
        write_closed(path, hashlib.sha256(b"member" + password.encode()).hexdigest())
        return path

    async def started(self) -> None:
        await initiate_replica_set(HOST, self.port, credential=self.credential)


def mongod_version(program: Path) -> str:
    """Raises EngineMissing when the program does not run on this machine."""
    return program_version(program, r"v(\d+\.\d+\.\d+)", "a mongod")
