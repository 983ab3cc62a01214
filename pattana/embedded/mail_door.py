"""Who may read the mails that the embedded edition kept: whoever knows the token of the data folder.

A browser on this machine is driven by every page that is open in it, so a name that somebody else points at 127.0.0.1
(DNS rebinding) is refused before the token is looked at, and what is shown may neither run nor load nor be framed.
"""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH: Final = "/mail"
COOKIE: Final = "pattana-mail"
QUERY: Final = "token"
_OURS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def policy(style: str) -> dict[str, str]:
    """The headers of every answer; `style` is the one style sheet that pages have."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }


class MailDoor:
    """In front of the pages. Without a token nobody is let in."""

    def __init__(self, pages: ASGIApp, token: str, style: str) -> None:
        self._pages = pages
        self._token = token
        self._policy = policy(style)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._policy)
            await send(message)

        answer: ASGIApp = self._turned_away(Request(scope)) or self._pages
        await answer(scope, receive, send_guarded)

    def _turned_away(self, request: Request) -> Response | None:
        """None for whoever may come in."""
        if _host(request.headers) not in _OURS:
            return PlainTextResponse("ไม่รู้จักชื่อเครื่องนี้ · this host name is not ours", 421)
        if self._is_token(request.query_params.get(QUERY, "")):
            return self._remembered()
        if self._is_token(_bearer(request.headers)) or self._is_token(request.cookies.get(COOKIE, "")):
            return None
        return PlainTextResponse(
            "โปรดเปิดด้วยลิงก์ที่ pattana up แสดงไว้ · open it with the link that `pattana up` has printed",
            401,
            {"www-authenticate": "Bearer"},
        )

    def _remembered(self) -> Response:
        """The token leaves the address at once, and with it the browser's history."""
        answer = RedirectResponse(f"{PATH}/", 303)
        answer.set_cookie(COOKIE, self._token, path=PATH, httponly=True, samesite="strict")
        return answer

    def _is_token(self, given: str) -> bool:
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token.encode())


def _host(headers: Headers) -> str | None:
    """The name alone: the port is another one behind a tunnel."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
