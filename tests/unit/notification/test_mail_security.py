"""E-mail over TLS: only to a server that proves who it is, and never in the clear when TLS is wanted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from pattana.embedded.ports import HOST, free_port
from services.notification.composing import Mailbox, OutgoingMessage, Words
from services.notification.sending.channels import Unreachable
from services.notification.sending.channels.email import EmailChannel, Server, Tls
from tests.support.certificates import Identity, identity_of
from tests.support.waiting import until
from tests.unit.notification.builders import by_email

SENDER = Mailbox("สป.มท.", "training@example.go.th")
MESSAGE = OutgoingMessage(
    id="6f5a4b0e-5d0a-5c39-9f0e-0f1d7f9a2c11",
    to=by_email("สมชาย ใจดี", "somchai@example.go.th"),
    language="th",
    words=Words("เชิญเข้ารับการฝึกอบรม", "เรียน สมชาย", "<p>เรียน สมชาย</p>"),
    invitation=None,
    written_at=datetime(2026, 11, 21, tzinfo=UTC),
)
ACCOUNT = LoginPassword(b"pattana", b"a secret")


@dataclass
class Post:
    """A mail server with one account, which must not be sent to it in the clear."""

    port: int = field(default_factory=free_port)
    received: list[str] = field(default_factory=list)
    logins: int = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.received += envelope.rcpt_tos
        return "250 taken"

    def login(self, server: SMTP, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        self.logins += 1
        return AuthResult(success=login == ACCOUNT, handled=False)

    @asynccontextmanager
    async def receiving(self, tls: Tls, identity: Identity) -> AsyncIterator["Post"]:
        context = None if tls == "none" else identity.context()
        options: dict[str, Any] = {"authenticator": self.login, "loop": asyncio.get_running_loop()}
        if tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
        else:
            options["auth_require_tls"] = False  # of STARTTLS, which it asks for even inside of TLS
        connections: list[SMTP] = []

        def connected() -> SMTP:
            connections.append(SMTP(self, **options))
            return connections[-1]

        at_once = context if tls == "tls" else None
        server = await asyncio.get_running_loop().create_server(connected, HOST, self.port, ssl=at_once)
        try:
            yield self
        finally:
            server.close()
            for connection in connections:
                if connection.transport is not None:
                    connection.transport.close()
            await server.wait_closed()
            await until(lambda: all(map(_is_closed, connections)))


def _is_closed(connection: SMTP) -> bool:
    return connection.transport is None or connection.transport.is_closing()


@pytest.fixture
def ours(tmp_path: Path) -> Identity:
    return identity_of(tmp_path, "ours")


async def send(post: Post, tls: Tls, authorities: Path | None, account: LoginPassword = ACCOUNT) -> None:
    trusted = None if authorities is None else str(authorities)
    server = Server(HOST, post.port, tls, account.login.decode(), account.password.decode(), trusted, timeout_seconds=5)
    channel = EmailChannel(server, SENDER)
    try:
        await channel.send(MESSAGE)
    finally:
        await channel.close_idle()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_that_proves_who_it_is_gets_the_mail(tls: Tls, ours: Identity) -> None:
    async with Post().receiving(tls, ours) as post:
        await send(post, tls, ours.certificate)

    assert post.received == ["somchai@example.go.th"]
    assert post.logins == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_that_nobody_vouches_for_gets_neither_mail_nor_password(
    tls: Tls, ours: Identity, tmp_path: Path
) -> None:
    stranger = identity_of(tmp_path, "stranger")
    async with Post().receiving(tls, ours) as post:
        for authorities in (stranger.certificate, None):
            with pytest.raises(Unreachable, match="smtp-unreachable"):
                await send(post, tls, authorities)

    assert (post.received, post.logins) == ([], 0)


async def test_a_server_without_tls_gets_neither_mail_nor_password(ours: Identity) -> None:
    async with Post().receiving("none", ours) as post:
        with pytest.raises(Unreachable, match="smtp-unreachable"):
            await send(post, "starttls", ours.certificate)

    assert (post.received, post.logins) == ([], 0)


async def test_a_wrong_password_leaves_the_mail_waiting(ours: Identity) -> None:
    async with Post().receiving("starttls", ours) as post:
        with pytest.raises(Unreachable, match="smtp-unreachable"):
            await send(post, "starttls", ours.certificate, LoginPassword(b"pattana", b"another"))

    assert post.received == []
    assert post.logins > 0
