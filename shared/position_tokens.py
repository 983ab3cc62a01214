"""What a command has reached, as one opaque token of bounded size: `Pattana-Position` out, `after=` in.

A token is base64url of: version, second of issue, items, HMAC. An item is a position (length and bytes of the packed
aggregate, sequence) or, after a zero, a receipt (its 16 bytes, number of events). Where an aggregate holds a UUID the
packed one has a zero and 16 bytes. Whoever holds a token learns nothing else; nobody can make one without the key.
"""

import base64
import binascii
import hmac
import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.errors import Refused
from shared.events.envelope import MOST_SEQUENCE, Position

LONGEST: Final = 200  # signs of a token
LIFE_SECONDS: Final = 24 * 3600
AHEAD_SECONDS: Final = 300  # that the clock of the service that made it may be fast
VERSION: Final = 1
PURPOSE: Final = b"pattana-position\0"
MAC_BYTES: Final = 16
ROOM: Final = LONGEST // 4 * 3 - 1 - 4 - MAC_BYTES  # for the items
SHORT: Final = ROOM - 12  # a lone aggregate of so many signs surely fits
_UUID: Final = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
TOKEN: Final = re.compile(f"^[A-Za-z0-9_-]{{28,{LONGEST}}}$")


class InvalidPosition(
    Refused,
    code="invalid-position",
    status=400,
    th="ค่า after ไม่ถูกต้อง กรุณาใช้ค่าที่ได้รับจาก Pattana-Position ตามเดิมทุกตัวอักษร",
    en="after= is not valid. Please send a value of Pattana-Position exactly as it was received.",
):
    """Cut, forged, or made by another system; which of these is nobody's business."""


class ExpiredPosition(
    Refused,
    code="expired-position",
    status=400,
    th="ค่า after หมดอายุแล้ว ข้อมูลที่เก่าขนาดนั้นแสดงผลแล้ว กรุณาส่งคำขอใหม่โดยไม่ระบุ after",
    en="after= has expired: what is that old is visible by now. Please ask again without it.",
):
    """Older than a day."""


class TooManyPositions(
    Refused,
    code="too-many-positions",
    status=400,
    th="ระบุค่า after ได้ไม่เกิน {most} ค่าต่อคำขอ",
    en="after= may be given {most} times at most in one request.",
):
    """Details: most."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """So many events were marked with this id (a UUID), because they are of more aggregates than a token can name."""

    id: str
    events: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What a reader must have applied to know what a caller knows."""

    positions: tuple[Position, ...] = ()
    receipts: tuple[Receipt, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.positions or self.receipts)


def together(parts: Iterable[Reached]) -> Reached:
    """The last position of each aggregate, and of each receipt the sum of its events."""
    positions: dict[str, Position] = {}
    receipts: dict[str, int] = {}
    for part in parts:
        for position in part.positions:
            known = positions.get(position.aggregate)
            if known is None or known.seq < position.seq:
                positions[position.aggregate] = position
        for receipt in part.receipts:
            receipts[receipt.id] = receipts.get(receipt.id, 0) + receipt.events
    return Reached(tuple(positions.values()), tuple(Receipt(id, events) for id, events in receipts.items()))


def fits(positions: Sequence[Position]) -> bool:
    """Whether a token can name all of these."""
    if len(positions) == 1 and positions[0].aggregate.isascii() and len(positions[0].aggregate) <= SHORT:
        return True  # by far the most frequent
    size = 0
    for position in positions:
        size += len(_position(position))
        if size > ROOM:
            return False
    return True


class PositionTokens:
    """`ring` are keys by id, the newest first: that one signs, all verify."""

    def __init__(self, ring: Mapping[str, bytes], *, clock: Callable[[], float] = time.time) -> None:
        if not ring:
            raise ValueError("PATTANA_POSITION_KEYS must hold the key that positions are signed with")
        # With the purpose hashed already. hmac.digest would do, but it lets other threads run for every token.
        self._macs = tuple(hmac.new(key, PURPOSE, "sha256") for key in ring.values())
        self._clock = clock

    def issue(self, reached: Reached) -> str:
        """Receipts first: they stand for all positions. Beside them stand as many positions as fit."""
        items = b"".join(map(_receipt, reached.receipts))
        if len(items) > ROOM:
            raise ValueError("more receipts than a token can hold")
        for position in reached.positions:
            packed = _position(position)
            if len(items) + len(packed) <= ROOM:
                items += packed
        content = bytes([VERSION]) + int(self._clock()).to_bytes(4, "big") + items
        return base64.urlsafe_b64encode(content + _mac(self._macs[0], content)).rstrip(b"=").decode()

    def read(self, token: str) -> Reached:
        """Raises InvalidPosition and ExpiredPosition."""
        content, mac = _parts(token)
        if not any(hmac.compare_digest(_mac(begun, content), mac) for begun in self._macs):
            raise InvalidPosition()
        age = self._clock() - int.from_bytes(content[1:5], "big")
        if not -AHEAD_SECONDS <= age <= LIFE_SECONDS:
            raise ExpiredPosition()
        return _items(content)


def unverified(token: str) -> Reached:
    """What a token says, whoever made it and whenever: for those who have it from a source that they trust. Raises
    InvalidPosition for what is no token."""
    return _items(_parts(token)[0])


def _parts(token: str) -> tuple[bytes, bytes]:
    """Content and HMAC."""
    if TOKEN.fullmatch(token) is None:
        raise InvalidPosition()
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise InvalidPosition() from None
    # One token is written in one way: spare bits of the last sign must be zero.
    if raw[:1] != bytes([VERSION]) or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise InvalidPosition()
    return raw[:-MAC_BYTES], raw[-MAC_BYTES:]


def _mac(begun: hmac.HMAC, content: bytes) -> bytes:
    mac = begun.copy()
    mac.update(content)
    return mac.digest()[:MAC_BYTES]


def _receipt(receipt: Receipt) -> bytes:
    return b"\0" + uuid.UUID(receipt.id).bytes + _number(receipt.events)


def _position(position: Position) -> bytes:
    return _aggregate(position.aggregate) + _number(position.seq)


@lru_cache(maxsize=2_000)
def _aggregate(name: str) -> bytes:
    """Packed, with its length before it. A bucket in a rush is named many times, and packing costs most of a token."""
    packed, at = b"", 0
    for found in _UUID.finditer(name):
        packed += name[at : found.start()].encode() + b"\0" + uuid.UUID(found[0]).bytes
        at = found.end()
    packed += name[at:].encode()
    # What is too long for its length cannot be sent in any case: it is longer than the room.
    return bytes([min(len(packed), 255)]) + packed


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _items(content: bytes) -> Reached:
    try:
        read = tuple(_read(iter(content[5:])))
    except (RuntimeError, ValueError, StopIteration):
        raise InvalidPosition() from None
    positions = tuple(item for item in read if isinstance(item, Position))
    return Reached(positions, tuple(item for item in read if isinstance(item, Receipt)))


def _read(content: Iterator[int]) -> Iterator[Position | Receipt]:
    for length in content:
        if not length:
            id = uuid.UUID(bytes=bytes(next(content) for _ in range(16)))
            yield Receipt(str(id), _read_number(content))
            continue
        packed = bytes(next(content) for _ in range(length))
        yield Position(_unpacked(packed), _read_number(content))


def _read_number(content: Iterator[int]) -> int:
    value = shift = 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if not 1 <= value <= MOST_SEQUENCE:
                break
            return value
    raise ValueError("no number")


def _unpacked(packed: bytes) -> str:
    text = ""
    while packed:
        plain, zero, packed = packed.partition(b"\0")
        text += plain.decode()
        if zero:
            text += str(uuid.UUID(bytes=packed[:16]))
            packed = packed[16:]
    return text
