"""Who decides steps of approval in the name of somebody who is away, and how long: because that one has said so, or
because he or she acts in the post of the head of a unit. Pure.

One who acts for another does so with that one's steps and units, and not for those for whom that one acts: there are no
chains. Times are business time of the run on which is decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.enrolment.directory import Acting
from services.enrolment.seats.domain.approvals import ROLES, steps_of
from services.enrolment.seats.domain.delegation_refusals import (
    DelegateAway,
    DelegateIsYourself,
    DelegationBackwards,
    NothingToDelegate,
)
from shared.clock import midnight
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.seats import Approver
from shared.rights import Principal, Scope

# Every management post is that of the head of its unit, who is the superior of its people and of those below it. No
# post says who does the personnel work of an office, or organises a programme: these steps are left by a person alone.
STEPS_OF_POSTS: Final[Mapping[str, tuple[Approver, ...]]] = {
    "PROV_HEAD": (Approver.SUPERVISOR,),
    "GROUP_HEAD": (Approver.SUPERVISOR,),
    "UNIT_DIRECTOR": (Approver.SUPERVISOR,),
}


@dataclass(frozen=True, slots=True)
class Delegation:
    """`absent` is the subject that is away, with the unit and the steps that it had when it said so. By a post it is
    the holder on the day that was asked about, if there is one, and the rest is that of the post: `created_at` is None,
    and `ends_at` where no last day is known. `seq` is that of its last event."""

    id: str
    absent: str | None
    unit: str
    steps: tuple[Approver, ...]
    delegate: str
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime | None
    ended: bool = False
    seq: int = 0

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        begins_before = self.ends_at is None or starts_at < self.ends_at
        return not self.ended and self.starts_at < ends_at and begins_before

    @property
    def in_the_name_of(self) -> Principal:
        """Who is away, as far as steps are concerned."""
        return Principal(self.absent or "", frozenset(ROLES[step] for step in self.steps), self.unit)

    def scope_of(self, step: Approver, organiser: str | None) -> Scope:
        """Whose nominations that wait for this step the delegate sees: the organiser's are of all units."""
        scope = steps_of(self.in_the_name_of).get(step, Scope())
        if step is not Approver.ORGANISER or step not in self.steps:
            return scope
        return Scope(all=organiser is None or scope.covers_unit(organiser))


def delegate(
    by: Principal, to: str, starts_at: datetime, ends_at: datetime, away: Sequence[Delegation], *, id: str, at: datetime
) -> Delegation:
    """`away` are the delegations that the delegate has made."""
    steps = tuple(step for step in Approver if step in steps_of(by))
    if by.unit is None or not steps:
        raise NothingToDelegate()
    if to == by.subject:
        raise DelegateIsYourself()
    if starts_at >= ends_at:
        raise DelegationBackwards()
    if any(one.overlaps(starts_at, ends_at) for one in away):
        raise DelegateAway()
    # In whole seconds, as the rest: what is told now is what is read later.
    return Delegation(id, by.subject, by.unit, steps, to, starts_at, ends_at, at.replace(microsecond=0))


def given(delegation: Delegation) -> DelegationGiven:
    """Of one that is new."""
    return DelegationGiven(**_told(delegation), starts_at=delegation.starts_at, ends_at=delegation.ends_at)


def revoked(delegation: Delegation) -> DelegationRevoked:
    return DelegationRevoked(**_told(delegation))


def _told(delegation: Delegation) -> dict[str, Any]:
    fields = {name: getattr(delegation, name) for name in ("unit", "absent", "delegate", "steps")}
    return {"delegation": delegation.id, **fields}


def by_post(acting: Acting) -> Delegation:
    """From the morning of the first day to the end of the last one. Its id is that of the holding."""
    holding = acting.holding
    ends_at = None if holding.valid_to is None else midnight(holding.valid_to + timedelta(days=1))
    steps = STEPS_OF_POSTS.get(holding.post, ())
    starts_at = midnight(holding.valid_from)
    return Delegation(holding.id, acting.holder, holding.unit, steps, holding.person, starts_at, ends_at, None)
