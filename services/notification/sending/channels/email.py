"""E-mail by SMTP. Keeps a few connections open while there is much to send; knows neither kinds nor templates."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import structlog
from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from services.notification.composing import Mailbox, OutgoingMessage
from services.notification.domain import ChannelName
from services.notification.sending.channels import Postponed, Rejected, Unreachable
from services.notification.sending.channels.mime import composed

Tls = Literal["none", "starttls", "tls"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes. `authorities` is a file of certificates to trust besides those of the system."""

    host: str
    port: int
    tls: Tls = "none"
    user: str | None = None
    password: str | None = None
    authorities: str | None = None
    timeout_seconds: float = 20.0


class EmailChannel:
    """An attempt has three steps (connection, envelope, content), each with `timeout_seconds`."""

    outside = True

    def __init__(self, server: Server, sender: Mailbox) -> None:
        self._server = server
        self._sender = sender
        self._idle: list[SMTP] = []

    async def send(self, outgoing: OutgoingMessage) -> None:
        content = composed(outgoing, self._sender)
        async with self._connection() as connection:
            await self._envelope(connection, outgoing.to.addresses[ChannelName.EMAIL])
            await self._content(connection, content)

    async def close_idle(self) -> None:
        while self._idle:
            connection = self._idle.pop()
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await connection.quit(timeout=2)
            connection.close()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[SMTP]:
        """One for this message alone; it is kept open only after the message has gone well."""
        connection = await self._kept() or await self._connected()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    async def _kept(self) -> SMTP | None:
        """An open connection on which the server still answers: the server may have closed it meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            try:
                await connection.rset(timeout=5)
            except (SMTPException, OSError):
                connection.close()
            else:
                return connection
        return None

    async def _connected(self) -> SMTP:
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            cert_bundle=server.authorities,
            timeout=server.timeout_seconds,
        )
        try:
            async with asyncio.timeout(server.timeout_seconds):
                await connection.connect()
        except (SMTPException, OSError, ValueError) as error:
            connection.close()
            raise _unreachable("smtp-unreachable", error) from error
        return connection

    async def _envelope(self, connection: SMTP, address: str) -> None:
        """Nothing has been sent when this fails. A refused sender is our fault, not that of the message."""
        try:
            async with asyncio.timeout(self._server.timeout_seconds):
                await connection.mail(self._sender.address)
                await connection.rcpt(address)
        except SMTPRecipientRefused as error:
            raise _answered(error) from error
        except (SMTPException, OSError) as error:
            raise _unreachable("smtp-refuses-us", error) from error

    async def _content(self, connection: SMTP, content: bytes) -> None:
        """Once the content is under way, no answer means that nobody knows whether the server has it."""
        try:
            async with asyncio.timeout(self._server.timeout_seconds):
                await connection.data(content)
        except SMTPDataError as error:
            raise _answered(error) from error
        except (SMTPException, OSError) as error:
            raise Postponed("smtp-cut-off", uncertain=True) from error


def _unreachable(code: str, error: BaseException) -> Unreachable:
    reply = error.code if isinstance(error, SMTPResponseException) else None
    log.warning("mail_server_unreachable", code=code, reply=reply, kind=type(error).__name__)
    return Unreachable(code)


def _answered(error: SMTPResponseException) -> Postponed | Rejected:
    """Replies of 5xx are final. The text of a reply may repeat the address, so only the number is kept."""
    code = f"smtp-{error.code}"
    return Rejected(code) if error.code >= 500 else Postponed(code)
