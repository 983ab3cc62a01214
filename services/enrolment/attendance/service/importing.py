"""Check-ins by a file: good rows are recorded, some at a time in a transaction each; bad ones are reported. Repeatable:
the same file again changes nothing."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from services.enrolment.attendance.domain.import_report import CheckInReport
from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.passes import Pass
from services.enrolment.attendance.domain.sheet_refusals import UnknownExternalId
from services.enrolment.attendance.domain.signed_sheets import SignedReader, SignedRow, find_check_in_columns
from services.enrolment.attendance.domain.sittings import Sitting, sitting_of
from services.enrolment.attendance.service.passes import Passes
from services.enrolment.attendance.service.recording import Entry, Marking, Recording, Result
from services.enrolment.directory import Bad, HeaderFinder
from shared.errors import Refused
from shared.events.attendance import Presence, Via
from shared.locks import Locks
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.sheets.process import Sheet
from shared.sheets.table import Row
from shared.write import UnitOfWork

ROWS_AT_ONCE: Final = 250


class Files(Protocol):
    """How files come in."""

    def turn(self, caller: str) -> AbstractContextManager[None]: ...

    async def opened(self, data: bytes, header: HeaderFinder, name: str) -> Sheet: ...


class ExternalIds(Protocol):
    async def with_external_ids(self, ids: Collection[str]) -> Mapping[str, str]: ...


class CheckInImport:
    """One per process."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        recording: Recording,
        passes: Passes,
        people: ExternalIds,
        files: Files,
        locks: Locks,
    ) -> None:
        self._units_of_work = units_of_work
        self._recording = recording
        self._passes = passes
        self._people = people
        self._files = files
        self._locks = locks

    async def take(self, by: str, run: str, number: int, data: bytes, sheet_name: str) -> CheckInReport:
        """Raises NotFound, RunNotHeld, UnknownSession, and the refusals of a whole file."""
        kept = await self._recording.store.sheet(run)
        sitting_of(await self._recording.run(run), {} if kept is None else kept.sittings, number)
        sheet = await self._files.opened(data, HeaderFinder(find_check_in_columns), sheet_name)
        reader = SignedReader(find_check_in_columns(sheet.header))
        report = CheckInReport(sheet.count, reader.columns.ignored, sheet.left_out, sheet.left_out_rows)
        for rows in _portions(sheet):
            good, bad = await asyncio.to_thread(reader.read, rows)
            results = await self._recorded(by, run, number, good) if good else []
            report.recorded += sum(isinstance(one, Result) and one.new for one in results)
            report.unchanged += sum(isinstance(one, Result) and not one.new for one in results)
            pairs = zip(good, results, strict=True)
            report.refuse([*bad, *(Bad(row.line, None, one) for row, one in pairs if isinstance(one, Refused))])
        return report

    async def _recorded(self, by: str, run: str, number: int, rows: Sequence[SignedRow]) -> list[Result | Refused]:
        entries = await self._entries(by, run, number, rows)

        async def work(session: Session, recorder: EventRecorder) -> list[Result | Refused]:
            results = await self._recording.record(run, entries, recorder, session)
            recorder.note("import-check-ins", "run", run, count=len(rows))
            return results

        async with self._locks.of(run):
            # Whoever runs it again after an unknown commit finds what it has recorded.
            return await self._units_of_work.commit(work, again_after=(DuplicateKey, StoreUnavailable))

    async def _entries(self, by: str, run: str, number: int, rows: Sequence[SignedRow]) -> list[Entry]:
        external = {row.external_id for row in rows if row.external_id is not None}
        people = await self._people.with_external_ids(external) if external else {}
        tokens = [row.token for row in rows if row.token is not None]
        shown = dict(zip(tokens, await self._passes.read(run, tokens), strict=True))
        return [_entry(by, number, row, people, shown) for row in rows]


def _entry(
    by: str, number: int, row: SignedRow, people: Mapping[str, str], shown: Mapping[str, Pass | Refused]
) -> Entry:
    """Pure."""
    said = None if row.token is None else shown[row.token]
    if isinstance(said, Refused):
        return Entry(number, _marking(by, row, None), refused=said)
    if said is not None:
        return Entry(number, _marking(by, row, said), nomination=said.nomination)
    person = row.person
    if row.external_id is not None:
        person = people.get(row.external_id)
        if person is None:
            return Entry(number, _marking(by, row, None), refused=UnknownExternalId(text=row.external_id))
    return Entry(number, _marking(by, row, None), nomination=row.nomination, person=person)


def _marking(by: str, row: SignedRow, shown: Pass | None) -> Marking:
    def mark(sitting: Sitting, now: datetime) -> Mark:
        if row.presence is Presence.EXCUSED:
            return Mark(Presence.EXCUSED, 0, now, Via.IMPORT, by)
        at = row.came_at(sitting)
        sitting.require_during(at, now)
        if shown is not None:
            shown.require_good(at)
        return Mark(*sitting.presence_at(at), at, Via.IMPORT, by, source=f"import:{by}")

    return mark


def _portions(sheet: Sheet) -> Iterator[list[Row]]:
    rows = sheet.rows()
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        yield portion
