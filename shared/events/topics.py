"""The topics as data. Partition counts never change: the order of an aggregate hangs on them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

# A partition's present file (segment) is never compacted, and ends only when something is written that long after its
# first record. What is superseded in it is gone soon after: the tests of erasure show how long an erased contact stays.
SEGMENT: Final = timedelta(days=1)
TOMBSTONES_STAY: Final = timedelta(days=7)  # as long a consumer may be away and still learn of them


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. A fact topic keeps everything for ever; a state topic keeps the last value of each key."""

    name: str
    partitions: int
    key: str
    state: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """The broker's settings for this topic."""
        if self.state:
            return {
                "cleanup.policy": "compact",
                "segment.ms": _milliseconds(SEGMENT),
                "min.compaction.lag.ms": "0",
                "max.compaction.lag.ms": _milliseconds(SEGMENT),
                "min.cleanable.dirty.ratio": "0.1",
                "delete.retention.ms": _milliseconds(TOMBSTONES_STAY),
            }
        return {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


def _milliseconds(time: timedelta) -> str:
    return str(time // timedelta(milliseconds=1))


DIRECTORY = Topic("enrolment.directory", partitions=6, key="unit or person")
CONTACTS = Topic("enrolment.contacts", partitions=6, key="person", state=True)
CATALOGUE = Topic("enrolment.catalogue", partitions=6, key="programme")
SEATS = Topic("enrolment.seats", partitions=12, key="run")
ATTENDANCE = Topic("enrolment.attendance", partitions=6, key="run")
WORKSHOPS = Topic("enrolment.workshops", partitions=6, key="run")
EVALUATION = Topic("enrolment.evaluation", partitions=6, key="run")
CERTIFICATES = Topic("enrolment.certificates", partitions=6, key="organiser and fiscal year")
FOLLOWUPS = Topic("enrolment.followups", partitions=6, key="run")
PLANS = Topic("enrolment.plans", partitions=6, key="person")
MESSAGES = Topic("notification.messages", partitions=6, key="message")

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        DIRECTORY,
        CONTACTS,
        CATALOGUE,
        SEATS,
        ATTENDANCE,
        WORKSHOPS,
        CERTIFICATES,
        EVALUATION,
        FOLLOWUPS,
        PLANS,
        MESSAGES,
    )
}
