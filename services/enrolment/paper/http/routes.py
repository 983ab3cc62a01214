"""Papers over HTTP, and the letterheads of units.

The format is asked for by `?format=`, not by Accept: a paper is opened by a link, and no link can set a header.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi import Request as HttpRequest
from starlette.responses import Response

from services.enrolment.paper.domain.kinds import Format, Kind
from services.enrolment.paper.domain.papers import Asked
from services.enrolment.paper.domain.refusals import UnknownPaper, UnknownPaperFormat
from services.enrolment.paper.http.bodies import LetterheadBody
from services.enrolment.paper.http.responses import LetterheadAnswer, LetterheadWritten, letterhead_response
from services.enrolment.paper.service.drawing import Drawing
from services.enrolment.paper.service.gathering import Request
from services.enrolment.paper.service.letterheads import LetterheadService
from shared.answers import told
from shared.bodies import body
from shared.conditions import etag
from shared.headers import idempotency_key, required_if_match
from shared.http import answer, key_of, recorded_response
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Day, Line, Term

DOCUMENTS: Final = "/api/enrolment/runs/{run}/documents"
LETTERHEAD: Final = "/api/enrolment/letterheads/{unit}"
# Whose paper it is: a request for names is the organiser's alone.
NEEDS: Final = dict.fromkeys(Kind, Permission.PAPER_READ) | {Kind.NOMINATION_REQUEST: Permission.PAPER_ISSUE}
SUMMARIES: Final = {
    Kind.NOMINATION_REQUEST: "The letter that asks units for names: a circular to all, or a letter to one",
    Kind.NOMINATION_LETTER: "The letter by which a unit sends its names",
    Kind.APPOINTMENT_ORDER: "The order that names who takes part: of the organiser, or of an office about its people",
    Kind.ATTENDANCE_SHEET: "Where people sign on a day",
    Kind.CERTIFICATE_LIST: "Who has got a certificate, by number",
}
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
_TOLD: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {one.media_type: _FILE for one in Format}}}
Reader = Annotated[Principal, Depends(requires(Permission.PAPER_READ))]
Writer = Annotated[Principal, Depends(requires(Permission.LETTERHEAD_WRITE))]
Key = Annotated[str | None, Depends(idempotency_key)]
Number = Annotated[str, Query(max_length=9, pattern="^[0-9๐-๙]+$", description="The rest of its number.")]


def router(drawing: Drawing, letterheads: LetterheadService) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    for kind in Kind:
        _add_paper(routes, drawing, kind)
    _add_unknown(routes)
    _add_letterheads(routes, letterheads)
    return routes


def _add_paper(routes: APIRouter, drawing: Drawing, kind: Kind) -> None:
    permission = NEEDS[kind]

    @routes.get(
        f"{DOCUMENTS}/{kind.value}",
        summary=SUMMARIES[kind],
        name=kind.value,
        response_class=Response,
        responses=_TOLD,
    )
    async def draw(
        run: str,
        principal: Annotated[Principal, Depends(requires(permission))],
        format: Term = Format.PDF,
        unit: Term | None = None,
        number: Number | None = None,
        date: Day | None = None,
        reference: Line | None = None,
        day: Annotated[Day | None, Query(description="Of an attendance sheet; the first day without it.")] = None,
    ) -> Response:
        form, asked = _format(format), Asked(number, date, reference)
        wanted = Request(run, principal, permission, unit or None, asked, day)
        made = await drawing.draw(kind, form, wanted)
        name = {"content-disposition": f'attachment; filename="{kind.value}.{form.value}"'}
        return Response(made, headers=name, media_type=form.media_type)


def _format(text: str) -> Format:
    known = {one.value: one for one in Format}
    if text not in known:
        raise UnknownPaperFormat(known=", ".join(known))
    return known[text]


def _add_unknown(routes: APIRouter) -> None:
    @routes.get(f"{DOCUMENTS}/{{kind}}", include_in_schema=False)
    async def unknown(run: str, kind: str, principal: Reader) -> Response:
        raise UnknownPaper(known=", ".join(Kind))


def _add_letterheads(routes: APIRouter, letterheads: LetterheadService) -> None:
    @routes.get(LETTERHEAD, summary="What a unit's papers begin and end with", responses=told(LetterheadAnswer))
    async def read_letterhead(unit: str, principal: Writer) -> Response:
        found = await letterheads.read(principal, unit)
        return answer(letterhead_response(found), headers=etag(found.version))

    @routes.put(LETTERHEAD, summary="Replace a unit's letterhead", responses=told(LetterheadWritten))
    async def replace_letterhead(
        request: HttpRequest,
        unit: str,
        principal: Writer,
        sent: Annotated[LetterheadBody, body(LetterheadBody)],
        key: Key,
        version: Annotated[int, Depends(required_if_match)],
    ) -> Response:
        command = key_of(request, principal, key)
        done = await letterheads.replace(command, principal, sent.letterhead(unit), version)
        return recorded_response(request, done)
