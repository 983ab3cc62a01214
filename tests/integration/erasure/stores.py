"""Everything that is stored anywhere, as text in which a word can be found: sealed contacts are opened, mails are
decoded. No tests in here."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.events.topics import TOPICS
from shared.mongo import Database
from shared.sealing import KeyRing, Sealed, SealError

_GENERATION: Final = re.compile(r"_g\d+$")


class Reader:
    """Opens what is sealed for one of these subjects."""

    def __init__(self, ring: KeyRing, subjects: Iterable[str]) -> None:
        self._ring = ring
        self._subjects = list(subjects)

    def text(self, value: Any) -> str:
        return "\n".join(self._parts(value))

    def _parts(self, value: Any) -> Iterator[str]:
        match value:
            case Mapping():
                for name, part in value.items():
                    yield str(name)
                    yield from self._parts(part)
                yield from self._opened(value)
                yield from self._begun(value)
            case list() | tuple():
                for part in value:
                    yield from self._parts(part)
            case bytes():
                yield from self._parts(value.decode("utf-8", "replace"))
            case str():
                yield value
                yield from self._inside(value)
            case datetime():
                yield value.isoformat()
            case _:
                yield str(value)

    def _inside(self, text: str) -> Iterator[str]:
        if text.startswith(("{", "[")):
            try:
                yield from self._parts(json.loads(text))
            except ValueError:
                return

    def _opened(self, value: Mapping[str, Any]) -> Iterator[str]:
        key, text = value.get("key_id", value.get("keyId")), value.get("sealed")
        for subject in self._subjects:
            if not (isinstance(key, str) and isinstance(text, str)):
                return
            try:
                yield self._ring.open(Sealed(key, text), subject).model_dump_json()
            except SealError:
                continue

    def _begun(self, value: Mapping[str, Any]) -> Iterator[str]:
        """A draft, sealed for its own id."""
        key, text, id = (value.get(name) for name in ("key_id", "sealed", "_id"))
        if isinstance(key, str) and isinstance(text, str) and isinstance(id, str):
            with suppress(SealError):
                yield self._ring.open_bytes(Sealed(key, text), id).decode()


async def collections(databases: Mapping[str, Database]) -> AsyncIterator[tuple[str, Any]]:
    """Every document, with its place: `enrolment.people`, `notification.contacts` whatever the generation."""
    for source, database in databases.items():
        service = source.rpartition("/")[2]
        for name in await database.list_collection_names():
            async for row in database[name].find({}):
                yield f"{service}.{_GENERATION.sub('', name)}", row


async def records(bootstrap: str, prefix: str) -> AsyncIterator[tuple[str, Any]]:
    """Every record that a topic keeps: of a state topic the last of each key."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        for topic in TOPICS.values():
            name = prefix + topic.name
            places = [TopicPartition(name, number) for number in range(topic.partitions)]
            read = [record async for record in _read(consumer, places)]
            kept = list({record.key: record for record in read}.values()) if topic.state else read
            for record in kept:
                yield f"log.{topic.name}", [record.key, record.value, list(record.headers)]
    finally:
        await consumer.stop()


async def _read(
    consumer: AIOKafkaConsumer, places: list[TopicPartition]
) -> AsyncIterator["ConsumerRecord[bytes, bytes]"]:
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    left = [place for place in places if ends[place]]
    await consumer.seek_to_beginning(*places)
    while left:
        for found in (await consumer.getmany(*left, timeout_ms=200)).values():
            for record in found:
                yield record
        left = [place for place in left if await consumer.position(place) < ends[place]]


def mails(folder: Path) -> Iterator[tuple[str, Any]]:
    """Every kept mail, with all its parts decoded."""
    for path in folder.glob("*.eml"):
        mail = BytesParser(policy=default).parsebytes(path.read_bytes())
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        yield "mails", [[str(value) for value in mail.values()], parts]
