"""Which column of a sheet of people means what, in Thai and English. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.enrolment.directory.domain.cells import shown
from services.enrolment.directory.domain.refusals import ColumnsMissing, ColumnTwice
from shared.thai import searchable

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
    plain = searchable(text)
    return "".join(sign for sign in plain if sign not in " -_./()*:")


_BY_NAME: Final = {_key(name): column for column, names in NAMES.items() for name in names}


class HeaderFinder:
    """Takes the first row that names all columns that are needed for the header, below titles and dates."""

    def __init__(self) -> None:
        self.missing: ColumnsMissing | None = None  # of the row that came nearest

    def __call__(self, row: tuple[str, ...]) -> Sequence[int] | None:
        """The columns to read; None when this row is no header. Raises ColumnTwice."""
        try:
            return find_columns(row).kept
        except ColumnsMissing as error:
            if self.missing is None or len(error.details["columns"]) < len(self.missing.details["columns"]):
                self.missing = error.with_traceback(None)
            return None


def find_columns(header: tuple[str, ...]) -> Columns:
    """Raises ColumnsMissing and ColumnTwice."""
    at: dict[str, int] = {}
    ignored = []
    names = tuple(map(shown, header))
    for place, name in enumerate(names):
        column = _BY_NAME.get(_key(name))
        if column is None:
            ignored.append(name)
        elif column in at:
            raise ColumnTwice(column=name)
        else:
            at[column] = place
    if "firstName" in at and "lastName" not in at and "fullName" in at:
        at["lastName"] = at.pop("fullName")  # ชื่อสกุล is a full name, but beside ชื่อ it is the surname
    _check(at, names)
    return Columns(names, at, tuple(name for name in ignored if name))


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
