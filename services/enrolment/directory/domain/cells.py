"""Single cells of an import, and everything that can be wrong with a cell or a row. Pure."""

import re
import unicodedata
from datetime import date
from typing import Final

from services.enrolment.directory.domain.refusals import (
    CellUnreadable,
    DateAmbiguous,
    DateImpossible,
    DateUnreadable,
    DateYearOutOfRange,
    EmailInvalid,
    PhoneInvalid,
)
from shared.errors import Refused
from shared.sheets.rows import LONGEST_CELL
from shared.thai import ThaiDateError, is_blank, normalise, parse_thai_date
from shared.thai.dates import ARABIC_DIGITS

LONGEST_SHOWN: Final = 40
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z]{{2,}}")
_PHONE = re.compile(r"(\+?[0-9]{8,15})(?:(?:ต่อ|ext|x|#)([0-9]{1,6}))?", re.IGNORECASE)
_PHONE_SIGNS = re.compile(r"[\s().\-]")


_DATE_ERRORS: Final[dict[str, type[Refused]]] = {
    error.code: error for error in (DateUnreadable, DateImpossible, DateYearOutOfRange, DateAmbiguous)
}


def plain_text(cell: str) -> str:
    """One line of normalised text; empty when there is nothing to see in it. Raises CellUnreadable, before any work is
    done on a cell that is too long, and for signs that are commands to a terminal."""
    if len(cell) > LONGEST_CELL or any(_is_control(sign) for sign in cell):
        raise CellUnreadable(limit=LONGEST_CELL)
    return "" if is_blank(cell) else normalise(cell)


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc" and not sign.isspace()


def shown(name: str) -> str:
    """A header as it may be repeated, in a report or on a terminal."""
    return normalise("".join(sign for sign in name[:LONGEST_CELL] if not _is_control(sign)))


def parse_email(text: str) -> str:
    """As written, with the domain in lower case. Raises EmailInvalid."""
    if len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text:
        raise EmailInvalid()
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def parse_phone(text: str) -> str:
    """Digits and an extension, with the leading zero that spreadsheets drop. Raises PhoneInvalid."""
    match = _PHONE.fullmatch(_PHONE_SIGNS.sub("", text.translate(ARABIC_DIGITS)))
    if match is None:
        raise PhoneInvalid()
    number, extension = match[1], match[2]
    if len(number) in (8, 9) and number[0] not in "0+":
        number = f"0{number}"
    return f"{number} ต่อ {extension}" if extension else number


def parse_date(text: str) -> date:
    """Thai or ISO. Raises one of the date errors, with the text."""
    try:
        return parse_thai_date(text)
    except ThaiDateError as error:
        raise _DATE_ERRORS[error.code](text=text[:LONGEST_SHOWN]) from error
