"""What this service does about what is to be done after a run. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from shared.events.envelope import Envelope, Event
from shared.events.followups import FollowUpCompleted, FollowUpReopened, FollowUpsAssigned, ReopenedBecause


def on_follow_ups_assigned(batch: ReactionBatch, envelope: Envelope, event: FollowUpsAssigned) -> None:
    """Whoever has something to do, once for all that is assigned within a few seconds."""
    for task in event.tasks:
        batch.left_to_do(task, event, 1)
        batch.tell_of_task(task, event.run, Kind.FOLLOW_UP_ASSIGNED, envelope)


def on_follow_up_completed(batch: ReactionBatch, envelope: Envelope, event: FollowUpCompleted) -> None:
    batch.left_to_do(event.task, event, -1)


def on_follow_up_reopened(batch: ReactionBatch, envelope: Envelope, event: FollowUpReopened) -> None:
    """Who has taken the own report back knows."""
    batch.left_to_do(event.task, event, 1)
    if event.because == ReopenedBecause.RETURNED:
        batch.tell_of_task(event.task, event.run, Kind.FOLLOW_UP_RETURNED, envelope)


Handler = Callable[[ReactionBatch, Envelope, Any], None]
ON_FOLLOW_UPS: Final[Mapping[type[Event], Handler]] = {
    FollowUpsAssigned: on_follow_ups_assigned,
    FollowUpCompleted: on_follow_up_completed,
    FollowUpReopened: on_follow_up_reopened,
}
