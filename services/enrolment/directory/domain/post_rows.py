"""Reads each row of a sheet of posts into a holding, or into its problems. Pure.

A row says who is in which post of which unit, as what, from when and until when: the last day is included, as people
write it. Without a word it is the holder. An empty last day keeps what is known, and is none for a new holding; a
hyphen removes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.enrolment.directory.domain.cells import is_erased, parse_date
from services.enrolment.directory.domain.column_names import ALSO, by_name
from services.enrolment.directory.domain.columns import LONGEST_SHOWN, Columns, known_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.people import check_post
from services.enrolment.directory.domain.post_refusals import KindUnknown, PostColumnsMissing, UnitWithoutOffice
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.refusals import (
    DuplicateInFile,
    IdentityMissing,
    RowUnreadable,
    RowWidth,
    UnknownUnit,
)
from services.enrolment.directory.domain.row_cells import Bad, CellReader, citizen_hashes, undamaged
from services.enrolment.directory.domain.units import Unit
from shared.citizens import CitizenKeys
from shared.events.directory import InPost
from shared.sheets.table import Row
from shared.thai import searchable

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "unit key", "หน่วยงาน", "สังกัด", "รหัสหน่วยงาน"),
    "post": ("post", "post code", "ตำแหน่งบริหาร", "ตำแหน่งทางการบริหาร", "รหัสตำแหน่ง", "ตำแหน่ง"),
    "person": ("person", "person id", "รหัสบุคคล"),
    "externalId": ("externalId", "external id", "person code", "employee id", "รหัสบุคลากร", "รหัสพนักงาน"),
    "citizenId": ("citizenId", "citizen id", "pid", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน"),
    "inPost": ("inPost", "in post", "holder or acting", "สถานะ", "สถานะการดำรงตำแหน่ง", "การดำรงตำแหน่ง"),
    "validFrom": ("validFrom", "valid from", "from", "ตั้งแต่", "ตั้งแต่วันที่", "วันที่เริ่ม", "วันที่ดำรงตำแหน่ง"),
    "validTo": ("validTo", "valid to", "to", "until", "ถึง", "ถึงวันที่", "วันที่สิ้นสุด", "วันที่พ้นตำแหน่ง"),
}
IDENTITIES: Final = ("person", "externalId", "citizenId")
_NEEDED: Final = ("unit", "post", "validFrom")
_WORDS: Final[Mapping[InPost, tuple[str, ...]]] = {
    InPost.HOLDER: ("HOLDER", "ดำรงตำแหน่ง", "ผู้ดำรงตำแหน่ง", "ตัวจริง"),
    InPost.ACTING: (
        "ACTING",
        "รักษาราชการแทน",
        "ผู้รักษาราชการแทน",
        "รักษาการ",
        "รักษาการในตำแหน่ง",
        "ผู้รักษาการ",
        "รรท.",
        "รรท",
        "รก.",
        "รก",
    ),
}
_IN_POST: Final = {searchable(word): kind for kind, words in _WORDS.items() for word in words}
_BY_NAME: Final = by_name(NAMES)
_BY_OTHER_NAME: Final = by_name({name: ALSO[name] for name in ("unit", "externalId", "citizenId")})
_NO_OFFICE: Final = frozenset(
    searchable(name).replace(" ", "")
    for one in bundled().provinces.values()
    if not one.has_office
    for word in (
        one.name_th,
        one.name_en,
        one.abbr_th,
        one.code,
        one.iso,
        f"PO-{one.code}",
        "BKK",
        "กทม.",
        "กรุงเทพ",
        "กรุงเทพฯ",
    )
    for name in (word, f"จ.{word}", f"จังหวัด{word}", f"สำนักงานจังหวัด{word}", f"สนจ.{word}")
)
_NO_END: Final = frozenset(
    map(searchable, ("ปัจจุบัน", "ถึงปัจจุบัน", "จนถึงปัจจุบัน", "จนปัจจุบัน", "เป็นต้นไป", "ไม่มีกำหนด", "present", "now"))
)
_LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Claim:
    """What one row says: whom by one or more ids, and the rest of a holding. `keeps_end`: nothing of its last day."""

    line: int
    unit: Unit
    post: str
    in_post: InPost
    valid_from: date
    valid_to: date | None
    keeps_end: bool
    person: str | None = None
    external_id: str | None = None
    citizen_hashes: tuple[str, ...] = ()


def find_post_columns(header: tuple[str, ...]) -> Columns:
    """Raises PostColumnsMissing and ColumnTwice."""
    columns = known_columns(header, _BY_NAME, _BY_OTHER_NAME)
    missing = [name for name in _NEEDED if name not in columns.at]
    if not any(name in columns.at for name in IDENTITIES):
        missing.append("|".join(IDENTITIES))
    if missing:
        read = " | ".join(filter(None, columns.header))[:LONGEST_SHOWN]
        raise PostColumnsMissing(columns=missing, listed=", ".join(missing), read=read)
    return columns


def find_unit(lookup: Lookup, text: str) -> Unit:
    """Raises UnknownUnit, and UnitWithoutOffice for a province that has none."""
    try:
        return lookup.unit(text)
    except UnknownUnit:
        if searchable(text).replace(" ", "") in _NO_OFFICE:
            raise UnitWithoutOffice(unit=text[:_LONGEST_WORD]) from None
        raise


class PostReader:
    """Reads the rows of one sheet, chunk by chunk. `citizen_keys` make the keyed hashes."""

    def __init__(self, columns: Columns, lookup: Lookup, citizen_keys: CitizenKeys) -> None:
        self.columns = columns
        self.lookup = lookup
        self.citizen_keys = citizen_keys
        self._seen: dict[tuple[object, ...], int] = {}

    def read(self, rows: Iterable[Row]) -> tuple[list[Claim], list[Bad]]:
        """The good rows and the problems of the others; a second row for one holding is a problem."""
        good: list[Claim] = []
        bad: list[Bad] = []
        for row in rows:
            claim = self._row(row)
            if isinstance(claim, Claim):
                claim = self._first(claim)
            if isinstance(claim, Claim):
                good.append(claim)
            else:
                bad += claim
        return good, bad

    def _row(self, row: Row) -> Claim | list[Bad]:
        if row.cells is None:
            return [Bad(row.line, None, RowUnreadable())]
        if row.width != len(self.columns.header):  # the first day may be where the last one belongs
            return [Bad(row.line, None, RowWidth(expected=len(self.columns.header), found=row.width))]
        return _ClaimReader(self, row.line, row.cells).claim()

    def _first(self, claim: Claim) -> Claim | list[Bad]:
        who = (claim.person, claim.external_id, claim.citizen_hashes[:1])
        key = (claim.unit.key, claim.post, claim.in_post, claim.valid_from, who)
        first = self._seen.setdefault(key, claim.line)
        return claim if first == claim.line else [Bad(claim.line, None, DuplicateInFile(first=first))]


class _ClaimReader(CellReader):
    def __init__(self, reader: PostReader, line: int, cells: tuple[str, ...]) -> None:
        super().__init__(reader.columns, line, cells)
        self._reader = reader

    def claim(self) -> Claim | list[Bad]:
        unit = self._cell("unit", lambda text: find_unit(self._reader.lookup, text), required=True)
        post = self._cell("post", lambda text: self._post(text, unit), required=True)
        person = self._id("person", undamaged)
        external = self._id("externalId", undamaged)
        citizen = self._id("citizenId", lambda text: citizen_hashes(text, self._reader.citizen_keys))
        in_post = self._cell("inPost", kind_of) or InPost.HOLDER
        first = self._cell("validFrom", parse_date, required=True)
        is_open = is_erased(self._plain("validTo")) or searchable(self._plain("validTo")) in _NO_END
        last = None if is_open else self._cell("validTo", parse_date)
        if not self._bad and not (person or external or citizen):
            column = next(name for name in IDENTITIES if name in self._columns.at)
            self._refuse(column, IdentityMissing())
        if self._bad or unit is None or post is None or first is None:
            return self._bad
        keeps = last is None and not is_open
        return Claim(self._line, unit, post, in_post, first, last, keeps, person, external, citizen or ())

    def _post(self, text: str, unit: Unit | None) -> str:
        post = self._reader.lookup.post(text, unit)
        if unit is not None:
            check_post(post, unit)
        return post


def kind_of(text: str) -> InPost:
    """Raises KindUnknown."""
    kind = _IN_POST.get(searchable(text))
    if kind is None:
        raise KindUnknown(text=text[:_LONGEST_WORD])
    return kind
