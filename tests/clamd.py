"""A server that speaks clamd's INSTREAM over TCP, and finds what is told to be malware."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MALWARE = b"X5O!P%@AP-not-really"


@dataclass
class Clamd:
    """Where it listens, and how long each file was that it got. `most_bytes` is its
    StreamMaxLength."""

    url: str = ""
    most_bytes: int = 64_000_000
    seen: list[int] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a command, the chunks, what was found."""
        said = await self._said(reader)
        writer.write(said.encode() + b"\0")
        await writer.drain()
        writer.close()

    async def _said(self, reader: asyncio.StreamReader) -> str:
        if await reader.readuntil(b"\0") != b"zINSTREAM\0":
            return "UNKNOWN COMMAND"
        content = bytearray()
        while True:
            (length,) = struct.unpack("!I", await reader.readexactly(4))
            if length == 0:
                break
            content += await reader.readexactly(length)
            if len(content) > self.most_bytes:
                return "INSTREAM size limit exceeded. ERROR"
        self.seen.append(len(content))
        return "stream: Test.Malware FOUND" if MALWARE in content else "stream: OK"


@asynccontextmanager
async def a_clamd(most_bytes: int = 64_000_000) -> AsyncIterator[Clamd]:
    """A server on a free port, for as long as the context lasts."""
    clamd = Clamd(most_bytes=most_bytes)
    server = await asyncio.start_server(clamd.answer, "127.0.0.1", 0)
    clamd.url = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield clamd
    finally:
        server.close()
        await server.wait_closed()
