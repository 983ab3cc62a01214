"""Attendance over HTTP: sessions, check-ins by list, corrections, and who was there."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.enrolment.attendance.domain.sittings import Sitting, sitting_of, sittings_of
from services.enrolment.attendance.http.answers import (
    AttendanceChangeAnswer,
    AttendeeAnswer,
    CheckInsAnswer,
    MarkedAnswer,
    MissingAnswer,
    SessionAnswer,
)
from services.enrolment.attendance.http.bodies import MOST_SESSION, CheckInsBody, CloseBody, CorrectionBody
from services.enrolment.attendance.http.responses import (
    attendee_response,
    change_response,
    missing_response,
    sitting_response,
)
from services.enrolment.attendance.service.attendance import AttendanceService, Correction, Seen
from services.enrolment.attendance.service.reading import Expected, Reading
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.errors import NotFound
from shared.events.attendance import Via, attendance_aggregate
from shared.events.envelope import Position
from shared.headers import idempotency_key
from shared.http import answer, key_of, reached_header, recorded_response
from shared.pages import PageRequest, page_request
from shared.position_tokens import Reached
from shared.problems import language_of, problem_body
from shared.rights import Permission, Principal
from shared.security import requires

RUN: Final = "/api/enrolment/runs/{run}"
Session = Annotated[int, Path(ge=1, le=MOST_SESSION)]
Key = Annotated[str | None, Depends(idempotency_key)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.ATTENDANCE_READ))]
Keeper = Annotated[Principal, Depends(requires(Permission.ATTENDANCE_RECORD))]
Manager = Annotated[Principal, Depends(requires(Permission.ATTENDANCE_MANAGE))]


def router(service: AttendanceService, reading: Reading) -> APIRouter:
    """All routes of attendance."""
    routes = APIRouter()
    _add_sessions(routes, reading)
    _add_session(routes, reading)
    _add_closing(routes, service)
    _add_check_ins(routes, service)
    _add_missing(routes, reading)
    _add_attendance(routes, reading)
    _add_corrections(routes, service)
    _add_changes(routes, reading)
    return routes


def _add_sessions(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        f"{RUN}/sessions",
        summary="The sessions of a run, and how many were there",
        responses=told(PageOf[SessionAnswer]),
    )
    async def list_sessions(run: str, principal: Reader) -> Response:
        offered, sheet = await reading.run(run)
        expected = await reading.expected(run, sheet) if principal.can(Permission.ATTENDANCE_RECORD) else None
        sittings = sittings_of(offered, {} if sheet is None else sheet.sittings)
        # A plan has so few that they are one page.
        return answer({"items": [_told(sitting, expected) for sitting in sittings], "next": None})


def _add_session(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        f"{RUN}/sessions/{{session}}",
        summary="A session; to the organiser with the position of the run's attendance",
        responses=told(SessionAnswer),
    )
    async def read_session(request: Request, run: str, session: Session, principal: Reader) -> Response:
        offered, sheet = await reading.run(run)
        expected = await reading.expected(run, sheet) if principal.can(Permission.ATTENDANCE_RECORD) else None
        sitting = sitting_of(offered, {} if sheet is None else sheet.sittings, session)
        # Where it stands counts everybody's marks, so it is told where counts are.
        stands = 0 if sheet is None or expected is None else sheet.seq
        reached = (Position(attendance_aggregate(run), stands),) if stands else ()
        return answer(_told(sitting, expected), headers=reached_header(request, Reached(reached)))


def _told(sitting: Sitting, expected: Expected | None) -> dict[str, Any]:
    return sitting_response(sitting, None if expected is None else expected.of(sitting.number))


def _add_closing(routes: APIRouter, service: AttendanceService) -> None:
    @routes.post(
        f"{RUN}/sessions/{{session}}/close",
        summary="Close a session: whoever was not seen is absent",
        responses=told(SessionAnswer),
    )
    async def close_session(
        request: Request,
        run: str,
        session: Session,
        principal: Manager,
        sent: Annotated[CloseBody, body(CloseBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.close(command, principal.subject, run, session))


def _add_check_ins(routes: APIRouter, service: AttendanceService) -> None:
    @routes.post(
        f"{RUN}/check-ins", summary="Record who is there, by list or by scanned passes", responses=told(CheckInsAnswer)
    )
    async def check_in(
        request: Request,
        run: str,
        principal: Keeper,
        sent: Annotated[CheckInsBody, body(CheckInsBody)],
        key: Key,
    ) -> Response:
        rows = [Seen(row.nomination, row.person, row.presence, row.at, row.pass_) for row in sent.rows]
        command, language = key_of(request, principal, key), language_of(request)
        recorded = await service.check_in(
            command,
            principal.subject,
            run,
            sent.session,
            rows,
            Via.LIST,
            lambda refusal: problem_body(refusal, language),
        )
        return recorded_response(request, recorded)


def _add_missing(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        f"{RUN}/sessions/{{session}}/missing",
        summary="Who has a seat and nothing recorded in this session",
        responses=told(PageOf[MissingAnswer]),
    )
    async def list_missing(run: str, session: Session, principal: Keeper, page: Page) -> Response:
        offered, sheet = await reading.run(run)
        sitting_of(offered, {} if sheet is None else sheet.sittings, session)
        missing, last = await reading.missing(run, session, page.after_key or "", page.limit)
        return answer(page.body([missing_response(holder) for holder in missing], None if last is None else (last,)))


def _add_attendance(routes: APIRouter, reading: Reading) -> None:
    @routes.get(f"{RUN}/attendance", summary="Who was there, and for how long", responses=told(PageOf[AttendeeAnswer]))
    async def list_attendance(run: str, principal: Reader, page: Page) -> Response:
        _, sheet = await reading.run(run)
        scope = principal.scope(Permission.ATTENDANCE_READ)
        found = await reading.store.page(run, scope, page.after_key or "", page.limit)
        held, names = 0 if sheet is None else sheet.held, not scope.own_only
        cut = page.cut(
            found, lambda one: attendee_response(one, held, names=names), lambda attendee: (attendee.nomination,)
        )
        return answer(cut)

    @routes.get(
        f"{RUN}/attendance/{{nomination}}",
        summary="How long one person was there",
        responses=told(AttendeeAnswer),
    )
    async def read_attendance(run: str, nomination: str, principal: Reader) -> Response:
        _, sheet = await reading.run(run)
        scope = principal.scope(Permission.ATTENDANCE_READ)
        attendee = await reading.store.one(run, nomination, scope)
        if attendee is None:
            raise NotFound()
        held = 0 if sheet is None else sheet.held
        return answer(attendee_response(attendee, held, names=not scope.own_only))


def _add_corrections(routes: APIRouter, service: AttendanceService) -> None:
    @routes.post(
        f"{RUN}/sessions/{{session}}/attendance/{{nomination}}",
        summary="Correct what was recorded of somebody",
        responses=told(MarkedAnswer),
    )
    async def correct(
        request: Request,
        run: str,
        session: Session,
        nomination: str,
        principal: Manager,
        sent: Annotated[CorrectionBody, body(CorrectionBody)],
        key: Key,
    ) -> Response:
        correction = Correction(session, nomination, sent.presence, sent.minutes, sent.reason)
        command = key_of(request, principal, key)
        return recorded_response(request, await service.correct(command, principal.subject, run, correction))


def _add_changes(routes: APIRouter, reading: Reading) -> None:
    @routes.get(
        f"{RUN}/attendance/{{nomination}}/changes",
        summary="What was changed of a person's attendance, by whom and why, the newest first",
        responses=told(PageOf[AttendanceChangeAnswer]),
    )
    async def list_changes(run: str, nomination: str, principal: Reader, page: Page) -> Response:
        scope = principal.scope(Permission.ATTENDANCE_READ)
        if await reading.store.one(run, nomination, scope) is None:
            raise NotFound()
        found = await reading.store.changes_of(run, nomination, page.after_key or None, page.limit)
        names = not scope.own_only
        return answer(page.cut(found, lambda one: change_response(one, names=names), lambda change: (change.id,)))
