"""Who may do what at the broker: ACCESS, as the broker keeps it, and what brings the broker to it.

Each topic has one writer: consumers believe what stands there. Users are called like the services that they are for. A
broker that knows no users (the embedded edition's has one, who may do everything) needs none of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest

from shared.broker import Broker
from shared.events.topics import (
    ATTENDANCE,
    CATALOGUE,
    CERTIFICATES,
    CONTACTS,
    DIRECTORY,
    EVALUATION,
    FOLLOWUPS,
    MESSAGES,
    PLANS,
    SEATS,
    TOPICS,
    WORKSHOPS,
    Topic,
)
from shared.messaging.kafka import ensure_topics

OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class Access:
    """What a user writes, what it reads, and how the groups are called in which it reads. Who writes reads that back:
    the relay looks whether the broker has lost something."""

    writes: tuple[Topic, ...] = ()
    reads: tuple[Topic, ...] = ()
    groups: str | None = None


# What enrolment tells all who follow it. Contacts are for those who write to people.
_FACTS: Final = (
    DIRECTORY,
    CATALOGUE,
    SEATS,
    ATTENDANCE,
    WORKSHOPS,
    CERTIFICATES,
    EVALUATION,
    FOLLOWUPS,
    PLANS,
)
ACCESS: Final[Mapping[str, Access]] = {
    "enrolment": Access(writes=(*_FACTS, CONTACTS)),
    "notification": Access(writes=(MESSAGES,), reads=(*_FACTS, CONTACTS), groups="notification."),
    "reporting": Access(reads=_FACTS, groups="reporting."),
    # The audit; in no group.
    OPERATOR: Access(reads=(*_FACTS, CONTACTS, MESSAGES)),
}

# The broker's own numbers.
_ANY, _TOPIC, _GROUP = 1, 2, 3
_LITERAL, _PREFIXED = 3, 4
_READ, _WRITE, _DESCRIBE = 3, 4, 8
_ALLOW = 3
_EVERY_HOST = "*"
_READING = frozenset({_READ, _DESCRIBE})
_USERS = frozenset(f"User:{user}" for user in ACCESS)


class Right(NamedTuple):
    """One line of the broker's list."""

    resource: int
    name: str
    pattern: int
    principal: str
    host: str
    operation: int
    permission: int


def rights(prefix: str = "") -> Iterator[Right]:
    """The whole list. Everybody may see that the topics are there: a service looks before it begins. `prefix`: of
    topics and groups, for tests that share a broker."""
    for user, access in ACCESS.items():
        for topic in TOPICS.values():
            yield _right(user, _TOPIC, prefix + topic.name, _DESCRIBE)
        for topic in access.writes:
            yield _right(user, _TOPIC, prefix + topic.name, _WRITE)
        for topic in (*access.reads, *access.writes):
            yield _right(user, _TOPIC, prefix + topic.name, _READ)
        if access.groups is not None:
            yield _right(user, _GROUP, prefix + access.groups, _READ, _PREFIXED)


def _right(user: str, resource: int, name: str, operation: int, pattern: int = _LITERAL) -> Right:
    return Right(resource, name, pattern, f"User:{user}", _EVERY_HOST, operation, _ALLOW)


async def give_access(broker: Broker, *, replication: int, prefix: str = "") -> tuple[int, int]:
    """Makes the topics that are missing, and brings the broker's list to `rights`: what our users had beside that is
    taken away, and so is what anybody else may do to our topics but read them. How many rights were given and taken.
    Raises KafkaError, OSError, PartitionsChanged."""
    await ensure_topics(broker, replication=replication, prefix=prefix)
    admin = AIOKafkaAdminClient(**broker.options())
    await admin.start()
    try:
        wanted, there = set(rights(prefix)), set(await _present(admin))
        for right in sorted(wanted - there):
            await _carried_out(admin, CreateAclsRequest(*right), "creation_responses")
        superfluous = [right for right in sorted(there - wanted) if _may_not_be(right, prefix)]
        for right in superfluous:
            await _carried_out(admin, DeleteAclsRequest(*right), "filter_responses")
        return len(wanted - there), len(superfluous)
    finally:
        await admin.close()


def _may_not_be(right: Right, prefix: str) -> bool:
    """Of others the list may hold any right: those of readers of our topics, and whatever else a broker is for."""
    ours = right.resource == _TOPIC and right.name in {prefix + name for name in TOPICS}
    beside = right.principal in _USERS and right.name.startswith(prefix)
    return beside or (ours and right.operation not in _READING)


async def _present(admin: AIOKafkaAdminClient) -> Sequence[Right]:
    answer = await admin._send_request(DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY))
    _raise_for(answer.error_code, answer.error_message)
    return [
        Right(resource, name, pattern, *entry)
        for resource, name, pattern, entries in answer.resources
        for entry in entries
    ]


async def _carried_out(admin: AIOKafkaAdminClient, request: Any, part: str) -> None:
    answers: Iterable[Sequence[Any]] = getattr(await admin._send_to_controller(request), part)
    for code, text, *_ in answers:
        _raise_for(code, text)


def _raise_for(code: int, text: str | None) -> None:
    if code:
        raise for_code(code)(text or "")
