"""What may come in as a text, an id, a year or a moment: one type each, for bodies and queries alike. Knows no service.

A text that is refused never reaches a store, a sheet, a mail or a terminal; lengths are looked at before the signs.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.thai import is_blank, normalise
from shared.thai.dates import BUDDHIST_OFFSET, LAST_YEAR

LONGEST_ID: Final = 64
LONGEST_NAME: Final = 200  # of who calls, as the issuer of tokens names people and units
LONGEST_PATH: Final = 400  # of a request; ids are all that varies in it
# The first whole year in which a Buddhist year begins in January, so that adding 543 is right.
FIRST_MOMENT: Final = 1941
FIRST_FISCAL, LAST_FISCAL = FIRST_MOMENT + BUDDHIST_OFFSET, LAST_YEAR + BUDDHIST_OFFSET + 1
MOST_INTEGER: Final = 2**63 - 1
# The same for pydantic, for readers of the API document, and for JavaScript.
PRINTABLE: Final = r"^[^\u0000-\u001F\u007F-\u009F]*$"
PARAGRAPHS: Final = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_PARAGRAPHS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BETWEEN: Final = f"Between the years {FIRST_MOMENT} and {LAST_YEAR}; kept in whole seconds."


def one_line(text: str) -> str:
    """As it is stored. Raises PydanticCustomError."""
    return normalise(_seen(text, _CONTROL))


def paragraphs(text: str) -> str:
    """The same of several lines. Raises PydanticCustomError."""
    seen = _seen(text.replace("\r\n", "\n"), _CONTROL_IN_PARAGRAPHS)
    return "\n".join(map(normalise, seen.split("\n"))).strip("\n")


def _seen(text: str, forbidden: re.Pattern[str]) -> str:
    if forbidden.search(text) is not None:
        raise PydanticCustomError("text_control", "has control characters")
    if is_blank(text):
        raise PydanticCustomError("text_blank", "has nothing to see in it")
    return text


def _within_reach(moment: datetime) -> datetime:
    """In UTC and whole seconds, so that it equals what the database returns."""
    if not FIRST_MOMENT <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("moment_range", "too early or too late", {"first": FIRST_MOMENT, "last": LAST_YEAR})
    return moment.astimezone(UTC).replace(microsecond=0)


Id = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID, pattern=PRINTABLE)]
# What is looked for; an empty one does not narrow.
Term = Annotated[str, StringConstraints(max_length=LONGEST_ID, pattern=PRINTABLE)]
Subject = Annotated[str, StringConstraints(max_length=LONGEST_NAME, pattern=PRINTABLE)]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    Field(json_schema_extra={"pattern": PRINTABLE}),
    AfterValidator(one_line),
]
Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    Field(json_schema_extra={"pattern": PRINTABLE}),
    AfterValidator(one_line),
]
Remark = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    Field(json_schema_extra={"pattern": PARAGRAPHS}),
    AfterValidator(paragraphs),
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    Field(json_schema_extra={"pattern": PARAGRAPHS}),
    AfterValidator(paragraphs),
]
FiscalYear = Annotated[
    int, Field(ge=FIRST_FISCAL, le=LAST_FISCAL, description="Buddhist year in which the fiscal year ends.")
]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach), Field(description=_BETWEEN)]
