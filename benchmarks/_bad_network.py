"""A bad network between a phone and the server: a proxy that loses requests, loses answers, or says
that the server is busy."""

import random
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

import httpx

FAULTS = ("none", "lost answer", "lost request", "busy")
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass
class Network:
    """The address that the phone knows; `weights` say how often each of `FAULTS` happens to what a
    phone sends, and `seen` how often it did. `newer` stands in for what a newer version of the app
    would answer at a path, `carried_bytes` what went both ways, heads and bodies, not compressed.
    After so many bytes as `cuts` says, the connection breaks in the middle
    of a larger body, once for each; `offsets` is what the server told of how far uploads are."""

    url: str
    weights: tuple[int, int, int, int] = (1, 0, 0, 0)
    seen: Counter[str] = field(default_factory=Counter)
    newer: dict[str, Callable[[bytes], bytes]] = field(default_factory=dict)
    carried_bytes: int = 0
    cuts: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random, self._lock = random.Random(0), Lock()

    def worsen(self, seed: int, weights: tuple[int, int, int, int] = (55, 20, 10, 15)) -> None:
        """From now on faults happen, the same ones for the same seed and requests."""
        self._random, self.weights = random.Random(seed), weights

    def fault(self, path: str) -> str:
        """What happens to the next request. What a person does again by hand is left alone."""
        if not path.startswith(("/v1/agent/", "/v1/pings")):
            return "none"
        with self._lock:
            chosen = self._random.choices(FAULTS, self.weights)[0]
            self.seen[chosen] += 1
        return chosen

    def note(self, asked: Mapping[str, str], sent_bytes: int, answer: httpx.Response) -> None:
        """Count what went both ways, and keep what an answer tells of an upload."""
        heads = [*asked.items(), *answer.headers.items()]
        with self._lock:
            self.carried_bytes += sent_bytes + len(answer.content)
            self.carried_bytes += sum(len(name) + len(its) + 4 for name, its in heads)
        if "Upload-Offset" in answer.headers:
            self.offsets.append(int(answer.headers["Upload-Offset"]))


def _break_off(
    server_url: str, phone: BaseHTTPRequestHandler, after_bytes: int, length: int
) -> None:
    """Have nothing more come in the middle of a body, until the server has given it up."""
    its = urlsplit(server_url)
    head = [f"{phone.command} {phone.path} HTTP/1.1", f"Content-Length: {length}"]
    head += [f"{k}: {v}" for k, v in phone.headers.items() if k.lower() not in HOP_BY_HOP]
    with socket.create_connection((its.hostname or "", its.port or 80)) as link:
        link.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + phone.rfile.read(after_bytes))
        link.recv(1)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a phone that was killed
            super().handle_error(*_)  # type: ignore[arg-type]


@contextmanager
def a_network(server_url: str) -> Iterator[Network]:
    """A good network to begin with."""
    network = Network("")
    client = httpx.Client(base_url=server_url, timeout=30)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if network.cuts and length > network.cuts[0]:
                _break_off(server_url, self, network.cuts.pop(0), length)
                return self.hang_up()
            body = self.rfile.read(length)
            fault = network.fault(self.path)
            if fault == "busy":
                return self.give(503, {"Retry-After": "2"}, b"")
            if fault == "lost request":
                return self.hang_up()
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            try:
                answer = client.request(
                    self.command, self.path, content=body,
                    headers=headers | {"Accept-Encoding": "identity"},
                )  # fmt: skip
            except httpx.TransportError:  # a server that does not answer is a lost answer, too
                return self.hang_up()
            network.note(dict(self.headers.items()), length, answer)
            if fault == "lost answer":
                return self.hang_up()
            edit = network.newer.get(self.path, bytes)
            return self.give(answer.status_code, dict(answer.headers), edit(answer.content))

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = pass_on  # noqa: N815 as the base class calls them

        def give(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            with suppress(ConnectionError):  # the phone has gone away meanwhile
                self.end_headers()
                self.wfile.write(body)

        def hang_up(self) -> None:
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    network.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield network
    finally:
        server.shutdown()
        server.server_close()
        client.close()
