"""Imports who is in which post from a sheet, as people are imported: good rows are stored, some at a time in a
transaction each; bad ones are reported, and a row that would end somebody's time is asked about first.

Repeatable: an unchanged row writes nothing.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.enrolment.directory.domain.columns import HeaderFinder
from services.enrolment.directory.domain.lookup import Lookup
from services.enrolment.directory.domain.post_report import PostReport, Taken
from services.enrolment.directory.domain.post_rows import Claim, PostReader, find_post_columns
from services.enrolment.directory.domain.reference import bundled
from services.enrolment.directory.service.filling import Filled, Fillings
from services.enrolment.directory.service.paced import GiveWay, Paced, opened, told
from services.enrolment.directory.service.people_import import Wish
from services.enrolment.directory.service.repeated import Runs
from services.enrolment.directory.storage import Units
from shared.citizens import CitizenKeys
from shared.idempotency import receipt_of
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.mongo import DuplicateKey, Session, StoreUnavailable
from shared.rights import Scope
from shared.sheets.process import Sheet, SheetParser
from shared.write import UnitOfWork

DEADLINE_SECONDS: Final = 20.0
AGAIN_AFTER: Final = (DuplicateKey, StoreUnavailable)


@dataclass(frozen=True, slots=True)
class PostStep:
    """`report` is one and the same, and grows; `taken` are the good rows of this step."""

    report: PostReport
    taken: Sequence[Taken] = ()


class PostsImport:
    """One per process. `give_way` lets those who wait for a seat go first."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        units: Units,
        fillings: Fillings,
        parser: SheetParser,
        *,
        citizen_keys: CitizenKeys,
        give_way: GiveWay,
    ) -> None:
        self._units_of_work = units_of_work
        self._units = units
        self._fillings = fillings
        self._parser = parser
        self._citizen_keys = citizen_keys
        self._give_way = give_way

    async def steps(self, data: bytes, scope: Scope, wish: Wish) -> AsyncGenerator[PostStep, None]:
        """One before anything is stored, and one after each transaction. Raises the refusals of a whole file before the
        first. `scope`: for which units, and with which people."""
        sheet, reader = await self._opened(data, wish.sheet)
        left = (sheet.left_out, sheet.left_out_rows)
        report = PostReport(sheet.count, reader.columns.ignored, wish.preview, told(sheet, reader.columns), *left)
        receipt = receipt_of(new_id())
        yield PostStep(report)
        paced = Paced(sheet, reader.read, self._give_way)
        async with aclosing(paced.portions()) as portions:
            async for rows, (good, bad) in portions:
                carry_out = partial(self._carry_out, good, receipt, scope, wish)
                done = await paced.timed(rows, carry_out()) if good else Filled()
                report.store(rows, done.taken, done.ended)
                report.ask(done.questions)
                report.refuse([*bad, *done.bad])
                yield PostStep(report, done.taken)

    async def _opened(self, data: bytes, name: str) -> tuple[Sheet, PostReader]:
        sheet = await opened(self._parser, data, HeaderFinder(find_post_columns), name)
        lookup = Lookup(await self._units.all(), bundled().positions)
        return sheet, PostReader(find_post_columns(sheet.header), lookup, self._citizen_keys)

    async def _carry_out(self, claims: Sequence[Claim], receipt: str, scope: Scope, wish: Wish) -> Filled:
        """Runs again when another one has changed one of these posts at the same time, or when nobody knows whether it
        did itself: then it tells what that run has done."""
        ids = [new_id() for _ in claims]
        runs: Runs[Filled] = Runs(self._units_of_work)

        async def work(session: Session, recorder: EventRecorder) -> Filled:
            if (stored := await runs.stored(session)) is not None:
                return stored
            done = await self._fillings.fill(
                claims, ids, scope, wish.confirmed, session, recorder, preview=wish.preview
            )
            recorder.note("preview-posts" if wish.preview else "import-posts", "import", receipt, count=len(claims))
            if not wish.preview and recorder.events:
                await runs.mark(done, session, recorder)
            return done

        return await self._units_of_work.commit(work, seconds=DEADLINE_SECONDS, again_after=AGAIN_AFTER)
