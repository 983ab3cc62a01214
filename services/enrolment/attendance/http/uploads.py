"""What devices do over HTTP: take the list along, and bring what they have recorded."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.enrolment.attendance.domain.scans import Scan, Somebody
from services.enrolment.attendance.http.bodies import ScanRow, UploadBody
from services.enrolment.attendance.http.device_answers import DeviceListAnswer, UploadAnswer
from services.enrolment.attendance.http.routes import RUN, Page
from services.enrolment.attendance.service.devices import DeviceService
from services.enrolment.attendance.service.listing import Listing
from services.enrolment.attendance.service.uploads import Upload, Uploads
from shared.answers import told
from shared.bodies import body
from shared.clock import Clock
from shared.http import answer
from shared.pages import encode_cursor
from shared.rights import Permission, Principal
from shared.security import requires

Caller = Annotated[Principal, Depends(requires(Permission.ATTENDANCE_DEVICE))]
LIST: Final = """Names are shortened, and nothing else of people is in it. A cursor is as good as the page before; what
was signed is a page, with its cursor."""
UPLOAD: Final = """Up to 1,000 records. Each is known by its `nonce`: uploading it again changes nothing and is answered
as the first time. `deviceTime` tells by how much the clock of the device is wrong; every time is put right by that."""


def router(devices: DeviceService, listing: Listing, uploads: Uploads, clock: Clock) -> APIRouter:
    routes = APIRouter()
    _add_list(routes, devices, listing)
    _add_upload(routes, uploads, clock)
    return routes


def _add_list(routes: APIRouter, devices: DeviceService, listing: Listing) -> None:
    @routes.get(
        f"{RUN}/device-list",
        summary="Who has a seat, signed, for a device to take along",
        description=LIST,
        responses=told(DeviceListAnswer),
    )
    async def read_list(run: str, principal: Caller, page: Page) -> Response:
        await devices.working(principal.subject, run)
        after = page.after_key or ""
        listed, last = await listing.page(run, after, page.limit)
        whole = {**listed, "next": None if last is None else encode_cursor((last,))}
        return answer(await listing.signed(run, whole))


def _add_upload(routes: APIRouter, uploads: Uploads, clock: Clock) -> None:
    @routes.post(
        f"{RUN}/uploads",
        summary="What a device has recorded; repeatable",
        description=UPLOAD,
        responses=told(UploadAnswer),
    )
    async def upload(
        request: Request, run: str, principal: Caller, sent: Annotated[UploadBody, body(UploadBody)]
    ) -> Response:
        scans = [_scan(row) for row in sent.records]
        given = Upload(principal.subject, run, sent.device_time, clock(), scans)
        return answer(await uploads.take(given))


def _scan(row: ScanRow) -> Scan:
    said = row.walk_in
    somebody = None if said is None else Somebody(said.name, said.office, said.in_place_of)
    return Scan(row.nonce, row.session, row.at, row.nomination, row.pass_, somebody)
