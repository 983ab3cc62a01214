"""What the columns of a sheet of people are called, in Thai and English, and the notes that stand beside such a name.
Pure."""

import re
from collections.abc import Mapping
from typing import Final

from shared.thai import searchable
from shared.thai.dates import DASHES

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "externalId": ("externalId", "external id", "person code", "employee id", "รหัสบุคลากร", "รหัสพนักงาน"),
    "citizenId": ("citizenId", "citizen id", "pid", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน"),
    "prefix": ("prefix", "คำนำหน้า", "คำนำหน้าชื่อ", "คำนำหน้านาม"),
    "firstName": ("firstName", "first name", "ชื่อ"),
    "lastName": ("lastName", "last name", "surname", "นามสกุล", "สกุล"),
    "fullName": ("fullName", "full name", "name", "ชื่อ-สกุล", "ชื่อ-นามสกุล", "ชื่อ นามสกุล", "ชื่อและนามสกุล"),
    "unit": ("unit", "unit key", "หน่วยงาน", "สังกัด", "รหัสหน่วยงาน"),
    "position": ("position", "ตำแหน่ง", "ตำแหน่งในสายงาน"),
    "level": ("level", "ocsc level", "ระดับ", "ระดับตำแหน่ง"),
    "dpisLevel": ("dpis_level", "dpisLevel", "ระดับ dpis"),
    "post": ("post", "ตำแหน่งบริหาร", "ตำแหน่งทางการบริหาร"),
    "email": ("email", "e-mail", "อีเมล", "อีเมล์"),
    "phone": ("phone", "telephone", "mobile", "โทรศัพท์", "เบอร์โทรศัพท์", "โทรศัพท์มือถือ"),
    "birthDate": ("birthDate", "date of birth", "วันเกิด", "วันเดือนปีเกิด"),
    "startDate": ("startDate", "start date", "วันบรรจุ", "วันที่บรรจุ"),
}
# What they are called as well. Such a column is read if no other one means the same; else it is ignored, and said.
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "externalId": (
        "person id",
        "employee code",
        "employee no",
        "employee number",
        "staff id",
        "staff no",
        "รหัสข้าราชการ",
        "รหัสเจ้าหน้าที่",
    ),
    "citizenId": (
        *("national id", "id card", "id card no", "เลขที่บัตร ปชช.", "เลขบัตรประชาชน 13 หลัก", "เลขประจำตัวประชาชน 13 หลัก"),
        *("เลขบัตรประจำตัวประชาชน 13 หลัก", "เลขบัตรประจำตัวประชาชน", "เลขที่บัตรประชาชน"),
        *("เลขที่บัตรประจำตัวประชาชน", "หมายเลขบัตรประชาชน", "หมายเลขบัตรประจำตัวประชาชน", "หมายเลขประจำตัวประชาชน"),
        *("บัตรประชาชน", "บัตรประจำตัวประชาชน", "เลขบัตร ปชช.", "เลขประจำตัว ปชช.", "รหัสประจำตัวประชาชน"),
    ),
    "prefix": ("ยศ/คำนำหน้า", "คำนำหน้า/ยศ", "คำนำหน้าชื่อ/ยศ", "ยศ/คำนำหน้าชื่อ", "ยศ"),
    "firstName": ("given name", "ชื่อตัว", "ชื่อ (ไทย)", "ชื่อ (ภาษาไทย)", "ชื่อภาษาไทย"),
    "lastName": ("family name", "นามสกุล (ไทย)", "นามสกุล (ภาษาไทย)", "นามสกุลภาษาไทย", "สกุล (ไทย)"),
    "fullName": (
        *("ชื่อและสกุล", "ชื่อ-ชื่อสกุล", "ชื่อตัว-ชื่อสกุล", "ชื่อตัวและชื่อสกุล", "ชื่อและชื่อสกุล", "ชื่อเต็ม"),
        *("คำนำหน้า ชื่อ สกุล", "คำนำหน้า ชื่อ นามสกุล", "ยศ ชื่อ สกุล", "ยศ ชื่อ นามสกุล", "ชื่อ-สกุล (ไทย)"),
        *("name-surname", "ชื่อ-สกุล (ภาษาไทย)", "ชื่อ-นามสกุล (ไทย)", "ชื่อ-นามสกุล (ภาษาไทย)"),
    ),
    "unit": (
        *("agency", "unit code", "department", "ชื่อหน่วยงาน", "หน่วยงานที่สังกัด", "หน่วยงานต้นสังกัด", "ต้นสังกัด", "สังกัด/หน่วยงาน"),
        *("หน่วยงาน/สังกัด", "ส่วนราชการ", "สำนัก/กอง", "กอง/สำนัก"),
    ),
    "position": ("job title", "ตำแหน่งสายงาน", "ชื่อตำแหน่ง", "ตำแหน่งปัจจุบัน", "ชื่อตำแหน่งในสายงาน"),
    "post": ("ตำแหน่งทางบริหาร",),
    "email": ("email address", "อีเมลที่ใช้งาน", "อีเมลล์", "ที่อยู่อีเมล", "ไปรษณีย์อิเล็กทรอนิกส์", "จดหมายอิเล็กทรอนิกส์"),
    "phone": (
        *("phone number", "telephone number", "tel", "tel no", "mobile phone", "โทร", "เบอร์โทร", "เบอร์", "เบอร์ติดต่อ"),
        *("เบอร์โทรติดต่อ", "เบอร์โทรศัพท์ติดต่อ", "เบอร์มือถือ", "เบอร์โทรมือถือ", "เบอร์โทรศัพท์มือถือ", "มือถือ"),
        *("โทรศัพท์เคลื่อนที่", "หมายเลขโทรศัพท์", "หมายเลขโทรศัพท์มือถือ", "หมายเลขโทรศัพท์เคลื่อนที่"),
        *("phone no", "mobile no", "cell phone", "โทรศัพท์ที่ติดต่อได้", "เบอร์โทรที่ติดต่อได้", "เบอร์โทรศัพท์ที่ติดต่อได้"),
        *(
            "หมายเลขโทรศัพท์ที่ติดต่อได้",
            "เบอร์โทรศัพท์ที่ติดต่อได้สะดวก",
            "หมายเลขติดต่อ",
            "โทรศัพท์ที่ทำงาน",
            "โทรศัพท์สำนักงาน",
            "เบอร์โทรศัพท์ที่ทำงาน",
        ),
    ),
    "birthDate": (
        *("birth date", "birthday", "dob", "วันที่เกิด", "ว.ด.ป. เกิด", "วันเดือนปี พ.ศ. เกิด", "วันเกิด (พ.ศ.)"),
        "วันเดือนปีเกิด (พ.ศ.)",
    ),
    "startDate": (
        *("date of entry", "วันเข้ารับราชการ", "วันเดือนปีที่บรรจุ", "วันเดือนปีบรรจุ", "ว.ด.ป. บรรจุ", "วันบรรจุเข้ารับราชการ"),
        *("วันที่บรรจุเข้ารับราชการ", "วันเริ่มรับราชการ", "วันที่เริ่มรับราชการ", "วันที่เข้ารับราชการ"),
    ),
}
# What a header adds to the name of a column without making it another one, as `key` has it.
_NOTE: Final = re.compile(
    r"[0-9]{1,2}(?:หลัก|ตัว|digits)|(?:วัน|วว?|เดือน|ดด?|ปี|ป{1,4}|d{1,2}|m{1,2}|y{2,4}|b{4}|พศ|คศ)+"
    r"|(?:นาย|นางสาว|นาง|นส|อื่นๆ)+|ถ้ามี|หากมี|จำเป็น|บังคับ|ไม่บังคับ|required|optional|(?:ภาษา)?ไทย|thai"
    r"|ปัจจุบัน|ส่วนตัว|ที่ทำงาน|สำนักงาน|ภาครัฐ|ที่ติดต่อได้(?:สะดวก)?|ที่ใช้งาน"
    r"|(?:โปรด|กรุณา|เช่น|ตัวอย่าง|พร้อม|ไม่ต้อง|ไม่ใส่|ไม่เว้น).*"
)
_IN_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def key(text: str) -> str:
    plain = searchable(text.translate(DASHES))
    return "".join(sign for sign in plain if sign not in " -_./\\()[]*:;ฯ")


def by_name(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """The columns of a kind of list, by all that they may be called."""
    return {key(name): column for column, called in names.items() for name in called}


def named_twice(text: str, *known: Mapping[str, str]) -> str | None:
    """The column of a name with notes, or in two languages: อีเมล (E-mail), วันเกิด (วว/ดด/ปปปป). All the rest of it
    must be understood: หน่วยงาน (เดิม) is another column."""
    whole = [part for part in (_IN_BRACKETS.sub(" ", text), *_IN_BRACKETS.findall(text)) if key(part)]
    said = [part for part in whole if not _NOTE.fullmatch(key(part))]
    parts = [part for one in said for part in ([one] if _called(one, known) else one.split("/"))]
    columns = {_called(part, known) for part in parts if not _NOTE.fullmatch(key(part))}
    return columns.pop() if len(columns) == 1 else None


def _called(text: str, known: tuple[Mapping[str, str], ...]) -> str | None:
    return next((names[key(text)] for names in known if key(text) in names), None)
