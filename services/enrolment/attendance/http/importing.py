"""The import of check-ins over HTTP."""

from collections.abc import Awaitable
from typing import Annotated, Any, Final, Protocol

from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from services.enrolment.attendance.domain.import_report import CheckInReport
from services.enrolment.attendance.http.bodies import MOST_SESSION
from services.enrolment.attendance.http.routes import Keeper
from services.enrolment.attendance.service.importing import CheckInImport, Files
from services.enrolment.directory import Bad, shown
from shared.answers import told
from shared.http import answer
from shared.problems import language_of, problem_body
from shared.values import Line, Term

PATH: Final = "/api/enrolment/imports/check-ins"
SHEET: Final = """A row needs `nomination`, `person`, `externalId` or `pass`. It may have `presence` (came, which it is
without a word, or excused) and `time` (hours and minutes on the day of the session; without one from the beginning).
Good rows are recorded, bad ones listed with line, column and reason. The same file again changes nothing."""
_BINARY: Final = {"type": "string", "format": "binary"}
_KINDS: Final = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_BODY: Final[dict[str, Any]] = {"requestBody": {"content": {kind: {"schema": _BINARY} for kind in _KINDS}}}


class CheckInProblem(TypedDict):
    line: int
    column: str | None
    code: str
    reason: str


class CheckInRowLeftOut(TypedDict):
    """A row that is no part of the list: a title, the header again, or of the footer."""

    line: int
    text: str


class CheckInsImported(TypedDict):
    """`unchanged` were there already, or something earlier counts."""

    rows: int
    recorded: int
    unchanged: int
    badRows: int
    problems: list[CheckInProblem]
    ignoredColumns: list[str]
    leftOutRows: int
    leftOut: list[CheckInRowLeftOut]


class ReceivedFiles(Files, Protocol):
    def received(self, request: Request) -> Awaitable[bytes]: ...


def router(importing: CheckInImport, files: ReceivedFiles) -> APIRouter:
    routes = APIRouter()

    @routes.post(
        PATH,
        summary="Record who was there from a CSV or XLSX file; repeatable",
        description=SHEET,
        openapi_extra=_BODY,
        responses=told(CheckInsImported),
    )
    async def import_check_ins(
        request: Request,
        principal: Keeper,
        run: Term,
        session: Annotated[int, Query(ge=1, le=MOST_SESSION)],
        sheet: Line | None = None,
    ) -> Response:
        with files.turn(principal.subject):  # before the file is received: it fills memory as well
            data = await files.received(request)
            report = await importing.take(principal.subject, run, session, data, sheet or "")
        return answer(_response(request, report))

    return routes


def _response(request: Request, report: CheckInReport) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "recorded": report.recorded,
        "unchanged": report.unchanged,
        "badRows": report.bad_rows,
        "problems": [_problem(request, bad) for bad in report.bad],
        "ignoredColumns": list(report.ignored),
        "leftOutRows": report.left_out_rows,
        "leftOut": [{"line": row.line, "text": shown(row.text)} for row in report.left_out],
    }


def _problem(request: Request, bad: Bad) -> dict[str, Any]:
    body = problem_body(bad.error, language_of(request))
    return {"line": bad.line, "column": bad.column, "code": body["code"], "reason": body["detail"]}
