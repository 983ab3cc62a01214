"""A real mongod as the database of the embedded edition, as a replica set of one."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pattana.embedded.database import Database, EngineMissing
from pattana.embedded.ports import HOST
from shared.engine import initiate_replica_set


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
