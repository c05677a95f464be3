"""A crowd that tries wrong passwords: a process of its own, so that it takes nothing from the
server's loop or from those who are measured.

Run as ``python -m benchmarks._sign_in_crowd`` with a line of JSON on standard input. Writes a line
once all have sent their first try. From then on each tries again as soon as they are answered,
until standard input ends; then a line of JSON tells of the answers. The HTTP is written by hand,
and the process stands back for all others: in the field a crowd is on other machines.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from functools import partial
from typing import cast

import uvloop

NICE = 19
AT_ONCE = 100
"""So many connect together; a listening socket takes only so many it has not seen yet."""


def request(username: str, address: str) -> bytes:
    """One wrong password of somebody, as it goes over the wire."""
    body = json.dumps({"username": username, "password": "wrong password"}).encode()
    head = (
        f"POST /v1/sign-in HTTP/1.1\r\nHost: roundsman\r\nX-Forwarded-For: {address}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Guesser(asyncio.Protocol):
    """One of the crowd, on a connection of their own."""

    def __init__(self, content: bytes, answers: Counter[str]) -> None:
        self._content = content
        self._answers = answers
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._content)

    def data_received(self, data: bytes) -> None:
        """Once an answer is whole, try again."""
        self._answer += data
        head, _, body = self._answer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if length and len(body) >= int(length):
            self._answers[head[9:12].decode()] += 1
            self._answer = b""
            self._transport.write(self._content)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever is cut off stays away."""
        del exc
        self._answers["cut off"] += 1


async def crowd(port: int, tries: list[tuple[str, str]]) -> None:
    """All of them at once, by user name and address, until standard input ends."""
    loop = asyncio.get_running_loop()
    answers: Counter[str] = Counter()
    contents = [request(*each) for each in tries]
    guessers = []
    for first in range(0, len(contents), AT_ONCE):
        guessers += await asyncio.gather(
            *(
                loop.create_connection(partial(Guesser, content, answers), "127.0.0.1", port)
                for content in contents[first : first + AT_ONCE]
            )
        )
    print(flush=True)
    await asyncio.to_thread(sys.stdin.read)
    told = json.dumps(answers)
    for transport, _ in guessers:
        transport.abort()
    print(told, flush=True)


def main() -> None:
    """Carry out the order on standard input."""
    order = json.loads(sys.stdin.readline())
    os.nice(NICE)
    uvloop.run(crowd(order["port"], [(name, address) for name, address in order["tries"]]))


if __name__ == "__main__":
    main()
