"""Releases answers in batches, and closes forms whose time is over. A batch, its event and what is left in the pool are
one transaction: whatever cuts it off, an answer is held or told, never both and never neither."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any, Final, TypeVar

import structlog

from services.enrolment.evaluation.domain.batches import Pool, batch_event, cut, released_now
from services.enrolment.evaluation.domain.evaluations import Evaluation, ended, told
from services.enrolment.evaluation.domain.windows import Phase
from services.enrolment.evaluation.service.forms import FormService
from services.enrolment.evaluation.service.runs import OfferedRuns
from services.enrolment.evaluation.storage import Evaluations, Respondents, Texts
from shared.clock import business
from shared.events.evaluation import FormKind
from shared.messaging.recorder import EventRecorder
from shared.mongo import Session
from shared.sealing import SealError
from shared.worker import Worker
from shared.write import UnitOfWork

T = TypeVar("T")
POLL_SECONDS: Final = 1.0
CLOSING_SECONDS: Final = 10.0
AT_ONCE: Final = 100
log = structlog.get_logger(__name__)


class Releasing(Worker):
    """One per process. `quiet_seconds` without another answer make a batch of all that are held, if they are five."""

    def __init__(
        self,
        units_of_work: UnitOfWork,
        forms: FormService,
        evaluations: Evaluations,
        respondents: Respondents,
        texts: Texts,
        runs: OfferedRuns,
        *,
        quiet_seconds: float,
    ) -> None:
        super().__init__("evaluation", self.sweep, every=min(POLL_SECONDS, quiet_seconds))
        self._units_of_work = units_of_work
        self._forms = forms
        self._evaluations = evaluations
        self._respondents = respondents
        self._texts = texts
        self._runs = runs
        self._quiet_seconds = quiet_seconds
        self._since: dict[str, tuple[int, float]] = {}  # how many had answered, and since when: stored nowhere
        self._looked = 0.0

    async def sweep(self, stopping: asyncio.Event) -> bool:
        """Everything of which a batch can be made, and now and then everything that may be over."""
        await self._release_due(stopping)
        if time.monotonic() - self._looked >= CLOSING_SECONDS:
            await self._close_due(stopping)
            self._looked = time.monotonic()
        return False

    async def _release_due(self, stopping: asyncio.Event) -> None:
        after, seen = "", dict[str, tuple[int, float]]()
        while not stopping.is_set():
            page = await self._evaluations.with_batch(after, AT_ONCE)
            for id, answered in page:
                known = self._since.get(id)
                since = known if known is not None and known[0] == answered else (answered, time.monotonic())
                seen[id] = since
                quiet = time.monotonic() - since[1] >= self._quiet_seconds
                with _readable(id):
                    await self.release(*_parts(id), quiet=quiet)
            if len(page) < AT_ONCE:
                break
            after = page[-1][0]
        self._since = seen

    async def _close_due(self, stopping: asyncio.Event) -> None:
        after: str | None = ""
        while after is not None and not stopping.is_set():
            page = await self._evaluations.still_open(after, AT_ONCE)
            for id, older in page:
                with _readable(id):
                    if not await self.close(*_parts(id)):
                        await self.reseal(*_parts(id), held=older)
            after = page[-1][0] if len(page) == AT_ONCE else None

    async def release(self, run: str, kind: FormKind, *, quiet: bool = False) -> int:
        """How many were released; 0 where there are not enough."""
        return await _apart(self._release(run, kind, quiet=quiet))

    async def close(self, run: str, kind: FormKind) -> bool:
        """Whether the form's time is over: then what is held is released, if it is of five; drafts go."""
        return await _apart(self._close(run, kind))

    async def reseal(self, run: str, kind: FormKind, *, held: bool) -> None:
        """Drafts, and what is `held`, go over to the key that seals now: then an older one is not needed any more."""

        async def pool_again(session: Session, recorder: EventRecorder) -> None:
            before, pool = await self._evaluations.with_pool(run, kind, session)
            await self._evaluations.save(before, before, pool, session)

        if held:
            await self._units_of_work.commit(pool_again)
        while await self._units_of_work.commit(lambda session, _: self._respondents.reseal_drafts(run, kind, session)):
            pass

    async def _release(self, run: str, kind: FormKind, *, quiet: bool) -> int:
        async def work(session: Session, recorder: EventRecorder) -> int:
            before, pool = await self._evaluations.with_pool(run, kind, session)
            size = 0 if before.closed else released_now(before.held, final=quiet)
            if size:
                after, rest = await self._told(before, pool, size, recorder, session)
                await self._evaluations.save(before, after, rest, session)
            return size

        return await self._units_of_work.commit(work)

    async def _close(self, run: str, kind: FormKind) -> bool:
        offered = await self._runs.offered(run)
        evaluation = await self._evaluations.load(run, kind)
        now = self._units_of_work.now()
        if offered is None or evaluation.phase(offered, business(now, offered.offset_seconds)) is not Phase.CLOSED:
            return False
        await self._units_of_work.commit(lambda session, recorder: self._end(run, kind, recorder, session))
        while await self._units_of_work.commit(
            lambda session, _: self._respondents.remove_drafts(run, kind, AT_ONCE, session)
        ):
            pass
        return True

    async def _end(self, run: str, kind: FormKind, recorder: EventRecorder, session: Session) -> None:
        before, pool = await self._evaluations.with_pool(run, kind, session)
        offered = await self._runs.offered(run, session)
        if before.closed or offered is None or before == Evaluation(run, kind):
            return
        if before.phase(offered, business(recorder.now, offered.offset_seconds)) is not Phase.CLOSED:
            return
        after, size = before, released_now(before.held, final=True)
        if size:
            after, _ = await self._told(before, pool, size, recorder, session)
        await self._evaluations.save(before, ended(after), Pool(), session)
        await self._evaluations.note_ended(run, kind, recorder.now, session)

    async def _told(
        self, before: Evaluation, pool: Pool, size: int, recorder: EventRecorder, session: Session
    ) -> tuple[Evaluation, Pool]:
        run = await self._runs.offered(before.run, session)
        if run is None:
            raise LookupError(f"{before.run} is not there")
        form = await self._forms.asked_by(before, session)
        rest, batch = cut(form, pool, size)
        event = batch_event(run.programme, run.id, run.fiscal_year, form, batch)
        recorder.record([event], after=before.seq, offset_seconds=run.offset_seconds)
        await self._texts.add(before.run, before.kind, batch.texts, session)
        return told(before, batch), rest


@contextmanager
def _readable(id: str) -> Iterator[None]:
    """What another replica has sealed with a key that this one does not have yet is left to that one."""
    try:
        yield
    except SealError as error:
        log.warning("evaluation_sealed_elsewhere", form=id, key=str(error))


async def _apart(work: Coroutine[Any, Any, T]) -> T:
    """With no mark of a request that may be running: none is to stand in the event."""
    return await asyncio.create_task(work, context=Context())


def _parts(id: str) -> tuple[str, FormKind]:
    run, _, kind = id.rpartition(":")
    return run, FormKind(kind)
