"""Events into rows, rollups and descriptions, a generation at a time.

The face is pure: what storage and answers are made of. The loops are imported from their modules by who holds them.
"""

from services.reporting.projecting.domain.buckets import NO_GROUPS, Bucket, counted_at
from services.reporting.projecting.domain.descriptions import (
    CANCELLED,
    Description,
    Membership,
    Programme,
    Run,
    Unit,
)
from services.reporting.projecting.domain.generations import CONSUMER
from services.reporting.projecting.domain.nominations import NominationRow, Place
from services.reporting.projecting.domain.rollups import (
    RANK_DIGITS,
    STATE_LETTERS,
    Cell,
    Rollup,
    RollupChange,
    confirmed_in,
    counter,
)

__all__ = [
    "CANCELLED",
    "CONSUMER",
    "NO_GROUPS",
    "RANK_DIGITS",
    "STATE_LETTERS",
    "Bucket",
    "Cell",
    "Description",
    "Membership",
    "NominationRow",
    "Place",
    "Programme",
    "Rollup",
    "RollupChange",
    "Run",
    "Unit",
    "confirmed_in",
    "counted_at",
    "counter",
]
