"""Units and people over HTTP: reading within one's scope, imports, and erasing a contact."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from dataclasses import asdict
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.directory.domain.reference import UnitKind, bundled
from services.enrolment.directory.http.answers import (
    ErasedAnswer,
    PeopleImported,
    PersonAnswer,
    ReferenceAnswer,
    ResealedAnswer,
    UnitAnswer,
    UnitsImported,
)
from services.enrolment.directory.http.posts import add_posts
from services.enrolment.directory.http.responses import (
    person_response,
    reference_response,
    unit_response,
)
from services.enrolment.directory.http.telling import Telling
from services.enrolment.directory.http.uploading import SHEET_BODY, Confirmed, uploaded
from services.enrolment.directory.service.directory import DirectoryService
from services.enrolment.directory.service.people_import import PeopleImport, Step, Wish
from services.enrolment.directory.service.posts import PostService
from services.enrolment.directory.service.posts_import import PostsImport
from services.enrolment.directory.service.resealing import Resealing
from services.enrolment.directory.service.turns import Turns
from shared.answers import Page as PageOf
from shared.answers import told
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response
from shared.lines import MEDIA_TYPE, LineAnswer, wants_lines, while_wanted
from shared.pages import PageRequest, page_request
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Line, Term

BASE: Final = "/api/enrolment"
SHEET: Final = """The first row below titles names the columns, in Thai or English. A row needs `citizenId` or
`externalId` (an e-mail address identifies nobody), `fullName` or `firstName` and `lastName`, and `unit` (key or
name). It may have `prefix`, `position`, `level` (OCSC code or full name), `dpis_level` (mapped), `post`, `email`,
`phone`, `birthDate`, `startDate` (docs/imports.md lists the forms). A missing column and an empty cell keep stored
values; a hyphen removes one. A telephone number that is not understood is left out with a warning. Good rows are
imported, bad ones listed with line, column and reason; what changes of known people is listed field by field, moves
first. A row whose id seems damaged, or that resembles somebody known under another id, is not imported but listed in
`questions`; `confirmed` names lines that are right as they stand. `preview` tells all of this and stores nothing. Of
a workbook the visible sheet with such a header is read, or the one that `sheet` names; hidden and filtered rows are
imported too, and counted. Send the file as the body or as the field `file` of a form. At most 100,000 rows, 200
columns, and 300 characters in a cell. One import of a caller at a time (503 `import-running`), and so many in all
(503 `imports-busy`). Of the good rows `people` lists the first 10,000.

With `Accept: application/x-ndjson` the answer is a stream of lines, which is what large files are for: `{"progress":
{"rows", "read", "registered", "moved", "changed", "unchanged", "badRows", "askedRows"}, "people": [...]}` after each
transaction (`people` unless `detail=compact`, and all of them), at last `{"report": ..., "position": ...}`, or
`{"problem": ...}` when it broke off. What a line counts is stored. Whoever goes away ends the import there; the same
file again completes it."""
Page = Annotated[PageRequest, Depends(page_request)]


def router(
    service: DirectoryService,
    people_import: PeopleImport,
    posts: PostService,
    posts_import: PostsImport,
    turns: Turns,
    resealing: Resealing,
    *,
    upload_seconds: float,
) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_units(routes, service)
    _add_person(routes, service)
    _add_reference_import(routes, service)
    _add_people_import(routes, people_import, turns, upload_seconds)
    add_posts(routes, posts, posts_import, turns, upload_seconds)
    _add_resealing(routes, resealing)
    return routes


def _add_units(routes: APIRouter, service: DirectoryService) -> None:
    reader = Annotated[Principal, Depends(requires(Permission.UNIT_READ))]

    @routes.get(f"{BASE}/units", summary="Units, by key", responses=told(PageOf[UnitAnswer]))
    async def read_units(
        principal: reader,
        page: Page,
        kind: UnitKind | None = None,
        parent: Term | None = None,
        province: Term | None = None,
    ) -> Response:
        query = {"kind": kind and kind.value, "parent": parent, "province": province}
        filters = {name: value for name, value in query.items() if value}
        after = page.after_key
        units = await service.units.page(filters, after, page.limit)
        return answer(page.cut(units, unit_response, lambda unit: (unit.key,)))

    @routes.get(f"{BASE}/units/{{key}}", summary="One unit", responses=told(UnitAnswer))
    async def read_unit(key: str, principal: reader) -> Response:
        return answer(unit_response(await service.unit(key)))

    @routes.get(
        f"{BASE}/reference",
        summary="Provinces, groups, regions, levels and posts",
        responses=told(ReferenceAnswer),
    )
    async def read_reference(principal: reader) -> Response:
        return answer(reference_response(bundled()))


def _add_person(routes: APIRouter, service: DirectoryService) -> None:
    @routes.get(f"{BASE}/people/{{person}}", summary="One person, with addresses", responses=told(PersonAnswer))
    async def read_person(
        person: str, principal: Annotated[Principal, Depends(requires(Permission.PERSON_READ))]
    ) -> Response:
        stored = await service.person(person, principal.scope(Permission.PERSON_READ))
        return answer(person_response(stored.person))

    @routes.delete(
        f"{BASE}/people/{{person}}/contact",
        summary="Erase names and addresses of a person permanently",
        responses=told(ErasedAnswer),
    )
    async def erase_contact(
        request: Request,
        person: str,
        principal: Annotated[Principal, Depends(requires(Permission.PERSON_ERASE))],
        key: Annotated[str | None, Depends(idempotency_key)],
    ) -> Response:
        scope = principal.scope(Permission.PERSON_ERASE)
        return recorded_response(request, await service.erase_contact(key_of(request, principal, key), person, scope))


def _add_reference_import(routes: APIRouter, service: DirectoryService) -> None:
    @routes.post(
        f"{BASE}/imports/reference",
        summary="Import the bundled units; repeatable",
        responses=told(UnitsImported),
    )
    async def import_reference(
        request: Request,
        principal: Annotated[Principal, Depends(requires(Permission.UNIT_IMPORT))],
    ) -> Response:
        result = await service.import_reference()
        counts = {
            "registered": result.registered,
            "describedAnew": result.described_anew,
            "unchanged": result.unchanged,
        }
        return answer(counts, headers=reached_header(request, result.reached))


def _add_people_import(routes: APIRouter, people_import: PeopleImport, turns: Turns, upload_seconds: float) -> None:
    @routes.post(
        f"{BASE}/imports/people",
        summary="Import people from a CSV or XLSX file; repeatable",
        description=SHEET,
        openapi_extra=SHEET_BODY,
        responses={200: {"model": PeopleImported, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    )
    async def import_people(
        request: Request,
        principal: Annotated[Principal, Depends(requires(Permission.PERSON_IMPORT))],
        confirmed: Confirmed = (),
        detail: Literal["full", "compact"] = "full",
        preview: bool = False,
        sheet: Line | None = None,
    ) -> Response:
        sees = principal.scope(Permission.PERSON_READ).covers_unit
        telling = Telling(request, compact=detail == "compact", sees=sees)
        wish = Wish(preview, frozenset(confirmed), sheet or "")
        turn = turns.of(principal.subject)
        steps = while_wanted(request, _steps(request, people_import, turn, wish, upload_seconds))
        if wants_lines(request):
            return LineAnswer(request, telling.lines(steps))
        async for step in steps:  # whoever goes away ends it here as well
            report = step.report
        return answer(telling.report(report), headers=reached_header(request, report.reached))


async def _steps(
    request: Request, people_import: PeopleImport, turn: AbstractContextManager[None], wish: Wish, upload_seconds: float
) -> AsyncGenerator[Step, None]:
    with turn:  # before the file is received: it fills memory as well
        data = await uploaded(request, upload_seconds)
        async with aclosing(people_import.steps(data, wish)) as steps:
            async for step in steps:
                yield step


def _add_resealing(routes: APIRouter, resealing: Resealing) -> None:
    @routes.post(
        f"{BASE}/contacts/reseal",
        summary="Seal the contacts of the next 100 people behind `after` with the newest key; repeatable",
        responses=told(ResealedAnswer),
    )
    async def reseal(
        principal: Annotated[Principal, Depends(requires(Permission.SYSTEM_OPERATE))], after: Term = ""
    ) -> Response:
        return answer(asdict(await resealing.page(after)))
