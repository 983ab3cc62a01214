"""Sealed contacts: what two services tell each other about people over a topic that others may read.

AES-256-GCM with a ring of keys from secrets. The contact's subject is authenticated with the text, so that a sealed
contact cannot be moved to another person. Knows no service and no topic.
"""

import base64
import binascii
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.events.envelope import EventModel
from shared.fresh_keys import KEY_BYTES, parse_key_ring

NONCE_BYTES = 12


# SealError
# ├── UnknownKey   the ring does not hold the key (any more): erased people, or a missing secret
# └── Tampered     the text, the key or the subject is not what it was when it was sealed
class SealError(Exception):
    """A sealed text that cannot be opened."""


class UnknownKey(SealError):
    """Which key is in the message."""


class Tampered(SealError):
    """Nothing more can be said."""


class Contact(EventModel):
    """What is known of how to address and reach a person. The prefix is written as it precedes the first name."""

    prefix: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """`text` is base64 of nonce and ciphertext."""

    key_id: str
    text: str


class KeyRing:
    """Seals with the first key, opens with any. Written `id=base64,id=base64`, the newest first."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a key ring has at least one key, each of {KEY_BYTES} bytes")
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.ids = tuple(keys)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Raises ValueError, without the keys in its message."""
        return cls(parse_key_ring(text))

    @property
    def current(self) -> str:
        """The key that seals."""
        return self.ids[0]

    def knows(self, key_id: str) -> bool:
        return key_id in self._keys

    def seal(self, contact: Contact, subject: str) -> Sealed:
        """Two seals of the same contact differ."""
        return self.seal_bytes(contact.model_dump_json(by_alias=True).encode(), subject)

    def open(self, sealed: Sealed, subject: str) -> Contact:
        """Raises UnknownKey and Tampered."""
        return Contact.model_validate_json(self.open_bytes(sealed, subject))

    def seal_bytes(self, plain: bytes, subject: str) -> Sealed:
        """Anything else that only holders of the key are to read."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._keys[self.current].encrypt(nonce, plain, subject.encode())
        return Sealed(self.current, base64.b64encode(sealed).decode())

    def open_bytes(self, sealed: Sealed, subject: str) -> bytes:
        """Raises UnknownKey and Tampered."""
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise UnknownKey(sealed.key_id)
        try:
            raw = base64.b64decode(sealed.text, validate=True)
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], subject.encode())
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise Tampered from error
