"""Routes for everybody, without a token: each says so by a dependency, and answers an address only so often."""

import asyncio
from math import ceil
from typing import Final

from starlette.requests import Request

from shared.errors import Refused
from shared.rates import Rates
from shared.security_log.entries import client_of


class TooManyRequests(
    Refused,
    code="too-many-requests",
    status=429,
    th="มีคำขอเข้ามามากเกินไปในเวลาสั้น ๆ กรุณารอสักครู่แล้วลองใหม่",
    en="Too many requests in a short time. Please wait a moment and try again.",
):
    """As the gateway says it."""

    def __init__(self, seconds: float = 1) -> None:
        super().__init__()
        self.retry_after = max(1, ceil(seconds))


class Public:
    """The dependency of such a route: `Depends(public)`. One for all routes that share the limit."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._rates: Final = Rates(per_second, burst)

    async def __call__(self, request: Request) -> None:
        """Raises TooManyRequests."""
        seconds = self._rates.take(_address(request), asyncio.get_running_loop().time())
        if seconds:
            raise TooManyRequests(seconds)


def _address(request: Request) -> str:
    """Of whoever asks, or of the gateway that says nothing of it."""
    told = None
    if request.app.state.settings.trust_forwarded:
        told = client_of(request.scope["pattana.headers"].get(b"x-forwarded-for"))
    return told or (request.client.host if request.client is not None else "-")
