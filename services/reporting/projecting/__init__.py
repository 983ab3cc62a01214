"""Events into rows, rollups and descriptions, a generation at a time.

The face is pure: what storage and answers are made of. The loops are imported from their modules by who holds them.
"""

from services.reporting.projecting.domain.attendance import (
    ATTENDED,
    ATTENDED_ACTING,
    ATTENDED_HEADS,
    CERTIFIED,
    HELD_MINUTES,
    NO_SHOW,
    PRESENT_MINUTES,
    Absence,
    AttendanceChange,
)
from services.reporting.projecting.domain.buckets import NO_GROUPS, Bucket, counted_at
from services.reporting.projecting.domain.certificates import Issue
from services.reporting.projecting.domain.descriptions import (
    CANCELLED,
    Description,
    Membership,
    Programme,
    Run,
    Unit,
)
from services.reporting.projecting.domain.evaluations import Evaluated
from services.reporting.projecting.domain.followups import DONE, OF_OFFICES, TASKS, FollowUp, FollowUpChange
from services.reporting.projecting.domain.generations import CONSUMER
from services.reporting.projecting.domain.nominations import NominationRow, Place
from services.reporting.projecting.domain.plans import PlansChange, PlansOfYear
from services.reporting.projecting.domain.rollups import (
    ACTING,
    ANY_WARNING,
    CLASS_A,
    CLASS_B,
    HEADS,
    RANK_DIGITS,
    STATE_LETTERS,
    Cell,
    Rollup,
    RollupChange,
    confirmed_in,
    counter,
    counters,
    is_of_all,
)
from services.reporting.projecting.domain.workshops import Workshop

__all__ = [
    "ACTING",
    "ANY_WARNING",
    "ATTENDED",
    "ATTENDED_ACTING",
    "ATTENDED_HEADS",
    "CANCELLED",
    "CERTIFIED",
    "CLASS_A",
    "CLASS_B",
    "CONSUMER",
    "DONE",
    "HEADS",
    "HELD_MINUTES",
    "NO_GROUPS",
    "NO_SHOW",
    "OF_OFFICES",
    "PRESENT_MINUTES",
    "RANK_DIGITS",
    "STATE_LETTERS",
    "TASKS",
    "Absence",
    "AttendanceChange",
    "Bucket",
    "Cell",
    "Description",
    "Evaluated",
    "FollowUp",
    "FollowUpChange",
    "Issue",
    "Membership",
    "NominationRow",
    "Place",
    "PlansChange",
    "PlansOfYear",
    "Programme",
    "Rollup",
    "RollupChange",
    "Run",
    "Unit",
    "Workshop",
    "confirmed_in",
    "counted_at",
    "counter",
    "counters",
    "is_of_all",
]
