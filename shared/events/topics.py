"""The topics as data. Partition counts never change: the order of an aggregate hangs on them."""

from dataclasses import dataclass


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
                "min.compaction.lag.ms": "0",
                "delete.retention.ms": "604800000",
            }
        return {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


DIRECTORY = Topic("enrolment.directory", partitions=6, key="unit or person")
CONTACTS = Topic("enrolment.contacts", partitions=6, key="person", state=True)
CATALOGUE = Topic("enrolment.catalogue", partitions=6, key="programme")
SEATS = Topic("enrolment.seats", partitions=12, key="run")
MESSAGES = Topic("notification.messages", partitions=6, key="message")

TOPICS: dict[str, Topic] = {topic.name: topic for topic in (DIRECTORY, CONTACTS, CATALOGUE, SEATS, MESSAGES)}
