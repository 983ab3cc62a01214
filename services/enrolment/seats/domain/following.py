"""A nomination that goes with its person to the office of now: it ends in the bucket that it was of, and another one
begins in that of the new office, of the same target group. Pure.

It is another nomination, for the place that counts is another one, and so is the order of those who wait. Nobody's
approval is asked twice: what was approved takes a free seat there, or waits at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.enrolment.catalogue import OfferedRun, OnMove, misfit
from services.enrolment.directory import Assignment, root_unit
from services.enrolment.seats.domain import nominations as rules
from services.enrolment.seats.domain.leaving import leave
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from services.enrolment.seats.domain.needed import bucket_ids
from services.enrolment.seats.domain.phases import ALLOWED, phase_of
from services.enrolment.seats.domain.transfers import transfer
from services.enrolment.seats.domain.transitions import SUBMITTED, Action
from shared.clock import business
from shared.events.seats import ConfirmedBy, Place, SeatConfirmed, WithdrawnBecause


@dataclass(frozen=True, slots=True)
class Way:
    """What a move makes of a nomination. `to`: the bucket that it goes over to; `asks`: the organiser decides."""

    to: Bucket | None = None
    asks: bool = False


def places_for(run: OfferedRun, nomination: Nomination, unit: str) -> list[str]:
    """Buckets of the same target group that may hold a seat for this unit, nearest first."""
    _, target, _ = nomination.seats_of
    return bucket_ids(run.id, (target,), unit)


def way(
    run: OfferedRun, nomination: Nomination, assignment: Assignment, buckets: Mapping[str, Bucket], at: datetime
) -> Way:
    """By the programme's policy. Where a nomination cannot follow, because there is no open bucket for it or the person
    is not of the group any more, the organiser is asked. Who comes home, or stays in one bucket, as in the pool, has
    nowhere to go. `at` is system time."""
    if run.on_move is not OnMove.FOLLOW:
        return Way(asks=run.on_move is OnMove.ASK)
    nearest = next((buckets[key] for key in places_for(run, nomination, assignment.unit) if key in buckets), None)
    home = root_unit(assignment.unit) == root_unit(nomination.place.unit)
    if home or (nearest is not None and nearest.id == nomination.bucket):
        return Way()
    target = next((group for group in run.targets if group.key == nomination.seats_of[1]), None)
    now = phase_of(run, business(at, run.offset_seconds))
    if nearest is None or target is None or not nearest.open or Action.NOMINATE not in ALLOWED[now]:
        return Way(asks=True)
    return Way(asks=True) if misfit(target, assignment) is not None else Way(nearest)


def follow(
    bucket: Bucket, nomination: Nomination, waiting: Sequence[Nomination], to: Bucket, new: Nomination, run: OfferedRun
) -> tuple[Outcome, Outcome]:
    """In the bucket that is left, whose next moves up (`waiting` as for `withdraw`), and in the other one."""
    moved = transfer(bucket, nomination, new.place.unit, run, asks=False)
    left = leave(moved.bucket, moved.nominations[0], waiting, WithdrawnBecause.FOLLOWED)
    came = rules.nominate(to, new)
    (event,) = came.events
    if isinstance(event, SeatConfirmed):
        came = replace(came, events=(event.model_copy(update={"by": ConfirmedBy.TRANSFER}),))
    return replace(left, events=(*moved.events, *left.events)), came


def followed(nomination: Nomination, to: Bucket, place: Place, new_id: str) -> Nomination:
    """The one that begins there, with the warnings that this one was decided with, at the step of approval that this
    one waits for."""
    begun = Nomination(
        new_id,
        to.id,
        nomination.person,
        nomination.rank,
        place,
        SUBMITTED,
        nominated_by=nomination.nominated_by,
        warnings=nomination.warnings,
        training_class=nomination.training_class,
    )
    if nomination.state is not SUBMITTED:
        return begun
    return replace(
        begun,
        approver=nomination.approver,
        step=nomination.step,
        due_at=nomination.due_at,
        decided=nomination.decided,
    )
