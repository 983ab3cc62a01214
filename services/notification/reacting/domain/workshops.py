"""What this service does about groups and ideas: a part of the table of handlers. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import member_of
from shared.events.envelope import Envelope, Event
from shared.events.workshops import (
    GroupMembersLeft,
    GroupMembersPlaced,
    GroupsLocked,
    GroupsMade,
    GroupsUnlocked,
    IdeaAdopted,
    IdeaAwarded,
    IdeaMeasured,
    IdeaReopened,
    IdeaSubmitted,
    IdeaWithdrawn,
    ScoringClosed,
)


def on_group_members_placed(batch: ReactionBatch, envelope: Envelope, event: GroupMembersPlaced) -> None:
    """Whoever is in the same group as before is told nothing."""
    for member in event.members:
        if member.before != member.group:
            batch.notify(member_of(event, member), Kind.GROUP_PLACED, envelope, seated=False)


def on_idea_awarded(batch: ReactionBatch, envelope: Envelope, event: IdeaAwarded) -> None:
    for member in event.members:
        batch.notify(member_of(event, member), Kind.IDEA_AWARDED, envelope, seated=False)


def on_nothing(batch: ReactionBatch, envelope: Envelope, event: Event) -> None:
    """Nobody is told. It is followed all the same: whoever has seen it may ask here for what comes of it."""


ON_WORKSHOPS: Final[Mapping[type[Event], Callable[[ReactionBatch, Envelope, Any], None]]] = {
    GroupMembersPlaced: on_group_members_placed,
    IdeaAwarded: on_idea_awarded,
    GroupsMade: on_nothing,
    GroupMembersLeft: on_nothing,
    GroupsLocked: on_nothing,
    GroupsUnlocked: on_nothing,
    IdeaSubmitted: on_nothing,
    IdeaReopened: on_nothing,
    IdeaWithdrawn: on_nothing,
    ScoringClosed: on_nothing,
    IdeaAdopted: on_nothing,
    IdeaMeasured: on_nothing,
}
