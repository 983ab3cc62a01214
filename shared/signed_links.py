"""Links that carry what they are about, signed: whoever has one may do what it is for, and nobody makes one without the
key. Nothing of them is stored.

A token is base64url of the content and an HMAC with a purpose of its own, so that no link serves for another purpose.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from typing import Final

_TOKEN: Final = re.compile("[A-Za-z0-9_-]*")


class SignedLinks:
    """`ring` are keys by id, the newest first: that one signs, all verify. Contents have `size` bytes; together with
    the HMAC a multiple of three, so that a token has no padding."""

    def __init__(self, ring: Mapping[str, bytes], purpose: bytes, *, size: int, mac_bytes: int) -> None:
        if not ring:
            raise ValueError("the ring of keys is empty")
        self._macs = tuple(hmac.new(key, purpose, "sha256") for key in ring.values())
        self._size, self._mac_bytes = size, mac_bytes

    def sign(self, content: bytes) -> str:
        return base64.urlsafe_b64encode(content + self._mac(self._macs[0], content)).decode()

    def open(self, token: str) -> bytes | None:
        """The content; None for what was cut, forged, or made for something else."""
        if len(token) != (self._size + self._mac_bytes) // 3 * 4 or not _TOKEN.fullmatch(token):
            return None
        raw = base64.urlsafe_b64decode(token)
        content, mac = raw[: self._size], raw[self._size :]
        valid = [hmac.compare_digest(self._mac(begun, content), mac) for begun in self._macs]
        return content if any(valid) else None

    def _mac(self, begun: hmac.HMAC, content: bytes) -> bytes:
        mac = begun.copy()
        mac.update(content)
        return mac.digest()[: self._mac_bytes]
