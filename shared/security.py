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

from shared.errors import Forbidden, Refused
from shared.keys import Keys
from shared.rights import CENTRAL_POOL, PERMISSIONS, Permission, Principal, Role, Scope
from shared.settings import Settings

__all__ = [
    "CENTRAL_POOL",
    "PERMISSIONS",
    "Permission",
    "Principal",
    "Requires",
    "Role",
    "Scope",
    "Unauthenticated",
    "Verifier",
    "principal_of",
    "requires",
]

LONGEST_TOKEN: Final = 8192
MOST_CACHED: Final = 10_000


_AGAIN_TH: Final = "กรุณาเข้าสู่ระบบใหม่อีกครั้ง"
_AGAIN_EN: Final = "Please sign in again."


# Refused
# └── Unauthenticated            no token, or not "Bearer"
#     ├── TokenMalformed         not three parts of base64url JSON, or a claim of a wrong kind
#     ├── TokenUnsigned          the signature is missing
#     ├── TokenAlgNone           says itself that it is not signed
#     ├── TokenAlgorithm         signed in a way that is not on the list
#     ├── TokenWrongIssuer
#     ├── TokenUnknownKey        the issuer has no such key
#     ├── TokenBadSignature
#     ├── TokenIncomplete        a claim that we need is missing (details: claim)
#     ├── TokenWrongAudience
#     ├── TokenExpired
#     └── TokenNotYetValid
class Unauthenticated(
    Refused,
    code="unauthenticated",
    status=401,
    th="กรุณาเข้าสู่ระบบก่อนดำเนินการ",
    en="Please sign in before you go on.",
):
    pass


class TokenMalformed(
    Unauthenticated,
    code="token-malformed",
    status=401,
    th=f"ระบบไม่สามารถอ่านข้อมูลยืนยันตัวตนของท่านได้ {_AGAIN_TH}",
    en=f"Your sign-in could not be read. {_AGAIN_EN}",
):
    pass


class TokenUnsigned(
    Unauthenticated,
    code="token-unsigned",
    status=401,
    th=f"ข้อมูลยืนยันตัวตนของท่านไม่มีลายมือชื่อดิจิทัลกำกับ ระบบจึงไม่สามารถรับรองได้ {_AGAIN_TH}",
    en=f"Your sign-in carries no digital signature, so it cannot be trusted. {_AGAIN_EN}",
):
    pass


class TokenAlgNone(
    Unauthenticated,
    code="token-alg-none",
    status=401,
    th=f"ข้อมูลยืนยันตัวตนระบุว่าไม่ใช้ลายมือชื่อดิจิทัล ซึ่งระบบนี้ไม่รับ {_AGAIN_TH}",
    en=f"Your sign-in says that it is not signed, which is not accepted here. {_AGAIN_EN}",
):
    pass


class TokenAlgorithm(
    Unauthenticated,
    code="token-algorithm",
    status=401,
    th="ข้อมูลยืนยันตัวตนใช้วิธีลงลายมือชื่อดิจิทัลที่ระบบนี้ไม่รับ กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is signed in a way that is not accepted here. Please tell the system administrator.",
):
    pass


class TokenWrongIssuer(
    Unauthenticated,
    code="token-wrong-issuer",
    status=401,
    th="ข้อมูลยืนยันตัวตนนี้ออกโดยระบบอื่น จึงใช้กับระบบนี้ไม่ได้ กรุณาเข้าสู่ระบบผ่านช่องทางที่หน่วยงานกำหนด",
    en=(
        "This sign-in was issued by another system and is not valid here. Please sign in the way your office provides."
    ),
):
    pass


class TokenUnknownKey(
    Unauthenticated,
    code="token-unknown-key",
    status=401,
    th=f"ระบบไม่รู้จักกุญแจที่ใช้ลงลายมือชื่อในข้อมูลยืนยันตัวตนของท่าน {_AGAIN_TH}",
    en=f"The key that signed your sign-in is not known here. {_AGAIN_EN}",
):
    pass


class TokenBadSignature(
    Unauthenticated,
    code="token-bad-signature",
    status=401,
    th=f"ลายมือชื่อดิจิทัลในข้อมูลยืนยันตัวตนของท่านไม่ถูกต้อง {_AGAIN_TH}",
    en=f"The digital signature of your sign-in is wrong. {_AGAIN_EN}",
):
    pass


class TokenIncomplete(
    Unauthenticated,
    code="token-incomplete",
    status=401,
    th="ข้อมูลยืนยันตัวตนของท่านไม่ครบถ้วน (ไม่มี {claim}) กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is incomplete ({claim} is missing). Please tell the system administrator.",
):
    pass


class TokenWrongAudience(
    Unauthenticated,
    code="token-wrong-audience",
    status=401,
    th="ข้อมูลยืนยันตัวตนนี้ออกให้สำหรับใช้กับระบบอื่น กรุณาเข้าสู่ระบบนี้ใหม่อีกครั้ง",
    en="This sign-in was issued for use with another system. Please sign in to this one.",
):
    pass


class TokenExpired(
    Unauthenticated,
    code="token-expired",
    status=401,
    th=f"หมดเวลาการใช้งานแล้ว {_AGAIN_TH}",
    en=f"Your session has expired. {_AGAIN_EN}",
):
    pass


class TokenNotYetValid(
    Unauthenticated,
    code="token-not-yet-valid",
    status=401,
    th="ข้อมูลยืนยันตัวตนของท่านยังไม่ถึงเวลาเริ่มใช้งาน กรุณารอสักครู่แล้วลองใหม่ หากยังไม่ได้กรุณาแจ้งผู้ดูแลระบบ",
    en="Your sign-in is not valid yet. Please try again in a moment, or tell the system administrator.",
):
    pass


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


def _principal(claims: dict[str, Any]) -> Principal:
    """Roles that are not ours are ignored: an issuer has others as well."""
    given, unit = claims.get("roles"), claims.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise TokenMalformed()
    names = [role for role in given if isinstance(role, str)] if isinstance(given, list) else []
    roles = frozenset(Role(role) for role in names if role in Role.__members__)
    return Principal(claims["sub"], roles, unit)


async def principal_of(request: Request, permission: Permission) -> Principal:
    """The caller, who has `permission`; raises Unauthenticated or Forbidden. `request.app.state.verifier` checks."""
    value: bytes = request.scope["pattana.headers"].get(b"authorization", b"")
    if value[:7].lower() != b"bearer ":
        raise Unauthenticated()
    verifier: Verifier = request.scope["app"].state.verifier
    principal = await verifier.principal(value[7:].strip().decode("latin-1"))
    if not principal.can(permission):
        raise Forbidden(permission=permission)
    return principal


class Requires:
    """The dependency that guards a route: `Annotated[Principal, Depends(requires(Permission.REPORT_READ))]`."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        return await principal_of(request, self.permission)


def requires(permission: Permission) -> Requires:
    return Requires(permission)
