"""What kinds of aggregates there are, and what is wrong with a single row of an outbox. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from shared.events.attendance import AttendanceFact
from shared.events.catalogue import ProgrammeFact, RunClockSet, RunFact
from shared.events.certificates import CertificateFact, CertificateIssueEnded
from shared.events.delegations import DelegationFact
from shared.events.directory import (
    ContactChanged,
    ContactErased,
    PersonMoved,
    PersonRegistered,
    PostFact,
    UnitRegistered,
)
from shared.events.envelope import Event
from shared.events.evaluation import AnswersAsked, AnswersReleased
from shared.events.followups import FollowUpFact
from shared.events.notification import MessageFact
from shared.events.plans import PlanFact
from shared.events.registry import EVENTS
from shared.events.seats import BucketFact
from shared.events.workshops import WorkshopFact


class Kind(StrEnum):
    BUCKET = "bucket"
    PROGRAMME = "programme"
    RUN = "run"
    UNIT = "unit"
    PERSON = "person"
    POST = "post"
    CONTACT = "contact"
    EVALUATION = "evaluation"
    ASKING = "asking"
    ATTENDANCE = "attendance"
    WORKSHOP = "workshop"
    FOLLOW_UPS = "follow-ups"
    PLAN = "plan"
    DELEGATION = "delegation"
    MESSAGE = "message"
    SERIES = "series"
    ISSUE = "issue"


_KINDS: tuple[tuple[type[Event], Kind], ...] = (
    (BucketFact, Kind.BUCKET),
    (ProgrammeFact, Kind.PROGRAMME),
    (RunFact, Kind.RUN),
    (RunClockSet, Kind.RUN),
    (UnitRegistered, Kind.UNIT),
    (PersonRegistered, Kind.PERSON),
    (PersonMoved, Kind.PERSON),
    (PostFact, Kind.POST),
    (ContactChanged, Kind.CONTACT),
    (ContactErased, Kind.CONTACT),
    (AnswersReleased, Kind.EVALUATION),
    (AnswersAsked, Kind.ASKING),
    (AttendanceFact, Kind.ATTENDANCE),
    (WorkshopFact, Kind.WORKSHOP),
    (FollowUpFact, Kind.FOLLOW_UPS),
    (PlanFact, Kind.PLAN),
    (DelegationFact, Kind.DELEGATION),
    (MessageFact, Kind.MESSAGE),
    (CertificateFact, Kind.SERIES),
    (CertificateIssueEnded, Kind.ISSUE),
)
KIND_OF: Mapping[str, Kind] = {
    name: next(kind for base, kind in _KINDS if issubclass(event, base)) for name, event in EVENTS.items()
}


def row_faults(row: Mapping[str, Any], topic_prefix: str = "") -> Iterator[str]:
    """What the fields of a row, without its body, say against each other."""
    event = EVENTS[row["type"]]
    if row["_id"] != f"{row['aggregate']}:{row['seq']}":
        yield f"outbox row {row['_id']} says it is {row['aggregate']}:{row['seq']}"
    if row["topic"] != topic_prefix + event.topic:
        yield f"outbox row {row['_id']} goes to {row['topic']}, a {event.type} belongs to {topic_prefix}{event.topic}"
    marked = [row.get(name) is not None for name in ("published_at", "partition", "offset")]
    if row.get("pending"):
        if any(marked):
            yield f"outbox row {row['_id']} is pending and published"
    elif not all(marked):
        yield f"outbox row {row['_id']} is neither pending nor published"
