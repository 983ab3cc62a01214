"""What shows that a task is done: a link or a text. Pure."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from services.enrolment.followup.domain.refusals import EvidenceNotSecure

# What an address may be written with (RFC 3986), so that it stands in no page, mail or sheet as anything else.
_SIGNS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One of the two."""

    link: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written about a task, as far as it is still kept."""

    evidence: Evidence = field(default_factory=Evidence)
    reason: str | None = None


def secure_link(written: str) -> str:
    """As it is. Raises EvidenceNotSecure for anything but a whole https address without anybody's name in it."""
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise EvidenceNotSecure() from None
    if parts.scheme != "https" or "@" in parts.netloc or _SIGNS.fullmatch(written) is None:
        raise EvidenceNotSecure()
    if _HOST.fullmatch(host) is None:
        raise EvidenceNotSecure()
    return written
