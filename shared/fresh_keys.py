"""Key rings as they are written into secrets. Apart from what uses the keys: whoever installs need not load that."""

import base64
import binascii
import os
from typing import Final

KEY_BYTES: Final = 32


def new_key_ring(key_id: str) -> str:
    """A ring of one fresh key, as `parse_key_ring` reads it: for installers and tests, never a default."""
    return f"{key_id}={base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def parse_key_ring(text: str) -> dict[str, bytes]:
    """From `id=base64,id=base64`, the newest first. Raises ValueError, without the keys in its message."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, separator, encoded = part.partition("=")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError("a key of the ring is not base64") from error
        if not separator or not _is_key_id(key_id) or key_id in keys:
            raise ValueError("a key ring is written id=base64,id=base64 with different ids")
        keys[key_id] = key
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise ValueError(f"each key of a key ring has {KEY_BYTES} bytes")
    return keys


def _is_key_id(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and all(sign.isalnum() or sign in "-_." for sign in text)
