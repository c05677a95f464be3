"""Keeps one private service for as long as anyone uses it: ``python -m cli.keeper NAME STATE_DIR``.

Started by `cli.private_service`, with the service's ``keeper.lock`` among its open files.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cli import cluster, locks, redis_server, state
from core.errors import DomainError

LOOK_EVERY_S = 0.2
GRACE_S = 30


class Service(Protocol):
    """One server program with its data in a folder of its own."""

    stop_signal: signal.Signals

    def start(self) -> tuple["subprocess.Popen[bytes]", str]:
        """Start it and wait until it answers: its process and the URL for its users."""


SERVICES: dict[str, Callable[[Path], Service]] = {
    "postgres": cluster.Postgres,
    "scratch": cluster.Scratch,
    "redis": redis_server.Redis,
}


def main(name: str, state_dir: Path) -> None:
    """Detach, run the service, and stop it when the last user is gone or on SIGTERM."""
    if os.fork():
        os._exit(0)
    folder = state_dir / name
    log_file = state_dir / "logs" / f"{name}.log"
    if log_file.exists():
        log_file.replace(log_file.with_suffix(".old.log"))
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    (folder / "keeper.pid").write_text(str(os.getpid()))
    told_to_stop = False

    def stop(*_: object) -> None:
        nonlocal told_to_stop
        told_to_stop = True

    signal.signal(signal.SIGTERM, stop)
    try:
        service = SERVICES[name](folder)
        process, url = service.start()
    except DomainError as error:
        sys.exit(str(error))
    state.write_private(folder / "url", url)
    users = os.open(folder / "users.lock", os.O_RDWR)
    while process.poll() is None and not told_to_stop and not locks.upgrade(users):
        time.sleep(LOOK_EVERY_S)
    (folder / "url").unlink(missing_ok=True)
    _end(process, service.stop_signal)


def _end(process: "subprocess.Popen[bytes]", stop_signal: signal.Signals) -> None:
    process.send_signal(stop_signal)
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
