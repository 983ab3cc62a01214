"""Routes: what was sent and what became of it, the inbox, and reminders on demand."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.notification.composing import Writer
from services.notification.domain import Kind, Message, Run, State, snapshot_at
from services.notification.http.answers import (
    CountsAnswer,
    InboxPage,
    LedgerAnswer,
    MessageAnswer,
    ReadAnswer,
    RemindedAnswer,
    WavesAnswer,
)
from services.notification.http.bodies import RemindRun
from services.notification.http.responses import (
    counts_response,
    inbox_item,
    ledger_response,
    message_response,
    reminded_response,
    waves_response,
)
from services.notification.memory import ReadModel
from services.notification.queries import Filter, Queries, inbox_of, messages_of
from services.notification.reminders import WaveResult
from shared.answers import Page as PageOf
from shared.answers import told
from shared.bodies import body
from shared.clock import Clock
from shared.errors import Forbidden
from shared.http import Awaited, after_positions, answer
from shared.key_use import KeyUse, KeyUseAnswer, key_use_response
from shared.messaging.positions import Positions
from shared.messaging.publisher import source_of
from shared.pages import PageRequest, page_request
from shared.problems import language_of
from shared.rights import Permission, Principal
from shared.security import requires
from shared.security_log.entries import known_form
from shared.security_log.keeping import order
from shared.values import Id, Term

BASE: Final = "/api/notification"
ENROLMENT: Final = source_of("enrolment")

After = Annotated[Awaited, Depends(after_positions)]
Page = Annotated[PageRequest, Depends(page_request)]
Reader = Annotated[Principal, Depends(requires(Permission.MESSAGE_READ))]
Owner = Annotated[Principal, Depends(requires(Permission.INBOX_READ))]
Caller = Annotated[Principal, Depends(requires(Permission.REMINDER_RUN))]
Operator = Annotated[Principal, Depends(requires(Permission.SYSTEM_OPERATE))]
Remind = Callable[[str], Awaitable[list[WaveResult]]]


class NotificationApi:
    def __init__(
        self,
        queries: Queries,
        read_model: ReadModel,
        remind: Remind,
        positions: Callable[[], Positions],
        writer: Writer,
        clock: Clock,
        contact_keys: Callable[[], Awaitable[KeyUse]],
    ) -> None:
        self._queries = queries
        self._read_model = read_model
        self._remind = remind
        self._positions = positions
        self._writer = writer
        self._clock = clock
        self._contact_keys = contact_keys

    def router(self) -> APIRouter:
        router = APIRouter(prefix=BASE)
        for method, path, endpoint, model, summary in (
            (
                "GET",
                "/messages",
                self.messages,
                PageOf[MessageAnswer],
                "Messages, the newest first; a page may be short, `next` says whether there are more.",
            ),
            (
                "GET",
                "/messages/counts",
                self.counts,
                CountsAnswer,
                "How many messages of each kind, channel and state, of the newest 10,000.",
            ),
            ("GET", "/messages/{message}", self.message, LedgerAnswer, "One message with every attempt to deliver it."),
            ("GET", "/inbox", self.inbox, InboxPage, "Messages to the caller, or to the caller's unit."),
            ("POST", "/inbox/{message}/read", self.read, ReadAnswer, "Marks a message of the inbox as read."),
            ("GET", "/reminders", self.reminders, WavesAnswer, "How many reminders of a run there are, by wave."),
            ("GET", "/contact-keys", self.contact_keys, KeyUseAnswer, "How many contacts stand under which key."),
            ("POST", "/reminders", self.remind, RemindedAnswer, "Makes the reminders of a run that are due, once."),
        ):
            router.add_api_route(
                path, endpoint, methods=[method], summary=summary, response_class=Response, responses=told(model)
            )
        return router

    async def messages(
        self,
        principal: Reader,
        after: After,
        page: Page,
        run: Term | None = None,
        kind: Kind | None = None,
        state: State | None = None,
        recipient: Term | None = None,
    ) -> Response:
        scope = principal.scope(Permission.MESSAGE_READ)
        if recipient is not None and not scope.names:
            raise Forbidden(permission=Permission.REPORT_NAMES)
        await self._seen(after)
        question = messages_of(scope, Filter(run, kind, state, recipient))
        messages, last = await self._queries.page(question, page)
        return answer(page.body([message_response(message, names=scope.names) for message in messages], last))

    async def counts(self, principal: Reader, after: After, run: Term | None = None) -> Response:
        await self._seen(after)
        question = messages_of(principal.scope(Permission.MESSAGE_READ), Filter(run))
        return answer(counts_response(run, await self._queries.counts(question)))

    async def message(self, message: str, principal: Reader, after: After) -> Response:
        scope = principal.scope(Permission.MESSAGE_READ)
        await self._seen(after)
        return answer(ledger_response(await self._queries.message(message, messages_of(scope)), names=scope.names))

    async def inbox(self, request: Request, principal: Owner, after: After, page: Page) -> Response:
        await self._seen(after)
        query = inbox_of(principal, principal.scope(Permission.INBOX_READ))
        messages, last = await self._queries.page(query, page)
        runs = await self._read_model.runs({message.run for message in messages if message.snapshot is None})
        readable = [message for message in messages if message.snapshot is not None or message.run in runs]
        items = []
        for message in readable:
            items.append(self._item(request, message, runs))
            await asyncio.sleep(0)  # a page of 500 texts takes a while; others are answered between them
        return answer({**page.body(items, last), "unread": await self._queries.unread(query)})

    def _item(self, request: Request, message: Message, runs: dict[str, Run]) -> dict[str, Any]:
        """In the reader's language, whatever language the e-mail had."""
        snapshot = message.snapshot or snapshot_at(message, runs[message.run], self._clock())
        return inbox_item(message, self._writer.write(message, snapshot, language_of(request)))

    async def read(self, message: str, principal: Owner) -> Response:
        query = inbox_of(principal, principal.scope(Permission.INBOX_READ))
        marked = await self._queries.mark_read(message, query, self._clock())
        return answer({"id": marked.id, "readAt": marked.read_at and marked.read_at.isoformat()})

    async def reminders(self, principal: Caller, after: After, run: Id) -> Response:
        await self._seen(after)
        return answer(waves_response(run, await self._queries.waves(run)))

    async def remind(
        self, request: Request, principal: Caller, command: Annotated[RemindRun, body(RemindRun)], after: After
    ) -> Response:
        await self._seen(after)
        await order(request, "remind", ("run", known_form(command.run)))
        return answer(reminded_response(command.run, await self._remind(command.run)))

    async def contact_keys(self, principal: Operator) -> Response:
        return answer(key_use_response(await self._contact_keys()))

    async def _seen(self, after: Awaited) -> None:
        if after.reached:
            await self._positions().wait(after.reached, source=ENROLMENT, caller=after.caller)
