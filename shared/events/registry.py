"""Every event there is, by its type: all event classes of these modules, one for each owning context."""

from collections.abc import Iterator
from types import ModuleType
from typing import Final

from shared.events import (
    attendance,
    catalogue,
    certificates,
    delegations,
    directory,
    evaluation,
    followups,
    notification,
    offers,
    plans,
    seats,
    workshops,
)
from shared.events.envelope import Event

# Who publishes the events of a module: the first part of their type.
CONTEXTS: Final[dict[ModuleType, str]] = {
    directory: "enrolment",
    catalogue: "enrolment",
    seats: "enrolment",
    attendance: "enrolment",
    offers: "enrolment",
    workshops: "enrolment",
    evaluation: "enrolment",
    certificates: "enrolment",
    followups: "enrolment",
    plans: "enrolment",
    delegations: "enrolment",
    notification: "notification",
}


def _events_of(module: ModuleType) -> Iterator[type[Event]]:
    """In the order in which they are written; what only others build on has no type."""
    for member in vars(module).values():
        if isinstance(member, type) and issubclass(member, Event) and "type" in vars(member):
            yield member


EVENTS: Final[dict[str, type[Event]]] = {event.type: event for module in CONTEXTS for event in _events_of(module)}
OWNERS: Final = tuple(dict.fromkeys(CONTEXTS.values()))
