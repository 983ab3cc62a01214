"""The engines in containers, for machines with Docker. Imported only there.

Each listens on the same port inside and outside, so that the address it advertises is true on both sides.
"""

import asyncio
from typing import Any

from testcontainers.core.container import DockerContainer

from pattana.embedded.ports import HOST, free_port
from shared.broker import Broker
from shared.engine import initiate_replica_set, ping
from shared.messaging.lag import broker_answers
from shared.mongo import StoreUnavailable
from tests.support.waiting import until

_START_SECONDS = 120


class Container:
    """Killed and started again it is the same container: its data stay."""

    def __init__(self, image: str) -> None:
        self.port = free_port()
        container: Any = DockerContainer(image)
        self._container = container
        self._container.ports[f"{self.port}/tcp"] = (HOST, self.port)
        self._made = False

    async def start(self) -> None:
        await asyncio.to_thread(self._docker.start if self._made else self._container.start)
        self._made = True

    @property
    def _docker(self) -> Any:
        return self._container.get_wrapped_container()

    async def stop(self) -> None:
        if self._made:
            await asyncio.to_thread(self._container.stop)

    async def kill(self) -> None:
        if not self._made:
            return
        await asyncio.to_thread(self._docker.kill)
        await asyncio.to_thread(self._docker.wait)

    def pause(self) -> None:
        self._docker.pause()

    def resume(self) -> None:
        if not self._made:
            return
        self._docker.reload()
        if self._docker.status == "paused":
            self._docker.unpause()


class KafkaContainer(Container):
    def __init__(self, image: str) -> None:
        super().__init__(image)
        self.bootstrap = f"{HOST}:{self.port}"
        self._container.with_envs(
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_LISTENERS=f"PLAINTEXT://0.0.0.0:{self.port},CONTROLLER://127.0.0.1:9093",
            KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{self.bootstrap}",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@127.0.0.1:9093",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
            KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS="1000",
            KAFKA_BROKER_SESSION_TIMEOUT_MS="2000",
            KAFKA_BROKER_HEARTBEAT_INTERVAL_MS="400",
        )

    async def start(self) -> None:
        await super().start()
        await until(self._answers, _START_SECONDS)

    async def wrong(self) -> str | None:
        return None if await self._answers() else "no answer"

    async def _answers(self) -> bool:
        return await broker_answers(Broker(self.bootstrap))


class MongoContainer(Container):
    def __init__(self, image: str) -> None:
        super().__init__(image)
        self._container.with_command(f"mongod --port {self.port} --bind_ip_all --replSet rs0 --wiredTigerCacheSizeGB 1")

    @property
    def url(self) -> str:
        return f"mongodb://{HOST}:{self.port}/?replicaSet=rs0"

    async def start(self) -> None:
        await super().start()
        await initiate_replica_set(HOST, self.port, seconds=_START_SECONDS)

    async def wrong(self) -> str | None:
        try:
            await ping(f"mongodb://{HOST}:{self.port}/?directConnection=true")
        except StoreUnavailable as error:
            return str(error)
        return None
