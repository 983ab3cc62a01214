"""Times and places of runs: fills in what is left open and refuses the impossible. What is unwise is for the checks of
the programme (judging.py). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

from services.enrolment.catalogue.domain.release import ReleaseAt
from services.enrolment.catalogue.domain.runs import Plan
from services.enrolment.catalogue.domain.schedule_refusals import (
    CohortTwice,
    RunTimes,
    SessionTimes,
    WindowTimes,
    WouldDrop,
)
from shared.clock import BANGKOK
from shared.events.catalogue import Session, Venue
from shared.thai import local_date

OFFICE_ENDS: Final = time(16, 30)
SHORTEST: Final = timedelta(hours=3)
LOSABLE: Final = frozenset({"venue", "sessions", "opensAt", "closesAt", "releaseAt"})  # named as in bodies


@dataclass(frozen=True)
class Proposal:
    """A run as requested. Without sessions it is one session; without an end it lasts until the office closes."""

    capacity: int
    starts_at: datetime
    ends_at: datetime | None = None
    cohort: int | None = None
    sessions: tuple[Session, ...] = ()
    venue: Venue = field(default_factory=Venue)
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    release_at: ReleaseAt | None = None


def plan_of(proposal: Proposal, cohort: int) -> Plan:
    """Raises RunTimes, SessionTimes and WindowTimes."""
    sessions = tuple(sorted(proposal.sessions, key=lambda session: session.starts_at))
    _check_sessions(sessions)
    ends_at = proposal.ends_at or (sessions[-1].ends_at if sessions else _usual_end(proposal.starts_at))
    if ends_at <= proposal.starts_at:
        raise RunTimes()
    if sessions and (sessions[0].starts_at < proposal.starts_at or sessions[-1].ends_at > ends_at):
        raise RunTimes()
    opens_at, closes_at = proposal.opens_at, proposal.closes_at
    closes = closes_at or proposal.starts_at
    if closes > proposal.starts_at or (opens_at is not None and opens_at >= closes):
        raise WindowTimes()
    return Plan(
        cohort=cohort,
        capacity=proposal.capacity,
        starts_at=proposal.starts_at,
        ends_at=ends_at,
        sessions=sessions or (Session(starts_at=proposal.starts_at, ends_at=ends_at),),
        venue=proposal.venue,
        opens_at=opens_at,
        closes_at=closes_at,
        release_at=proposal.release_at,
    )


def require_kept(plan: Plan, unsaid: frozenset[str]) -> None:
    """Raises WouldDrop when what somebody has entered (LOSABLE) is not spoken of in what replaces it."""
    entered = {
        "venue": plan.venue != Venue(),
        "sessions": not in_one(plan),
        "opensAt": plan.opens_at is not None,
        "closesAt": plan.closes_at is not None,
        "releaseAt": plan.release_at is not None,
    }
    lost = sorted(name for name in unsaid if entered[name])
    if lost:
        raise WouldDrop(fields=",".join(lost))


def in_one(plan: Plan) -> bool:
    """Whether it is one session that nobody needs to have entered."""
    return plan.sessions == (Session(starts_at=plan.starts_at, ends_at=plan.ends_at),)


def cohort_numbers(proposals: Sequence[Proposal], taken: Iterable[int]) -> list[int]:
    """Fills in missing numbers after the highest. Raises CohortTwice."""
    used = set(taken)
    numbers = []
    for proposal in proposals:
        number = proposal.cohort or max(used, default=0) + 1
        if number in used:
            raise CohortTwice(cohort=number)
        used.add(number)
        numbers.append(number)
    return numbers


def _check_sessions(sessions: Sequence[Session]) -> None:
    for number, session in enumerate(sessions, start=1):
        if session.ends_at <= session.starts_at:
            raise SessionTimes(session=number)
    for number, (earlier, later) in enumerate(pairwise(sessions), start=2):
        if later.starts_at < earlier.ends_at:
            raise SessionTimes(session=number)


def _usual_end(starts_at: datetime) -> datetime:
    closing = datetime.combine(local_date(starts_at), OFFICE_ENDS, BANGKOK)
    return max(closing, starts_at + SHORTEST)
