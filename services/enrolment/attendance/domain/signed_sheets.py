"""Sheets on which people have signed, as files: who is on each row, and what the row says. Pure.

A row needs one of `nomination`, `person`, `externalId` and `pass`; of several the first counts. Without a word the
person came; `time` says when, on the day of the session, and without one it was from the beginning.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from services.enrolment.attendance.domain.sheet_refusals import (
    CheckInColumnsMissing,
    PresenceUnknown,
    TimeUnreadable,
)
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.directory import (
    Bad,
    CellReader,
    Columns,
    DuplicateInFile,
    IdentityMissing,
    RowUnreadable,
    RowWidth,
    by_name,
    known_columns,
    undamaged,
)
from shared.clock import BANGKOK
from shared.events.attendance import Presence
from shared.sheets.table import Row
from shared.thai import searchable
from shared.thai.dates import ARABIC_DIGITS

T = TypeVar("T")
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "nomination": ("nomination", "nomination id", "รหัสการเสนอชื่อ"),
    "person": ("person", "person id", "รหัสบุคคล"),
    "externalId": ("externalId", "external id", "person code", "employee id", "รหัสบุคลากร", "รหัสพนักงาน"),
    "pass": ("pass", "qr", "qr code", "บัตร", "บัตรเข้าอบรม", "รหัส QR"),
    "presence": ("presence", "attendance", "การเข้าร่วม", "สถานะ", "การเข้าอบรม"),
    "time": ("time", "arrived", "arrived at", "เวลา", "เวลามา", "เวลาลงทะเบียน", "เวลาที่ลงทะเบียน"),
}
IDENTITIES: Final = ("nomination", "person", "externalId", "pass")
_WORDS: Final[Mapping[Presence, tuple[str, ...]]] = {
    Presence.PRESENT: ("PRESENT", "มา", "เข้าร่วม", "เข้าอบรม", "มาสาย", "สาย", "LATE"),
    Presence.EXCUSED: ("EXCUSED", "ลา", "ลากิจ", "ลาป่วย", "ลาพักผ่อน", "ลาคลอดบุตร", "ไปราชการ", "ติดราชการ"),
}
_PRESENCE: Final = {searchable(word): presence for presence, words in _WORDS.items() for word in words}
_BY_NAME: Final = by_name(NAMES)
_TICKS: Final = frozenset("✓✔√")
_TIME: Final = re.compile(
    r"(?:เวลา ?)?([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::[0-5][0-9])?(?: ?(?:น\.?|(?P<half>[ap])\.?m\.?))?",
    re.IGNORECASE,
)
_NOON: Final = 12
_LONGEST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class SignedRow:
    """`minute`: of the day in Bangkok at which the person came."""

    line: int
    nomination: str | None
    person: str | None
    external_id: str | None
    token: str | None
    presence: Presence
    minute: int | None

    @property
    def who(self) -> tuple[str | None, ...]:
        return self.nomination, self.person, self.external_id, self.token

    def came_at(self, sitting: Sitting) -> datetime:
        if self.minute is None:
            return sitting.starts_at
        day = sitting.starts_at.astimezone(BANGKOK)
        return day.replace(hour=self.minute // 60, minute=self.minute % 60, second=0, microsecond=0)


def find_check_in_columns(header: tuple[str, ...]) -> Columns:
    """Raises CheckInColumnsMissing and ColumnTwice."""
    columns = known_columns(header, _BY_NAME)
    if not any(name in columns.at for name in IDENTITIES):
        read = " | ".join(filter(None, columns.header))[:200]
        missing = "|".join(IDENTITIES)
        raise CheckInColumnsMissing(columns=[missing], listed=missing, read=read)
    return columns


class SignedReader:
    """Reads the rows of one sheet, chunk by chunk."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._seen: dict[tuple[str | None, ...], int] = {}

    def read(self, rows: Iterable[Row]) -> tuple[list[SignedRow], list[Bad]]:
        """The good rows and the problems of the others; a second row for one person is a problem."""
        good: list[SignedRow] = []
        bad: list[Bad] = []
        for row in rows:
            signed = self._row(row)
            if isinstance(signed, SignedRow):
                first = self._seen.setdefault(signed.who, signed.line)
                if first == signed.line:
                    good.append(signed)
                    continue
                signed = [Bad(row.line, None, DuplicateInFile(first=first))]
            bad += signed
        return good, bad

    def _row(self, row: Row) -> SignedRow | list[Bad]:
        if row.cells is None:
            return [Bad(row.line, None, RowUnreadable())]
        if row.width > len(self.columns.header):
            return [Bad(row.line, None, RowWidth(expected=len(self.columns.header), found=row.width))]
        return _Reader(self.columns, row.line, row.cells).signed()


class _Reader(CellReader):
    def signed(self) -> SignedRow | list[Bad]:
        said = {name: self._id(name, undamaged) for name in IDENTITIES}
        presence = self._said("presence", presence_of) or Presence.PRESENT
        minute = self._said("time", minute_of)
        if not self._bad and not any(said.values()):
            self._refuse(next(name for name in IDENTITIES if name in self._columns.at), IdentityMissing())
        if self._bad:
            return self._bad
        first = next(name for name in IDENTITIES if said[name])
        who = {first: said[first]}
        ids = (who.get("nomination"), who.get("person"), who.get("externalId"), who.get("pass"))
        return SignedRow(self._line, *ids, presence, minute)

    def _said(self, column: str, parse: Callable[[str], T]) -> T | None:
        """A hyphen is no empty cell: it may say that nobody came."""
        text = self._plain(column)
        return self._parsed(column, parse, text) if text else None


def presence_of(text: str) -> Presence:
    """Raises PresenceUnknown."""
    presence = Presence.PRESENT if text in _TICKS else _PRESENCE.get(searchable(text))
    if presence is None:
        raise PresenceUnknown(text=text[:_LONGEST_SHOWN])
    return presence


def minute_of(text: str) -> int:
    """Raises TimeUnreadable."""
    found = _TIME.fullmatch(text.translate(ARABIC_DIGITS).strip())
    hour, half = (int(found[1]), (found["half"] or "").lower()) if found else (0, "")
    if found is None or (half == "a" and hour > _NOON):
        raise TimeUnreadable(text=text[:_LONGEST_SHOWN])
    if half and hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return hour * 60 + int(found[2])
