"""Devices at doors: invited with a code that is used once, enrolled with a token of their own, revoked. Pure.

Of codes and tokens only digests are kept. A code follows from the key of the run, the device, and until when it is
good, so that a repeated invitation gets it again though it stands nowhere. A device belongs to one run. One that has
lost its token is invited again: with the new code it gets another token, and the old one is worth nothing.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.enrolment.attendance.domain.device_refusals import DeviceCodeExpired, DeviceCodeWrong, DeviceRevoked

MOST_DEVICES: Final = 200  # of a run
GOOD_FOR: Final = timedelta(minutes=15)  # a code
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like another sign
CODE_SIGNS: Final = 12  # 60 bits
OF_DEVICES: Final = "pdt"
# In three parts like any token, so that the gateway counts the requests of each device by itself.
TOKEN: Final = re.compile(rf"{OF_DEVICES}\.([0-9a-f-]{{36}})\.([A-Za-z0-9_-]{{43}})")


class DeviceState(StrEnum):
    INVITED = "INVITED"
    ENROLLED = "ENROLLED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class Device:
    """Times are system time. `skew_seconds` is by how much its clock was behind at the last upload; it is negative for
    one that was ahead. `version` grows with every change."""

    id: str
    run: str
    name: str
    created_at: datetime
    created_by: str
    code_digest: str | None = None
    code_until: datetime | None = None
    token_digest: str | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None
    seen_at: datetime | None = None
    skew_seconds: int | None = None
    version: int = 0

    @property
    def state(self) -> DeviceState:
        if self.revoked_at is not None:
            return DeviceState.REVOKED
        return DeviceState.INVITED if self.token_digest is None else DeviceState.ENROLLED

    def require_working(self) -> None:
        """Raises DeviceRevoked."""
        if self.revoked_at is not None:
            raise DeviceRevoked()

    def has(self, token: str) -> bool:
        return self.token_digest is not None and hmac.compare_digest(self.token_digest, digest_of(token))


def invited(device: Device, code: str, now: datetime) -> Device:
    """With a code; one that it had before is worth nothing. Raises DeviceRevoked."""
    device.require_working()
    return replace(device, code_digest=digest_of(plain_code(code)), code_until=now + GOOD_FOR)


def enrolled(device: Device, token: str, now: datetime) -> Device:
    """Its code is used up. Raises DeviceRevoked, DeviceCodeWrong without a code, and DeviceCodeExpired."""
    device.require_working()
    if device.code_until is None:
        raise DeviceCodeWrong()
    if now > device.code_until:
        raise DeviceCodeExpired()
    return replace(device, code_digest=None, code_until=None, token_digest=digest_of(token), enrolled_at=now)


def revoked(device: Device, now: datetime) -> Device:
    """For good. Once more it stays as it is."""
    if device.revoked_at is not None:
        return device
    return replace(device, code_digest=None, code_until=None, token_digest=None, revoked_at=now)


def seen(device: Device, skew_seconds: int, now: datetime) -> Device:
    return replace(device, skew_seconds=skew_seconds, seen_at=now)


def digest_of(secret: str) -> str:
    """Codes and tokens are long and random, so that a digest of them is not to be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_of(key: bytes, device: str, until: str) -> str:
    """`key` is that of the run for its devices; `until` as the answer says it."""
    digest = hmac.digest(key, f"{device}\0{until}".encode(), "sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_SIGNS])


def plain_code(text: str) -> str:
    """As it is compared: without the hyphens and spaces that make it readable."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def shown_code(plain: str) -> str:
    """As it is read out: in fours."""
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))
