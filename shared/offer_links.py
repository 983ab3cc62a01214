"""The link in the message of an offer: whoever opens it may answer this one offer, and do nothing else.

A token is base64url of: version, run, nomination, second until when the offer is open (business time), HMAC with a
purpose of its own. It names one offer: the next one of the same nomination ends at another second, or is the same
question. Nobody makes one without the key, and nothing of it is stored.
"""

import base64
import binascii
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shared.errors import Refused

VERSION: Final = 1
PURPOSE: Final = b"pattana-offer\0"
MAC_BYTES: Final = 16
_SIZE: Final = 1 + 16 + 16 + 5 + MAC_BYTES
TOKEN: Final = re.compile("[A-Za-z0-9_-]{72}")
PATH: Final = "/api/enrolment/offers"


class UnknownOffer(
    Refused,
    code="unknown-offer",
    status=404,
    th="ลิงก์นี้ไม่ถูกต้อง โปรดเปิดลิงก์จากข้อความที่ได้รับให้ครบทุกตัวอักษร หรือติดต่อหน่วยงานต้นสังกัด",
    en="This link is not valid. Please open it exactly as it stands in the message, or ask your office.",
):
    """Cut, forged, or of another system; which of these is nobody's business."""


@dataclass(frozen=True, slots=True)
class OfferLink:
    """`until` is business time, in whole seconds."""

    run: str
    nomination: str
    until: datetime


class OfferLinks:
    """`ring` are keys by id, the newest first: that one signs, all verify."""

    def __init__(self, ring: Mapping[str, bytes]) -> None:
        if not ring:
            raise ValueError("the ring of keys is empty")
        self._macs = tuple(hmac.new(key, PURPOSE, "sha256") for key in ring.values())

    def issue(self, link: OfferLink) -> str:
        """Raises ValueError for ids that are no UUIDs."""
        ids = uuid.UUID(link.run).bytes + uuid.UUID(link.nomination).bytes
        content = bytes([VERSION]) + ids + int(link.until.timestamp()).to_bytes(5, "big")
        return base64.urlsafe_b64encode(content + _mac(self._macs[0], content)).decode()

    def read(self, token: str) -> OfferLink:
        """Raises UnknownOffer."""
        if TOKEN.fullmatch(token) is None:
            raise UnknownOffer()
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except binascii.Error:
            raise UnknownOffer() from None
        content, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if len(raw) != _SIZE or raw[0] != VERSION:
            raise UnknownOffer()
        if not any(hmac.compare_digest(_mac(begun, content), mac) for begun in self._macs):
            raise UnknownOffer()
        until = datetime.fromtimestamp(int.from_bytes(content[33:], "big"), UTC)
        return OfferLink(str(uuid.UUID(bytes=content[1:17])), str(uuid.UUID(bytes=content[17:33])), until)


def _mac(begun: hmac.HMAC, content: bytes) -> bytes:
    mac = begun.copy()
    mac.update(content)
    return mac.digest()[:MAC_BYTES]
