"""What looks through files for malware, and how a ClamAV daemon is asked to.

clamd takes a file by ``INSTREAM``: chunks, each behind its length in four bytes, the end said by a
length of 0, all over one connection (https://docs.clamav.net/manual/Usage/ClamdProtocol.html).
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.errors import Invalid, Unavailable
from core.said import say

TIMEOUT_S = 60
PORT = 3310
_CHUNK_BYTES = 64 * 1024

Scan = Callable[[bytes], Awaitable[str | None]]
"""Looks through a file: what was found in it, None where nothing was. Raises `ScannerUnreachable`
where that cannot be said now, `NoVerdict` where it is due to this file."""


@dataclass(eq=False)
class ScannerUnreachable(Unavailable):
    """Files cannot be looked through for malware right now."""

    reason: str

    @property
    def detail(self) -> str:
        return say("Send it again later ({reason})", reason=self.reason)


@dataclass(eq=False)
class NoVerdict(ScannerUnreachable):
    """The scanner answers, and does not say whether there is malware in this file."""


@dataclass(eq=False)
class FileInfected(Invalid):
    """This file is not taken: there is malware in it."""

    found: str

    @property
    def detail(self) -> str:
        return say("The scanner found {found}; nothing of it was kept", found=self.found)


def scanner_of(url: str | None) -> Scan | None:
    """The scanner at ``clamd://host:port``; None without one."""
    if url is None:
        return None
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or PORT

    async def scan(content: bytes) -> str | None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await _asked(host, port, content)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise ScannerUnreachable(str(error) or type(error).__name__) from error
        return _found(answer)

    return scan


async def _asked(host: str, port: int, content: bytes) -> str:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK_BYTES):
            chunk = content[start : start + _CHUNK_BYTES]
            writer.write(struct.pack("!I", len(chunk)) + chunk)
            await writer.drain()
        writer.write(struct.pack("!I", 0))
        await writer.drain()
        answer = await reader.readuntil(b"\0")
    finally:
        writer.close()
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _found(answer: str) -> str | None:
    """What ``stream: OK`` or ``stream: NAME FOUND`` says; all else says nothing of it."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise NoVerdict(answer or "no answer")
