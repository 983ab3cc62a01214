"""Who calls, and what they may: tokens into Principals, checked at the door of every route. Knows no service.

Rights are in shared/rights.py (one table), keys in shared/keys.py; the embedded edition signs with shared/signing.py.
"""

import base64
import time
import warnings
from collections.abc import Callable
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
    SecurityWarning,
)
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request

from shared.errors import Forbidden
from shared.keys import Keys
from shared.rights import Permission, Principal, Role
from shared.security_log.entries import Access, acting, client_of
from shared.settings import Settings
from shared.token_refusals import (
    TokenAlgNone,
    TokenAlgorithm,
    TokenBadSignature,
    TokenExpired,
    TokenIncomplete,
    TokenMalformed,
    TokenNotYetValid,
    TokenUnknownKey,
    TokenUnsigned,
    TokenWrongAudience,
    TokenWrongIssuer,
    TokenWrongType,
    Unauthenticated,
)
from shared.values import LONGEST_NAME

LONGEST_TOKEN: Final = 8192
SUBJECT_KEY: Final = "pattana.subject"  # whose request it is, in its scope
MOST_CACHED: Final = 10_000
# How an access token calls itself: in its header (RFC 9068), or as Keycloak does, in a claim under a header that says
# nothing. An ID token is signed with the same key, may name the same audience, and is shown to every client.
_ACCESS_HEADERS: Final = frozenset({"at+jwt", "application/at+jwt"})
_ACCESS_CLAIM: Final = "Bearer"

_BAD_CLAIM: Final[dict[str, type[Unauthenticated]]] = {
    "iss": TokenWrongIssuer,
    "aud": TokenWrongAudience,
    "nbf": TokenNotYetValid,
    "iat": TokenNotYetValid,
}


class Verifier:
    """Remembers checked tokens by their text until they expire or the issuer's keys change."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        if not settings.token_issuer or not settings.token_jwks:
            raise ValueError("PATTANA_TOKEN_ISSUER and PATTANA_TOKEN_JWKS must say whose tokens are accepted")
        self._keys = Keys(settings.token_jwks)
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._algorithms = settings.token_algorithms
        self._skew = settings.token_skew_seconds
        self._clock = clock
        self._known: dict[str, tuple[Principal, float]] = {}
        self._known_version = 0

    async def principal(self, token: str) -> Principal:
        """Raises a kind of Unauthenticated, or KeysUnavailable as long as the issuer's keys could never be read."""
        await self._keys.refresh()
        if self._known_version != self._keys.version:
            self._known.clear()
            self._known_version = self._keys.version
        known = self._known.get(token)
        if known is not None:
            if known[1] > self._clock():
                return known[0]
            del self._known[token]
        claims = await self._verified(token)
        principal = _principal(claims)
        if len(self._known) >= MOST_CACHED:
            del self._known[next(iter(self._known))]
        self._known[token] = (principal, claims["exp"] + self._skew)
        return principal

    async def _verified(self, token: str) -> dict[str, Any]:
        header, claims = _parts(token)
        _check_signed(header, token, self._algorithms)
        if claims.get("iss") != self._issuer:
            raise TokenWrongIssuer()
        kid = header.get("kid")
        key = await self._keys.find(kid if isinstance(kid, str) else None)
        if key is None:
            raise TokenUnknownKey()
        try:
            with warnings.catch_warnings():  # RFC 9864 renames EdDSA; issuers still say it, and operators may forbid it
                warnings.simplefilter("ignore", SecurityWarning)
                decoded = jwt.decode(token, key, algorithms=list(self._algorithms))
        except BadSignatureError as error:
            raise TokenBadSignature() from error
        except (JoseError, ValueError, TypeError) as error:
            raise TokenMalformed() from error
        self._check_claims(decoded.claims)
        _check_access(decoded.header, decoded.claims)
        return decoded.claims

    def _check_claims(self, claims: dict[str, Any]) -> None:
        registry = JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=self._skew,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except MissingClaimError as error:
            raise TokenIncomplete(claim=error.claim) from error
        except ExpiredTokenError as error:
            raise TokenExpired() from error
        except InvalidClaimError as error:
            raise _BAD_CLAIM.get(error.claim, TokenMalformed)() from error


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims as they stand there, believed by nobody yet: they only decide which refusal is given."""
    pieces = token.split(".")
    if len(token) > LONGEST_TOKEN or len(pieces) not in (2, 3):
        raise TokenMalformed()
    try:
        header, claims = (orjson.loads(_unpadded(piece)) for piece in pieces[:2])
    except ValueError as error:
        raise TokenMalformed() from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenMalformed()
    return header, claims


def _unpadded(piece: str) -> bytes:
    return base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))


def _check_signed(header: dict[str, Any], token: str, allowed: tuple[str, ...]) -> None:
    algorithm = header.get("alg")
    if isinstance(algorithm, str) and algorithm.lower() == "none":
        raise TokenAlgNone()
    if token.count(".") < 2 or token.endswith("."):
        raise TokenUnsigned()
    if algorithm not in allowed:
        raise TokenAlgorithm()


def _check_access(header: dict[str, Any], claims: dict[str, Any]) -> None:
    said, claim = str(header.get("typ", "JWT")).lower(), claims.get("typ")
    named = said in _ACCESS_HEADERS
    if not (named or said == "jwt") or claim not in (_ACCESS_CLAIM, None) or not (named or claim):
        raise TokenWrongType()


def _principal(claims: dict[str, Any]) -> Principal:
    """Roles that are not ours are ignored: an issuer has others as well."""
    given, unit, subject = claims.get("roles"), claims.get("unit"), claims["sub"]
    if not _is_name(subject) or not (unit is None or _is_name(unit)):
        raise TokenMalformed()
    names = [role for role in given if isinstance(role, str)] if isinstance(given, list) else []
    roles = frozenset(Role(role) for role in names if role in Role.__members__)
    return Principal(subject, roles, unit)


def _is_name(claim: object) -> bool:
    """What is looked for in stores, and written into logs."""
    return isinstance(claim, str) and 0 < len(claim) <= LONGEST_NAME and claim.isprintable()


async def principal_of(request: Request, permission: Permission) -> Principal:
    """The caller, who has `permission`; raises Unauthenticated or Forbidden. `request.app.state.verifier` checks."""
    state, headers = request.scope["app"].state, request.scope["pattana.headers"]
    access = Access(permission)
    if state.settings.trust_forwarded:
        access.client = client_of(headers.get(b"x-forwarded-for"))
    acting.set(access)
    value: bytes = headers.get(b"authorization", b"")
    if value[:7].lower() != b"bearer ":
        raise Unauthenticated()
    verifier: Verifier = state.verifier
    principal = access.principal = await verifier.principal(value[7:].strip().decode("latin-1"))
    if not principal.can(permission):
        raise Forbidden(permission=permission)
    request.scope[SUBJECT_KEY] = principal.subject
    return principal


class Requires:
    """The dependency that guards a route: `Annotated[Principal, Depends(requires(Permission.REPORT_READ))]`."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        return await principal_of(request, self.permission)


def requires(permission: Permission) -> Requires:
    return Requires(permission)
