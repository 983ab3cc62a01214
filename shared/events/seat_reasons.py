"""Why a bucket has other seats than before."""

from enum import StrEnum


class SeatsChangedBecause(StrEnum):
    """Why, where nobody has given or taken any: one of the pool has gone over to whom it is offered to, or is back."""

    OFFERED = "OFFERED"
    RETURNED = "RETURNED"
    RELEASED = "RELEASED"  # nobody had claimed them on the day of the release
