"""Groups of a run's people, and the ideas that come of them: one aggregate of a run, keyed by the run.

What an idea says, and what the jury says of it, stays at home.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import Field

from shared.events.envelope import Event, EventModel, open_enum
from shared.events.seats import Place
from shared.events.topics import WORKSHOPS

MOST_MEMBERS: Final = 100  # of an event, and of a group
MOST_RESULTS: Final = 200  # of an event, and ideas of a run


class PlacedBy(StrEnum):
    """Why somebody is in a group: the rule that made the groups, the organiser's hand, an exchange of two, a seat that
    was got later, or the seat of somebody else that was taken over."""

    RULE = "RULE"
    HAND = "HAND"
    EXCHANGE = "EXCHANGE"
    SEAT = "SEAT"
    SUBSTITUTION = "SUBSTITUTION"


class LeftBecause(StrEnum):
    """The seat is no longer this person's, or it has gone to another run together with the person."""

    SEAT_LOST = "SEAT_LOST"
    OTHER_RUN = "OTHER_RUN"


class Spread(StrEnum):
    """By what people are spread over groups: office, level, target group, region."""

    UNIT = "UNIT"
    LEVEL = "LEVEL"
    TARGET = "TARGET"
    REGION = "REGION"


_PREFIX: Final = "workshop:"


def workshop_aggregate(run: str) -> str:
    """The run itself is another aggregate, of the catalogue."""
    return f"{_PREFIX}{run}"


class GroupMember(EventModel):
    """Somebody in a group, or who was in it; `before` is the group that this one was in until now."""

    nomination: str
    person: str
    target: str
    bucket_unit: str
    place: Place
    group: int
    before: int | None = None


class IdeaResult(EventModel):
    """What the jury came to: mean points of so many judges. Whoever has as many has the same rank, and is `tied`."""

    idea: str
    group: int
    rank: int
    points: float
    judges: int
    tied: bool = False


class WorkshopFact(Event):
    """What every event about the groups and ideas of a run carries."""

    topic: ClassVar[str] = WORKSHOPS.name
    key_field: ClassVar[str] = "run"
    aggregate_kind: ClassVar[str | None] = "workshop"

    programme: str
    run: str
    fiscal_year: int

    @property
    def aggregate(self) -> str:
        return workshop_aggregate(self.run)


class GroupsFact(WorkshopFact):
    """`sizes` are those of all groups after it, in the order of their numbers, which begin with 1."""

    sizes: tuple[int, ...]


class GroupsMade(GroupsFact):
    """There are so many groups from now on, and nobody is in any; who was, is so no longer."""

    type: ClassVar[str] = "enrolment.groups-made.v1"

    spread: tuple[Annotated[Spread | str, open_enum(Spread)], ...] = ()


class GroupMembersPlaced(GroupsFact):
    """People are in these groups from now on. `last`: a deal by the rule ends with it, and sizes differ by one at
    most."""

    type: ClassVar[str] = "enrolment.group-members-placed.v1"

    by: Annotated[PlacedBy | str, open_enum(PlacedBy)]
    members: Annotated[tuple[GroupMember, ...], Field(max_length=MOST_MEMBERS)]
    last: bool = False


class GroupMembersLeft(GroupsFact):
    """People are in no group any more."""

    type: ClassVar[str] = "enrolment.group-members-left.v1"

    because: Annotated[LeftBecause | str, open_enum(LeftBecause)]
    members: Annotated[tuple[GroupMember, ...], Field(max_length=MOST_MEMBERS)]


class GroupsLocked(GroupsFact):
    """Nobody is put into another group any more; who loses the seat leaves all the same."""

    type: ClassVar[str] = "enrolment.groups-locked.v1"


class GroupsUnlocked(GroupsFact):
    """People may be put into other groups again."""

    type: ClassVar[str] = "enrolment.groups-unlocked.v1"


class IdeaFact(WorkshopFact):
    """About one idea of a group."""

    idea: str
    group: int


class IdeaSubmitted(IdeaFact):
    """An idea is ready to be judged, with so many indicators."""

    type: ClassVar[str] = "enrolment.idea-submitted.v1"

    indicators: Annotated[int, Field(ge=1)]


class IdeaReopened(IdeaFact):
    """A submitted idea is a draft again."""

    type: ClassVar[str] = "enrolment.idea-reopened.v1"


class IdeaWithdrawn(IdeaFact):
    """A submitted idea was given up. Of a draft that was given up nothing is told."""

    type: ClassVar[str] = "enrolment.idea-withdrawn.v1"


class ScoringClosed(WorkshopFact):
    """The jury has scored; the ideas that anybody scored, the best first."""

    type: ClassVar[str] = "enrolment.scoring-closed.v1"

    results: Annotated[tuple[IdeaResult, ...], Field(max_length=MOST_RESULTS)]


class IdeaAwarded(IdeaFact):
    """An idea has won; `award` 1 is the first prize. `members` are those of its group now."""

    type: ClassVar[str] = "enrolment.idea-awarded.v1"

    award: int
    members: Annotated[tuple[GroupMember, ...], Field(max_length=MOST_MEMBERS)]


class IdeaAdopted(IdeaFact):
    """A unit works by the idea since that day."""

    type: ClassVar[str] = "enrolment.idea-adopted.v1"

    unit: str
    since: date


class IdeaMeasured(IdeaFact):
    """An indicator of an idea was measured where it was adopted; `indicator` counts from 1. `reached` None: no target
    was set."""

    type: ClassVar[str] = "enrolment.idea-measured.v1"

    unit: str
    indicator: int
    on: date
    reached: bool | None = None
