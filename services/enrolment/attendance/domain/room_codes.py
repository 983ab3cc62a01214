"""The code of a room, which is shown there as a QR and changes twice a minute: whoever scans it is there. Pure.

A code is base64url of: version, session, which half minute (system time), HMAC over these with a key of the run. Only
the system makes one, and only the room shows it.
"""

import base64
import hmac
import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from services.enrolment.attendance.domain.pass_refusals import RoomCodeOld, RoomCodeWrong

VERSION: Final = 1
SECONDS: Final = 30  # that a code is shown
GRACE: Final = 1  # so many of those before it are good as well: a telephone needs a moment
_MAC_BYTES: Final = 16
_CONTENT: Final = 1 + 2 + 5
_SIZE: Final = _CONTENT + _MAC_BYTES
LENGTH: Final = _SIZE * 4 // 3  # characters of a code
TOKEN: Final = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")


class RoomCode(NamedTuple):
    """`until`: when it is no longer shown (system time)."""

    text: str
    until: datetime


def room_code(key: bytes, session: int, now: datetime) -> RoomCode:
    """The one to be shown. `now` is system time."""
    window = _window(now)
    content = bytes([VERSION]) + session.to_bytes(2, "big") + window.to_bytes(5, "big")
    text = base64.urlsafe_b64encode(content + _mac(key, content)).decode()
    return RoomCode(text, datetime.fromtimestamp((window + 1) * SECONDS, UTC))


def session_of(key: bytes, code: str, now: datetime) -> int:
    """The number of the session whose room shows this code. One window ahead is good too: clocks of replicas differ.
    Raises RoomCodeWrong and RoomCodeOld."""
    if TOKEN.fullmatch(code) is None:
        raise RoomCodeWrong()
    raw = base64.b64decode(code, altchars=b"-_", validate=True)
    content, mac = raw[:_CONTENT], raw[_CONTENT:]
    if content[0] != VERSION or not hmac.compare_digest(mac, _mac(key, content)):
        raise RoomCodeWrong()
    behind = _window(now) - int.from_bytes(content[3:], "big")
    if behind > GRACE:
        raise RoomCodeOld()
    if behind < -1:
        raise RoomCodeWrong()
    return int.from_bytes(content[1:3], "big")


def _window(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:_MAC_BYTES]
