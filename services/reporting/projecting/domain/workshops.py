"""The groups of a run and what has come of its ideas, folded from its events. Pure."""

from datetime import datetime
from typing import NamedTuple

from services.reporting.projecting.domain.nominations import Impossible
from shared.events.envelope import Envelope
from shared.events.workshops import (
    GroupsFact,
    IdeaAdopted,
    IdeaAwarded,
    IdeaReopened,
    IdeaSubmitted,
    IdeaWithdrawn,
    WorkshopFact,
)


class Workshop(NamedTuple):
    """`sizes` are of the groups as they are now. `ideas` are submitted and not taken back, `with_indicator` those of
    them that have one; `adoptions` counts the units that work by one."""

    id: str
    run: str
    sizes: tuple[int, ...]
    ideas: int
    with_indicator: int
    awards: int
    adoptions: int
    last: datetime


def fold_workshop(known: Workshop | None, event: WorkshopFact, envelope: Envelope) -> Workshop:
    """Raises Impossible for ideas that were taken back and never submitted."""
    before = known or Workshop(event.aggregate, event.run, (), 0, 0, 0, 0, envelope.time)
    after = before._replace(last=envelope.time)
    if isinstance(event, GroupsFact):
        return after._replace(sizes=event.sizes)
    if isinstance(event, IdeaSubmitted):
        return after._replace(ideas=before.ideas + 1, with_indicator=before.with_indicator + (event.indicators > 0))
    if isinstance(event, IdeaReopened | IdeaWithdrawn):
        if not before.ideas:
            raise Impossible("an idea is taken back that was not submitted")
        return after._replace(ideas=before.ideas - 1, with_indicator=max(0, before.with_indicator - 1))
    if isinstance(event, IdeaAwarded):
        return after._replace(awards=before.awards + 1)
    return after._replace(adoptions=before.adoptions + 1) if isinstance(event, IdeaAdopted) else after
