"""What a device has recorded without a network, and what becomes of it when it is uploaded. Pure.

The clock of a device is compared with ours when it uploads: by so much every time that it brings is put right. What it
said, by how much it was wrong and what came of it is kept, also of what was refused. Of two devices the one that
recorded somebody first counts, whichever uploads first; the other's record stays as evidence.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

MOST_SCANS: Final = 1_000  # of an upload


class Outcome(StrEnum):
    """COUNTED: it was what somebody has in the session when it was uploaded. KEPT: something else counts, and this is
    evidence. WALK_IN: somebody on no list was written down. REFUSED: it says nobody who may be recorded."""

    COUNTED = "COUNTED"
    KEPT = "KEPT"
    WALK_IN = "WALK_IN"
    REFUSED = "REFUSED"


class Somebody(NamedTuple):
    """Who stands at the door and is on no list, as somebody has typed it. `in_place_of`: the nomination of whom."""

    name: str
    office: str | None = None
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """One record of a device: `at` is its own time. Somebody by the nomination that it read from its list, by the pass
    that was scanned, or on no list."""

    nonce: str
    session: int
    at: datetime
    nomination: str | None = None
    token: str | None = None
    somebody: Somebody | None = None


@dataclass(frozen=True, slots=True)
class KeptScan:
    """As it is kept. `at` is business time, put right; `device_at` what the device said. `code`: why it was refused."""

    device: str
    nonce: str
    run: str
    session: int
    nomination: str | None
    at: datetime
    device_at: datetime
    skew_seconds: int
    received_at: datetime
    outcome: Outcome
    code: str | None = None

    @property
    def id(self) -> str:
        return scan_id(self.device, self.nonce)


def scan_id(device: str, nonce: str) -> str:
    """Also what stands in the mark that a scan has made."""
    return f"{device}:{nonce}"


def skew_of(device_time: datetime, received: datetime) -> int:
    """By how many seconds a clock is behind ours; the way of the request is counted to it."""
    return round((received - device_time).total_seconds())


def put_right(at: datetime, skew_seconds: int, offset_seconds: int) -> datetime:
    """The business time of what a device has recorded at its own time `at`."""
    return at + timedelta(seconds=skew_seconds + offset_seconds)


def first_of_each(scans: Iterable[Scan], known: Container[str]) -> list[Scan]:
    """Those whose nonce is not `known`; of two with one nonce the first."""
    fresh: dict[str, Scan] = {}
    for scan in scans:
        if scan.nonce not in known:
            fresh.setdefault(scan.nonce, scan)
    return list(fresh.values())
