"""The product as it runs: API and worker in processes of their own, on a test's database."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TextIO

import httpx
import psycopg
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """One of the product's own, started from a copy of one that has it imported."""

    def __init__(self, pid: int) -> None:
        self._fd = os.pidfd_open(pid)

    def has_ended(self, within_s: float = 0) -> bool:
        """Whether it has, or does before so much time has passed."""
        return bool(select.select([self._fd], [], [], within_s)[0])

    def send_signal(self, number: signal.Signals) -> None:
        """Nothing happens when it has ended."""
        if not self.has_ended():
            signal.pidfd_send_signal(self._fd, number)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody says goodbye."""
        self.send_signal(signal.SIGKILL)
        assert self.has_ended(within_s=60)

    def close(self) -> None:
        """Have it end, and killed when it does not."""
        self.send_signal(signal.SIGTERM)
        if not self.has_ended(within_s=10):
            self.kill()
        os.close(self._fd)


@dataclass
class Served:
    """Where the product answers, and its processes by name."""

    url: str
    database_url: str
    processes: dict[str, Process] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is flushed, nobody says goodbye."""
        self.processes[name].kill()


def set_clock(database_url: str, time_origin: datetime, rate: float = 1.0) -> None:
    """Mark the database as a demonstration whose clock shows `time_origin` now.

    What serves already goes on by the clock that it started with.
    """
    plain = make_url(database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        connection.execute(
            "INSERT INTO installation VALUES (1, true, %(wall)s, %(time)s, %(rate)s)"
            " ON CONFLICT (id) DO UPDATE SET clock_wall_origin = %(wall)s,"
            " clock_time_origin = %(time)s, clock_rate = %(rate)s",
            {"wall": datetime.now(UTC), "time": time_origin, "rate": rate},
        )


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database_url: str, redis_url: str, *, worker: bool = True) -> Iterator[Served]:
    """The API, and a worker unless told otherwise; both are gone when the block ends."""
    port = free_port()
    served = Served(f"http://127.0.0.1:{port}", database_url)
    api = ["api.app:create_app", "--factory", "--port", str(port),
           "--log-level", "warning", "--timeout-graceful-shutdown", "1"]  # fmt: skip
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    try:
        served.processes["api"] = start("uvicorn", api, environment)
        if worker:
            served.processes["worker"] = start("jobs", [], environment)
        _wait(served)
        yield served
    finally:
        for process in served.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in served.processes.values():
            process.close()


def start(module: str, arguments: list[str], environment: dict[str, str]) -> Process:
    """A new process that runs ``python -m MODULE ARGUMENTS``, `environment` on top of ours."""
    asked = _start_from()
    wanted = {"module": module, "arguments": arguments, "environment": os.environ | environment}
    print(json.dumps(wanted), file=asked, flush=True)
    return Process(int(asked.readline()))


@cache
def _start_from() -> TextIO:
    """The socket of the process that all are copies of: one for this test process."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "tests.start_from", str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
    with ours:
        asked = ours.makefile("rw")

    def end() -> None:
        asked.close()
        process.wait()

    atexit.register(end)
    return asked


def _wait(served: Served) -> None:
    deadline = time.monotonic() + 180
    with httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            assert not served.processes["api"].has_ended(), "the API ended while it started"
            try:
                if client.get(f"{served.url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError("the API did not come up")
