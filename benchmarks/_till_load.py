"""Phones of the till benchmark: receipts over real connections, many at once."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt that a phone sends."""

    id: UUID
    agent: int
    case_id: UUID
    minor: int
    taken_at: str

    def request(self) -> bytes:
        """The bytes on the wire."""
        body = json.dumps(
            {
                "case_id": str(self.case_id), "mode": "cash", "taken_at": self.taken_at,
                "amount": {"amount_minor": self.minor, "currency": "CLP"},
                "fix": {"lat": -29.9, "lon": -71.25, "accuracy_m": 8, "captured_at": self.taken_at},
            }
        ).encode()  # fmt: skip
        return (
            f"PUT /v1/agent/receipts/{self.id} HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer rt_{self.agent}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server said of one."""

    taken: Taken
    status: int
    took_s: float


class Line:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, taken: Taken) -> Answered:
        """Send one, and wait for its answer."""
        began_s = time.perf_counter()
        self._writer.write(taken.request())
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)
        return Answered(taken, int(head.split(b" ", 2)[1]), time.perf_counter() - began_s)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def at_once(port: int, receipts: Sequence[Taken]) -> list[Answered]:
    """Send all of these at the same time, each over a connection of its own."""
    lines = [await Line.open(port) for _ in receipts]
    try:
        sent = (line.send(taken) for line, taken in zip(lines, receipts, strict=True))
        return list(await asyncio.gather(*sent))
    finally:
        for line in lines:
            line.close()


async def for_a_while(
    port: int, sending: Sequence[Iterator[Taken]], duration_s: float
) -> tuple[list[Answered], float]:
    """Send as fast as answers come, each of these over a connection of its own: the answers, and
    the seconds taken."""
    open_lines = [await Line.open(port) for _ in sending]
    answers: list[Answered] = []
    began_s = time.perf_counter()

    async def keep_sending(line: Line, receipts: Iterator[Taken]) -> None:
        while time.perf_counter() - began_s < duration_s:
            answers.append(await line.send(next(receipts)))

    try:
        await asyncio.gather(*map(keep_sending, open_lines, sending))
        return answers, time.perf_counter() - began_s
    finally:
        for line in open_lines:
            line.close()
