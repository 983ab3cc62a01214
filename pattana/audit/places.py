"""The places of a log: which of them hold a record that its outbox row names, and which rows have named one. Pure.

Two bits for each record that was read, so that ten million records take less than three megabytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from shared.events.topics import TOPICS
from shared.messaging.kafka import partition_of

Place = tuple[str, int]  # topic, partition


class Seen(Enum):
    """What a row's mark is worth."""

    GOOD = auto()
    DOUBTFUL = auto()  # the record there must be looked at
    TWICE = auto()  # another row names the same place
    ELSEWHERE = auto()  # not the partition of its key
    COMPACTED = auto()  # a state topic keeps the last of each key only
    EARLIER = auto()  # before what was read
    LATER = auto()  # published since


class Bits:
    """A set of small numbers."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, number: int) -> bool:
        """Whether it is new."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bytes):
            self._bytes.extend(bytes(place + 1 - len(self._bytes)))
        new = not self._bytes[place] & bit
        self._bytes[place] |= bit
        return new

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bytes) and bool(self._bytes[place] & 1 << (number & 7))


@dataclass(slots=True)
class _Partition:
    begin: int
    end: int
    named: Bits = field(default_factory=Bits)
    claimed: Bits = field(default_factory=Bits)


class Places:
    """The part of the log that is read: offsets `begin` to `end` (excluded) of each partition."""

    def __init__(self, parts: Mapping[Place, tuple[int, int]], topic_prefix: str = "") -> None:
        self._partitions = {place: _Partition(*bounds) for place, bounds in parts.items()}
        self._topics = {topic_prefix + topic.name: topic for topic in TOPICS.values()}

    @property
    def ends(self) -> dict[Place, int]:
        return {place: partition.end for place, partition in self._partitions.items()}

    def record(self, place: Place, offset: int, row: Mapping[str, Any]) -> None:
        """A record that equals its row."""
        if (row.get("partition"), row.get("offset")) == (place[1], offset):
            partition = self._partitions[place]
            partition.named.add(offset - partition.begin)

    def see(self, row: Mapping[str, Any]) -> Seen:
        """The mark of a published row."""
        topic = self._topics.get(row["topic"])
        partition = self._partitions.get((row["topic"], row["partition"]))
        if topic is None or partition is None or row["partition"] != partition_of(row["key"], topic.partitions):
            return Seen.ELSEWHERE
        if row["offset"] >= partition.end:
            return Seen.LATER
        if row["offset"] < partition.begin:
            return Seen.COMPACTED if topic.state else Seen.EARLIER
        if not partition.claimed.add(row["offset"] - partition.begin):
            return Seen.TWICE
        if row["offset"] - partition.begin in partition.named:
            return Seen.GOOD
        return Seen.COMPACTED if topic.state else Seen.DOUBTFUL
