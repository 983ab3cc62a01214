"""The sequences of each aggregate: those in the outbox, those published, those in the log. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pattana.audit.spans import Spans
from shared.events.catalogue import ProgrammeFact, RunClockSet, RunFact
from shared.events.directory import ContactChanged, ContactErased, PersonMoved, PersonRegistered, UnitRegistered
from shared.events.envelope import Event
from shared.events.notification import MessageFact
from shared.events.registry import EVENTS
from shared.events.seats import BucketFact


class Kind(StrEnum):
    BUCKET = "bucket"
    PROGRAMME = "programme"
    RUN = "run"
    UNIT = "unit"
    PERSON = "person"
    CONTACT = "contact"
    MESSAGE = "message"


_KINDS: tuple[tuple[type[Event], Kind], ...] = (
    (BucketFact, Kind.BUCKET),
    (ProgrammeFact, Kind.PROGRAMME),
    (RunFact, Kind.RUN),
    (RunClockSet, Kind.RUN),
    (UnitRegistered, Kind.UNIT),
    (PersonRegistered, Kind.PERSON),
    (PersonMoved, Kind.PERSON),
    (ContactChanged, Kind.CONTACT),
    (ContactErased, Kind.CONTACT),
    (MessageFact, Kind.MESSAGE),
)
KIND_OF: Mapping[str, Kind] = {
    name: next(kind for base, kind in _KINDS if issubclass(event, base)) for name, event in EVENTS.items()
}


@dataclass(slots=True)
class History:
    """One aggregate. `met`: its stored document was compared with its events."""

    kind: Kind
    there: Spans = field(default_factory=Spans)
    published: Spans = field(default_factory=Spans)
    in_log: Spans = field(default_factory=Spans)
    met: bool = False


Histories = dict[str, History]


def take_row(histories: Histories, row: Mapping[str, Any]) -> Iterator[str]:
    """Adds one outbox row (without its body), and yields what is wrong with the row itself."""
    kind = KIND_OF.get(row["type"])
    if kind is None:
        yield f"outbox row {row['_id']} has the unknown type {row['type']}"
        return
    history = histories.get(row["aggregate"])
    if history is None:
        history = histories[row["aggregate"]] = History(kind)
    history.there.add(row["seq"])
    if row["_id"] != f"{row['aggregate']}:{row['seq']}":
        yield f"outbox row {row['_id']} says it is {row['aggregate']}:{row['seq']}"
    if row.get("pending"):
        return
    if row.get("published_at") is None or row.get("partition") is None or row.get("offset") is None:
        yield f"outbox row {row['_id']} is neither pending nor published"
    history.published.add(row["seq"])


def gaps(histories: Histories) -> Iterator[str]:
    """Sequences missing in an outbox that has a later one of the same aggregate."""
    for aggregate, history in histories.items():
        for seq in history.there.missing():
            yield f"{history.kind} {aggregate}: event {seq} is missing in the outbox, {history.there.last} is there"


def lost_by_log(histories: Histories) -> Iterator[str]:
    """Events that are marked as published but missing in the log. The log of contacts keeps only the last."""
    for aggregate, history in histories.items():
        if history.kind is Kind.CONTACT:
            last = history.published.last
            if last and last not in history.in_log and history.in_log.last < last:
                yield f"contact {aggregate}: event {last} is marked as published, the log does not have it"
            continue
        for seq in history.published.without(history.in_log):
            yield f"{history.kind} {aggregate}: event {seq} is marked as published, the log does not have it"
