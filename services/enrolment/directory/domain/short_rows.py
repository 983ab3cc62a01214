"""Rows of text that end before their last columns: were these empty, or is a delimiter lost? Pure.

A lost delimiter moves every value behind it by a column, so that a person would get the telephone number of another
column, or a wrong name. It cannot be lost when the last value of the row is of a form that none of the columns behind
it has.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.enrolment.directory.domain.cells import parse_date, parse_email, plain_text
from services.enrolment.directory.domain.columns import PHONES, Columns
from services.enrolment.directory.domain.phones import parse_phone
from shared.errors import Refused
from shared.thai import is_blank

_NUMBER: Final = "number"  # a serial number of a day may be a telephone number, or an id
_FORMS: Final[Mapping[str, str]] = {
    **{column: column for column in ("citizenId", "unit", "email")},
    **dict.fromkeys((*PHONES, "birthDate", "startDate", "externalId", "level", "dpisLevel"), _NUMBER),
}
_PARSED: Final[Mapping[str, Callable[[str], Any]]] = {
    "email": parse_email,
    **dict.fromkeys(PHONES, parse_phone),
    "birthDate": parse_date,
    "startDate": parse_date,
}


def ends_early(columns: Columns, cells: tuple[str, ...], also: Mapping[str, Callable[[str], Any]]) -> bool:
    """Whether nothing is lost of a row with these cells; `also` parse the columns that need more than the cell."""
    by_column = dict(zip(columns.at, cells, strict=True))
    last = max((one for one, cell in by_column.items() if not is_blank(cell)), key=columns.at.__getitem__, default="")
    parse = {**_PARSED, **also}.get(last)
    if parse is None:
        return False
    known = {place: column for column, place in columns.at.items()}
    behind = [known.get(place) for place in range(columns.at[last] + 1, len(columns.header))]
    if any(column is None or _FORMS.get(column) == _FORMS[last] for column in behind):
        return False
    try:
        parse(plain_text(by_column[last]))
    except Refused:
        return False
    return True
