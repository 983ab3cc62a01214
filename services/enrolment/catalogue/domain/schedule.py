"""Times and places of runs: fills in what is left open, refuses the impossible, warns of the unwise. Pure.

A holiday, a weekend or a taken room is a warning, not a refusal: ministries do train on Saturdays, and two runs may
share a hall. Labour Day is not a government holiday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from services.enrolment.catalogue.domain.refusals import CohortTwice, RunTimes, SessionTimes, WindowTimes
from services.enrolment.catalogue.domain.runs import Plan
from shared.clock import BANGKOK
from shared.events.catalogue import Session, Venue
from shared.thai import government_holidays, is_government_working_day, local_date, normalise

OFFICE_ENDS: Final = time(16, 30)
SHORTEST: Final = timedelta(hours=3)


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


@dataclass(frozen=True)
class Notice:
    """A warning. `code` has its sentences in responses.py."""

    code: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Neighbour:
    """Another run at the same place."""

    run: str
    title: str
    sessions: tuple[Session, ...]


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
    if closes_at is not None and (closes_at > ends_at or (opens_at is not None and opens_at >= closes_at)):
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
    )


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


def notices_of(plan: Plan, neighbours: Iterable[Neighbour]) -> list[Notice]:
    """The first call in a process reads the calendar (0.3 s): call it from a thread."""
    days = sorted({local_date(session.starts_at) for session in plan.sessions})
    notices = []
    for day in days:
        if not is_government_working_day(day):
            holiday = government_holidays(day.year).get(day)
            details = {"date": day.isoformat(), "cohort": plan.cohort, "holiday": holiday}
            notices.append(Notice("not-a-working-day" if holiday is None else "on-a-holiday", details))
    overlapping = (other for other in neighbours if _overlap(plan, other))
    return notices + [
        Notice("venue-taken", {"cohort": plan.cohort, "run": other.run, "by": other.title}) for other in overlapping
    ]


def place_key(venue: Venue) -> str | None:
    """The same key for the same room or hall; None when the venue names neither."""
    if not (venue.name or venue.room):
        return None
    parts = (venue.name, venue.room, venue.floor, venue.building, venue.site, venue.province_code)
    return "|".join(normalise(part or "").replace(" ", "").casefold() for part in parts)


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


def _overlap(plan: Plan, other: Neighbour) -> bool:
    return any(
        ours.starts_at < theirs.ends_at and theirs.starts_at < ours.ends_at
        for ours in plan.sessions
        for theirs in other.sessions
    )
