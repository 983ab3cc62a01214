"""Answers that are told line by line while the work goes on (NDJSON). Knows no service.

What is refused before the first line is an ordinary refusal. From then on the status has been sent: what goes wrong is
the last line, `{"problem": ...}`, with all that a problem has. A caller that goes away ends the work at its next line.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.http import hung_up
from shared.middleware import Disconnected
from shared.problems import InternalError, language_of, problem_response
from shared.telemetry import correlation

MEDIA_TYPE: Final = "application/x-ndjson"
TAKEN_SECONDS: Final = 60.0  # a caller that takes no line for so long is gone
UNBUFFERED: Final = {"x-accel-buffering": "no"}  # a proxy passes each line on as it comes
_log = structlog.get_logger()

Lines = AsyncGenerator[Any, None]


def wants_lines(request: Request) -> bool:
    return MEDIA_TYPE in request.headers.get("accept", "").lower()


async def while_wanted(request: Request, lines: Lines) -> Lines:
    """The same, as long as the caller is there. Raises Disconnected."""
    gone = hung_up(request)
    async with aclosing(lines):
        async for line in lines:
            yield line
            if await gone():
                raise Disconnected


class LineAnswer(StreamingResponse):
    """A line for each thing in `lines`."""

    media_type = MEDIA_TYPE

    def __init__(self, request: Request, lines: Lines) -> None:
        super().__init__(lines, headers=UNBUFFERED)
        self._request = request
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._lines) as lines:
            first = await anext(lines)
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await _tell(send, first)
            try:
                async for line in lines:
                    await _tell(send, line)
            except Disconnected:
                return
            except Exception as error:
                await _tell(send, {"problem": await self._problem(error)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _problem(self, error: Exception) -> Any:
        """As it would have been answered without lines."""
        handlers: dict[Any, Callable[..., Any]] = self._request.app.exception_handlers
        known = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
        if known is None:
            _log.error("request failed", route=getattr(self._request.scope.get("route"), "path", None), exc_info=error)
            broken = InternalError(reference=correlation.get())
            response: Response = problem_response(broken, language_of(self._request))
        else:
            response = await known(self._request, error)
        return orjson.loads(response.body)


async def _tell(send: Send, line: Any) -> None:
    """Raises Disconnected when the caller takes nothing any more."""
    try:
        async with asyncio.timeout(TAKEN_SECONDS):
            await send({"type": "http.response.body", "body": orjson.dumps(line) + b"\n", "more_body": True})
    except TimeoutError:
        raise Disconnected from None
