"""The link in the message of a certificate, over HTTP and without a login: the document, or, where it is valid no more,
the page that says so."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import RedirectResponse, Response

from services.enrolment.certificates.service.printing import Printing
from shared.certificate_links import PATH, CertificateLinks
from shared.public import Public

Token = Annotated[str, Path(max_length=200)]
PDF: Final = "application/pdf"
_TOLD: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
    303: {"description": "It was revoked or replaced: where everybody may check it"},
}


def add_links(routes: APIRouter, printing: Printing, links: CertificateLinks, public: Public) -> None:
    @routes.get(
        f"{PATH}/{{token}}",
        summary="The certificate of a link, as PDF",
        dependencies=[Depends(public)],
        response_class=Response,
        responses=_TOLD,
    )
    async def open_link(token: Token) -> Response:
        one, document = await printing.linked(links.read(token))
        private = {"referrer-policy": "no-referrer"}
        if document is None:
            return RedirectResponse(printing.address(one), 303, private)
        name = {"content-disposition": f'inline; filename="{one.number}.pdf"'}
        return Response(document, headers=private | name, media_type=PDF)
