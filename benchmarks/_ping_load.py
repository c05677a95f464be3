"""Phones that send pings: a process of its own, so that it takes nothing from the server's loop.

Run as ``python -m benchmarks._ping_load`` with a JSON order on standard input; writes one line of
JSON. Requests are built before the clock starts, and the HTTP is written by hand.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass
class Tally:
    """What came of the requests sent; latencies in seconds, from when each was due."""

    pings: int = 0
    failures: int = 0
    latencies_s: list[float] = field(default_factory=list)


def requests(order: dict[str, Any], line: int, count: int) -> list[bytes]:
    """`count` requests of one line; no two pings of any line are the same."""
    generator = random.Random(f"{order['seed']} {line}")
    start = datetime.fromtimestamp(order["start_s"], UTC)
    built = []
    for number in range(count):
        agent = generator.randrange(order["agents"])
        pings = []
        for i in range(order["batch"]):
            at = start + timedelta(milliseconds=number * order["batch"] + i, microseconds=line)
            lat, lon = -29.9 + generator.gauss(0, 0.02), -71.25 + generator.gauss(0, 0.02)
            pings.append(
                f'{{"captured_at":"{at:%Y-%m-%dT%H:%M:%S.%fZ}","lat":{lat:.6f},"lon":{lon:.6f},'
                f'"accuracy_m":{generator.uniform(3, 30):.1f},"speed_mps":1.2,"battery_pct":80}}'
            )
        body = '{"pings":[' + ",".join(pings) + "]}"
        built.append(
            (
                f"POST /v1/pings HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer rd_{agent}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()
        )
    return built


class Line:
    """One connection; a request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, request: bytes) -> bytes:
        """The answer's status line and body; the whole answer is read."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        body = await self.reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
        return head[:12] + body


async def closed_loop(order: dict[str, Any], lines: list[Line], tally: Tally) -> float:
    """Each line sends its next request when the last is answered; returns the seconds taken."""
    built = [requests(order, i, order["requests_per_line"]) for i in range(len(lines))]
    began_s = time.perf_counter()
    ends_s = began_s + order["duration_s"]

    async def run(line: Line, todo: list[bytes]) -> None:
        for request in todo:
            due_s = time.perf_counter()
            if due_s > ends_s:
                return
            note(tally, await line.send(request), due_s)

    await asyncio.gather(*(run(*pair) for pair in zip(lines, built, strict=True)))
    return time.perf_counter() - began_s


async def open_loop(order: dict[str, Any], lines: list[Line], tally: Tally) -> float:
    """Requests are due at times fixed ahead, whether or not earlier ones were answered."""
    count = int(order["rate_per_s"] * order["duration_s"])
    built = requests(order, 0, count)
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    generator = random.Random(order["seed"])
    due_s = time.perf_counter() + 0.1
    began_s, sending = due_s, []

    async def send(line: Line, request: bytes, due_s: float) -> None:
        note(tally, await line.send(request), due_s)
        free.put_nowait(line)

    for request in built:
        due_s += generator.expovariate(order["rate_per_s"])
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        sending.append(asyncio.create_task(send(await free.get(), request, due_s)))
    await asyncio.gather(*sending)
    return time.perf_counter() - began_s


def note(tally: Tally, answer: bytes, due_s: float) -> None:
    """Count an answer; only what the server says is stored counts as stored."""
    tally.latencies_s.append(time.perf_counter() - due_s)
    if answer[9:12] == b"200":
        tally.pings += int(json.loads(answer[12:])["stored"])
    else:
        tally.failures += 1


async def watch(order: dict[str, Any], event_id: str) -> int:
    """Read the live events and throw them away; returns the bytes read when cancelled."""
    reader, writer = await asyncio.open_connection("127.0.0.1", order["port"])
    writer.write(
        f"GET /v1/live/events?last_event_id={event_id} HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {order['watch_token']}\r\n\r\n".encode()
    )
    read = 0
    try:
        while chunk := await reader.read(65536):
            read += len(chunk)
    except asyncio.CancelledError:
        writer.close()
    return read


async def main() -> None:
    """Carry out the order."""
    order = json.loads(sys.stdin.readline())
    watching = [asyncio.create_task(watch(order, order["event_id"])) for _ in range(order["watch"])]
    lines = [
        Line(*await asyncio.open_connection("127.0.0.1", order["port"]))
        for _ in range(order["lines"])
    ]
    tally = Tally()
    took_s = await (open_loop if order.get("rate_per_s") else closed_loop)(order, lines, tally)
    for task in watching:
        task.cancel()
    seen = await asyncio.gather(*watching)
    for line in lines:
        line.writer.close()
    ordered = sorted(tally.latencies_s)
    share = {p: ordered[min(len(ordered) - 1, int(len(ordered) * p))] for p in (0.5, 0.95, 0.99)}
    result = {
        "pings": tally.pings, "requests": len(ordered), "failures": tally.failures,
        "took_s": took_s, "p50_ms": 1000 * share[0.5], "p95_ms": 1000 * share[0.95],
        "p99_ms": 1000 * share[0.99], "watched_bytes": sum(seen),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main())
