"""Phones that send pings: a process of its own, so that it takes nothing from the server's loop.

Run as ``python -m benchmarks._ping_load`` with a JSON order on standard input; writes one line of
JSON. Requests are built before the clock starts, and the HTTP is written by hand.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import numpy as np
import uvloop

from core.geometry import Floats

Acknowledged = list[tuple[int, int, int]]
"""Agent, first ping's number and how many: what the server said is stored."""


@dataclass
class Tally:
    """What came of the requests sent; latencies in seconds, from when each was due."""

    pings: int = 0
    failures: int = 0
    latencies_s: list[float] = field(default_factory=list)
    acknowledged: Acknowledged = field(default_factory=list)
    due_at_s: dict[str, float] = field(default_factory=dict)
    """When a message that was stored had been due, by the time of its newest ping."""
    answered_at_s: dict[str, float] = field(default_factory=dict)
    """When it was answered, which is after its commit, by the clock on the wall."""


@dataclass(frozen=True, slots=True)
class Request:
    """Bytes to send, and which pings of which agent they hold; `newest` is the last one's time."""

    content: bytes
    agent: int
    first: int
    pings: int
    newest: str


class Walks:
    """Where each agent is: walks along the edges of a street graph, at a pace of their own."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._rng = np.random.default_rng(order["seed"])
        with np.load(order["streets"]) as streets:
            self._lat, self._lon = streets["lat"], streets["lon"]
            self._edges = streets["edges"]  # sorted by their first node
            self._door_lat, self._door_lon = streets["door_lat"], streets["door_lon"]
        self._first = np.searchsorted(self._edges[:, 0], np.arange(len(self._lat) + 1))

    def where(self, agent: int, steps: int, interval_s: float) -> tuple[Floats, Floats]:
        """Latitudes and longitudes of an agent every `interval_s`, with a phone's error. Half of
        them stand at a customer's door, the others are on their way."""
        lat, lon = self._door_lat[agent - 1], self._door_lon[agent - 1]
        if self._rng.random() < 0.5:
            lat, lon = self._walk(steps, interval_s)
        error = self._rng.normal(0, 6e-5, (2, steps))
        return lat + error[0], lon + error[1]

    def _walk(self, steps: int, interval_s: float) -> tuple[Floats, Floats]:
        node = int(self._rng.integers(len(self._lat)))
        speed_mps, nodes, length_m = self._rng.uniform(1, 12), [node], [0.0]
        while length_m[-1] < speed_mps * interval_s * steps and len(nodes) < 5000:
            begin, end = self._first[node], self._first[node + 1]
            if begin == end:
                break
            before, node = node, int(self._edges[self._rng.integers(begin, end), 1])
            north = (self._lat[node] - self._lat[before]) * 111_195
            east = (self._lon[node] - self._lon[before]) * 111_195 * 0.87
            nodes.append(node)
            length_m.append(length_m[-1] + max(1.0, float(np.hypot(north, east))))
        at_m = np.arange(steps) * speed_mps * interval_s
        return (
            np.interp(at_m, length_m, self._lat[nodes]),
            np.interp(at_m, length_m, self._lon[nodes]),
        )


def stamps(start_s: float, interval_s: float, count: int, agent: int) -> list[str]:
    """Times of an agent's pings; no two agents' are the same."""
    return [
        datetime.fromtimestamp(start_s + i * interval_s + agent * 1e-5, UTC).strftime(
            "%Y-%m-%dT%H:%M:%S.%fZ"
        )
        for i in range(count)
    ]


def requests(order: dict[str, Any]) -> list[Request]:
    """`count` requests in the order of their sending, the agents taking turns."""
    batch, count, agents = order["batch"], order["count"], order["agents"]
    each = -(-count // agents)
    walks, interval_s = Walks(order), order["interval_s"]
    build = _traccar if order.get("protocol") == "traccar" else _batch
    by_agent = []
    for agent in range(1, min(agents, count) + 1):
        lat, lon = walks.where(agent, each * batch, interval_s)
        times = stamps(order["start_s"], interval_s, each * batch, agent)
        where = list(zip(times, lat.tolist(), lon.tolist(), strict=True))
        by_agent.append(
            [
                Request(build(agent, where[i : i + batch]), agent, i, batch, times[i + batch - 1])
                for i in range(0, each * batch, batch)
            ]
        )
    turns = [message for turn in zip(*by_agent, strict=True) for message in turn]
    return turns[:count]


def _batch(agent: int, pings: list[tuple[str, float, float]]) -> bytes:
    told = ",".join(
        f'{{"captured_at":"{at}","lat":{lat:.6f},"lon":{lon:.6f},"accuracy_m":12.5,'
        f'"speed_mps":4.2,"battery_pct":80}}'
        for at, lat, lon in pings
    )
    body = f'{{"pings":[{told}]}}'
    return (
        f"POST /v1/pings HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer rd_{agent}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _traccar(agent: int, pings: list[tuple[str, float, float]]) -> bytes:
    ((at, lat, lon),) = pings
    return (
        f"POST /gps?id=rd_{agent}&timestamp={at}&lat={lat:.6f}&lon={lon:.6f}&speed=8.2&bearing=90.0"
        "&altitude=31.0&accuracy=12.5&batt=80.0 HTTP/1.1\r\nHost: bench\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


class Line(asyncio.Protocol):
    """One connection; a request at a time, and `answered` is told of each answer's end."""

    def __init__(self, answered: Callable[["Line", bytes], None]) -> None:
        self._answered = answered
        self._received = b""
        self.request: Request | None = None
        self.due_s = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, request: Request, due_s: float) -> None:
        """Send a request that was due at `due_s`."""
        assert self.transport is not None
        self.request, self.due_s = request, due_s
        self.transport.write(request.content)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < end + 4 + length:
            return
        answer, self._received = self._received[: end + 4 + length], b""
        self._answered(self, answer)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent over it any more."""
        return self.transport is None or self.transport.is_closing()

    def connection_lost(self, _error: Exception | None) -> None:
        if self.request is not None:
            self.request = None
            self._answered(self, b"")


class Sending:
    """Sends requests over lines until they are spent, the time is up or all lines are broken."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.tally = Tally()
        self.left: Iterator[Request] = iter(requests(order))
        self.lines: list[Line] = []
        self.done = asyncio.Event()
        self.ends_at_s = float("inf")
        self.waiting: deque[tuple[Request, float]] = deque()
        self.idle: deque[Line] = deque()
        self.all_sent = False

    async def run(self) -> float:
        """Returns the seconds taken."""
        loop = asyncio.get_running_loop()
        answered = self._next_open if self.order.get("rate_per_s") else self._next_closed
        for _ in range(self.order["lines"]):
            _, line = await loop.create_connection(
                lambda: Line(answered), "127.0.0.1", self.order["port"]
            )
            self.lines.append(line)
        began_s = time.perf_counter()
        self.ends_at_s = began_s + self.order["duration_s"]
        if self.order.get("rate_per_s"):
            self.idle.extend(self.lines)
            await self._send_when_due(began_s)
        else:
            for line in self.lines:
                self._send_next(line)
        await self.done.wait()
        took_s = time.perf_counter() - began_s
        for line in self.lines:
            if line.transport:
                line.transport.close()
        return took_s

    def _note(self, line: Line, answer: bytes) -> None:
        request, tally = line.request, self.tally
        line.request = None
        if request is None:
            return
        tally.latencies_s.append(time.perf_counter() - line.due_s)
        stored = request.pings
        if self.order.get("protocol") != "traccar":
            at = answer.find(b'"stored":')
            stored = int(answer[at + 9 :].split(b",", 1)[0]) if at > 0 else 0
        if answer[9:12] == b"200" and stored == request.pings:
            tally.pings += stored
            tally.acknowledged.append((request.agent, request.first, request.pings))
            tally.due_at_s[request.newest] = line.due_s
            tally.answered_at_s[request.newest] = time.time()
        else:
            tally.failures += 1

    def _next_closed(self, line: Line, answer: bytes) -> None:
        self._note(line, answer)
        if answer:
            self._send_next(line)
        elif all(each.request is None for each in self.lines):
            self.done.set()

    def _send_next(self, line: Line) -> None:
        now_s = time.perf_counter()
        request = next(self.left, None) if now_s < self.ends_at_s else None
        if request is not None:
            line.send(request, now_s)
        elif all(each.request is None for each in self.lines):
            self.done.set()

    async def _send_when_due(self, began_s: float) -> None:
        rng = np.random.default_rng(self.order["seed"])
        due_s = began_s
        for request in self.left:
            due_s += rng.exponential(1 / self.order["rate_per_s"])
            if due_s > self.ends_at_s:
                break
            if (wait_s := due_s - time.perf_counter()) > 0:
                await asyncio.sleep(wait_s)
            while self.idle and self.idle[0].is_closed:
                self.idle.popleft()  # a server hangs up on who says nothing for some seconds
            if self.idle:
                self.idle.popleft().send(request, due_s)
            else:
                self.waiting.append((request, due_s))
        self.all_sent = True
        self._finish_if_over()

    def _next_open(self, line: Line, answer: bytes) -> None:
        self._note(line, answer)
        if self.waiting:
            line.send(*self.waiting.popleft())
        else:
            self.idle.append(line)
            self._finish_if_over()

    def _finish_if_over(self) -> None:
        if self.all_sent and all(each.request is None for each in self.lines):
            self.done.set()


class Watching:
    """Reads the live events; when asked to, notes when each position came."""

    def __init__(self, order: dict[str, Any], *, noting: bool) -> None:
        self._order, self._noting = order, noting
        self.bytes = 0
        self.seen_at_s: dict[str, float] = {}

    async def run(self) -> None:
        """Read until cancelled."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._order["port"], limit=2**24
        )
        writer.write(
            f"GET /v1/live/events?last_event_id={self._order['event_id']} HTTP/1.1\r\n"
            f"Host: bench\r\nAuthorization: Bearer {self._order['watch_token']}\r\n\r\n".encode()
        )
        try:
            while True:
                received = await (reader.readline() if self._noting else reader.read(2**20))
                if not received:
                    return
                self.bytes += len(received)
                if self._noting and received.startswith(b"data: "):
                    self._note(received)
        finally:
            writer.close()

    def _note(self, line: bytes) -> None:
        now_s = time.perf_counter()
        for position in json.loads(line[6:]).get("positions", ()):
            self.seen_at_s.setdefault(position["captured_at"], now_s)


def live_lags_s(tally: Tally, watching: Watching) -> list[float]:
    """From when a ping was due to be sent to when a reader saw it: more than from its commit."""
    return sorted(
        watching.seen_at_s[newest] - due_s
        for newest, due_s in tally.due_at_s.items()
        if newest in watching.seen_at_s
    )


def at(share: float, ordered: list[float]) -> float:
    """The value below which `share` of them lie; 0 when there is none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def main() -> None:
    """Carry out the order."""
    order = json.loads(sys.stdin.readline())
    sending = Sending(order)
    watchers = [Watching(order, noting=n == 0) for n in range(order.get("watch", 0))]
    watching = [asyncio.create_task(watcher.run()) for watcher in watchers]
    await asyncio.sleep(0.5 if watching else 0)
    took_s = await sending.run()
    await asyncio.sleep(0.5 if watching else 0)  # for the last positions to come in
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    tally = sending.tally
    ordered = sorted(tally.latencies_s)
    result: dict[str, Any] = {
        "pings": tally.pings, "requests": len(ordered), "failures": tally.failures,
        "took_s": took_s, "p50_ms": 1000 * at(0.5, ordered), "p95_ms": 1000 * at(0.95, ordered),
        "p99_ms": 1000 * at(0.99, ordered), "watched_bytes": sum(w.bytes for w in watchers),
    }  # fmt: skip
    if watchers:
        lags_s = live_lags_s(tally, watchers[0])
        result |= {"live_seen": len(lags_s), "live_p95_ms": 1000 * at(0.95, lags_s)}
    if order.get("tell_answered"):
        result["answered_at_s"] = tally.answered_at_s
    if order.get("tell_acknowledged"):
        result["acknowledged"] = tally.acknowledged
    print(json.dumps(result))


if __name__ == "__main__":
    uvloop.run(main())
