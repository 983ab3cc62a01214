"""Units, people and posts in the database."""

from typing import Final

from services.enrolment.directory.storage.people import (
    PEOPLE,
    People,
    Stored,
    last_keys,
    person_document,
)
from services.enrolment.directory.storage.people_list import PeopleList, Wanted
from services.enrolment.directory.storage.posts import HOLDINGS, POSTS, Posts
from services.enrolment.directory.storage.units import UNITS, Units, unit_document, unit_of

COLLECTIONS: Final = (UNITS, PEOPLE, POSTS, HOLDINGS)

__all__ = [
    "COLLECTIONS",
    "People",
    "PeopleList",
    "Posts",
    "Stored",
    "Units",
    "Wanted",
    "last_keys",
    "person_document",
    "unit_document",
    "unit_of",
]
