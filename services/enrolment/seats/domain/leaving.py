"""Withdrawals that nobody asked for as such: of a person who was erased, and of one who waits and takes over a seat of
the same run. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.enrolment.catalogue import OfferedRun
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.nominations import substitute, withdraw
from services.enrolment.seats.domain.phases import ALLOWED, phase_of
from services.enrolment.seats.domain.transitions import CONFIRMED, Action
from shared.clock import business
from shared.events.seats import WithdrawnBecause


def may_leave(run: OfferedRun, nomination: Nomination, at: datetime) -> bool:
    """What has ended stays as it was: it is history. `at` is system time."""
    return nomination.live and Action.WITHDRAW in _allowed(run, at)


def frees_for_another(run: OfferedRun, nomination: Nomination, at: datetime) -> bool:
    """Whether somebody who waits may have the seat."""
    return nomination.state is CONFIRMED and Action.PROMOTE in _allowed(run, at)


def _allowed(run: OfferedRun, at: datetime) -> frozenset[Action]:
    return ALLOWED[phase_of(run, business(at, run.offset_seconds))]


def leave(bucket: Bucket, nomination: Nomination, waiting: Sequence[Nomination], because: WithdrawnBecause) -> Outcome:
    """`waiting` as for `withdraw`."""
    outcome = withdraw(bucket, nomination, waiting)
    withdrawn = outcome.events[0].model_copy(update={"because": because})
    return replace(outcome, events=(withdrawn, *outcome.events[1:]))


def swap(bucket: Bucket, nomination: Nomination, other: Nomination, waits: Nomination) -> Outcome:
    """A substitution by somebody who waits for a seat of the same bucket, and waits no longer: one step."""
    left = leave(bucket, waits, (), WithdrawnBecause.SWAPPED)
    done = substitute(left.bucket, nomination, other)
    return Outcome(done.bucket, (*left.nominations, *done.nominations), (*left.events, *done.events))
