"""A wire that can be cut: closed, so that everybody notices, or silent, so that nobody does."""

import asyncio
from contextlib import suppress
from typing import Self

PIECE = 1 << 16


class Wire:
    """Carries bytes from a port of its own to another, until it is cut."""

    def __init__(self) -> None:
        self.to = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._flows.set()
        self.close()

    def close(self) -> None:
        """Refuse whoever comes, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    def hold(self) -> None:
        """Carry nothing more and say nothing: both ends still believe in each other."""
        self._flows.clear()

    async def mend(self) -> None:
        """As before; what a silent wire held back arrives now."""
        self._flows.set()
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        ways = (self._carry(reader, far_writer), self._carry(far_reader, writer))
        try:
            await asyncio.gather(*ways, return_exceptions=True)
        except asyncio.CancelledError:
            return  # the harness ends
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()
