"""The real Kafka and MongoDB that tests run on: which set this machine has, and how to start one of it.

In this order: Docker, where it answers and has the images; the mongod that PATTANA_MONGOD names, with the embedded
Kafka; the SecantusDB of Rust that PATTANA_SECANTUSD names, in the same way; the embedded engines.
PATTANA_ENGINES=docker|mongod|secantusd|embedded takes that one and no other. Nothing is fetched.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from pattana.embedded.database import Database, EngineMissing, SecantusDB, SecantusRust
from pattana.embedded.jars import KAFKA_VERSION
from pattana.embedded.kafka import Kafka
from pattana.embedded.mongod import Mongod

KAFKA_IMAGE = "apache/kafka:4.3.1"
MONGO_IMAGE = "mongo:8.0"
_DOCKER_SECONDS = 20
_RYUK_OFF = "TESTCONTAINERS_RYUK_DISABLED"


class Killable(Protocol):
    """A server that tests may treat badly. Data, address and port stay over kill and start."""

    async def start(self) -> None: ...
    async def wrong(self) -> str | None: ...
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

    async def heal(self) -> None:
        """Starts what does not run, whatever was done to it."""
        await asyncio.gather(*(_heal(server) for server in (self.kafka, self.database)))

    async def stop(self) -> None:
        for server in (self.kafka, self.database):
            server.resume()
            await server.stop()

    async def discard(self) -> None:
        """Nobody will need the data: they need not end in an orderly way."""
        for server in (self.kafka, self.database):
            server.resume()
            await server.kill()
        await self.stop()


async def _heal(server: Killable) -> None:
    server.resume()
    if await server.wrong() is not None:
        await server.kill()
        await server.start()


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


def detect(forced: str | None = None) -> EngineSet:
    """Raises LookupError when PATTANA_ENGINES asks for what this machine does not have."""
    forced = forced or os.environ.get("PATTANA_ENGINES", "")
    if forced and forced not in SETS:
        raise LookupError(f"PATTANA_ENGINES={forced} is none of {', '.join(SETS)}")
    for name in [forced] if forced else SETS:
        if engine_set := SETS[name]():
            return engine_set
    raise LookupError(f"PATTANA_ENGINES={forced}, but this machine does not have it")


def docker() -> EngineSet | None:
    """Only where the daemon answers and the images are there: a test run waits for no registry."""
    if docker_says("info") is None:
        return None
    said = docker_says("image", "inspect", "--format", '{{join .Config.Env " "}}', MONGO_IMAGE)
    if said is None or docker_says("image", "inspect", KAFKA_IMAGE) is None:
        return None
    _ryuk_only_where_it_is()
    from tests.support.containers import KafkaContainer, MongoContainer

    found = re.search(r"\bMONGO_VERSION=(\S+)", said)
    return EngineSet(
        name="docker",
        database=f"mongod {found[1] if found else MONGO_IMAGE.partition(':')[2]}",
        kafka=f"kafka {KAFKA_IMAGE.partition(':')[2]}",
        can=frozenset({"mongod", "docker"}),
        make=lambda folder: Engines(KafkaContainer(KAFKA_IMAGE), MongoContainer(MONGO_IMAGE)),
    )


def docker_says(*arguments: str) -> str | None:
    """What Docker's own command says; None when it is not there, refuses or does not answer."""
    if shutil.which("docker") is None:
        return None
    try:
        done = subprocess.run(
            ["docker", *arguments], capture_output=True, text=True, timeout=_DOCKER_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout


def _ryuk_only_where_it_is() -> None:
    """Ryuk removes the containers of a run that was killed; without its image the tests run all the same."""
    from testcontainers.core.config import testcontainers_config

    if docker_says("image", "inspect", testcontainers_config.ryuk_image) is None:
        os.environ.setdefault(_RYUK_OFF, "true")


def mongod() -> EngineSet | None:
    return _named("mongod", "PATTANA_MONGOD", Mongod, "mongod")


def secantusd() -> EngineSet | None:
    return _named("secantusd", "PATTANA_SECANTUSD", SecantusRust)


def embedded() -> EngineSet:
    return _beside_kafka("embedded", SecantusDB)


def _named(name: str, variable: str, database: Callable[[Path, Path], Database], *can: str) -> EngineSet | None:
    """On the program that the variable names."""
    program = os.environ.get(variable)
    if not program:
        return None
    try:
        return _beside_kafka(name, lambda folder: database(folder, Path(program)), *can)
    except EngineMissing as error:
        raise LookupError(f"{variable}: {error}") from None


def _beside_kafka(name: str, database: Callable[[Path], Database], *can: str) -> EngineSet:
    """A database of this kind and the embedded Kafka."""
    one = database(Path())
    return EngineSet(
        name=name,
        database=f"{one.engine} {one.version}",
        kafka=f"kafka {KAFKA_VERSION}",
        can=frozenset({"processes", *can}),
        make=lambda folder: Engines(Kafka(folder), database(folder)),
    )


SETS: Final[Mapping[str, Callable[[], EngineSet | None]]] = {
    "docker": docker,
    "mongod": mongod,
    "secantusd": secantusd,
    "embedded": embedded,
}

if __name__ == "__main__":  # the sets of this machine, best first, for `make faults`
    print(*(name for name, find in SETS.items() if find()))
