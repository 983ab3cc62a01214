"""A wire between two parties that a test can cut, or that swallows an answer. Knows no protocol."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self


class Wire:
    """Listens on `port` and connects each client to `target`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._swallow: bytes | None = None
        self.swallowed = 0
        self.connected = True

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            self.cut()
            await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def cut(self) -> None:
        """Ends every connection and takes no new one until `mend`."""
        self.connected = False
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        self.connected = True

    def swallow_answer_to(self, request: bytes) -> None:
        """The next request that contains these bytes reaches the target, but its answer is lost with the connection."""
        self._swallow = request

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.connected:
            writer.close()
            return
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        lost = asyncio.Event()
        self._writers |= {writer, there_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forward(reader, there_writer, lost))
                group.create_task(self._back(there_reader, writer, lost))
        finally:
            self._writers -= {writer, there_writer}

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self._swallow is not None and self._swallow in data:
                    self._swallow = None
                    lost.set()
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lost: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if lost.is_set():
                    self.swallowed += 1
                    break
                writer.write(data)
                await writer.drain()
        writer.close()
