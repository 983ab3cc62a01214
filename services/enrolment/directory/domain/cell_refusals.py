"""Refusals of single cells of an import, each with what was read and what would be accepted.

Refused
├── CellUnreadable  CellIsError  CellNotComputed  TextGarbled  CitizenIdInvalid  IdentityDamaged  EmailInvalid
├── NameUnreadable  TitleUnreadable  DateUnlikely
├── a warning: PhoneInvalid  ValueUnsaid
└── DateUnreadable  DateImpossible  DateYearOutOfRange  DateAmbiguous  DateBuddhistIso (shared)
"""

from typing import Final

from shared.errors import Refused

_DATE_TH: Final = "กรุณาเขียนเป็น พ.ศ. เช่น 31/8/2563 หรือ 31 ส.ค. 63"
_DATE_EN: Final = "Please write it in the Buddhist era, as 31/8/2563, or as 2020-08-31."


class CellIsError(
    Refused,
    code="cell-is-error",
    status=422,
    th="ช่องนี้เป็นข้อผิดพลาดของโปรแกรมตารางคำนวณ ({text}) กรุณาแก้สูตรหรือกรอกค่าใหม่",
    en="This cell is an error of the spreadsheet ({text}). Please mend its formula or enter the value.",
):
    """Details: text."""


class CellNotComputed(
    Refused,
    code="cell-not-computed",
    status=422,
    th="ช่องนี้เป็นสูตรที่ยังไม่มีผลลัพธ์ในไฟล์ จึงไม่ทราบค่า กรุณาเปิดไฟล์ด้วยโปรแกรมตารางคำนวณ บันทึกอีกครั้ง แล้วส่งใหม่",
    en="This cell is a formula of which the file has no result. Please open the file in a spreadsheet program, save it "
    "again, and send that.",
):
    """What it stands for is not known, which is not the same as empty."""


class CitizenIdInvalid(
    Refused,
    code="citizen-id-invalid",
    status=422,
    th="เลขประจำตัวประชาชนไม่ถูกต้อง ต้องเป็นเลข 13 หลัก (หากเปิดด้วย Excel ให้กำหนดคอลัมน์เป็นข้อความ)",
    en="This is not a valid citizen id: 13 digits are expected. (In Excel, format the column as text.)",
):
    pass


class IdentityDamaged(
    Refused,
    code="identity-damaged",
    status=422,
    th="โปรแกรมตารางคำนวณย่อรหัสนี้เป็น “{text}” เลขเดิมจึงหายไป กรุณากำหนดคอลัมน์เป็นข้อความแล้วกรอกรหัสใหม่",
    en="A spreadsheet has shortened this id to “{text}”. Please format the column as text and enter the id again.",
):
    """Details: text. Two people may have become one number."""


class CellUnreadable(
    Refused,
    code="cell-unreadable",
    status=422,
    th="ข้อความในช่องนี้ยาวเกิน {limit} ตัวอักษร หรือมีอักขระควบคุมปะปนอยู่",
    en="This text is longer than {limit} characters, or contains control characters.",
):
    pass


class TextGarbled(
    Refused,
    code="text-garbled",
    status=422,
    th="ข้อความ “{text}” เป็นอักขระเพี้ยน เพราะไฟล์ถูกเปิดด้วยรหัสภาษาผิด กรุณาส่งไฟล์ต้นฉบับ หรือบันทึกไฟล์ต้นฉบับเป็น XLSX หรือ CSV (UTF-8)",
    en="“{text}” is Thai that was read in a wrong encoding. Please send the original file, or save that as CSV (UTF-8) "
    "or XLSX.",
):
    """Details: text."""


class EmailInvalid(
    Refused,
    code="email-invalid",
    status=422,
    th="“{text}” ไม่ใช่ที่อยู่อีเมลที่ใช้ได้ กรุณาระบุที่อยู่เดียว เช่น name@moi.go.th หรือเว้นว่างไว้",
    en="“{text}” is not an e-mail address. Please give one address, such as name@moi.go.th, or leave the cell empty.",
):
    """Details: text."""


class PhoneInvalid(
    Refused,
    code="phone-invalid",
    status=422,
    th="อ่านหมายเลขโทรศัพท์ “{text}” ไม่ได้ จึงไม่เปลี่ยนหมายเลขเดิม กรุณาเขียนเช่น 081-234-5678 หรือ 053-112708 ต่อ 12",
    en="“{text}” is no telephone number and was left out. Please write it as 081-234-5678 or 053-112708 ext. 12.",
):
    """A warning: it does not refuse the row. Details: text."""


class NameUnreadable(
    Refused,
    code="name-unreadable",
    status=422,
    th="“{text}” มีเครื่องหมายหรือข้อความอื่นปนกับชื่อ กรุณากรอกเฉพาะคำนำหน้า ชื่อ และนามสกุล เช่น นายสมชาย ใจดี",
    en="“{text}” is more than a name. Please give title, first name and surname alone.",
):
    """Details: text. A surname in front, a note in brackets or a second name would be printed on a certificate."""


class TitleUnreadable(
    Refused,
    code="title-unreadable",
    status=422,
    th="“{text}” ไม่ใช่คำนำหน้าชื่อ กรุณากรอกคำเดียวตามจริง เช่น นาย นางสาว ว่าที่ร้อยตรี ดร. หรือเว้นว่างไว้",
    en="“{text}” is no title. Please give the one that is right, such as Mr. or Dr., or leave the cell empty.",
):
    """Details: text. A number of a list of titles, or all titles of a form that was not filled in."""


class DateUnlikely(
    Refused,
    code="date-unlikely",
    status=422,
    th="วันที่ “{text}” อ่านได้เป็น {read} ซึ่งไม่น่าเป็นไปได้สำหรับช่องนี้ ปีอาจเป็น พ.ศ. หรือ ค.ศ. ที่ถูกอ่านสลับกัน "
    "กรุณาเขียนปี พ.ศ. สี่หลัก เช่น 31/8/2520",
    en="“{text}” was read as {read}, which can hardly be right here: the year may have been taken for one of the other "
    "era. Please write it with four digits, as 31/8/2520.",
):
    """Details: text, read (ISO)."""


class ValueUnsaid(
    Refused,
    code="value-unsaid",
    status=422,
    th="“{text}” ไม่ได้ระบุค่า จึงคงค่าเดิมไว้ หากต้องการลบค่าเดิมให้ใส่เครื่องหมายยัติภังค์ (-)",
    en="“{text}” says no value, so the known one stays. To remove it, please enter a hyphen (-).",
):
    """A warning: it does not refuse the row. Details: text."""


class DateUnreadable(
    Refused,
    code="date-unreadable",
    status=422,
    th=f"อ่านวันที่ “{{text}}” ไม่ได้ {_DATE_TH}",
    en=f"“{{text}}” is not a date. {_DATE_EN}",
):
    pass


class DateImpossible(
    Refused,
    code="date-impossible",
    status=422,
    th=f"ไม่มีวันที่ “{{text}}” ในปฏิทิน {_DATE_TH}",
    en=f"The date “{{text}}” does not exist. {_DATE_EN}",
):
    pass


class DateYearOutOfRange(
    Refused,
    code="date-year-out-of-range",
    status=422,
    th=f"ปีของวันที่ “{{text}}” ไม่ถูกต้อง อาจบวก 543 ซ้ำสองครั้ง {_DATE_TH}",
    en=f"The year of “{{text}}” cannot be right: 543 may have been added twice. {_DATE_EN}",
):
    pass


class DateAmbiguous(
    Refused,
    code="date-ambiguous",
    status=422,
    th=f"วันที่ “{{text}}” อ่านได้มากกว่าหนึ่งแบบ (วันกับเดือน หรือ พ.ศ. กับ ค.ศ.) {_DATE_TH}",
    en=f"“{{text}}” can be read in two ways: day and month, or the era, may be others. {_DATE_EN}",
):
    pass
