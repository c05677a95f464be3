"""Children that run side by side and stop together: the API, the worker, a demo's phones."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli import interrupts, parent_death, state
from cli.errors import ChildDied
from core.settings import ROOT

LOOK_EVERY_S = 0.1
END_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Child:
    """A process to run. `ready` is asked until it says yes; without it, started is ready.

    On stopping it gets SIGTERM and `grace_s` seconds, then SIGKILL. `environment` comes on top of
    ours.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    ready_s: float = 180
    grace_s: float = 15


class Running:
    """The children of one `supervised` block."""

    def __init__(self, logs: Path | None) -> None:
        self._logs = logs
        self._started: list[tuple[Child, subprocess.Popen[bytes]]] = []

    def start(self, child: Child) -> None:
        """Start `child` and wait until it is ready. Raises ChildDied, also when it never is."""
        self._started.append((child, self._spawn(child)))
        deadline = time.monotonic() + child.ready_s
        while child.ready is not None and not child.ready():
            self.check()
            if time.monotonic() > deadline:
                raise self._death_of(child, None)
            time.sleep(LOOK_EVERY_S)

    def wait(self) -> None:
        """Return only by an exception: ChildDied, or KeyboardInterrupt on Ctrl-C and SIGTERM."""
        while True:
            self.check()
            time.sleep(LOOK_EVERY_S)

    def check(self) -> None:
        """Raise ChildDied for the first child that has ended."""
        for child, process in self._started:
            if (code := _ended(process)) is not None:
                raise self._death_of(child, code)

    def pids(self) -> dict[str, int]:
        """The process number of each child by its name."""
        return {child.name: process.pid for child, process in self._started}

    def stop(self) -> None:
        """Stop the children, last started first. A second signal meanwhile kills them at once."""
        try:
            while self._started:
                child, process = self._started[-1]
                _end(process, child.grace_s)
                self._started.pop()
        except KeyboardInterrupt:
            for _, process in self._started:
                _kill(process)

    def _spawn(self, child: Child) -> "subprocess.Popen[bytes]":
        log = self._open_log(child)
        try:
            return parent_death.start(
                child.command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **child.environment},
                stdout=log,
                stderr=log,
                process_group=0,  # a terminal's Ctrl-C reaches us alone, and we stop them in order
            )
        finally:
            if log is not None:
                os.close(log)

    def _open_log(self, child: Child) -> int | None:
        if self._logs is None:
            return None
        path = self._log_file(child)
        if path.exists():
            path.replace(path.with_suffix(".old.log"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _log_file(self, child: Child) -> Path:
        return (self._logs or Path("logs")) / f"{child.name}.log"

    def _death_of(self, child: Child, code: int | None) -> ChildDied:
        path = self._log_file(child)
        return ChildDied(child.name, code, str(path), state.tail(path))


@contextmanager
def supervised(logs: Path | None) -> Iterator[Running]:
    """A place to start children in; they are stopped, in reverse order, when the block ends.

    Their output goes to ``logs/NAME.log``, or where ours goes when `logs` is None. Ctrl-C and
    SIGTERM end the block quietly; ChildDied passes through. If this process is killed, the kernel
    sends each child SIGTERM. Use it in the main thread.
    """
    running = Running(logs)
    with interrupts.raised():
        try:
            yield running
        except KeyboardInterrupt:
            print("Stopping …", file=sys.stderr, flush=True)
        finally:
            running.stop()


def _end(process: "subprocess.Popen[bytes]", grace_s: float) -> None:
    with interrupts.held():
        process.terminate()
    deadline = time.monotonic() + grace_s
    while _ended(process) is None:
        if time.monotonic() > deadline:
            _kill(process)
        time.sleep(END_LOOK_S)


def _ended(process: "subprocess.Popen[bytes]") -> int | None:
    """Its exit code, once it has ended."""
    with interrupts.held():
        return process.poll()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with interrupts.held():
        process.kill()
        process.wait()
