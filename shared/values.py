"""What may come in as a text, an id, a year or a moment: one type each, for bodies and queries alike. Knows no service.

A text that is refused never reaches a store, a sheet, a mail or a terminal; lengths are looked at before the signs.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from shared.errors import Refused
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
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_DAY: Final = re.compile(r"\s*([0-9]{4})(-?[0-9]{2}-?[0-9]{2})(?![0-9])")
_DIGITS: Final = re.compile(r"\s*[-+]?[0-9.]+\s*")
_BETWEEN: Final = f"Between the years {FIRST_MOMENT} and {LAST_YEAR}; kept in whole seconds."


class DateBuddhistIso(
    Refused,
    code="date-buddhist-iso",
    status=422,
    th="“{text}” มีปี พ.ศ. ในรูปแบบสากล ซึ่งต้องเป็น ค.ศ. หากหมายถึง {meant} กรุณาแก้เป็นค่านั้น",
    en="“{text}” has a Buddhist year where ISO has one of the Common era. If {meant} is meant, please write that.",
):
    """In a cell, a body or a query. Details: text, meant, both without the time; of a body or query also errors."""


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


def common_era(written: str) -> tuple[str, str] | None:
    """The day at the beginning of an ISO moment whose year can only be a Buddhist one, and the day that was meant.

    Told by the text, because 29 February 2567 is a day of 2024 and none of 2567. None also for a day that there is in
    neither era: nobody can have meant that.
    """
    found = _ISO_DAY.match(written)
    if found is None or not FIRST_MOMENT <= int(found[1]) - BUDDHIST_OFFSET <= LAST_YEAR:
        return None
    meant = f"{int(found[1]) - BUDDHIST_OFFSET}{found[2]}"
    try:
        date.fromisoformat(meant)
    except ValueError:
        return None
    return found[0].strip(), meant


def _within_reach(moment: datetime) -> datetime:
    """In UTC and whole seconds, so that it equals what the database returns."""
    if not FIRST_MOMENT <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("moment_range", "too early or too late", {"first": FIRST_MOMENT, "last": LAST_YEAR})
    return moment.astimezone(UTC).replace(microsecond=0)


class _Written:
    """A moment is written with its parts. pydantic would take digits alone, 25670513 or "25670513", for seconds."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        moment = handler(source)
        # A strict moment is made of a text of JSON; behind a function the text is one of Python, and is not taken.
        text = core_schema.no_info_plain_validator_function(_text_of_moment)
        json = core_schema.chain_schema([text, cast(core_schema.CoreSchema, {**moment, "strict": False})])
        python = core_schema.no_info_before_validator_function(_not_digits, moment)
        return core_schema.json_or_python_schema(json_schema=json, python_schema=python)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core_schema.datetime_schema())


def _text_of_moment(given: object) -> object:
    if not isinstance(given, str):
        raise PydanticCustomError("datetime_type", "must be a moment")
    return _not_digits(given)


def _not_digits(given: object) -> object:
    if isinstance(given, int | float) or (isinstance(given, str) and _DIGITS.fullmatch(given) is not None):
        raise PydanticCustomError("datetime_parsing", "is a number, not a moment")
    return given


def _day(given: object) -> object:
    """Written with its parts too; the year is looked at with the text, which tells a Buddhist one."""
    if isinstance(given, date):
        return given
    if not isinstance(given, str) or _DAY.fullmatch(given) is None:
        raise PydanticCustomError("date_parsing", "must be a day as YYYY-MM-DD")
    if not FIRST_MOMENT <= int(given[:4]) <= LAST_YEAR:
        raise PydanticCustomError("date_range", "too early or too late", {"first": FIRST_MOMENT, "last": LAST_YEAR})
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise PydanticCustomError("date_parsing", "there is no such day") from None


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
Moment = Annotated[AwareDatetime, _Written(), AfterValidator(_within_reach), Field(description=_BETWEEN)]
WrittenDay = Annotated[date, Field(description=f"As YYYY-MM-DD, between the years {FIRST_MOMENT} and {LAST_YEAR}.")]
Day = Annotated[WrittenDay, BeforeValidator(_day)]
# Before a union of numbers and written days, so that what is wrong with a day is told of the field.
OR_DAY: Final = BeforeValidator(lambda value: value if isinstance(value, int) else _day(value))
