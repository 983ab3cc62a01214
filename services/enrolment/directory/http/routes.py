"""Units and people over HTTP: reading within one's scope, imports, and erasing a contact."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.enrolment.directory.domain.reference import UnitKind, bundled
from services.enrolment.directory.domain.refusals import FileMissing, UploadTooSlow
from services.enrolment.directory.http.answers import (
    ErasedAnswer,
    PeopleImported,
    PersonAnswer,
    PersonSummary,
    ReferenceAnswer,
    ResealedAnswer,
    UnitAnswer,
    UnitsImported,
)
from services.enrolment.directory.http.responses import (
    person_response,
    person_summary,
    reference_response,
    report_response,
    unit_response,
)
from services.enrolment.directory.service.directory import DirectoryService
from services.enrolment.directory.service.people_import import PeopleImport
from services.enrolment.directory.service.resealing import Resealing
from services.enrolment.directory.service.turns import Turns
from services.enrolment.directory.storage import named, of_unit
from shared.answers import Page as PageOf
from shared.answers import told
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response, tokens_of
from shared.pages import PageRequest, page_request
from shared.problems import language_of
from shared.rights import Permission, Principal
from shared.security import requires
from shared.values import Line, Term

BASE: Final = "/api/enrolment"
SHEET: Final = """The first row below titles names the columns, in Thai or English. A row needs `citizenId` or
`externalId` (an e-mail address identifies nobody), `fullName` or `firstName` and `lastName`, and `unit` (key or name).
It may have `prefix`, `position`, `level` (OCSC code or full name), `dpis_level` (mapped), `post`, `email`, `phone`,
`birthDate`, `startDate` (docs/imports.md lists the forms). A missing column and an empty cell keep stored values; a
hyphen removes one. A telephone number that is not understood is left out with a warning. Good rows are imported, bad
ones listed with line, column and reason. Send the file as the body or as the field `file` of a form. At most 100,000
rows, 200 columns, and 300 characters in a cell. One import of a caller at a time (503 `import-running`), and so many in
all (503 `imports-busy`)."""
SHEETS: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_BINARY: Final = {"type": "string", "format": "binary"}
Page = Annotated[PageRequest, Depends(page_request)]


def router(
    service: DirectoryService,
    people_import: PeopleImport,
    turns: Turns,
    resealing: Resealing,
    *,
    upload_seconds: float,
) -> APIRouter:
    """All routes of this feature."""
    routes = APIRouter()
    _add_units(routes, service)
    _add_people(routes, service)
    _add_person(routes, service)
    _add_reference_import(routes, service)
    _add_people_import(routes, people_import, turns, upload_seconds)
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
        after = None if page.after is None else str(page.after[0])
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


def _add_people(routes: APIRouter, service: DirectoryService) -> None:
    reader = Annotated[Principal, Depends(requires(Permission.PERSON_READ))]

    @routes.get(f"{BASE}/people", summary="People within one's scope, by name", responses=told(PageOf[PersonSummary]))
    async def read_people(
        principal: reader,
        page: Page,
        unit: Term | None = None,
        name: Line | None = None,
        level: Term | None = None,
        post: Term | None = None,
    ) -> Response:
        conditions = [{field: value} for field, value in (("level", level), ("post", post)) if value]
        conditions += [of_unit(unit)] if unit else []
        conditions += [named(name)] if name else []
        after = None if page.after is None else (str(page.after[0]), str(page.after[-1]))
        scope = principal.scope(Permission.PERSON_READ)
        rows = await service.people.page(scope, conditions, after, page.limit)
        return answer(page.cut(rows, person_summary, lambda row: (row["sort_key"], row["_id"])))


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
        openapi_extra={"requestBody": {"content": {kind: {"schema": _BINARY} for kind in SHEETS}}},
        responses=told(PeopleImported),
    )
    async def import_people(
        request: Request,
        principal: Annotated[Principal, Depends(requires(Permission.PERSON_IMPORT))],
        detail: Literal["full", "compact"] = "full",
    ) -> Response:
        with turns.of(principal.subject):  # before the file is received: it fills memory as well
            report = await people_import.run(await _uploaded(request, upload_seconds))
        language = language_of(request)
        token = tokens_of(request).issue
        response = report_response(report, compact=detail == "compact", language=language, token=token)
        return answer(response, headers=reached_header(request, report.reached))


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


async def _uploaded(request: Request, seconds: float) -> bytes:
    """The field `file` of a form, or the body itself. Raises FileMissing and UploadTooSlow."""
    try:
        async with asyncio.timeout(seconds):
            data = await _received(request)
    except TimeoutError:
        raise UploadTooSlow(seconds=seconds) from None
    if not data:
        raise FileMissing()
    return data


async def _received(request: Request) -> bytes:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=10) as form:
        upload = form.get("file")
        return await upload.read() if isinstance(upload, UploadFile) else b""
