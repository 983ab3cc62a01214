"""Which types of events a consumer handles, in a form that can be stored and compared over releases.

A position moves on over types that nobody handles: what a later release handles for the first time has passed already.
So a generation stores what it folds from its first record on, and a release that handles more begins a new one.
"""

from collections.abc import Collection

from shared.events.envelope import Event


def handled_types(handled: Collection[type[Event]]) -> list[str]:
    """The canonical list to store with a generation: names such as `enrolment.seat-confirmed.v1`, sorted, each once.

    `handled` is a table of handlers (its keys) or any collection of event classes.
    """
    return sorted({event.type for event in handled})
