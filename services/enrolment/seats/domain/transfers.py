"""Nominations of people who have moved to another office. Pure.

A nomination keeps the place that it was made with: its seat is that office's, and so is every count. Beside it stands
where its person belongs now, as long as that is another office; a move back leaves no mark. A move between work groups
of one office is nobody's business.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.enrolment.catalogue import OfferedRun
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.leaving import leave
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome, advanced, nomination_event
from services.enrolment.seats.domain.transfer_refusals import MoveNotAsked
from services.enrolment.seats.domain.transitions import Action, require
from shared.events.seats import NominationKept, NominationMoved, WithdrawnBecause


def marked(nomination: Nomination, unit: str, *, asks: bool) -> Nomination:
    """The nomination of a person who is of this unit now. Of every office that is new the organiser is asked anew."""
    away = root_unit(unit) != root_unit(nomination.place.unit)
    if root_unit(unit) == root_unit(nomination.unit_now):
        return replace(nomination, present_unit=unit if away else None)
    return replace(nomination, present_unit=unit if away else None, asked=away and asks)


def tells(before: Nomination, after: Nomination) -> bool:
    """Whether the move is one between offices."""
    return root_unit(before.unit_now) != root_unit(after.unit_now)


def transfer(bucket: Bucket, before: Nomination, unit: str, run: OfferedRun, *, asks: bool) -> Outcome:
    """A move between offices."""
    after = marked(before, unit, asks=asks)
    event = nomination_event(
        NominationMoved,
        bucket,
        after,
        from_unit=before.unit_now,
        to_unit=unit,
        asked=after.asked,
        organiser=run.organiser if after.asked else None,
    )
    return Outcome(advanced(bucket), (after,), (event,))


def keep(bucket: Bucket, nomination: Nomination) -> Outcome:
    """The organiser leaves the seat, or the hope for one, to who moved. Raises MoveNotAsked."""
    _require_asked(nomination, Action.KEEP)
    kept = replace(nomination, asked=False)
    return Outcome(advanced(bucket), (kept,), (nomination_event(NominationKept, bucket, kept),))


def release(bucket: Bucket, nomination: Nomination, waiting: Sequence[Nomination]) -> Outcome:
    """The organiser withdraws it; `waiting` as for `withdraw`. Raises MoveNotAsked."""
    _require_asked(nomination, Action.RELEASE)
    return leave(bucket, nomination, waiting, WithdrawnBecause.MOVED)


def _require_asked(nomination: Nomination, action: Action) -> None:
    require(nomination.state, action)
    if not nomination.asked:
        raise MoveNotAsked(nomination=nomination.id)
