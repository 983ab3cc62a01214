"""Which column of a sheet means what, in Thai and English: of people here, and for every list how its header is found.
Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.enrolment.directory.domain.cells import shown
from services.enrolment.directory.domain.refusals import ColumnsMissing, ColumnTwice
from shared.errors import Refused
from shared.thai import searchable
from shared.thai.dates import DASHES

LONGEST_SHOWN: Final = 200

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
    "externalId": ("person id", "employee code", "รหัสข้าราชการ", "รหัสเจ้าหน้าที่"),
    "citizenId": (
        *("national id", "id card", "เลขประจำตัวประชาชน 13 หลัก", "เลขบัตรประจำตัวประชาชน", "เลขที่บัตรประชาชน"),
        *("เลขที่บัตรประจำตัวประชาชน", "หมายเลขบัตรประชาชน", "หมายเลขบัตรประจำตัวประชาชน", "หมายเลขประจำตัวประชาชน"),
        *("บัตรประชาชน", "บัตรประจำตัวประชาชน", "เลขบัตร ปชช.", "เลขประจำตัว ปชช.", "รหัสประจำตัวประชาชน"),
    ),
    "prefix": ("ยศ/คำนำหน้า", "คำนำหน้า/ยศ", "คำนำหน้าชื่อ/ยศ", "ยศ/คำนำหน้าชื่อ", "ยศ"),
    "firstName": ("given name", "ชื่อตัว", "ชื่อ (ไทย)", "ชื่อ (ภาษาไทย)", "ชื่อภาษาไทย"),
    "lastName": ("family name", "นามสกุล (ไทย)", "นามสกุล (ภาษาไทย)", "นามสกุลภาษาไทย", "สกุล (ไทย)"),
    "fullName": (
        *("ชื่อและสกุล", "ชื่อ-ชื่อสกุล", "ชื่อตัว-ชื่อสกุล", "ชื่อตัวและชื่อสกุล", "ชื่อและชื่อสกุล", "ชื่อเต็ม"),
        *("คำนำหน้า ชื่อ สกุล", "คำนำหน้า ชื่อ นามสกุล", "ยศ ชื่อ สกุล", "ยศ ชื่อ นามสกุล", "ชื่อ-สกุล (ไทย)"),
        *("ชื่อ-สกุล (ภาษาไทย)", "ชื่อ-นามสกุล (ไทย)", "ชื่อ-นามสกุล (ภาษาไทย)"),
    ),
    "unit": (
        *("unit code", "ชื่อหน่วยงาน", "หน่วยงานที่สังกัด", "หน่วยงานต้นสังกัด", "ต้นสังกัด", "สังกัด/หน่วยงาน"),
        *("หน่วยงาน/สังกัด", "ส่วนราชการ", "สำนัก/กอง", "กอง/สำนัก"),
    ),
    "position": ("job title", "ชื่อตำแหน่ง", "ตำแหน่งปัจจุบัน", "ชื่อตำแหน่งในสายงาน"),
    "post": ("ตำแหน่งทางบริหาร",),
    "email": ("email address", "อีเมลล์", "ที่อยู่อีเมล", "ไปรษณีย์อิเล็กทรอนิกส์", "จดหมายอิเล็กทรอนิกส์"),
    "phone": (
        *("phone number", "telephone number", "tel", "tel no", "mobile phone", "โทร", "เบอร์โทร", "เบอร์", "เบอร์ติดต่อ"),
        *("เบอร์โทรติดต่อ", "เบอร์โทรศัพท์ติดต่อ", "เบอร์มือถือ", "เบอร์โทรมือถือ", "เบอร์โทรศัพท์มือถือ", "มือถือ"),
        *("โทรศัพท์เคลื่อนที่", "หมายเลขโทรศัพท์", "หมายเลขโทรศัพท์มือถือ", "หมายเลขโทรศัพท์เคลื่อนที่"),
        *("หมายเลขติดต่อ", "โทรศัพท์ที่ทำงาน", "โทรศัพท์สำนักงาน", "เบอร์โทรศัพท์ที่ทำงาน"),
    ),
    "birthDate": (
        *("birth date", "birthday", "dob", "วันที่เกิด", "ว.ด.ป. เกิด", "วันเดือนปี พ.ศ. เกิด", "วันเกิด (พ.ศ.)"),
        "วันเดือนปีเกิด (พ.ศ.)",
    ),
    "startDate": (
        *("date of entry", "วันเดือนปีที่บรรจุ", "วันเดือนปีบรรจุ", "ว.ด.ป. บรรจุ", "วันบรรจุเข้ารับราชการ"),
        *("วันที่บรรจุเข้ารับราชการ", "วันเริ่มรับราชการ", "วันที่เริ่มรับราชการ", "วันที่เข้ารับราชการ"),
    ),
}
# Of a column of telephone numbers there may be several: for the office, and to be carried along.
PHONES: Final = ("phone", "phone2", "phone3", "phone4")


@dataclass(frozen=True)
class Columns:
    """The place of each known column in the header, whose names are as they may be shown; `ignored` are unknown."""

    header: tuple[str, ...]
    at: Mapping[str, int]
    ignored: tuple[str, ...]

    @property
    def kept(self) -> tuple[int, ...]:
        """The places of all known columns: the only ones of which a row's cells are read, in this order."""
        return tuple(self.at.values())

    def cell(self, cells: tuple[str, ...], column: str) -> str:
        """Empty for a missing column."""
        return cells[list(self.at).index(column)] if column in self.at else ""

    @property
    def identity(self) -> str:
        return "citizenId" if "citizenId" in self.at else "externalId"


def _key(text: str) -> str:
    plain = searchable(text.translate(DASHES))
    return "".join(sign for sign in plain if sign not in " -_./\\()[]*:;")


def by_name(names: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """The columns of a kind of list, by all that they may be called."""
    return {_key(name): column for column, called in names.items() for name in called}


_BY_NAME: Final = by_name(NAMES)
_BY_OTHER_NAME: Final = by_name(ALSO)


def _column(name: str, known: Mapping[str, str]) -> str | None:
    """A cell of a header may have several lines, as one over two rows has: then all of them are its name together, or
    the last is, below what several columns share, or the first is, with an explanation below it."""
    lines = name.split("\n")
    return next((column for part in (name, lines[-1], lines[0]) if (column := known.get(_key(shown(part))))), None)


class HeaderFinder:
    """Takes a row that names all columns that are needed for the header, below titles and dates."""

    def __init__(self, find: "Callable[[tuple[str, ...]], Columns] | None" = None) -> None:
        self._find = find or find_columns
        self.missing: ColumnsMissing | ColumnTwice | None = None  # of the row that came nearest

    def __call__(self, row: tuple[str, ...]) -> Sequence[int] | None:
        """The columns to read; None when this row is no header."""
        try:
            return self._find(row).kept
        except (ColumnsMissing, ColumnTwice) as error:
            if self.missing is None or _lacks(error) < _lacks(self.missing):
                self.missing = error.with_traceback(None)
            return None


def _lacks(error: Refused) -> int:
    return len(error.details.get("columns", ()))


def find_columns(header: tuple[str, ...]) -> Columns:
    """Raises ColumnsMissing and ColumnTwice."""
    found = known_columns(header, _BY_NAME, _BY_OTHER_NAME)
    at = dict(found.at)
    if "firstName" in at and "lastName" not in at and "fullName" in at:
        at["lastName"] = at.pop("fullName")  # ชื่อสกุล is a full name, but beside ชื่อ it is the surname
    _check(at, found.header)
    return Columns(found.header, at, found.ignored)


def known_columns(
    header: tuple[str, ...], known: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})
) -> Columns:
    """Those that are named in a header, whether or not they are enough; by `also` those that nothing else stands for.
    Raises ColumnTwice."""
    at: dict[str, int] = {}
    names = tuple(map(shown, header))
    for place, name in enumerate(names):
        column = _free(at, _column(header[place], known))
        if column in at:
            raise ColumnTwice(column=name)
        if column is not None:
            at[column] = place
    for place in sorted(set(range(len(names))) - set(at.values())):
        column = _free(at, _column(header[place], also))
        if column is not None:
            at.setdefault(column, place)
    read = set(at.values())
    return Columns(names, at, tuple(name for place, name in enumerate(names) if name and place not in read))


def _free(at: Mapping[str, int], column: str | None) -> str | None:
    """Of telephone numbers the next one that is not taken."""
    return next((one for one in PHONES if one not in at), column) if column == PHONES[0] else column


def _check(at: Mapping[str, int], names: Iterable[str]) -> None:
    missing = []
    if not {"citizenId", "externalId"} & at.keys():
        missing.append("citizenId|externalId")
    if "fullName" not in at and not {"firstName", "lastName"} <= at.keys():
        missing.append("fullName|firstName+lastName")
    if "unit" not in at:
        missing.append("unit")
    if missing:
        read = " | ".join(filter(None, names))[:LONGEST_SHOWN]
        raise ColumnsMissing(columns=missing, listed=", ".join(missing), read=read)
