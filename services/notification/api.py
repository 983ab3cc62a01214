"""HTTP of the notification service: what was sent and what became of it, the inbox, and reminders on demand.

Nothing here says who somebody is: recipients are opaque ids, and without the right to names not even those.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from services.notification.domain import Addressee, Attempt, Kind, Message, State
from services.notification.preparing import told_now
from services.notification.queries import Count, Filter, Queries, mailbox, within
from services.notification.read_model import Run
from services.notification.reminders import WAVES
from services.notification.scheduling import Reminders, Wave
from services.notification.storage import Views
from services.notification.writer import Writer
from shared.clock import Clock
from shared.errors import Forbidden
from shared.events.envelope import Position
from shared.http import Body, PageRequest, after_positions, answer, body, language_of, page_request
from shared.messaging.positions import Positions
from shared.messaging.publisher import source_of
from shared.rights import Permission, Principal
from shared.security import requires

ENROLMENT: Final = source_of("enrolment")

After = Annotated[list[Position], Depends(after_positions)]
Page = Annotated[PageRequest, Depends(page_request)]
Key = Annotated[str, Query(max_length=100)]
OptionalKey = Annotated[str | None, Query(max_length=100)]
Reader = Annotated[Principal, Depends(requires(Permission.MESSAGE_READ))]
Owner = Annotated[Principal, Depends(requires(Permission.INBOX_READ))]
Caller = Annotated[Principal, Depends(requires(Permission.REMINDER_RUN))]


class RemindRun(Body):
    run: str


class NotificationApi:
    def __init__(
        self,
        queries: Queries,
        views: Views,
        reminders: Reminders,
        positions: Positions,
        writer: Writer,
        clock: Clock,
    ) -> None:
        self._queries = queries
        self._views = views
        self._reminders = reminders
        self._positions = positions
        self._writer = writer
        self._clock = clock

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/api/notification")
        for method, path, endpoint, summary in (
            ("GET", "/messages", self.messages, "Messages, the newest first."),
            ("GET", "/messages/counts", self.counts, "How many messages of each kind, channel and state."),
            ("GET", "/messages/{message}", self.message, "One message with every attempt to deliver it."),
            ("GET", "/inbox", self.inbox, "What was said to the caller, or to the caller's unit."),
            ("POST", "/inbox/{message}/read", self.read, "Marks a message of the inbox as read."),
            ("GET", "/reminders", self.reminders, "How many reminders of a run there are, by wave."),
            ("POST", "/reminders", self.remind, "Makes the reminders of a run that are due, once."),
        ):
            router.add_api_route(path, endpoint, methods=[method], summary=summary, response_class=Response)
        return router

    async def messages(
        self,
        principal: Reader,
        after: After,
        page: Page,
        run: OptionalKey = None,
        kind: Kind | None = None,
        state: State | None = None,
        recipient: OptionalKey = None,
    ) -> Response:
        scope = principal.scope(Permission.MESSAGE_READ)
        if recipient is not None and not scope.names:
            raise Forbidden(permission=Permission.REPORT_NAMES)
        await self._seen(after)
        query = _both(within(scope), Filter(run, kind, state, recipient).query())
        found, last = await self._queries.page(query, page)
        return answer(page.body([shown(one, names=scope.names) for one in found], last))

    async def counts(self, principal: Reader, after: After, run: OptionalKey = None) -> Response:
        await self._seen(after)
        query = _both(within(principal.scope(Permission.MESSAGE_READ)), Filter(run).query())
        return answer({"run": run, **tallied(await self._queries.counts(query))})

    async def message(self, message: str, principal: Reader, after: After) -> Response:
        scope = principal.scope(Permission.MESSAGE_READ)
        await self._seen(after)
        found = await self._queries.one(message, within(scope))
        ledger = [_attempt(number, one) for number, one in enumerate(found.attempts, start=1)]
        return answer({**shown(found, names=scope.names), "reason": found.causation, "ledger": ledger})

    async def inbox(self, request: Request, principal: Owner, after: After, page: Page) -> Response:
        await self._seen(after)
        query = mailbox(principal, principal.scope(Permission.INBOX_READ))
        found, last = await self._queries.page(query, page)
        runs = await self._views.runs({one.run for one in found if one.told is None})
        items = [self._read_out(request, one, runs) for one in found if one.told is not None or one.run in runs]
        return answer({**page.body(items, last), "unread": await self._queries.unread(query)})

    async def read(self, message: str, principal: Owner) -> Response:
        query = mailbox(principal, principal.scope(Permission.INBOX_READ))
        found = await self._queries.read(message, query, self._clock())
        return answer({"id": found.id, "readAt": found.read_at and found.read_at.isoformat()})

    async def reminders(self, principal: Caller, after: After, run: Key) -> Response:
        await self._seen(after)
        found = await self._queries.waves(run)
        waves = {wave: {"total": sum(states.values()), "byState": states} for wave, states in _in_order(found)}
        return answer({"run": run, "total": sum(wave["total"] for wave in waves.values()), "byWave": waves})

    async def remind(self, principal: Caller, command: Annotated[RemindRun, body(RemindRun)], after: After) -> Response:
        await self._seen(after)
        waves = await self._reminders.remind(command.run)
        return answer(
            {
                "run": command.run,
                "created": sum(wave.created for wave in waves),
                "existing": sum(wave.existing for wave in waves),
                "byWave": {wave.name: _wave(wave) for wave in waves},
            }
        )

    async def _seen(self, after: Sequence[Position]) -> None:
        if after:
            await self._positions.wait(after, source=ENROLMENT)

    def _read_out(self, request: Request, message: Message, runs: dict[str, Run]) -> dict[str, Any]:
        """In the reader's language, whatever language the e-mail had."""
        told = message.told or told_now(message, runs[message.run], self._clock())
        words = self._writer.write(message, told, language_of(request))
        return {
            "id": message.id,
            "kind": message.kind,
            "run": message.run,
            "unit": message.recipient if message.addressee is Addressee.UNIT else None,
            "subject": words.subject,
            "text": words.text,
            "createdAt": message.created_at.isoformat(),
            "readAt": message.read_at and message.read_at.isoformat(),
        }


def shown(message: Message, *, names: bool) -> dict[str, Any]:
    """A message for those who look after messages. Without `names` people are not told apart."""
    hidden = message.addressee is Addressee.PERSON and not names
    return {
        "id": message.id,
        "kind": message.kind,
        "wave": message.wave,
        "run": message.run,
        "nomination": None if hidden else message.nomination,
        "addressee": message.addressee,
        "recipient": None if hidden else message.recipient,
        "unit": message.unit,
        "channel": message.channel,
        "state": message.state,
        "code": message.code,
        "attempts": len(message.attempts),
        "uncertain": message.uncertain,
        "createdAt": message.created_at.isoformat(),
        "dueAt": message.due_at.isoformat(),
        "finishedAt": message.finished_at and message.finished_at.isoformat(),
    }


def tallied(rows: Iterable[Count]) -> dict[str, Any]:
    """The counts, and their sums over each of the three."""
    sums: dict[str, dict[str, int]] = {"byKind": {}, "byChannel": {}, "byState": {}}
    total = 0
    listed = []
    for kind, channel, state, count in rows:
        total += count
        listed.append({"kind": kind, "channel": channel, "state": state, "count": count})
        for name, value in zip(sums, (kind, channel or "UNDECIDED", state), strict=True):
            sums[name][value] = sums[name].get(value, 0) + count
    return {"total": total, **sums, "rows": listed}


def _attempt(number: int, attempt: Attempt) -> dict[str, Any]:
    return {
        "number": number,
        "at": attempt.at.isoformat(),
        "channel": attempt.channel,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "uncertain": attempt.uncertain,
    }


def _wave(wave: Wave) -> dict[str, Any]:
    """`due` is null for a wave that is not due at the run's business time."""
    return {"due": wave.due and wave.due.isoformat(), "created": wave.created, "existing": wave.existing}


def _in_order(found: Any) -> Iterable[tuple[str, dict[str, int]]]:
    return ((wave, found.get(wave, {})) for wave in WAVES)


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {"$and": [first, second]} if first and second else first or second
