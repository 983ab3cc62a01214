"""What tests do to a broker beside the product. On a machine that has other work a broker may pause for a moment and
then know of no controller: it is asked again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.broker import Broker
from shared.messaging.kafka import ensure_topics
from tests.support.waiting import until


async def make_topics(bootstrap: str, prefix: str) -> None:
    """All topics of the product under names of a test's own."""
    await _persistently(lambda: ensure_topics(Broker(bootstrap), replication=1, prefix=prefix))


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """All topics whose names begin so."""
    await _persistently(lambda: _delete(bootstrap, prefix))


async def topics_are(bootstrap: str, prefix: str, count: int) -> bool:
    """Whether so many have names that begin so. A topic that is still being deleted cannot be made."""
    async with _admin(bootstrap) as admin:
        return len(await _names(admin, prefix)) == count


async def _delete(bootstrap: str, prefix: str) -> None:
    async with _admin(bootstrap) as admin:
        mine = await _names(admin, prefix)
        if mine:
            await admin.delete_topics(mine)


async def _names(admin: AIOKafkaAdminClient, prefix: str) -> list[str]:
    return [name for name in await admin.list_topics() if name.startswith(prefix)]


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _persistently(work: Callable[[], Awaitable[None]]) -> None:
    failures: list[KafkaError] = []

    async def done() -> bool:
        try:
            await work()
        except KafkaError as error:
            failures.append(error)
            return False
        return True

    try:
        await until(done, every=0.2, what="the broker does what it is asked")
    except AssertionError:
        raise failures[-1] from None
