"""The health checks of the compose edition against what they ask: real engines, and servers that are not well."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from pattana.embedded.ports import free_port
from tests.support.deployment import ROOT

PATIENCE = 10.0


async def passes(check: str, *arguments: object) -> bool:
    """What Docker makes of it; one that takes too long has failed."""
    command = ["bash", str(ROOT / "deploy/health" / f"{check}.sh"), *map(str, arguments)]
    try:
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """The port of a server that answers this, whatever it is asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.write_eof()
        await reader.read()  # the shell sends line by line, and must not be cut off
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_broker_that_answers_is_well(kafka_bootstrap: str) -> None:
    assert await passes("kafka", *kafka_bootstrap.split(":"))


async def test_a_database_that_is_primary_is_well(mongo_url: str) -> None:
    server = urlsplit(mongo_url)

    assert await passes("mongodb", server.hostname, server.port)


def hello(primary: bool) -> bytes:
    field = b"\x08isWritablePrimary\0" + (b"\1" if primary else b"\0")
    document = (len(field) + 5).to_bytes(4, "little") + field + b"\0"
    head = b"\2\0\0\0\1\0\0\0\xdd\7\0\0\0\0\0\0\0"
    return (len(head) + len(document) + 4).to_bytes(4, "little") + head + document


@pytest.mark.parametrize(
    ("check", "answer", "well"),
    [
        ("mongodb", hello(primary=True), True),
        ("mongodb", hello(primary=False), False),
        ("mongodb", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("kafka", b"\0\0\0\6\0\0\0\1\0\0", True),
        ("kafka", b"\0\0\0\6\0\0\0\2\0\0", False),
        ("kafka", b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("kafka", b"", False),
    ],
)
async def test_only_the_right_answer_is_well(check: str, answer: bytes, well: bool) -> None:
    async with answering(answer) as port:
        assert await passes(check, "127.0.0.1", port) is well


@pytest.mark.parametrize(("status", "well"), [("200 OK", True), ("503 Service Unavailable", False), ("", False)])
async def test_a_service_is_well_when_it_says_200(status: str, well: bool) -> None:
    async with answering(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode()) as port:
        assert await passes("http", port, "/readyz") is well


@pytest.mark.parametrize("check", ["kafka", "mongodb"])
async def test_where_nobody_listens_nobody_is_well(check: str) -> None:
    assert not await passes(check, "127.0.0.1", free_port())
    assert not await passes("http", free_port(), "/readyz")
