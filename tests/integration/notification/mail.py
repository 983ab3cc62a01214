"""The edge of the world: a mail server that takes what it is given and answers as a test tells it to."""

import asyncio
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP
from icalendar import Calendar

from pattana.embedded.ports import HOST, free_port

CUT_OFF = "cut off"


@dataclass(frozen=True)
class Mail:
    to: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(make_header(decode_header(str(message_from_bytes(self.content)["Subject"]))))

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        return str(body.get_content())

    @property
    def entries(self) -> list[tuple[str, str, int]]:
        """Method, UID and sequence of every calendar entry that came as a file."""
        found = []
        for part in self.message.iter_attachments():
            calendar = Calendar.from_ical(part.get_content())
            (event,) = calendar.walk("VEVENT")
            found.append((str(calendar["METHOD"]), str(event["UID"]), int(event.decoded("SEQUENCE"))))
        return found


class MailServer:
    """`refuses` answers an address, `answers` the next contents in turn; what it accepts is in `mails`.

    A content that is answered with CUT_OFF is kept, and the connection closed instead of an answer.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[Mail] = []
        self.connections = 0
        self.refuses: dict[str, str] = {}
        self.answers: deque[str] = deque()
        self.open = asyncio.Event()
        self.open.set()
        self._server: asyncio.Server | None = None
        self._transports: list[Any] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, HOST, self.port)

    async def stop(self) -> None:
        """Also hangs up on everybody."""
        if self._server is not None:
            self._server.close()
            for transport in self._transports:
                transport.close()
            await self._server.wait_closed()
            self._server = None

    def _connection(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="mail.example.go.th", loop=asyncio.get_running_loop())

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Any, hostname: str, replies: Any) -> Any:
        session.host_name = hostname
        self._transports.append(server.transport)
        return replies

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        if (refusal := self.refuses.get(address)) is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        await self.open.wait()
        answer = self.answers.popleft() if self.answers else "250 taken"
        if answer == CUT_OFF or answer.startswith("2"):
            self.mails.append(Mail(envelope.rcpt_tos[0], bytes(envelope.content)))
        if answer == CUT_OFF:
            self._hang_up(server)
            return "421 never heard"
        return answer

    def _hang_up(self, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.close()
