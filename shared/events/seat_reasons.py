"""Why something became of a bucket or of a nomination."""

from enum import StrEnum


class SeatsChangedBecause(StrEnum):
    """Why, where nobody has given or taken any: one of the pool has gone over to whom it is offered to, or is back."""

    OFFERED = "OFFERED"
    RETURNED = "RETURNED"
    RELEASED = "RELEASED"  # nobody had claimed them on the day of the release


class ConfirmedBy(StrEnum):
    """Why a seat was given."""

    NOMINATION = "NOMINATION"
    APPROVAL = "APPROVAL"
    PROMOTION = "PROMOTION"
    SUBSTITUTION = "SUBSTITUTION"
    LATE_ENTRY = "LATE_ENTRY"
    OFFER = "OFFER"  # of the pool, and accepted
    TRANSFER = "TRANSFER"  # the person moved to this office, and the nomination followed
    RUN_CHANGED = "RUN_CHANGED"  # the run was split, or became one with this one, and the seat came along
    RELEASE = "RELEASE"  # nobody had claimed it on the day of the release


class WithdrawnBecause(StrEnum):
    """Why a nomination was withdrawn, where nobody asked for it."""

    ERASED = "ERASED"
    SWAPPED = "SWAPPED"  # the person takes over a seat of the same run instead of waiting
    FOLLOWED = "FOLLOWED"  # the person moved to another office, where another nomination takes its place
    MOVED = "MOVED"  # the person moved to another office, and the organiser let the nomination go
    MERGED = "MERGED"  # the person was in both of two runs that became one, and keeps the other nomination
    DECLINED = "DECLINED"  # the seat that was offered, and the programme asks nobody twice
    OFFER_EXPIRED = "OFFER_EXPIRED"  # the same, without an answer in time
