"""Why this one is offered a seat of the pool, and nobody else. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from services.enrolment.seats.domain.released import Served


class OfferWhy(StrEnum):
    WAITED_LONGEST = "waited-longest"
    PRIMARY_FIRST = "primary-first"
    UNDER_SERVED = "under-served"


@dataclass(frozen=True, slots=True)
class OfferReason:
    """`served`: what the office had before the offer, where that was the reason and other offices waited, too."""

    why: OfferWhy
    served: Served | None = None
