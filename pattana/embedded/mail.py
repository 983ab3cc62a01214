"""Where mail goes in the embedded edition: an SMTP server that keeps every message and shows it. It sends nothing on.

Messages lie as .eml files in the data folder, named by the time they came.
"""

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from aiosmtpd.smtp import SMTP
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from pattana.embedded.mail_door import PATH
from pattana.embedded.ports import HOST
from shared.thai import format_thai_date, format_thai_time

_ID = re.compile(r"\d{20}")
_ENVELOPE_TO = "Delivered-To"


class Mailbox:
    """Every message that was ever accepted, newest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._last = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """Accepted means kept: the answer follows the write."""
        await asyncio.to_thread(self.keep, bytes(envelope.content), envelope.rcpt_tos)
        return "250 kept"

    def keep(self, content: bytes, recipients: Iterable[str]) -> str:
        self._last = max(time.time_ns(), self._last + 1)
        name = f"{self._last:020d}"
        delivered = "".join(f"{_ENVELOPE_TO}: {recipient}\r\n" for recipient in recipients)
        half = self._folder / f"{name}.half"
        half.write_bytes(delivered.encode() + content)
        half.replace(self._folder / f"{name}.eml")
        return name

    def ids(self) -> list[str]:
        return sorted((path.stem for path in self._folder.glob("*.eml")), reverse=True)

    def raw(self, name: str) -> bytes | None:
        path = self._folder / f"{name}.eml"
        return path.read_bytes() if _ID.fullmatch(name) and path.exists() else None

    def listed(self, recipient: str | None, limit: int) -> dict[str, Any]:
        """`total` counts the recipient's messages, beyond the limit too."""
        names = self.ids()
        entries = (self._entry(name) for name in names)
        if recipient is None:
            return {"total": len(names), "items": list(islice(entries, limit))}
        found = [entry for entry in entries if recipient in entry["to"]]
        return {"total": len(found), "items": found[:limit]}

    def _entry(self, name: str) -> dict[str, Any]:
        with (self._folder / f"{name}.eml").open("rb") as file:
            message = BytesHeaderParser(policy=default).parse(file)
        return {"id": name, **_headers(name, message)}


def _headers(name: str, message: Any) -> dict[str, Any]:
    return {
        "at": datetime.fromtimestamp(int(name) / 1e9, UTC).isoformat(timespec="milliseconds"),
        "to": [str(value) for value in message.get_all(_ENVELOPE_TO, [])],
        "from": str(message.get("from", "")),
        "subject": str(message.get("subject", "")),
        "messageId": str(message.get("message-id", "")),
    }


def parts_of(name: str, content: bytes) -> dict[str, Any]:
    """One message as people read it: headers, both bodies, names and text of what is attached."""
    message = BytesParser(policy=default).parsebytes(content)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy parses into EmailMessage")
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "id": name,
        **_headers(name, message),
        "text": str(text.get_content()) if text else "",
        "html": str(page.get_content()) if page else "",
        "attachments": [
            {"name": part.get_filename() or "", "type": part.get_content_type()} for part in message.iter_attachments()
        ],
    }


@asynccontextmanager
async def receiving(mailbox: Mailbox, port: int) -> AsyncIterator[None]:
    """Takes mail on the port as long as it is entered."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="pattana.local", enable_SMTPUTF8=True, loop=loop), HOST, port
    )
    async with server:
        yield


def mail_pages(mailbox: Mailbox) -> FastAPI:
    """/mail/ for people and, with Accept: application/json, for programs. Whoever may read them: mail_door.py."""
    pages = FastAPI(openapi_url=None)

    @pages.get(f"{PATH}/")
    def listed(
        request: Request, to: str | None = None, limit: Annotated[int, Query(ge=1, le=10_000)] = 200
    ) -> Response:
        answer = mailbox.listed(to, limit)
        return JSONResponse(answer) if _wants_json(request) else HTMLResponse(_list_page(answer))

    @pages.get(f"{PATH}/{{name}}")
    def one(request: Request, name: str) -> Response:
        wanted = name.removesuffix(".eml")
        if (content := mailbox.raw(wanted)) is None:
            return PlainTextResponse("ไม่พบข้อความ · no such message", 404)
        if name.endswith(".eml"):
            named = {"content-disposition": f'attachment; filename="{wanted}.eml"'}
            return Response(content, media_type="message/rfc822", headers=named)
        parts = parts_of(wanted, content)
        return JSONResponse(parts) if _wants_json(request) else HTMLResponse(_message_page(parts))

    return pages


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


STYLE = """body{font-family:sans-serif;line-height:1.6;margin:2rem auto;max-width:64rem;padding:0 1rem}
h1{font-size:1.4rem}
td,th{text-align:left;vertical-align:top;padding:.3rem 1rem .3rem 0}td:nth-child(-n+2){white-space:nowrap}
pre{font:inherit;white-space:pre-wrap;border:1px solid #ccc;border-radius:.3rem;padding:1rem}
"""
_PAGE = """<!doctype html><html lang="th"><meta charset="utf-8"><title>{title}</title>
<style>{style}</style><h1>{title}</h1>{body}</html>"""


def _list_page(answer: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_thai_time(item['at'])}</td><td>{html.escape(', '.join(item['to']))}</td>"
        f'<td><a href="{PATH}/{item["id"]}">{html.escape(item["subject"]) or "-"}</a></td></tr>'
        for item in answer["items"]
    )
    title = f"จดหมายที่ส่งออก {answer['total']} ฉบับ"
    table = f"<table><tr><th>ส่งเมื่อ<th>ถึง<th>เรื่อง</tr>{rows}</table>"
    shown = len(answer["items"])
    more = f"<p>แสดง {shown} ฉบับล่าสุด</p>" if shown < answer["total"] else ""
    return _PAGE.format(style=STYLE, title=title, body=more + table)


def _thai_time(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"{format_thai_date(moment)} {format_thai_time(moment)}"


def _message_page(parts: dict[str, Any]) -> str:
    names = ", ".join(html.escape(part["name"]) for part in parts["attachments"])
    attached = f"<p>สิ่งที่แนบ: {names}</p>" if names else ""
    body = (
        f"<p>{html.escape(parts['from'])} → {html.escape(', '.join(parts['to']))}<br>{_thai_time(parts['at'])}</p>"
        f"<pre>{html.escape(parts['text'])}</pre>{attached}"
        f'<p><a href="{PATH}/{parts["id"]}.eml">.eml</a> · <a href="{PATH}/">ทั้งหมด</a></p>'
    )
    return _PAGE.format(style=STYLE, title=html.escape(parts["subject"]) or "-", body=body)
