"""What a device brings when it has a network again: up to a thousand records in one transaction, each once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.enrolment.attendance.domain.devices import seen
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.passes import Pass
from services.enrolment.attendance.domain.scans import (
    KeptScan,
    Outcome,
    Scan,
    Somebody,
    first_of_each,
    put_right,
    scan_id,
    skew_of,
)
from services.enrolment.attendance.domain.sittings import Sitting
from services.enrolment.attendance.domain.walk_ins import WalkIn
from services.enrolment.attendance.http.responses import upload_response
from services.enrolment.attendance.service.devices import DeviceService
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.recording import Entry, Marking, Recording, Result
from services.enrolment.attendance.storage.devices import Scans
from services.enrolment.attendance.storage.walk_ins import WalkIns
from shared.errors import Refused
from shared.events.attendance import Via
from shared.idempotency import receipt_of
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.write import UnitOfWork

Shown = Mapping[str, Pass | Refused]  # what scanned passes say, by their text


@dataclass(frozen=True, slots=True)
class Upload:
    """`device` is its id; `received` is the system time at which it came, `device_time` what the device had then."""

    device: str
    run: str
    device_time: datetime
    received: datetime
    scans: Sequence[Scan]

    @property
    def skew(self) -> int:
        return skew_of(self.device_time, self.received)


class Uploads:
    """One per process."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        recording: Recording,
        passes: Passes,
        devices: DeviceService,
        scans: Scans,
        walk_ins: WalkIns,
        locks: Locks,
    ) -> None:
        self.scans = scans
        self._walk_ins = walk_ins
        self._units_of_work = units_of_work
        self._recording = recording
        self._passes = passes
        self._devices = devices
        self._locks = locks

    async def take(self, upload: Upload) -> dict[str, Any]:
        """What has become of each record, in order. A record that came before changes nothing. Raises NotFound,
        RunNotHeld, DeviceOfOtherRun and DeviceRevoked."""
        tokens = list({scan.token for scan in upload.scans if scan.token is not None})
        shown = dict(zip(tokens, await self._passes.read(upload.run, tokens), strict=True))

        async def work(session: Session, recorder: EventRecorder) -> dict[str, Any]:
            device = await self._devices.working(upload.device, upload.run, session)
            known = await self.scans.known(device.id, {scan.nonce for scan in upload.scans}, session)
            kept = await self._record(upload, first_of_each(upload.scans, known), shown, recorder, session)
            await self._devices.devices.store(device, seen(device, upload.skew, upload.received), session)
            recorder.note("upload-scans", "run", upload.run, count=len(kept))
            return upload_response(upload.skew, [scan.nonce for scan in upload.scans], known, kept)

        async with self._locks.of(upload.run):
            # Whoever runs it again after an unknown commit finds the nonces there.
            return await self._units_of_work.commit(work, again_after=(DuplicateKey, StoreUnavailable))

    async def _record(
        self, upload: Upload, fresh: Sequence[Scan], shown: Shown, recorder: EventRecorder, session: Session
    ) -> dict[str, KeptScan]:
        offset = (await self._recording.run(upload.run, session)).offset_seconds
        listed = [scan for scan in fresh if scan.somebody is None]
        entries = entries_of(upload, listed, shown, offset)
        results = await self._recording.record(upload.run, entries, recorder, session) if entries else []
        kept = list(kept_of(upload, listed, entries, results, offset))
        written = [scan for scan in fresh if scan.somebody is not None]
        kept += [_kept(upload, scan, offset, None, Outcome.WALK_IN) for scan in written]
        await self._walk_ins.add([walk_in_of(upload, scan, offset) for scan in written], session)
        await self.scans.add(kept, session)
        return {scan.nonce: scan for scan in kept}


def entries_of(upload: Upload, scans: Iterable[Scan], shown: Shown, offset: int) -> list[Entry]:
    """Pure. `offset`: by how many seconds the clock of the run is ahead."""
    entries = []
    for scan in scans:
        said = None if scan.token is None else shown[scan.token]
        refused = said if isinstance(said, Refused) else None
        pass_ = said if isinstance(said, Pass) else None
        nomination = scan.nomination if pass_ is None else pass_.nomination
        marking = _marking(upload, scan, pass_, put_right(scan.at, upload.skew, offset))
        entries.append(Entry(scan.session, marking, nomination=nomination, refused=refused))
    return entries


def kept_of(
    upload: Upload, scans: Iterable[Scan], entries: Iterable[Entry], results: Iterable[Result | Refused], offset: int
) -> Iterable[KeptScan]:
    """Pure. One for each scan."""
    for scan, entry, result in zip(scans, entries, results, strict=True):
        code = result.code if isinstance(result, Refused) else None
        counted = not isinstance(result, Refused) and result.new
        outcome = Outcome.REFUSED if code is not None else Outcome.COUNTED if counted else Outcome.KEPT
        yield _kept(upload, scan, offset, entry.nomination, outcome, code)


def walk_in_of(upload: Upload, scan: Scan, offset: int) -> WalkIn:
    """Pure. Its id follows from the device and the nonce."""
    id = receipt_of(scan_id(upload.device, scan.nonce))
    whom = scan.somebody or Somebody("")
    at, by = put_right(scan.at, upload.skew, offset), upload.device
    return WalkIn(id, upload.run, scan.session, at, *whom, upload.received, by, upload.device)


def _kept(
    upload: Upload, scan: Scan, offset: int, nomination: str | None, outcome: Outcome, code: str | None = None
) -> KeptScan:
    at, skew = put_right(scan.at, upload.skew, offset), upload.skew
    ids = (upload.device, scan.nonce, upload.run, scan.session, nomination)
    return KeptScan(*ids, at, scan.at, skew, upload.received, outcome, code)


def _marking(upload: Upload, scan: Scan, shown: Pass | None, at: datetime) -> Marking:
    def mark(sitting: Sitting, now: datetime) -> Mark:
        sitting.require_during(at, now)
        if shown is not None:
            shown.require_good(at)
        source = scan_id(upload.device, scan.nonce)
        return Mark(*sitting.presence_at(at), at, Via.DEVICE, upload.device, source, upload.device)

    return mark
