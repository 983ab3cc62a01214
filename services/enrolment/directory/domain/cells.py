"""Single cells of an import, and everything that can be wrong with a cell or a row. Pure."""

import re
from datetime import date
from typing import Final

from services.enrolment.directory.domain.cell_refusals import (
    CellIsError,
    CellNotComputed,
    CellUnreadable,
    DateAmbiguous,
    DateImpossible,
    DateUnreadable,
    DateYearOutOfRange,
    EmailInvalid,
    TextGarbled,
)
from shared.errors import Refused
from shared.sheets.found import NOT_COMPUTED
from shared.sheets.table import LONGEST_CELL
from shared.thai import ThaiDateError, is_blank, normalise, parse_thai_date
from shared.thai.dates import DASHES
from shared.values import DateBuddhistIso

LONGEST_SHOWN: Final = 40
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}(?<!\.)@(?:{_LABEL}\.)+[A-Za-z]{{2,}}")
_IN_ANGLES = re.compile(r"[^<>@]*<([^<>]*)>")
_BESIDE_EMAIL = re.compile(
    r"^(?:mailto:|e-?mail ?(?:address)? ?:|อีเมล์? ?:?)\s*|\s*\([^()@]*\)$|\?(?:subject|body|cc)=.*$", re.IGNORECASE
)
_EMAIL_SIGNS: Final = str.maketrans("。｡", "..", '"“”‘’')
_BETWEEN_EMAILS = re.compile(r"(?:[\s;,<>()\[\]]|mailto:)+", re.IGNORECASE)
# Numbers, codes and addresses, of which nothing has to be changed; the signs that errors and formulas begin with are
# looked at below.
_AS_IT_IS = re.compile(f"[0-9A-DF-Za-df-z][0-9A-Za-z@._-]{{0,{LONGEST_CELL - 1}}}")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # but for those that are white space
_AS_TEXT = re.compile(r"'(.+?)'?|=\"(.*)\"")
_ERROR = re.compile(r"#N/A|#[A-Z_/0-9]{2,20}[!?]|#GETTING_DATA|#{2,}|ERR:[0-9]{3}", re.IGNORECASE)  # of any program
_OF_NO_VALUE: Final = ("#", "E", "e", "=")  # how errors and formulas begin
_FORMULA = re.compile(r"=[^=].*", re.DOTALL)
# Thai of one encoding read in another: ¹ÒÂ and à¸™à¸²à¸¢ for นาย, เธชเธกเธŠ for สมช, and the sign for what is lost.
_GARBLED = re.compile("(?=.?.?[\u00c0-\u00ff])[\u00a1-\u00ff]{3}|(?:เ[ธน].){3}|\ufffd")
# Marks of Thai that stand higher or further left, as fonts of Windows draw them: they come along from a PDF. And wide
# letters and digits, as keyboards of East Asia write them.
_SHIFTED = re.compile("[\uf700-\uf71a\uff01-\uff5e]")
_TONES: Final = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
_SHIFTED_TO: Final = f"ฐ\u0e34\u0e35\u0e36\u0e37{_TONES}{_TONES}ญ\u0e31\u0e4d\u0e47{_TONES}\u0e38\u0e39\u0e3a"
_AS_SEEN: Final = {chr(0xF700 + at): sign for at, sign in enumerate(_SHIFTED_TO)} | {
    chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)
}
_UNSAID: Final = frozenset({"0", "n/a", "na", "nan", "null", "none", "nil", "unknown", "ว่าง", "(ว่าง)"})
_UNSAID_OF = re.compile(
    r"(?:ยัง)?ไม่(?:มี|ระบุ|ทราบ|ปรากฏ)(?: ?(?:ข้อมูล|อีเมลล?์?|e-?mail|ตำแหน่ง|คำนำหน้า|วันเกิด))?|no e-?mail", re.IGNORECASE
)
ERASED: Final = "-"  # asks for a value to be removed; an empty cell says nothing

_DATE_ERRORS: Final[dict[str, type[Refused]]] = {
    error.code: error for error in (DateUnreadable, DateImpossible, DateYearOutOfRange, DateAmbiguous, DateBuddhistIso)
}


def plain_text(cell: str) -> str:
    """One line of normalised text; empty when there is nothing to see in it. Raises CellUnreadable, before any work is
    done on a cell that is too long, and for signs that are commands to a terminal; CellNotComputed, also for a formula
    that became text; CellIsError for an error's name; TextGarbled."""
    if not cell or _AS_IT_IS.fullmatch(cell):
        return cell
    if cell == NOT_COMPUTED:
        raise CellNotComputed()
    if len(cell) > LONGEST_CELL or _CONTROLS.search(cell):
        raise CellUnreadable(limit=LONGEST_CELL)
    text = "" if is_blank(cell) else _without_marks(normalise(unshifted(cell)))
    if text[:1] in _OF_NO_VALUE:
        if _ERROR.fullmatch(text):
            raise CellIsError(text=text)
        if _FORMULA.fullmatch(text):
            raise CellNotComputed()
    if not text.isascii() and _GARBLED.search(text):
        raise TextGarbled(text=text[:LONGEST_SHOWN])
    return text


def unshifted(text: str) -> str:
    return text if text.isascii() else _SHIFTED.sub(lambda found: _AS_SEEN[found[0]], text)


def _without_marks(text: str) -> str:
    """Without the signs by which a spreadsheet is told that a value is text: 'value and ="value"."""
    match = _AS_TEXT.fullmatch(text)
    return text if match is None else (match[1] or match[2] or "").strip()


def is_erased(text: str) -> bool:
    return len(text) == 1 and text.translate(DASHES) == ERASED


def is_unsaid(text: str) -> bool:
    """Whether a cell says that whoever filled it in knows no value: by a word for it, by signs alone, or by the 0 that
    a formula makes of an empty cell."""
    if text.casefold() in _UNSAID or not (text[:1].isalnum() or any(sign.isalnum() for sign in text)):
        return True
    return _UNSAID_OF.fullmatch(text) is not None


def shown(name: str) -> str:
    """A header as it may be repeated, in a report or on a terminal."""
    return normalise(unshifted(_CONTROLS.sub("", name[:LONGEST_CELL])))


def parse_email(text: str) -> str:
    """As written, with the domain in lower case, without a label, a name or a note beside it, or quotes around it.
    Raises EmailInvalid, for several addresses too: one of them would get what is meant for one person, and nobody has
    said which."""
    plain = text.translate(_EMAIL_SIGNS)
    if plain.count("@") > 1:  # the same one twice: t@moi.go.th <mailto:t@moi.go.th>
        plain = " ".join({one.casefold(): one for one in _BETWEEN_EMAILS.split(plain) if one}.values())
    address = _BESIDE_EMAIL.sub("", _IN_ANGLES.sub(r"\1", plain)).strip("()[] ").rstrip(" .;,/'")
    if len(address) > 254 or not _EMAIL.fullmatch(address) or ".." in address or address.startswith("."):
        raise EmailInvalid(text=text[:LONGEST_SHOWN])
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.lower()}"


def parse_date(text: str) -> date:
    """In any of the forms of shared/thai. Raises one of the date errors, with the text."""
    try:
        return parse_thai_date(text)
    except ThaiDateError as error:
        meant = {name: value for name, value in error.details.items() if name == "meant"}
        raise _DATE_ERRORS[error.code](text=text[:LONGEST_SHOWN], **meant) from error
