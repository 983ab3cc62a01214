"""What this service does about development plans. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from shared.events.envelope import Envelope, Event
from shared.events.plans import PlanAgreed, PlanReopened, PlanReopenedBecause, PlanSubmitted


def on_plan_submitted(batch: ReactionBatch, envelope: Envelope, event: PlanSubmitted) -> None:
    """Whoever decides hears that something waits, not whose it is."""
    batch.tell_of_plans(event, Kind.PLANS_SUBMITTED, envelope)


def on_plan_agreed(batch: ReactionBatch, envelope: Envelope, event: PlanAgreed) -> None:
    batch.tell_of_plan(event, Kind.PLAN_AGREED, envelope)


def on_plan_reopened(batch: ReactionBatch, envelope: Envelope, event: PlanReopened) -> None:
    """Who has taken the own plan back, or revises it, knows."""
    if event.because == PlanReopenedBecause.RETURNED:
        batch.tell_of_plan(event, Kind.PLAN_RETURNED, envelope)


Handler = Callable[[ReactionBatch, Envelope, Any], None]
ON_PLANS: Final[Mapping[type[Event], Handler]] = {
    PlanSubmitted: on_plan_submitted,
    PlanAgreed: on_plan_agreed,
    PlanReopened: on_plan_reopened,
}
