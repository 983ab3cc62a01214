"""Certificates over HTTP: issued, listed, revoked and issued anew."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.certificates.domain.refusals import UnknownCertificate
from services.enrolment.certificates.http.badges import add_badges
from services.enrolment.certificates.http.bodies import IssueBody, ReasonBody
from services.enrolment.certificates.http.links import add_links
from services.enrolment.certificates.http.public import add_public
from services.enrolment.certificates.http.responses import (
    CertificateAnswer,
    ChangedCertificateAnswer,
    IssueAnswer,
    certificate_response,
    issue_response,
)
from services.enrolment.certificates.service.issuing import Issuing
from services.enrolment.certificates.service.keeping import Keeping
from services.enrolment.certificates.service.printing import Printing
from services.enrolment.certificates.storage import Certificates
from shared.answers import Page as PageOf
from shared.answers import told
from shared.badge_keys import BadgeKeys
from shared.bodies import body
from shared.certificate_links import CertificateLinks
from shared.errors import NotFound
from shared.events.certificates import issue_aggregate
from shared.events.envelope import Position
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached
from shared.public import Public
from shared.rights import Permission, Principal
from shared.security import requires

PATH: Final = "/api/enrolment/runs/{run}/certificates"
Key = Annotated[str | None, Depends(idempotency_key)]
Issuer = Annotated[Principal, Depends(requires(Permission.CERTIFICATE_ISSUE))]
Reader = Annotated[Principal, Depends(requires(Permission.CERTIFICATE_READ))]
Reason = Annotated[ReasonBody, body(ReasonBody)]


def router(
    issuing: Issuing,
    keeping: Keeping,
    printing: Printing,
    store: Certificates,
    public: Public,
    badge_keys: BadgeKeys,
    links: CertificateLinks,
) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_issuing(routes, issuing, store)
    _add_keeping(routes, keeping)
    _add_reading(routes, store)
    _add_printing(routes, printing)
    add_public(routes, store, public)
    add_badges(routes, store, printing, badge_keys, public)
    add_links(routes, printing, links, public)
    return routes


def _add_issuing(routes: APIRouter, issuing: Issuing, store: Certificates) -> None:
    @routes.post(
        PATH,
        summary="Issue what is due by the programme's rule; repeatable, then only what is new",
        status_code=202,
        responses=told(IssueAnswer, 202),
    )
    async def issue(
        request: Request, run: str, principal: Issuer, sent: Annotated[IssueBody, body(IssueBody)], key: Key
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await issuing.request(command, run, principal.subject))

    @routes.get(
        f"{PATH}/issue",
        summary="How far the issue is, and what others lack; with the position that it has come to",
        responses=told(IssueAnswer),
    )
    async def read_issue(request: Request, run: str, principal: Issuer) -> Response:
        found = await store.issue(run)
        if found is None:
            raise NotFound()
        stands = {**found.reached, **({issue_aggregate(run): found.seq} if found.seq else {})}
        reached = Reached(tuple(Position(aggregate, seq) for aggregate, seq in stands.items()))
        return answer(issue_response(found), headers=reached_header(request, reached))


def _add_keeping(routes: APIRouter, keeping: Keeping) -> None:
    @routes.post(f"{PATH}/{{id}}/revoke", summary="Revoke a certificate", responses=told(ChangedCertificateAnswer))
    async def revoke(request: Request, run: str, id: str, principal: Issuer, sent: Reason, key: Key) -> Response:
        scope, command = principal.scope(Permission.CERTIFICATE_ISSUE), key_of(request, principal, key)
        return recorded_response(request, await keeping.revoke(command, run, id, sent.reason, scope))

    @routes.post(
        f"{PATH}/{{id}}/reissue",
        summary="Issue another one in its place, with the name and title of now",
        status_code=201,
        responses=told(ChangedCertificateAnswer, 201),
    )
    async def reissue(request: Request, run: str, id: str, principal: Issuer, sent: Reason, key: Key) -> Response:
        scope, command = principal.scope(Permission.CERTIFICATE_ISSUE), key_of(request, principal, key)
        return recorded_response(request, await keeping.reissue(command, run, id, sent.reason, scope))


def _add_reading(routes: APIRouter, store: Certificates) -> None:
    @routes.get(
        PATH, summary="Certificates of a run that the caller may see", responses=told(PageOf[CertificateAnswer])
    )
    async def list_certificates(
        run: str, principal: Reader, page: Annotated[PageRequest, Depends(page_request)]
    ) -> Response:
        after = page.after_key
        found = await store.page(run, principal.scope(Permission.CERTIFICATE_READ), after, page.limit)
        return answer(page.cut(found, certificate_response, lambda one: (one.id,)))

    @routes.get(f"{PATH}/{{id}}", summary="One certificate", responses=told(CertificateAnswer))
    async def read_certificate(run: str, id: str, principal: Reader) -> Response:
        found = await store.one(run, id, principal.scope(Permission.CERTIFICATE_READ))
        if found is None:
            raise UnknownCertificate()
        return answer(certificate_response(found))


def _add_printing(routes: APIRouter, printing: Printing) -> None:
    @routes.get(
        f"{PATH}/{{id}}/pdf",
        summary="The certificate as PDF, the same bytes every time",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def download(run: str, id: str, principal: Reader) -> Response:
        one, document = await printing.pdf(run, id, principal.scope(Permission.CERTIFICATE_READ))
        name = {"content-disposition": f'attachment; filename="{one.number}.pdf"'}
        return Response(document, headers=name, media_type="application/pdf")
