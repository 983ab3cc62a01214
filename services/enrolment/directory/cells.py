"""Single cells of an import, and everything that can be wrong with a cell or a row. Pure."""

import re
import unicodedata
from datetime import date
from typing import Final

from shared.errors import Refused
from shared.thai import ThaiDateError, normalise, parse_thai_date
from shared.thai.dates import ARABIC_DIGITS

LONGEST_CELL: Final = 300
LONGEST_SHOWN: Final = 40
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z]{{2,}}")
_PHONE = re.compile(r"(\+?[0-9]{8,15})(?:(?:ต่อ|ext|x|#)([0-9]{1,6}))?", re.IGNORECASE)
_PHONE_SIGNS = re.compile(r"[\s().\-]")


# Refused
# ├── RowUnreadable      bytes that are no text, or a quote that is never closed
# ├── RowWidth           another number of cells than the header (details: expected, found)
# ├── RequiredMissing
# ├── IdentityMissing    neither citizen id nor external id
# ├── DuplicateInFile    an earlier row is of the same person (details: first)
# ├── IdentityConflict   citizen id and external id belong to two people
# ├── CitizenIdInvalid
# ├── LevelMismatch      level and DPIS level say different things (details: level, other)
# ├── CellUnreadable     control characters, or too long (details: limit)
# ├── EmailInvalid
# ├── PhoneInvalid
# └── DateUnreadable, DateImpossible, DateYearOutOfRange, DateAmbiguous   as shared.thai has it (details: text)
class RowUnreadable(
    Refused,
    code="row-unreadable",
    status=422,
    th="อ่านแถวนี้ไม่ได้ อาจมีเครื่องหมายอัญประกาศที่ไม่ปิด หรืออักขระที่เสียหาย",
    en="This row cannot be read: a quote is not closed, or some characters are damaged.",
):
    pass


class RowWidth(
    Refused,
    code="row-width",
    status=422,
    th="แถวนี้มี {found} ช่อง แต่หัวตารางมี {expected} ช่อง",
    en="This row has {found} cells, but the header has {expected}.",
):
    pass


class RequiredMissing(
    Refused,
    code="required-missing",
    status=422,
    th="ต้องระบุข้อมูลในช่องนี้",
    en="This cell must not be empty.",
):
    pass


class IdentityMissing(
    Refused,
    code="identity-missing",
    status=422,
    th="ต้องระบุเลขประจำตัวประชาชนหรือรหัสบุคลากรอย่างน้อยหนึ่งอย่าง ระบบไม่ใช้อีเมลระบุตัวบุคคล",
    en="A citizen id or an external id is needed. An e-mail address does not tell people apart.",
):
    pass


class DuplicateInFile(
    Refused,
    code="duplicate-in-file",
    status=422,
    th="บุคคลนี้ปรากฏอยู่แล้วในแถวที่ {first} ของไฟล์เดียวกัน",
    en="This person is already in line {first} of the same file.",
):
    pass


class IdentityConflict(
    Refused,
    code="identity-conflict",
    status=409,
    th="เลขประจำตัวประชาชนและรหัสบุคลากรในแถวนี้เป็นของคนละคนกัน กรุณาตรวจสอบ",
    en="The citizen id and the external id of this row belong to two different people.",
):
    pass


class CitizenIdInvalid(
    Refused,
    code="citizen-id-invalid",
    status=422,
    th="เลขประจำตัวประชาชนไม่ถูกต้อง ต้องเป็นเลข 13 หลัก (หากเปิดด้วย Excel ให้กำหนดคอลัมน์เป็นข้อความ)",
    en="This is not a citizen id: 13 digits are expected. (In Excel, format the column as text.)",
):
    pass


class LevelMismatch(
    Refused,
    code="level-mismatch",
    status=422,
    th="ระดับตำแหน่ง ({level}) ไม่ตรงกับระดับในระบบ DPIS ({other})",
    en="The level ({level}) and the level of DPIS ({other}) do not agree.",
):
    pass


class CellUnreadable(
    Refused,
    code="cell-unreadable",
    status=422,
    th="ข้อความในช่องนี้ยาวเกิน {limit} ตัวอักษร หรือมีอักขระที่มองไม่เห็น",
    en="This text is longer than {limit} characters, or has control characters.",
):
    pass


class EmailInvalid(
    Refused,
    code="email-invalid",
    status=422,
    th="ที่อยู่อีเมลไม่ถูกต้อง",
    en="This is not an e-mail address.",
):
    pass


class PhoneInvalid(
    Refused,
    code="phone-invalid",
    status=422,
    th="หมายเลขโทรศัพท์ไม่ถูกต้อง",
    en="This is not a telephone number.",
):
    pass


_DATE_TH: Final = "กรุณาเขียนเป็น พ.ศ. เช่น 31/8/2563 หรือ 31 ส.ค. 63"
_DATE_EN: Final = "Write it in the Buddhist era, as 31/8/2563, or as 2020-08-31."


class DateUnreadable(
    Refused,
    code="date-unreadable",
    status=422,
    th=f"อ่านวันที่ “{{text}}” ไม่ได้ {_DATE_TH}",
    en=f"“{{text}}” is no date. {_DATE_EN}",
):
    pass


class DateImpossible(
    Refused,
    code="date-impossible",
    status=422,
    th=f"ไม่มีวันที่ “{{text}}” ในปฏิทิน {_DATE_TH}",
    en=f"There is no such day as “{{text}}”. {_DATE_EN}",
):
    pass


class DateYearOutOfRange(
    Refused,
    code="date-year-out-of-range",
    status=422,
    th=f"ปีของวันที่ “{{text}}” ไม่ถูกต้อง อาจบวก 543 ซ้ำ {_DATE_TH}",
    en=f"The year of “{{text}}” cannot be: 543 may have been added twice. {_DATE_EN}",
):
    pass


class DateAmbiguous(
    Refused,
    code="date-ambiguous",
    status=422,
    th=f"วันที่ “{{text}}” ไม่ชัดเจนว่าเป็น พ.ศ. หรือ ค.ศ. {_DATE_TH}",
    en=f"“{{text}}” may be of the Buddhist or the Common era. {_DATE_EN}",
):
    pass


_DATE_ERRORS: Final[dict[str, type[Refused]]] = {
    error.code: error for error in (DateUnreadable, DateImpossible, DateYearOutOfRange, DateAmbiguous)
}


def parse_text(text: str) -> str:
    """One line of normalised text. Raises CellUnreadable."""
    plain = normalise(text)
    if len(plain) > LONGEST_CELL or any(unicodedata.category(sign) == "Cc" for sign in plain):
        raise CellUnreadable(limit=LONGEST_CELL)
    return plain


def parse_email(text: str) -> str:
    """Kept as written but for the case of the domain. Raises EmailInvalid."""
    if len(text) > 254 or not _EMAIL.fullmatch(text) or ".." in text:
        raise EmailInvalid()
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def parse_phone(text: str) -> str:
    """Digits, with the zero in front that spreadsheets cut off, and an extension. Raises PhoneInvalid."""
    found = _PHONE.fullmatch(_PHONE_SIGNS.sub("", text.translate(ARABIC_DIGITS)))
    if found is None:
        raise PhoneInvalid()
    number, extension = found[1], found[2]
    if len(number) in (8, 9) and number[0] not in "0+":
        number = f"0{number}"
    return f"{number} ต่อ {extension}" if extension else number


def parse_date(text: str) -> date:
    """Thai or ISO; raises one of the date errors with what was written."""
    try:
        return parse_thai_date(text)
    except ThaiDateError as error:
        raise _DATE_ERRORS[error.code](text=text[:LONGEST_SHOWN]) from error
