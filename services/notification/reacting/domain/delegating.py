"""What this service does about delegations. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from services.notification.reacting.domain.folds import delegation_of
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.envelope import Envelope, Event


def on_delegation_given(batch: ReactionBatch, envelope: Envelope, event: DelegationGiven) -> None:
    """Whoever is to decide hears of it; who is away has said so. From then on there is a digest every morning."""
    batch.delegations[event.delegation] = delegation_of(event)
    batch.tell_delegate(event, Kind.DELEGATION_GIVEN, envelope)


def on_delegation_revoked(batch: ReactionBatch, _: Envelope, event: DelegationRevoked) -> None:
    """There is no digest any more. Nobody is told: who is back decides again."""
    batch.delegations[event.delegation] = None


Handler = Callable[[ReactionBatch, Envelope, Any], None]
ON_DELEGATIONS: Final[Mapping[type[Event], Handler]] = {
    DelegationGiven: on_delegation_given,
    DelegationRevoked: on_delegation_revoked,
}
