"""Certificates as Open Badges, and the keys that they are signed with: for everybody, without a token."""

from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from services.enrolment.certificates.domain.badges import credential
from services.enrolment.certificates.domain.refusals import (
    BadgesNotSetUp,
    CertificateNameErased,
    CertificateRevokedAlready,
    UnknownCertificate,
)
from services.enrolment.certificates.http.public import PATH
from services.enrolment.certificates.service.printing import Printing
from services.enrolment.certificates.storage import Certificates
from shared.badge_keys import WELL_KNOWN, BadgeKeys
from shared.errors import NotFound
from shared.http import answer
from shared.public import Public

JWT: Final = "application/vc+jwt"
_TOLD: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {JWT: {"schema": {"type": "string", "maxLength": 65_536, "pattern": r"^[\w-]+\.[\w-]+\.[\w-]+$"}}}}
}


def add_badges(routes: APIRouter, store: Certificates, printing: Printing, keys: BadgeKeys, public: Public) -> None:
    @routes.get(
        f"{PATH}/badge",
        summary="A valid certificate as an Open Badge 3.0, signed",
        dependencies=[Depends(public)],
        response_class=Response,
        responses=_TOLD,
    )
    async def badge(code: str) -> Response:
        if not keys:
            raise BadgesNotSetUp()
        found = await store.by_code(code.lower())
        if found is None:
            raise UnknownCertificate()
        if found.name_erased:
            raise CertificateNameErased()
        if not found.valid:
            raise CertificateRevokedAlready()
        claims = credential(found, printing.public_url, printing.address(found))
        return Response(keys.sign(claims, printing.public_url), media_type=JWT)

    _add_keys(routes, keys, public)


def _add_keys(routes: APIRouter, keys: BadgeKeys, public: Public) -> None:
    guard = [Depends(public)]

    @routes.get(WELL_KNOWN, dependencies=guard, include_in_schema=False)
    async def read_keys() -> Response:
        return answer(keys.all_public())

    @routes.get(f"{WELL_KNOWN}/{{key}}", dependencies=guard, include_in_schema=False)
    async def read_key(key: str) -> Response:
        found = keys.public(key)
        if found is None:
            raise NotFound()
        return answer(found)
