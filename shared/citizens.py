"""Keyed hashes that stand for citizen ids. Each says which key made it: so the key can be changed. Pure."""

import hmac
import re
from collections.abc import Mapping
from typing import Final

SHORTEST_SECRET: Final = 32
MOST_KEYS: Final = 4  # each import looks for all of them
FIRST: Final = "1"  # the key of a secret without an id, and of hashes from before they named their key
_KEY: Final = re.compile(rf"([a-z0-9]{{1,8}})=(\S{{{SHORTEST_SECRET},}})")


class CitizenKeys:
    """The first key makes hashes, all of them find people. Written `id=secret,id=secret`, the newest first; one secret
    alone is the key `1`."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """Raises ValueError, without the secrets in its message."""
        if not 1 <= len(keys) <= MOST_KEYS:
            raise ValueError(f"one to {MOST_KEYS} citizen keys are expected")
        if any(len(secret) < SHORTEST_SECRET for secret in keys.values()):
            raise ValueError(f"a citizen key has {SHORTEST_SECRET} characters or more")
        self._keys = {id: secret.encode() for id, secret in keys.items()}

    def __repr__(self) -> str:
        return f"CitizenKeys({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str) -> "CitizenKeys":
        parts = [_KEY.fullmatch(part.strip()) for part in text.split(",")]
        found = [(part[1], part[2]) for part in parts if part is not None]
        if len(found) < len(parts):
            if len(parts) > 1 and found:
                raise ValueError("citizen keys are written id=secret,id=secret")
            return cls({FIRST: text})
        if len(dict(found)) < len(found):
            raise ValueError("two citizen keys have the same id")
        return cls(dict(found))

    def hashes(self, citizen_id: str) -> tuple[str, ...]:
        """Of the thirteen digits (HMAC-SHA256), as the newest key makes it, and then all others that may be stored."""
        made = {id: hmac.digest(key, citizen_id.encode(), "sha256").hex() for id, key in self._keys.items()}
        unnamed = [made[FIRST]] if FIRST in made else []
        return (*(f"{id}:{digest}" for id, digest in made.items()), *unnamed)

    def knows(self, stored: str) -> bool:
        """Whether the key that made it is here."""
        id, named, _ = stored.partition(":")
        return (id if named else FIRST) in self._keys
