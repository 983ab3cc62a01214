"""The link in the message of an offer: whoever opens it may answer this one offer, and do nothing else.

A token is base64url of: version, run, nomination, second until when the offer is open (business time), HMAC with a
purpose of its own. It names one offer: the next one of the same nomination ends at another second, or is the same
question. Nobody makes one without the key, and nothing of it is stored.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shared.errors import Refused
from shared.signed_links import SignedLinks

VERSION: Final = 1
PURPOSE: Final = b"pattana-offer\0"
_SIZE: Final = 1 + 16 + 16 + 5
MAC_BYTES: Final = 16
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
        self._links = SignedLinks(ring, PURPOSE, size=_SIZE, mac_bytes=MAC_BYTES)

    def issue(self, link: OfferLink) -> str:
        """Raises ValueError for ids that are no UUIDs."""
        ids = uuid.UUID(link.run).bytes + uuid.UUID(link.nomination).bytes
        return self._links.sign(bytes([VERSION]) + ids + int(link.until.timestamp()).to_bytes(5, "big"))

    def read(self, token: str) -> OfferLink:
        """Raises UnknownOffer."""
        content = self._links.open(token)
        if content is None or content[0] != VERSION:
            raise UnknownOffer()
        until = datetime.fromtimestamp(int.from_bytes(content[33:], "big"), UTC)
        return OfferLink(str(uuid.UUID(bytes=content[1:17])), str(uuid.UUID(bytes=content[17:33])), until)
