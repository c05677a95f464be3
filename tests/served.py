"""The product as it runs: API and worker in processes of their own, on a test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Served:
    """Where the product answers, and its processes by name."""

    url: str
    database_url: str
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is flushed, nobody says goodbye."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()


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
    api = ["-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port),
           "--log-level", "warning", "--timeout-graceful-shutdown", "1"]  # fmt: skip
    try:
        _start(served, "api", api, redis_url)
        if worker:
            _start(served, "worker", ["-m", "jobs"], redis_url)
        _wait(served)
        yield served
    finally:
        for process in served.processes.values():
            process.terminate()
        for process in served.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(served: Served, name: str, arguments: list[str], redis_url: str) -> None:
    environment = os.environ | {"DATABASE_URL": served.database_url, "REDIS_URL": redis_url}
    served.processes[name] = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment
    )


def _wait(served: Served) -> None:
    deadline = time.monotonic() + 180
    with httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            assert served.processes["api"].poll() is None, "the API ended while it started"
            try:
                if client.get(f"{served.url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
    raise AssertionError("the API did not come up")
