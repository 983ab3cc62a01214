"""What this service does about delegations. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain import Kind
from services.notification.reacting.domain.batch import ReactionBatch
from shared.events.delegations import DelegationGiven
from shared.events.envelope import Envelope, Event


def on_delegation_given(batch: ReactionBatch, envelope: Envelope, event: DelegationGiven) -> None:
    """Whoever is to decide hears of it; who is away has said so."""
    batch.tell_delegate(event, Kind.DELEGATION_GIVEN, envelope)


Handler = Callable[[ReactionBatch, Envelope, Any], None]
ON_DELEGATIONS: Final[Mapping[type[Event], Handler]] = {DelegationGiven: on_delegation_given}
