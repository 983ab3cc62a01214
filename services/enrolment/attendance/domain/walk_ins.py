"""People who stand at the door and are on no list: walk-ins, and substitutes that nobody has announced. Pure.

Whoever is at the door is written down at once, by name. The organiser says later who that was: a nomination, which may
be one that was entered late, or a substitute's; or that it was nobody. Nothing of it is thrown away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.enrolment.attendance.domain.walk_in_refusals import WalkInSettled


class WalkInState(StrEnum):
    OPEN = "OPEN"
    MATCHED = "MATCHED"
    DISMISSED = "DISMISSED"


class Step(StrEnum):
    """SETTLE it so, KEEP what was decided (it is the same), or REFUSE."""

    SETTLE = "settle"
    KEEP = "keep"
    REFUSE = "refuse"


# By the state that it has and the one that it would have; of matches the nomination must be the same, too.
STEPS: Final[Mapping[tuple[WalkInState, WalkInState], Step]] = {
    (WalkInState.OPEN, WalkInState.MATCHED): Step.SETTLE,
    (WalkInState.OPEN, WalkInState.DISMISSED): Step.SETTLE,
    (WalkInState.MATCHED, WalkInState.MATCHED): Step.KEEP,
    (WalkInState.MATCHED, WalkInState.DISMISSED): Step.REFUSE,
    (WalkInState.DISMISSED, WalkInState.MATCHED): Step.SETTLE,  # it was somebody after all
    (WalkInState.DISMISSED, WalkInState.DISMISSED): Step.KEEP,
}


@dataclass(frozen=True, slots=True)
class WalkIn:
    """`name` and `office` are as somebody has typed them at the door; None when they were removed. `in_place_of`: the
    nomination of whom the person stands in for. `session` and `at` (business time) are as they were written down, also
    where there is no such session; `came_session` and `came_at` what the organiser says instead. Other times are system
    time."""

    id: str
    run: str
    session: int
    at: datetime
    name: str | None
    office: str | None
    in_place_of: str | None
    recorded_at: datetime
    by: str
    device: str | None = None
    state: WalkInState = WalkInState.OPEN
    nomination: str | None = None
    person: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    came_session: int | None = None
    came_at: datetime | None = None

    @property
    def came(self) -> tuple[int, datetime]:
        """To which session, and when."""
        return self.came_session or self.session, self.came_at or self.at


def put_right(walk_in: WalkIn, session: int | None, at: datetime | None) -> WalkIn:
    """What the organiser says of where and when, kept beside what was written down; None: as it is. Raises
    WalkInSettled for one that was matched with another."""
    said = replace(walk_in, came_session=session or walk_in.came_session, came_at=at or walk_in.came_at)
    if said.came != walk_in.came and walk_in.state is WalkInState.MATCHED:
        raise WalkInSettled(state=walk_in.state.value)
    return walk_in if said.came == walk_in.came else said


def matched(walk_in: WalkIn, nomination: str, person: str, reason: str | None, by: str, now: datetime) -> WalkIn:
    """Raises WalkInSettled when it was somebody else."""
    step = STEPS[walk_in.state, WalkInState.MATCHED]
    if step is Step.KEEP:
        if walk_in.nomination != nomination:
            raise WalkInSettled(state=walk_in.state.value)
        return walk_in
    settled = replace(walk_in, state=WalkInState.MATCHED, nomination=nomination, person=person)
    return _decided(settled, reason, by, now)


def without_texts(walk_in: WalkIn) -> WalkIn:
    """What is left when it turns out to be somebody who was erased."""
    return replace(walk_in, name=None, office=None, reason=None)


def dismissed(walk_in: WalkIn, reason: str, by: str, now: datetime) -> WalkIn:
    """Raises WalkInSettled for one that was matched: that is put right by a correction."""
    step = STEPS[walk_in.state, WalkInState.DISMISSED]
    if step is Step.REFUSE:
        raise WalkInSettled(state=walk_in.state.value)
    if step is Step.KEEP:
        return walk_in
    return _decided(replace(walk_in, state=WalkInState.DISMISSED), reason, by, now)


def _decided(walk_in: WalkIn, reason: str | None, by: str, now: datetime) -> WalkIn:
    """A reason goes with the name, so none is kept once that is gone: nothing would find it any more."""
    return replace(walk_in, reason=None if walk_in.name is None else reason, decided_at=now, decided_by=by)
