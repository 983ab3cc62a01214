"""Keys that sign credentials for the world: a ring of Ed25519 keys, whose public halves are shown to everybody. Knows
no service."""

import base64
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.fresh_keys import parse_key_ring

WELL_KNOWN: Final = "/.well-known/pattana-badges"


class BadgeKeys:
    """The newest key signs; the older ones are shown as long as they stand in the ring."""

    def __init__(self, ring: str) -> None:
        """From `id=base64,id=base64` with 32 bytes each, the newest first. Raises ValueError."""
        seeds = parse_key_ring(ring)
        self._keys = {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in seeds.items()}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def public(self, name: str) -> dict[str, Any] | None:
        """As a JWK."""
        key = self._keys.get(name)
        if key is None:
            return None
        point = _encoded(key.public_key().public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "x": point, "kid": name, "alg": "EdDSA", "use": "sig"}

    def all_public(self) -> dict[str, Any]:
        return {"keys": [self.public(name) for name in self._keys]}

    def sign(self, claims: dict[str, Any], public_url: str) -> str:
        """A JWT. Its `kid` is where the key stands for everybody. The same bytes for the same claims and key."""
        name, key = next(iter(self._keys.items()))
        header = {"alg": "EdDSA", "kid": f"{public_url}{WELL_KNOWN}/{name}", "typ": "JWT"}
        signed = f"{_encoded(orjson.dumps(header))}.{_encoded(orjson.dumps(claims))}"
        return f"{signed}.{_encoded(key.sign(signed.encode()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
