"""The Kafka client of one consumer in its group: how it is set, how long it waits for, and how it says that it is dead.

Knows aiokafka's inside where there is no other way, and is the only module here that does.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from shared.settings import Settings

FETCH_WAIT_MS = 1_000  # the broker answers sooner when there is something
SHORT_FETCH_WAIT_MS = 100
START_SECONDS = 30.0
STOP_SECONDS = 5.0


class ClientBroken(Exception):
    """The Kafka client failed inside; it is replaced by a new one."""


@contextlib.contextmanager
def client_calls() -> Iterator[None]:
    """A task inside the client that died throws whatever it died of, at every later call."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError):
        raise
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise ClientBroken("a task inside the client was cancelled") from error
    except Exception as error:
        raise ClientBroken(f"{type(error).__name__}: {error}") from error


def group_client(name: str, settings: Settings) -> AIOKafkaConsumer:
    """A client that is not started and subscribes to nothing yet."""
    session_ms = round(settings.consumer_session_seconds * 1000)
    return AIOKafkaConsumer(
        **settings.broker.options(),
        client_id=f"{name}@{settings.instance}",
        group_id=settings.group_prefix + name,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 5,
        rebalance_timeout_ms=60_000,
        max_poll_interval_ms=300_000,
        max_partition_fetch_bytes=1024 * 1024,
        fetch_max_bytes=16 * 1024 * 1024,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        metadata_max_age_ms=30_000,
        retry_backoff_ms=100,
    )


@contextlib.asynccontextmanager
async def joined(
    client: AIOKafkaConsumer, topics: Sequence[str], listener: ConsumerRebalanceListener
) -> AsyncIterator[None]:
    """The client as a member of its group."""
    try:
        with client_calls():
            client.subscribe(topics, listener=listener)
            async with asyncio.timeout(START_SECONDS):
                await client.start()
        # A fetch that leaves out what was not taken yet would make it wait for the next one: it is not sent.
        client._fetcher._prefetch_backoff = FETCH_WAIT_MS / 1_000
        yield
    finally:
        # A dead coordinator can hang here for ever; the group notices our absence by itself.
        with contextlib.suppress(ClientBroken, KafkaError, OSError, TimeoutError), client_calls():
            async with asyncio.timeout(STOP_SECONDS):
                await client.stop()


def wait_briefly(client: AIOKafkaConsumer, briefly: bool) -> None:
    """A fetch lists its partitions when it is sent. One that is paused then waits for the next fetch, so while any is,
    the broker is not to hold a fetch for long."""
    if client._fetcher is not None:
        client._fetcher._fetch_max_wait_ms = SHORT_FETCH_WAIT_MS if briefly else FETCH_WAIT_MS
