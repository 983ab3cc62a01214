"""Imports people from a sheet: good rows are stored, some at a time in a transaction each; bad ones are reported.

Repeatable: a known person is found by the keyed hash of the citizen id or by the external id, and an unchanged row
writes nothing. A crash, or a caller that goes away, leaves whole chunks; importing the same file again completes them.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.enrolment.directory.domain.columns import HeaderFinder, find_columns
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.domain.report import Imported, Report
from services.enrolment.directory.domain.row_cells import Bad
from services.enrolment.directory.domain.rows import Described, Reader
from services.enrolment.directory.service.deciding import Chunk, Deciding
from services.enrolment.directory.service.moves import Moves
from services.enrolment.directory.service.paced import GiveWay, Paced, opened, told
from services.enrolment.directory.service.repeated import Runs
from services.enrolment.directory.storage import People, Units
from shared.citizens import CitizenKeys
from shared.clock import BANGKOK
from shared.idempotency import receipt_of
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.position_tokens import Reached, Receipt, together
from shared.runtime import Runtime
from shared.sealing import KeyRing
from shared.sheets.process import Sheet, SheetParser
from shared.write import UnitOfWork

DEADLINE_SECONDS: Final = 20.0
AGAIN_AFTER: Final = (DuplicateKey, StoreUnavailable)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be imported. `preview`: only told, not stored. `confirmed`: the lines whose identity somebody
    has said to be right, whomever they resemble. `sheet`: the name of one of several in a workbook."""

    preview: bool = False
    confirmed: frozenset[int] = frozenset()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """`report` is one and the same, and grows; `imported` are the good rows of this step."""

    report: Report
    imported: Sequence[Imported] = ()


class PeopleImport:
    """`parser` reads the file, `citizen_keys` make the keyed hashes, `ring` seals contacts; `give_way` lets those who
    wait for a seat go first, for so many seconds at most."""

    def __init__(
        self,
        runtime: Runtime,
        units_of_work: UnitOfWork,
        units: Units,
        people: People,
        parser: SheetParser,
        moves: Moves,
        *,
        citizen_keys: CitizenKeys,
        ring: KeyRing,
        give_way: GiveWay,
    ) -> None:
        self._clock = runtime.clock
        self._units_of_work = units_of_work
        self._units = units
        self._people = people
        self._parser = parser
        self._moves = moves
        self._citizen_keys = citizen_keys
        self._ring = ring
        self._give_way = give_way

    async def steps(self, data: bytes, wish: Wish = Wish()) -> AsyncGenerator[Step, None]:
        """One before anything is stored, and one after each transaction: whoever leaves has whole ones. Raises the
        refusals of a whole file before the first: it cannot be read, or lacks a column."""
        sheet, reader = await self._opened(data, wish.sheet)
        deciding = Deciding(self._people, self._citizen_keys, self._ring, reader.columns, wish.confirmed)
        left = (sheet.left_out, sheet.left_out_rows)
        report = Report(sheet.count, reader.columns.ignored, wish.preview, told(sheet, reader.columns), *left)
        receipt = receipt_of(new_id())
        yield Step(report)
        paced = Paced(sheet, reader.read, self._give_way)
        async with aclosing(paced.portions()) as portions:
            async for rows, (good, bad) in portions:
                carry_out = partial(self._carry_out, good, receipt, deciding, wish)
                chunk = await paced.timed(rows, carry_out()) if good else Chunk()
                deciding.keep(chunk)
                if chunk.moves and not wish.preview:
                    self._moves.wake()
                _tell(report, rows, chunk, good, bad)
                yield Step(report, chunk.imported)

    async def _opened(self, data: bytes, name: str) -> tuple[Sheet, Reader]:
        sheet = await opened(self._parser, data, HeaderFinder(), name)
        columns = find_columns(sheet.header)
        lookup = Lookup(await self._units.all(), bundled().positions)
        return sheet, Reader(columns, lookup, self._citizen_keys, self._clock().astimezone(BANGKOK).date())

    async def _carry_out(self, rows: Sequence[Described], receipt: str, deciding: Deciding, wish: Wish) -> Chunk:
        """Runs again when another import stored one of these people at the same time, or when nobody knows whether this
        one did: then it tells what that run has done. Of a preview nothing stays but its entry in the security log."""
        ids = [new_id() for _ in rows]
        runs: Runs[Chunk] = Runs(self._units_of_work)

        async def preview(session: Session, recorder: EventRecorder) -> Chunk:
            chunk = await deciding.chunk(rows, ids, session, recorder)
            recorder.begin()
            recorder.note("preview-people", "import", receipt, count=len(rows))
            return chunk

        async def store(session: Session, recorder: EventRecorder) -> Chunk:
            if (stored := await runs.stored(session)) is not None:
                return stored
            chunk = await deciding.chunk(rows, ids, session, recorder)
            await self._people.store(chunk.people, chunk.new, session)
            await self._moves.begin([move.person for move in chunk.moves], recorder.now, session)
            recorder.note("import-people", "import", receipt, count=len(rows))
            marked = recorder.marked(receipt).receipts
            events = chunk.before + sum(one.events for one in marked)
            chunk.reached = Reached((), (Receipt(receipt, events),) if events else ())
            if chunk.moves or chunk.changes:  # who is new is known again by the id
                await runs.mark(chunk, session, recorder)
            return chunk

        work = preview if wish.preview else store
        return await self._units_of_work.commit(work, seconds=DEADLINE_SECONDS, again_after=AGAIN_AFTER)


def _tell(report: Report, rows: int, chunk: Chunk, good: Sequence[Described], bad: Sequence[Bad]) -> None:
    report.store(rows, chunk.imported)
    report.tell(chunk.changes, chunk.moves)
    report.ask(chunk.questions)
    report.reached = together([report.reached, chunk.reached])
    report.refuse([*bad, *chunk.bad])
    report.warn([*(warning for row in good for warning in row.warnings), *chunk.warnings])
