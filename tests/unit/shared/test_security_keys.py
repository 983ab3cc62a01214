"""Keys from a URL: read once, again for an unknown id but not more than once in ten seconds, kept when it is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from joserfc.jwk import ECKey, KeySet

from shared.keys import Keys, KeysUnavailable


@dataclass
class KeyServer:
    """A small HTTP server; `content` None breaks the connection."""

    content: bytes | None
    asked: int = 0
    moved_to: str = ""
    url: str = ""
    server: asyncio.Server | None = field(default=None)

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/jwks"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self.moved_to:
            writer.write(f"HTTP/1.1 302 Found\r\nlocation: {self.moved_to}\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        elif self.content is not None:
            head = f"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {len(self.content)}\r\n\r\n"
            writer.write(head.encode() + self.content)
            await writer.drain()
        writer.close()
        await writer.wait_closed()


def jwks(*ids: str) -> bytes:
    keys = [ECKey.generate_key("P-256", {"kid": one}, private=False) for one in ids]
    return json.dumps(KeySet(list(keys)).as_dict()).encode()


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    server = KeyServer(jwks("a"))
    await server.start()
    yield server
    if server.server is not None:
        server.server.close()
        await server.server.wait_closed()


async def test_keys_come_from_no_other_address(server: KeyServer) -> None:
    door = KeyServer(None, moved_to=server.url)
    await door.start()

    with pytest.raises(KeysUnavailable):
        await Keys(door.url).find("a")

    assert door.server is not None
    door.server.close()
    assert (door.asked, server.asked) == (1, 0)


async def test_found_keys_are_not_asked_for_again(server: KeyServer) -> None:
    keys = Keys(server.url, clock=lambda: 0.0)

    found = await asyncio.gather(*(keys.find("a") for _ in range(20)))

    assert {key.kid for key in found if key} == {"a"}
    assert (server.asked, keys.version) == (1, 1)


async def test_an_unknown_id_asks_again_but_rarely(server: KeyServer) -> None:
    now = 0.0
    keys = Keys(server.url, clock=lambda: now)
    await keys.find("a")
    server.content = jwks("a", "b")

    now = 9.0
    assert await keys.find("b") is None
    assert server.asked == 1
    now = 11.0
    assert await keys.find("b") is not None
    assert await keys.find("c") is None
    assert (server.asked, keys.version) == (2, 2)


async def test_without_an_id_only_a_single_key_is_taken(server: KeyServer) -> None:
    now = 0.0
    keys = Keys(server.url, clock=lambda: now)
    assert await keys.find(None) is not None

    server.content, now = jwks("a", "b"), 301.0
    assert await keys.find(None) is None


@pytest.mark.parametrize("broken", [None, b"<html>", b"[]", b'{"keys": []}', b"x" * (1024 * 1024 + 1)])
async def test_a_broken_answer_keeps_the_keys_that_are_known(server: KeyServer, broken: bytes | None) -> None:
    now = 0.0
    keys = Keys(server.url, clock=lambda: now)
    await keys.find("a")

    server.content, now = broken, 301.0

    assert await keys.find("a") is not None
    assert server.asked == 2


@pytest.mark.parametrize("broken", [None, b"<html>", b"[]", b'{"keys": []}'])
async def test_a_broken_answer_at_first_is_an_outage(server: KeyServer, broken: bytes | None) -> None:
    server.content = broken

    with pytest.raises(KeysUnavailable):
        await Keys(server.url, clock=lambda: 0.0).find("a")
