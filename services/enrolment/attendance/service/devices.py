"""Inviting, enrolling and revoking devices, and who one is that calls."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from services.enrolment.attendance.domain.device_refusals import (
    DeviceCodeWrong,
    DeviceOfOtherRun,
    DeviceTokenUnknown,
    TooManyDevices,
    UnknownDevice,
)
from services.enrolment.attendance.domain.devices import (
    GOOD_FOR,
    MOST_DEVICES,
    OF_DEVICES,
    TOKEN,
    Device,
    code_of,
    digest_of,
    enrolled,
    invited,
    plain_code,
    revoked,
    shown_code,
)
from services.enrolment.attendance.http.responses import invited_response, revoked_response
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.recording import Recording
from services.enrolment.attendance.storage.devices import Devices
from shared.idempotency import CommandKey, Recorded
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.write import CommandResult, UnitOfWork


@dataclass(frozen=True, slots=True)
class Enrolled:
    device: Device
    token: str


class DeviceService:
    """One per process."""

    def __init__(self, units_of_work: UnitOfWork, recording: Recording, passes: Passes, devices: Devices) -> None:
        self.devices = devices
        self._units_of_work = units_of_work
        self._recording = recording
        self._passes = passes

    async def invite(self, key: CommandKey, by: str, run: str, name: str) -> Recorded:
        """The answer has the code, which is told once. Raises NotFound, RunNotHeld and TooManyDevices."""
        id, codes = new_id(), (await self._passes.any_key(run)).devices

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            await self._recording.run(run, session)
            if await self.devices.count(run, session) >= MOST_DEVICES:
                raise TooManyDevices(limit=MOST_DEVICES)
            device = _invited(Device(id, run, name, recorder.now, by), codes, recorder.now)
            await self.devices.add(device, session)
            recorder.note("invite-device", "run", run)
            return CommandResult(invited_response(device), 201)

        return _told(await self._units_of_work.carry_out(key, work), codes)

    async def invite_again(self, key: CommandKey, run: str, id: str) -> Recorded:
        """For one that has lost its token, or its code. Raises UnknownDevice and DeviceRevoked."""
        codes = (await self._passes.any_key(run)).devices

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._of_run(run, id, session)
            after = _invited(before, codes, recorder.now)
            await self.devices.store(before, after, session)
            recorder.note("invite-device", "run", run)
            return CommandResult(invited_response(after))

        return _told(await self._units_of_work.carry_out(key, work), codes)

    async def revoke(self, key: CommandKey, run: str, id: str) -> Recorded:
        """Raises UnknownDevice."""

        async def work(session: Session, recorder: EventRecorder) -> CommandResult:
            before = await self._of_run(run, id, session)
            after = revoked(before, recorder.now)
            if after is not before:
                await self.devices.store(before, after, session)
                recorder.note("revoke-device", "run", run)
            return CommandResult(revoked_response(after))

        return await self._units_of_work.carry_out(key, work)

    async def enrol(self, code: str) -> Enrolled:
        """With a token that is told once and kept nowhere. Raises DeviceCodeWrong and DeviceCodeExpired."""
        secret = secrets.token_urlsafe(32)

        async def work(session: Session, recorder: EventRecorder) -> Enrolled:
            before = await self.devices.with_code(digest_of(plain_code(code)), session)
            if before is None:
                raise DeviceCodeWrong()
            token = f"{OF_DEVICES}.{before.id}.{secret}"
            after = enrolled(before, token, recorder.now)
            await self.devices.store(before, after, session)
            recorder.note("enrol-device", "run", before.run)
            return Enrolled(after, token)

        return await self._units_of_work.commit(work)

    async def working(self, id: str, run: str, session: Session | None = None) -> Device:
        """The device that calls. Raises DeviceOfOtherRun and DeviceRevoked."""
        device = await self.devices.one(id, session)
        if device is None or device.run != run:
            raise DeviceOfOtherRun()
        device.require_working()
        return device

    async def _of_run(self, run: str, id: str, session: Session) -> Device:
        device = await self.devices.one(id, session)
        if device is None or device.run != run:
            raise UnknownDevice()
        return device


async def device_with(devices: Devices, token: str) -> Device:
    """Whose token this is. Raises DeviceTokenUnknown, and DeviceRevoked for one that was revoked."""
    found = TOKEN.fullmatch(token)
    device = None if found is None else await devices.one(found[1])
    if device is None:
        raise DeviceTokenUnknown()
    device.require_working()
    if not device.has(token):
        raise DeviceTokenUnknown()
    return device


def _invited(device: Device, codes: bytes, now: datetime) -> Device:
    return invited(device, code_of(codes, device.id, (now + GOOD_FOR).isoformat()), now)


def _told(recorded: Recorded, codes: bytes) -> Recorded:
    """With the code, which stands in no record of an answer."""
    body = orjson.loads(recorded.body)
    code = shown_code(code_of(codes, body["id"], body["codeUntil"]))
    return replace(recorded, body=orjson.dumps({"code": code, **body}).decode())
