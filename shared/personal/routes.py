"""The routes by which a person, or who answers for the data of people, gets what a service keeps of one person. That it
is asked for stands in the security log before anything is told."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse
from typing_extensions import TypedDict

from shared.answers import Time, told
from shared.documents.press import Press
from shared.errors import NotFound
from shared.personal.export import Export, Known, reach, untitled
from shared.personal.kinds import Absent, Kind
from shared.personal.printed import TEMPLATE, printed
from shared.problems import language_of
from shared.rights import Permission, Principal, Scope
from shared.runtime import Runtime
from shared.security import requires
from shared.security_log.entries import known_form
from shared.security_log.keeping import order
from shared.values import Id

ACTION: Final = "export"  # in the security log
SERVICES: Final = ("enrolment", "notification", "reporting")
Require = Callable[[str, Scope], Awaitable[object]]  # raises NotFound for somebody who is not there
Exporter = Annotated[Principal, Depends(requires(Permission.PERSON_EXPORT))]


class AbsentAnswer(TypedDict):
    what: str
    why: str


class KindAnswer(TypedDict):
    """`records` have the fields of their kind, with plain values and without empty ones; `kept`: how long."""

    kind: str
    title: str
    purpose: str
    kept: str
    source: str
    records: list[dict[str, str | int | float | bool]]


class ExportAnswer(TypedDict):
    """`elsewhere`: what the other services tell. `absent`: what is not here, and why."""

    person: str
    service: str
    madeAt: Time
    law: str
    elsewhere: list[str]
    absent: list[AbsentAnswer]
    kinds: list[KindAnswer]


@dataclass(frozen=True)
class Exports:
    """What a service has to say of people."""

    runtime: Runtime
    kinds: Sequence[Kind]
    absent: Sequence[Absent]
    require: Require | None = None
    title_of: Known = untitled

    async def of(self, request: Request, person: str, principal: Principal) -> Export:
        """Raises NotFound, also for somebody whose data are not this caller's."""
        scope, service = reach(principal), self.runtime.service
        if not scope.covers_person(person):
            raise NotFound()
        if self.require is not None:
            await self.require(person, scope)
        await order(request, ACTION, ("person", known_form(person)))
        others = [f"/api/{other}/people/{person}/export" for other in SERVICES if other != service]
        about = (service, person, self.runtime.clock(), language_of(request))
        return Export(*about, self.kinds, self.absent, others, self.title_of)


def export_routes(exports: Exports, press: Press | None = None) -> APIRouter:
    """JSON; where there is a press, on paper, too."""
    routes, base = APIRouter(), f"/api/{exports.runtime.service}/people/{{person}}/export"

    @routes.get(base, summary="What is kept of a person here, as JSON", responses=told(ExportAnswer))
    async def export(request: Request, person: Id, principal: Exporter) -> Response:
        made = await exports.of(request, person, principal)
        return StreamingResponse(made.json(), media_type="application/json", headers=_named(person, "json"))

    if press is not None:
        _add_paper(routes, f"{base}/pdf", exports, press)
    return routes


def _add_paper(routes: APIRouter, path: str, exports: Exports, press: Press) -> None:
    @routes.get(
        path,
        summary="The same as PDF; of what is too much for paper it says how much more the JSON has",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def export_on_paper(request: Request, person: Id, principal: Exporter) -> Response:
        made = await exports.of(request, person, principal)
        document = await press.pdf(TEMPLATE, await printed(made), made.made_at)
        return Response(document, media_type="application/pdf", headers=_named(person, "pdf"))


def _named(person: str, ending: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{known_form(person) or "person"}.{ending}"'}
