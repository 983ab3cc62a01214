"""Public keys of the issuer: from a JWKS file or URL, kept fresh. Knows no tokens and no HTTP server."""

import asyncio
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Final

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from shared.errors import Unavailable

FETCH_SECONDS: Final = 5.0
LARGEST_BYTES: Final = 1024 * 1024
_log = structlog.get_logger()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys come from the address that was configured, or not at all."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirects)


class KeysUnavailable(Unavailable):
    """The issuer's keys were never read; without them nobody can be told apart."""


class Keys:
    """`version` grows whenever the set has changed: what was checked against an older one is to be checked again."""

    def __init__(self, location: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.version = 0
        self._location = location
        self._remote = location.startswith(("https://", "http://"))
        self._every, self._at_most_every = (300.0, 10.0) if self._remote else (2.0, 0.0)
        self._clock = clock
        self._tried_at: float | None = None
        self._lock = asyncio.Lock()
        self._content = b""
        self._keys: dict[str, Key] = {}

    async def refresh(self) -> None:
        """Looks again when it is time to. A failure is only logged while there are keys to go on with."""
        if self._tried_at is None or self._clock() - self._tried_at >= self._every:
            await self._load(self._every)

    async def find(self, kid: str | None) -> Key | None:
        """The key of that id (without an id: the only one). An unknown id makes the set be read again, which for a URL
        happens once in ten seconds at most."""
        await self.refresh()
        if (key := self._get(kid)) is None:
            await self._load(self._at_most_every)
            key = self._get(kid)
        return key

    def _get(self, kid: str | None) -> Key | None:
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    async def _load(self, not_within: float) -> None:
        async with self._lock:
            if self._keys and self._tried_at is not None and self._clock() - self._tried_at < not_within:
                return  # somebody else has just done it
            self._tried_at = self._clock()
            try:
                self._take(await asyncio.to_thread(self._fetch if self._remote else self._read))
            except (OSError, HTTPException, ValueError, KeyError, TypeError, JoseError) as error:
                if not self._keys:
                    raise KeysUnavailable(f"no keys from {self._location}: {error!r}") from error
                _log.warning("keys not refreshed", location=self._location, error=repr(error))

    def _take(self, content: bytes) -> None:
        if content == self._content:
            return
        found = KeySet.import_key_set(orjson.loads(content))
        self._keys = {key.kid: key for key in found if key.kid is not None and key.key_type != "oct"}
        self._content = content
        self.version += 1

    def _read(self) -> bytes:
        return Path(self._location).read_bytes()

    def _fetch(self) -> bytes:
        with _OPENER.open(self._location, timeout=FETCH_SECONDS) as answer:
            content: bytes = answer.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise ValueError("JWKS too large")
        return content
