"""The link in the message of a certificate: whoever opens it gets this one certificate, and nothing else. Neither the
message nor an event names the code by which everybody may check it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.errors import Refused
from shared.signed_links import SignedLinks

VERSION: Final = 1
PURPOSE: Final = b"pattana-certificate\0"
PATH: Final = "/api/enrolment/certificate-links"
_SIZE: Final = 1 + 16 + 16
_MAC_BYTES: Final = 18


class UnknownCertificateLink(
    Refused,
    code="unknown-certificate-link",
    status=404,
    th="ลิงก์นี้ไม่ถูกต้อง โปรดเปิดลิงก์จากข้อความที่ได้รับให้ครบทุกตัวอักษร หรือติดต่อหน่วยงานผู้จัด",
    en="This link is not valid. Please open it exactly as it stands in the message, or ask the organising unit.",
):
    """Cut, forged, or of another system; which of these is nobody's business."""


@dataclass(frozen=True, slots=True)
class CertificateLink:
    run: str
    certificate: str


class CertificateLinks:
    """`ring` are keys by id, the newest first: that one signs, all verify."""

    def __init__(self, ring: Mapping[str, bytes]) -> None:
        self._links = SignedLinks(ring, PURPOSE, size=_SIZE, mac_bytes=_MAC_BYTES)

    def issue(self, link: CertificateLink) -> str:
        """Raises ValueError for ids that are no UUIDs."""
        return self._links.sign(bytes([VERSION]) + uuid.UUID(link.run).bytes + uuid.UUID(link.certificate).bytes)

    def read(self, token: str) -> CertificateLink:
        """Raises UnknownCertificateLink."""
        content = self._links.open(token)
        if content is None or content[0] != VERSION:
            raise UnknownCertificateLink()
        return CertificateLink(str(uuid.UUID(bytes=content[1:17])), str(uuid.UUID(bytes=content[17:])))
