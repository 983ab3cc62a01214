"""Devices over HTTP: the organiser invites and revokes them, and each is enrolled with a code, without a token."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.attendance.http.bodies import CloseBody, EnrolBody, InviteDeviceBody
from services.enrolment.attendance.http.device_answers import (
    DeviceAnswer,
    EnrolledAnswer,
    InvitedAnswer,
    RevokedAnswer,
    ScanAnswer,
)
from services.enrolment.attendance.http.responses import device_response, enrolled_response, scan_response
from services.enrolment.attendance.http.routes import RUN, Key, Manager, Page
from services.enrolment.attendance.service.devices import DeviceService
from services.enrolment.attendance.storage.devices import Scans
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.clock import Clock
from shared.http import answer, key_of, recorded_response
from shared.public import Public

DEVICES: Final = f"{RUN}/devices"
ENROL: Final = "/api/enrolment/devices/enrol"


def router(service: DeviceService, scans: Scans, public: Public, clock: Clock) -> APIRouter:
    """`public` limits how often codes may be tried."""
    routes = APIRouter()
    _add_inviting(routes, service)
    _add_inviting_again(routes, service)
    _add_revoking(routes, service)
    _add_reading(routes, service, scans)
    _add_enrolling(routes, service, public, clock)
    return routes


def _add_inviting(routes: APIRouter, service: DeviceService) -> None:
    @routes.post(
        DEVICES,
        summary="Invite a device: the code enrols it once, within 15 minutes",
        status_code=201,
        responses=told(InvitedAnswer, 201),
    )
    async def invite(
        request: Request,
        run: str,
        principal: Manager,
        sent: Annotated[InviteDeviceBody, body(InviteDeviceBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.invite(command, principal.subject, run, sent.name))


def _add_inviting_again(routes: APIRouter, service: DeviceService) -> None:
    @routes.post(
        f"{DEVICES}/{{device}}/code",
        summary="Another code, for a device that has lost its token",
        responses=told(InvitedAnswer),
    )
    async def invite_again(
        request: Request,
        run: str,
        device: str,
        principal: Manager,
        sent: Annotated[CloseBody, body(CloseBody)],
        key: Key,
    ) -> Response:
        command = key_of(request, principal, key)
        return recorded_response(request, await service.invite_again(command, run, device))


def _add_revoking(routes: APIRouter, service: DeviceService) -> None:
    @routes.post(
        f"{DEVICES}/{{device}}/revoke",
        summary="Revoke a device for good: what it has not uploaded is not taken any more",
        responses=told(RevokedAnswer),
    )
    async def revoke(
        request: Request,
        run: str,
        device: str,
        principal: Manager,
        sent: Annotated[CloseBody, body(CloseBody)],
        key: Key,
    ) -> Response:
        return recorded_response(request, await service.revoke(key_of(request, principal, key), run, device))


def _add_reading(routes: APIRouter, service: DeviceService, scans: Scans) -> None:
    @routes.get(DEVICES, summary="The devices of a run", responses=told(PageOf[DeviceAnswer]))
    async def list_devices(run: str, principal: Manager, page: Page) -> Response:
        after = page.after_key or ""
        found = await service.devices.page(run, after, page.limit)
        return answer(page.cut(found, device_response, lambda device: (device.id,)))

    @routes.get(
        f"{RUN}/attendance/{{nomination}}/scans",
        summary="Everything that devices have recorded of somebody, also what does not count",
        responses=told(PageOf[ScanAnswer]),
    )
    async def list_scans(run: str, nomination: str, principal: Manager, page: Page) -> Response:
        after = page.after_key or ""
        found = await scans.of(run, nomination, after, page.limit)
        return answer(page.cut(found, scan_response, lambda scan: (scan.id,)))


def _add_enrolling(routes: APIRouter, service: DeviceService, public: Public, clock: Clock) -> None:
    @routes.post(
        ENROL,
        summary="Enrol a device with its code; the answer has its token",
        status_code=201,
        dependencies=[Depends(public)],
        responses=told(EnrolledAnswer, 201),
    )
    async def enrol(sent: Annotated[EnrolBody, body(EnrolBody)]) -> Response:
        done = await service.enrol(sent.code)
        return answer(enrolled_response(done.device, done.token, clock()), 201)
