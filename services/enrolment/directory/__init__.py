"""Units, provinces and their groups, positions and people.

The face: all that another feature may import. Pure; what reads and writes is handed over by the composition root.
"""

from services.enrolment.directory.domain.people import POSTS, Assignment
from services.enrolment.directory.domain.reference import OPS, bundled
from services.enrolment.directory.domain.refusals import PersonErased, UnknownLevel, UnknownPost, UnknownUnit
from services.enrolment.directory.domain.units import Unit, place_on, root_unit

__all__ = [
    "OPS",
    "POSTS",
    "Assignment",
    "PersonErased",
    "Unit",
    "UnknownLevel",
    "UnknownPost",
    "UnknownUnit",
    "bundled",
    "place_on",
    "root_unit",
]
