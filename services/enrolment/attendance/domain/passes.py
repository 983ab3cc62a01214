"""The pass of a person for a run, as it stands in a QR code: compact, signed with the key of the run, and verified
without a network by whoever has its public half. Pure.

A pass is base64url of: version, run, nomination, second until when it is good (business time), Ed25519 signature over
all before it. It names a nomination, and nobody.
"""

import base64
import binascii
import hmac
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.enrolment.attendance.domain.pass_refusals import PassExpired, PassForged, PassOfOtherRun

VERSION: Final = 1
SIGNATURE_BYTES: Final = 64
_SIZE: Final = 1 + 16 + 16 + 5 + SIGNATURE_BYTES
LENGTH: Final = _SIZE * 4 // 3  # characters of a pass: a whole number of threes
TOKEN: Final = re.compile(f"[A-Za-z0-9_-]{{{LENGTH}}}")
_ROOM: Final = b"pattana-room\0"
_DEVICES: Final = b"pattana-devices\0"


@dataclass(frozen=True, slots=True)
class Pass:
    """`until` is business time, in whole seconds."""

    run: str
    nomination: str
    until: datetime

    def require_good(self, at: datetime) -> None:
        """At the business time at which it was shown. Raises PassExpired."""
        if at > self.until:
            raise PassExpired()


class RunKey:
    """The key of one run."""

    def __init__(self, seed: bytes) -> None:
        """`seed` are 32 bytes that nobody else knows."""
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()
        self.room: Final = hmac.digest(seed, _ROOM, "sha256")  # what signs the codes of its rooms
        self.devices: Final = hmac.digest(seed, _DEVICES, "sha256")  # what the codes of its devices come from

    @property
    def public(self) -> str:
        """The 32 bytes of the public half, as base64url without padding: the `x` of a JWK."""
        return base64.urlsafe_b64encode(self._public.public_bytes_raw()).rstrip(b"=").decode()

    def sign(self, content: bytes) -> str:
        """The signature as base64url without padding."""
        return base64.urlsafe_b64encode(self._private.sign(content)).rstrip(b"=").decode()

    def issue(self, content: Pass) -> str:
        """Raises ValueError for ids that are no UUIDs."""
        ids = uuid.UUID(content.run).bytes + uuid.UUID(content.nomination).bytes
        signed = bytes([VERSION]) + ids + int(content.until.timestamp()).to_bytes(5, "big")
        return base64.urlsafe_b64encode(signed + self._private.sign(signed)).decode()

    def read(self, run: str, token: str) -> Pass:
        """Raises PassForged for what this key has not signed, and PassOfOtherRun for what says that it is of another
        run, whose key is not this one."""
        raw = _raw(token)
        content, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if str(uuid.UUID(bytes=content[1:17])) != run:
            raise PassOfOtherRun()
        try:
            self._public.verify(signature, content)
        except InvalidSignature:
            raise PassForged() from None
        until = datetime.fromtimestamp(int.from_bytes(content[33:], "big"), UTC)
        return Pass(run, str(uuid.UUID(bytes=content[17:33])), until)


def _raw(token: str) -> bytes:
    if TOKEN.fullmatch(token) is None:
        raise PassForged()
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        raise PassForged() from None
    if len(raw) != _SIZE or raw[0] != VERSION:
        raise PassForged()
    return raw
