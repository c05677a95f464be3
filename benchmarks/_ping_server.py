"""The product's processes as the ingest benchmark runs them, and the load on them."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks._ping_field import TOKEN
from cli.ports import free_port
from core.settings import ROOT

START_S = 120
SETTLE_S = 2


def start_api(url: str, port: int) -> "subprocess.Popen[bytes]":
    """One API process; returns when it answers."""
    command = [
        sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port),
        "--log-level", "critical", "--no-access-log", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise SystemExit("the API did not start")


@contextmanager
def api(url: str) -> Iterator[int]:
    """One API process for the block; the port it listens on."""
    port = free_port()
    process = start_api(url, port)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def worker(url: str) -> Iterator[None]:
    """A worker, which decides visits, for the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs"], cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "ROUNDSMAN_LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def snapshot_event_id(port: int) -> str:
    """Where live readers begin."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/live/snapshot", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 our own address
        event_id: str = json.load(answer)["last_event_id"]
        return event_id


@contextmanager
def readers(port: int, count: int) -> Iterator[None]:
    """People who watch the live map for the block. Ends the benchmark when one was cut off."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._ping_readers", str(port), str(count),
         snapshot_event_id(port)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        process.stdout.readline()
        time.sleep(SETTLE_S)
        yield
    finally:
        process.terminate()
        connected, read_bytes = (int(word) for word in process.stdout.read().split())
        process.wait()
    if connected < count or not read_bytes:
        raise SystemExit(f"{count - connected} of {count} readers were cut off")


def start_load(port: int, **order: Any) -> "subprocess.Popen[str]":
    """Have the phones of an order send, in a process of their own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._ping_load"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps(order | {"port": port, "watch_token": TOKEN}) + "\n")
    process.stdin.close()
    return process


def result_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What came of an order, once it is carried out."""
    assert process.stdout is not None
    told = process.stdout.read()
    if process.wait() != 0:
        raise SystemExit("the phones broke down")
    result: dict[str, Any] = json.loads(told)
    return result
