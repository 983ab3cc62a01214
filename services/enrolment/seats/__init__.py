"""Seats: nominations, approvals, waiting lists and substitutes, bucket by bucket.

A bucket never has more confirmed seats than seats. The face: all that another feature may import. Pure; what reads who
has a seat, and what nominates for others, is handed over by the composition root.
"""

from services.enrolment.seats.domain.from_elsewhere import SeatNow, WantedSeat
from services.enrolment.seats.domain.holders import Holder
from services.enrolment.seats.http.responses import NominationResponse

__all__ = ["Holder", "NominationResponse", "SeatNow", "WantedSeat"]
