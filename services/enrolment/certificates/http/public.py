"""What everybody may ask about a certificate whose code they have: is it valid. Name, course and dates, no more."""

from enum import StrEnum
from typing import Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import HTMLResponse, Response
from typing_extensions import TypedDict

from services.enrolment.certificates.domain.certificates import Certificate
from services.enrolment.certificates.domain.refusals import UnknownCertificate
from services.enrolment.certificates.http.page import page_of, page_of_nothing
from services.enrolment.certificates.storage import Certificates
from shared.answers import Day, told
from shared.http import answer
from shared.public import Public
from shared.thai import local_date

PATH: Final = "/api/enrolment/certificates/{code}"


class Status(StrEnum):
    VALID = "VALID"
    REVOKED = "REVOKED"


class CheckedAnswer(TypedDict):
    """`name` null with `nameErased`: the certificate was issued, and the name on it was erased on request."""

    status: Status
    revokedSince: Day | None
    name: str | None
    nameErased: bool
    course: str
    startsOn: Day
    endsOn: Day
    issuedOn: Day


def checked(one: Certificate) -> dict[str, Any]:
    wording, since = one.wording, one.revoked_at
    return {
        "status": (Status.VALID if one.valid else Status.REVOKED).value,
        "revokedSince": None if since is None else local_date(since).isoformat(),
        "name": wording.name,
        "nameErased": one.name_erased,
        "course": wording.title,
        "startsOn": wording.starts_on.isoformat(),
        "endsOn": wording.ends_on.isoformat(),
        "issuedOn": local_date(one.issued_at).isoformat(),
    }


def add_public(routes: APIRouter, store: Certificates, public: Public) -> None:
    @routes.get(
        PATH,
        summary="Whether a certificate is valid, for everybody who has its code; a page for browsers",
        dependencies=[Depends(public)],
        responses=told(CheckedAnswer),
    )
    async def check(request: Request, code: str = Path()) -> Response:
        found = await store.by_code(code.lower())
        browser = "text/html" in request.headers.get("accept", "")
        if browser:
            return HTMLResponse(page_of_nothing(), 404) if found is None else HTMLResponse(page_of(found))
        if found is None:
            raise UnknownCertificate()
        return answer(checked(found))
