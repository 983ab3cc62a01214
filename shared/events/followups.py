"""What has to be done after a run: tasks that are assigned, reported done and given back. They are one aggregate of the
run, keyed by it. Evidence and reasons stay at home."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from shared.events.envelope import Event, EventModel, open_enum
from shared.events.seats import Place
from shared.events.topics import FOLLOWUPS


class Per(StrEnum):
    """Who has a task of a deliverable: every provincial office, every province group by the office of its hub, or
    every participant."""

    PROVINCE = "PROVINCE"
    GROUP = "GROUP"
    PERSON = "PERSON"


class ReopenedBecause(StrEnum):
    """REOPENED: whoever had reported it has taken that back. RETURNED: the organiser has given it back."""

    REOPENED = "REOPENED"
    RETURNED = "RETURNED"


OpenPer = Annotated[Per | str, open_enum(Per)]
OpenReopened = Annotated[ReopenedBecause | str, open_enum(ReopenedBecause)]
_PREFIX: Final = "follow-ups:"


def followups_aggregate(run: str) -> str:
    """The run itself is another aggregate, of the catalogue."""
    return f"{_PREFIX}{run}"


class FollowUpTask(EventModel):
    """A task: `place.unit` reports it, and `person` is whose it is, where it is one person's."""

    task: str
    place: Place
    person: str | None = None


class FollowUpFact(Event):
    """What every event of the follow-up of a run carries: the deliverable, the day by which it is due, as it was
    written, and the fiscal year (Buddhist) it counts in. Whether something is overdue is in no event: that is a
    question of when it is asked."""

    topic: ClassVar[str] = FOLLOWUPS.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str | None] = "follow-ups"

    programme: str
    run: str
    deliverable: str
    per: OpenPer
    due: date
    fiscal_year: int

    @property
    def aggregate(self) -> str:
        return followups_aggregate(self.run)


class FollowUpsAssigned(FollowUpFact):
    """Up to a hundred tasks, each of them once."""

    type: ClassVar[str] = "enrolment.follow-ups-assigned.v1"

    tasks: tuple[FollowUpTask, ...]


class FollowUpCompleted(FollowUpFact):
    """A task was reported done, with evidence."""

    type: ClassVar[str] = "enrolment.follow-up-completed.v1"

    task: FollowUpTask


class FollowUpReopened(FollowUpFact):
    """A task that was done is to be done."""

    type: ClassVar[str] = "enrolment.follow-up-reopened.v1"

    task: FollowUpTask
    because: OpenReopened
