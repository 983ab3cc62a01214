"""What stands in the document of a nomination that may be offered a seat of the pool: the pool, and one of two times
that are there only while they count, so that indexes hold no other."""

from datetime import datetime
from typing import Final

from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.offer_reasons import OfferReason, OfferWhy
from services.enrolment.seats.domain.released import Served
from services.enrolment.seats.domain.transitions import OFFERED, WAITLISTED
from shared.mongo import Document

TIMES: Final = frozenset({"waits_since", "offered_until"})
OF_POOL: Final = ("pool", *sorted(TIMES))
BECAUSE: Final = "offered_because"
LET_GO: Final = "let_go"


def times_of(nomination: Nomination, at: datetime) -> Document:
    """`at` is when it became what it is."""
    if nomination.state is WAITLISTED:
        return {"waits_since": nomination.waits_since or at}
    return {"offered_until": nomination.offered_until} if nomination.state is OFFERED else {}


def reason_document(reason: OfferReason) -> Document:
    """Why this one was offered the seat; the numbers are of that moment."""
    served = reason.served
    return {"why": reason.why.value} | ({} if served is None else {"served": [served.confirmed, served.seats]})


def reason_of(row: Document) -> OfferReason:
    return OfferReason(OfferWhy(row["why"]), Served(*row["served"]) if "served" in row else None)
