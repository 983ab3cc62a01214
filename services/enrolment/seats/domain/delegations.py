"""Who decides steps of approval in the name of somebody who is away, and how long. Pure.

One who acts for another does so with that one's steps and units, and not for those for whom that one acts: there are no
chains. Times are business time of the run on which is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.enrolment.seats.domain.approvals import ROLES, steps_of
from services.enrolment.seats.domain.delegation_refusals import (
    DelegateAway,
    DelegateIsYourself,
    DelegationBackwards,
    NothingToDelegate,
)
from shared.events.seats import Approver
from shared.rights import Principal, Scope


@dataclass(frozen=True, slots=True)
class Delegation:
    """`absent` is the subject that is away, with the unit and the steps that it had when it said so."""

    id: str
    absent: str
    unit: str
    steps: tuple[Approver, ...]
    delegate: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    ended: bool = False

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        return not self.ended and self.starts_at < ends_at and starts_at < self.ends_at

    @property
    def in_the_name_of(self) -> Principal:
        """Who is away, as far as steps are concerned."""
        return Principal(self.absent, frozenset(ROLES[step] for step in self.steps), self.unit)

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
