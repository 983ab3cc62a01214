"""Seats: nominations, approvals, waiting lists and substitutes, bucket by bucket.

A bucket never has more confirmed seats than seats. The face: all that another feature may import. Pure; what reads who
has a seat is handed over by the composition root.
"""

from services.enrolment.seats.domain.holders import Holder

__all__ = ["Holder"]
