"""What can be refused about seats. Each has a stable code; api.py says it in Thai and English.

Refused
├── UnknownNomination        NoSeatsForUnit         NotEligible (catalogue/eligibility.py says which rule)
├── AlreadyNominated         AlreadyApproved        AlreadyRejected       AlreadyWithdrawn     NotConfirmed
├── BucketClosed             NominationNotOpen      SubstituteOfOtherUnit UnknownPerson        UnknownRun
└── allocation: UnknownTarget  UnknownUnit  BangkokHasNoOffice  BucketOutOfScope  SeatsAboveCapacity
                SeatsAboveTarget  SeatsBelowConfirmed  BucketTwice
"""

from shared.errors import Refused


class UnknownNomination(Refused):
    code = "unknown-nomination"


class UnknownPerson(Refused):
    code = "unknown-person"


class UnknownRun(Refused):
    code = "unknown-run"


class NoSeatsForUnit(Refused):
    """The person's unit has no bucket in this run, nor does a pool above it."""

    code = "no-seats-for-unit"


class AlreadyNominated(Refused):
    code = "already-nominated"


class AlreadyApproved(Refused):
    code = "already-approved"


class AlreadyRejected(Refused):
    code = "already-rejected"


class AlreadyWithdrawn(Refused):
    code = "already-withdrawn"


class NotConfirmed(Refused):
    code = "not-confirmed"


class BucketClosed(Refused):
    code = "run-closed"


class NominationNotOpen(Refused):
    """Before the run was opened, or after its nomination window."""

    code = "nomination-not-open"


class SubstituteOfOtherUnit(Refused):
    code = "substitute-of-other-unit"


class UnknownTarget(Refused):
    code = "unknown-target"


class UnknownUnit(Refused):
    code = "unknown-unit"


class BangkokHasNoOffice(Refused):
    code = "bangkok-has-no-office"


class BucketOutOfScope(Refused):
    """A provincial bucket for a central target group, or the other way round."""

    code = "bucket-out-of-scope"


class BucketTwice(Refused):
    code = "bucket-twice"


class SeatsAboveCapacity(Refused):
    code = "seats-above-capacity"


class SeatsAboveTarget(Refused):
    code = "seats-above-target"


class SeatsBelowConfirmed(Refused):
    code = "seats-below-confirmed"
