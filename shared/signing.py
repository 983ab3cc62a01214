"""The embedded edition's own issuer: makes its key on first start and signs tokens with it. Serves no request."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey

from shared.ids import new_id
from shared.issuer import EMBEDDED_ISSUER
from shared.rights import Role

PRIVATE_NAME: Final = "signing.json"
PUBLIC_NAME: Final = "jwks.json"


@dataclass(frozen=True)
class SigningKey:
    key: ECKey
    kid: str
    jwks: Path  # what `token_jwks` of the services points to


def create_key(folder: Path) -> SigningKey:
    """The key of this folder, made now if there is none. The private part is readable by its owner alone, and complete
    or absent even after a crash."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / PRIVATE_NAME).exists():
        key = ECKey.generate_key("P-256")
        _write(folder / PRIVATE_NAME, orjson.dumps(key.as_dict(private=True)), 0o600)
    return load_key(folder)


def load_key(folder: Path) -> SigningKey:
    """Raises FileNotFoundError where no key was made."""
    key = ECKey.import_key(orjson.loads((folder / PRIVATE_NAME).read_bytes()))
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": "ES256", "use": "sig"}
    content = orjson.dumps({"keys": [public]})
    jwks = folder / PUBLIC_NAME
    if not jwks.exists() or jwks.read_bytes() != content:
        _write(jwks, content, 0o644)
    return SigningKey(key, kid, jwks)


def issue_token(
    key: SigningKey,
    roles: Iterable[Role],
    unit: str | None = None,
    person: str | None = None,
    ttl: timedelta = timedelta(hours=8),
    *,
    issuer: str = EMBEDDED_ISSUER,
    audience: str = "pattana",
    issued_at: float | None = None,
) -> str:
    """`person` is the person id; without one the subject is the office itself, as `PROVINCIAL_HR@PO-50`."""
    names = sorted(role.value for role in roles)
    at = int(time.time() if issued_at is None else issued_at)
    claims = {
        "sub": person or f"{'+'.join(names)}@{unit or '-'}",
        "roles": names,
        "unit": unit,
        "iss": issuer,
        "aud": audience,
        "iat": at,
        "exp": at + int(ttl.total_seconds()),
        "jti": new_id(),
    }
    header = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}  # RFC 9068: an access token, and nothing else
    return jwt.encode(header, claims, key.key, algorithms=["ES256"])


def _write(path: Path, content: bytes, mode: int) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
