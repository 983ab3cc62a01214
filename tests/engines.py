"""The real Kafka and MongoDB that tests run on: which set this machine has, and how to start one of it.

In this order: Docker; a real mongod (PATTANA_MONGOD, or the one beside the repository) with the embedded Kafka;
the embedded engines. PATTANA_ENGINES=docker|mongod|embedded takes that one and no other.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pattana.embedded.database import EngineMissing, Mongod, SecantusDB, mongod_version
from pattana.embedded.jars import KAFKA_VERSION
from pattana.embedded.kafka import Kafka

_BESIDE = Path(__file__).parents[2] / "shared" / "tools" / "mongodb" / "mongod"


class Killable(Protocol):
    """A server that tests may treat badly. Data, address and port stay over kill and start."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


class Broker(Killable, Protocol):
    bootstrap: str


class Store(Killable, Protocol):
    @property
    def url(self) -> str: ...


@dataclass(slots=True)
class Engines:
    """One broker and one database, each started by whoever needs it."""

    kafka: Broker
    database: Store

    async def start(self) -> None:
        await asyncio.gather(self.kafka.start(), self.database.start())

    async def stop(self) -> None:
        for server in (self.kafka, self.database):
            server.resume()
            await server.stop()


@dataclass(frozen=True, slots=True)
class EngineSet:
    """`can` is what tests ask for by `@pytest.mark.needs(...)`."""

    name: str
    database: str
    kafka: str
    can: frozenset[str]
    make: Callable[[Path], Engines]

    def __str__(self) -> str:
        return f"{self.database}, {self.kafka}"


def detect() -> EngineSet:
    """Raises LookupError when PATTANA_ENGINES asks for what this machine does not have."""
    found = {"docker": docker, "mongod": mongod, "embedded": embedded}
    forced = os.environ.get("PATTANA_ENGINES", "")
    if forced and forced not in found:
        raise LookupError(f"PATTANA_ENGINES={forced} is none of {', '.join(found)}")
    for name in [forced] if forced else found:
        if engine_set := found[name]():
            return engine_set
    raise LookupError(f"PATTANA_ENGINES={forced}, but this machine does not have it")


def docker() -> EngineSet | None:
    if shutil.which("docker") is None:
        return None
    try:
        answered = subprocess.run(["docker", "info"], capture_output=True, timeout=20, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        answered = False
    if not answered:
        return None
    from tests.support.containers import KAFKA_IMAGE, MONGO_IMAGE, KafkaContainer, MongoContainer

    return EngineSet(
        name="docker",
        database=f"mongod {MONGO_IMAGE.partition(':')[2]}",
        kafka=f"kafka {KAFKA_IMAGE.partition(':')[2]}",
        can=frozenset({"mongod", "docker"}),
        make=lambda folder: Engines(KafkaContainer(), MongoContainer()),
    )


def mongod() -> EngineSet | None:
    program = Path(os.environ.get("PATTANA_MONGOD") or _BESIDE)
    try:
        version = mongod_version(program)
    except EngineMissing:
        return None
    return EngineSet(
        name="mongod",
        database=f"mongod {version}",
        kafka=f"kafka {KAFKA_VERSION}",
        can=frozenset({"mongod", "processes"}),
        make=lambda folder: Engines(Kafka(folder), Mongod(folder, program)),
    )


def embedded() -> EngineSet:
    return EngineSet(
        name="embedded",
        database=f"secantusdb {SecantusDB(Path()).version}",
        kafka=f"kafka {KAFKA_VERSION}",
        can=frozenset({"secantusdb", "processes"}),
        make=lambda folder: Engines(Kafka(folder), SecantusDB(folder)),
    )


if __name__ == "__main__":  # the sets of this machine, best first, for `make faults`
    print(*(name for name, find in {"docker": docker, "mongod": mongod, "embedded": embedded}.items() if find()))
