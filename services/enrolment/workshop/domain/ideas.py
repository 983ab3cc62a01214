"""An idea of a group, and what may become of it: one literal table. Pure.

A draft is the group's own; what was submitted is judged as it stands. An idea is adopted with or without an award, by
any number of units, and measured there by its own indicators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from services.enrolment.workshop.domain.groups import Member, Workshop, told_of
from services.enrolment.workshop.domain.idea_refusals import (
    AdoptedThere,
    IdeaInScoring,
    IdeaState,
    IdeaWithoutIndicator,
    NotAdoptedThere,
    ScoringIsOpen,
    TooManyIdeas,
    TooManyMeasurements,
    UnknownIndicator,
)
from shared.events import workshops as events
from shared.events.workshops import MOST_RESULTS, WorkshopFact

MOST_IDEAS: Final = MOST_RESULTS
MOST_WRITTEN: Final = 1_000  # together with those that were given up
MOST_RECORDS: Final = 100  # adoptions and measurements of an idea


class State(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    AWARDED = "AWARDED"
    ADOPTED = "ADOPTED"
    WITHDRAWN = "WITHDRAWN"


class Action(StrEnum):
    CHANGE = "change"
    SUBMIT = "submit"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    SCORE = "score"
    AWARD = "award"
    ADOPT = "adopt"
    MEASURE = "measure"


# What is not here is refused.
TRANSITIONS: Final[Mapping[tuple[State, Action], State]] = {
    (State.DRAFT, Action.CHANGE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.REOPEN): State.DRAFT,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.SCORE): State.SUBMITTED,
    (State.SUBMITTED, Action.AWARD): State.AWARDED,
    (State.SUBMITTED, Action.ADOPT): State.ADOPTED,
    (State.AWARDED, Action.ADOPT): State.ADOPTED,
    (State.ADOPTED, Action.ADOPT): State.ADOPTED,
    (State.ADOPTED, Action.MEASURE): State.ADOPTED,
}
# What was ready to be judged, whatever has become of it since.
ENTERED: Final = frozenset({State.SUBMITTED, State.AWARDED, State.ADOPTED})


class Prototype(StrEnum):
    """How far it is: thought of, drawn, made, tried with those who are to use it."""

    CONCEPT = "CONCEPT"
    SKETCH = "SKETCH"
    PROTOTYPE = "PROTOTYPE"
    TESTED = "TESTED"


class Better(StrEnum):
    """Which way is the better one."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What tells whether the idea works. `measure` is what the numbers count."""

    name: str
    measure: str
    better: Better = Better.HIGHER
    baseline: float | None = None
    target: float | None = None

    def reached(self, value: float) -> bool | None:
        """None without a target."""
        if self.target is None:
            return None
        return value >= self.target if self.better is Better.HIGHER else value <= self.target


@dataclass(frozen=True, slots=True)
class Content:
    """What the group says."""

    title: str
    problem: str
    users: str
    prototype: Prototype
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    unit: str
    since: date


@dataclass(frozen=True, slots=True)
class Measurement:
    """`indicator` counts from 1."""

    unit: str
    indicator: int
    on: date
    value: float
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Idea:
    """`award` 1 is the first prize; `points` are the mean of so many `judges`, known when scoring is closed. `version`
    counts what was written."""

    id: str
    run: str
    group: int
    content: Content
    state: State = State.DRAFT
    award: int | None = None
    rank: int | None = None
    points: float | None = None
    judges: int = 0
    tied: bool = False
    adoptions: tuple[Adoption, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    version: int = 1

    def after(self, action: Action) -> State:
        """Raises IdeaState."""
        state = TRANSITIONS.get((self.state, action))
        if state is None:
            raise IdeaState(state=self.state.value)
        return state


@dataclass(frozen=True, slots=True)
class IdeaOutcome:
    """The workshop and the idea afterwards, and what happened, in order."""

    workshop: Workshop
    idea: Idea
    events: tuple[WorkshopFact, ...] = ()


def begin(workshop: Workshop, idea: Idea) -> IdeaOutcome:
    """A new draft. Raises NoGroups, UnknownGroup, IdeaInScoring and TooManyIdeas."""
    workshop.require_group(idea.group)
    _require_before_jury(workshop)
    if workshop.ideas >= MOST_IDEAS or workshop.written >= MOST_WRITTEN:
        raise TooManyIdeas(most=MOST_IDEAS)
    return IdeaOutcome(replace(workshop, ideas=workshop.ideas + 1, written=workshop.written + 1), idea)


def begin_submitted(workshop: Workshop, idea: Idea) -> IdeaOutcome:
    """A new idea, submitted at once: all or nothing. Raises what `begin` and `submit` do."""
    submitted = submit(begin(workshop, idea).workshop, idea)
    return replace(submitted, idea=replace(submitted.idea, version=idea.version))


def change(workshop: Workshop, idea: Idea, content: Content) -> IdeaOutcome:
    """Raises IdeaState."""
    state = idea.after(Action.CHANGE)
    return IdeaOutcome(workshop, _written(idea, state=state, content=content))


def submit(workshop: Workshop, idea: Idea) -> IdeaOutcome:
    """Raises IdeaState, IdeaInScoring and IdeaWithoutIndicator."""
    state = idea.after(Action.SUBMIT)
    _require_before_jury(workshop)
    if not idea.content.indicators:
        raise IdeaWithoutIndicator()
    fact = events.IdeaSubmitted(**_of(workshop, idea), indicators=len(idea.content.indicators))
    return _told(workshop, _written(idea, state=state), fact)


def reopen(workshop: Workshop, idea: Idea) -> IdeaOutcome:
    """Raises IdeaState and IdeaInScoring."""
    state = idea.after(Action.REOPEN)
    _require_before_jury(workshop)
    return _told(workshop, _written(idea, state=state), events.IdeaReopened(**_of(workshop, idea)))


def withdraw(workshop: Workshop, idea: Idea) -> IdeaOutcome:
    """Raises IdeaState and IdeaInScoring."""
    state = idea.after(Action.WITHDRAW)
    _require_before_jury(workshop)
    fewer = replace(workshop, ideas=workshop.ideas - 1)
    if idea.state is State.DRAFT:
        return IdeaOutcome(fewer, _written(idea, state=state))
    return _told(fewer, _written(idea, state=state), events.IdeaWithdrawn(**_of(workshop, idea)))


def award(workshop: Workshop, idea: Idea, prize: int, members: Sequence[Member]) -> IdeaOutcome:
    """`members` are those of its group. Of several ideas with the same prize each has won. Raises IdeaState and
    ScoringIsOpen."""
    state = idea.after(Action.AWARD)
    if workshop.scoring is not None and workshop.scoring.open:
        raise ScoringIsOpen()
    people = tuple(told_of(one, idea.group) for one in members)
    fact = events.IdeaAwarded(**_of(workshop, idea), award=prize, members=people)
    return _told(workshop, _written(idea, state=state, award=prize), fact)


def adopt(workshop: Workshop, idea: Idea, adoption: Adoption) -> IdeaOutcome:
    """Raises IdeaState, ScoringIsOpen, AdoptedThere and TooManyMeasurements."""
    state = idea.after(Action.ADOPT)
    if workshop.scoring is not None and workshop.scoring.open:
        raise ScoringIsOpen()
    if any(one.unit == adoption.unit for one in idea.adoptions):
        raise AdoptedThere(unit=adoption.unit)
    _require_room(idea)
    fact = events.IdeaAdopted(**_of(workshop, idea), unit=adoption.unit, since=adoption.since)
    return _told(workshop, _written(idea, state=state, adoptions=(*idea.adoptions, adoption)), fact)


def measure(workshop: Workshop, idea: Idea, unit: str, indicator: int, on: date, value: float) -> IdeaOutcome:
    """Raises IdeaState, UnknownIndicator, NotAdoptedThere and TooManyMeasurements."""
    state = idea.after(Action.MEASURE)
    if not 1 <= indicator <= len(idea.content.indicators):
        raise UnknownIndicator(indicator=indicator)
    if not any(one.unit == unit and one.since <= on for one in idea.adoptions):
        raise NotAdoptedThere(unit=unit)
    _require_room(idea)
    reached = idea.content.indicators[indicator - 1].reached(value)
    measured = Measurement(unit, indicator, on, value, reached)
    fact = events.IdeaMeasured(**_of(workshop, idea), unit=unit, indicator=indicator, on=on, reached=reached)
    return _told(workshop, _written(idea, state=state, measurements=(*idea.measurements, measured)), fact)


def _require_before_jury(workshop: Workshop) -> None:
    """Drafts may be written at any time; what is judged stands still once the jury has begun."""
    if workshop.scoring is not None and (workshop.scoring.begun or not workshop.scoring.open):
        raise IdeaInScoring()


def _require_room(idea: Idea) -> None:
    if len(idea.adoptions) + len(idea.measurements) >= MOST_RECORDS:
        raise TooManyMeasurements(most=MOST_RECORDS)


def _written(idea: Idea, **changes: object) -> Idea:
    return replace(idea, version=idea.version + 1, **changes)  # type: ignore[arg-type]


def _told(workshop: Workshop, idea: Idea, fact: WorkshopFact) -> IdeaOutcome:
    return IdeaOutcome(workshop.advanced([fact]), idea, (fact,))


def _of(workshop: Workshop, idea: Idea) -> dict[str, object]:
    return {
        "programme": workshop.programme,
        "run": workshop.run,
        "fiscal_year": workshop.fiscal_year,
        "idea": idea.id,
        "group": idea.group,
    }
