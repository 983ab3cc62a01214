"""Units, provinces and their groups, positions and people.

The face: all that another feature may import. Pure; what reads and writes is handed over by the composition root.
"""

from services.enrolment.directory.domain.cells import shown
from services.enrolment.directory.domain.column_names import by_name
from services.enrolment.directory.domain.columns import Columns, HeaderFinder, known_columns
from services.enrolment.directory.domain.incumbents import Acting, Incumbents
from services.enrolment.directory.domain.people import POSTS, Assignment, Held
from services.enrolment.directory.domain.post_refusals import SeveralRegistered
from services.enrolment.directory.domain.posts import posts_of
from services.enrolment.directory.domain.reference import OPS, bundled
from services.enrolment.directory.domain.refusals import (
    ColumnsMissing,
    DuplicateInFile,
    IdentityMissing,
    PersonErased,
    RowUnreadable,
    RowWidth,
    UnknownLevel,
    UnknownPost,
    UnknownUnit,
)
from services.enrolment.directory.domain.row_cells import Bad, CellReader, undamaged
from services.enrolment.directory.domain.units import Unit, offices_on, place_on, root_unit

__all__ = [
    "OPS",
    "POSTS",
    "Acting",
    "Assignment",
    "Bad",
    "CellReader",
    "Columns",
    "ColumnsMissing",
    "DuplicateInFile",
    "HeaderFinder",
    "Held",
    "IdentityMissing",
    "Incumbents",
    "PersonErased",
    "RowUnreadable",
    "RowWidth",
    "SeveralRegistered",
    "Unit",
    "UnknownLevel",
    "UnknownPost",
    "UnknownUnit",
    "bundled",
    "by_name",
    "known_columns",
    "offices_on",
    "place_on",
    "posts_of",
    "root_unit",
    "shown",
    "undamaged",
]
