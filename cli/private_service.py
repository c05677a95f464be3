"""A service of our own (PostgreSQL, Redis), shared by every command that runs at the same time.

Whoever needs the service holds ``users.lock`` shared. The first one starts a keeper, which is the
service's parent and stops it when nobody holds that lock any more. All of it rests on locks that
the kernel frees, so killing anyone at any point leaves nothing behind but a folder of data.

In the service's folder: ``users.lock`` (shared: every user; exclusive: whoever stops it),
``start.lock`` (one starter at a time), ``keeper.lock`` (held by the keeper for life),
``keeper.pid``, and ``url``, which exists only while the service answers.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli import locks, state
from cli.errors import ServiceDidNotStart
from core.settings import ROOT

START_S = 120
STOP_S = 60


@contextmanager
def running(name: str, state_dir: Path) -> Iterator[str]:
    """The URL of the private service `name` (``postgres``, ``redis``), which runs for the block.

    The last one to leave returns when the service has stopped. Raises ServiceDidNotStart.
    """
    folder = state_dir / name
    folder.mkdir(mode=0o755, exist_ok=True)
    with locks.held(folder / "users.lock", shared=True) as users:
        with locks.held(folder / "start.lock"):
            url = _found_or_started(name, state_dir)
        try:
            yield url
        finally:
            if locks.upgrade(users):
                _stop(folder)


def url_if_running(name: str, state_dir: Path) -> str | None:
    """The URL of the service if somebody uses it at this moment."""
    folder = state_dir / name
    return None if not folder.exists() or _keeper_is_gone(folder) else _url(folder)


def _url(folder: Path) -> str | None:
    try:
        return (folder / "url").read_text()
    except FileNotFoundError:
        return None


def _found_or_started(name: str, state_dir: Path) -> str:
    folder, log_file = state_dir / name, state_dir / "logs" / f"{name}.log"
    started, deadline = False, time.monotonic() + START_S
    while time.monotonic() < deadline:
        keeper_lock = locks.try_exclusive(folder / "keeper.lock")
        if keeper_lock is None:
            if (url := _url(folder)) is not None:
                return url
        else:
            try:
                if started:
                    break
                _start_keeper(name, state_dir, keeper_lock)
                started = True
            finally:
                os.close(keeper_lock)
        time.sleep(0.02)
    raise ServiceDidNotStart(name, str(log_file), state.tail(log_file))


def _start_keeper(name: str, state_dir: Path, keeper_lock: int) -> None:
    """The keeper inherits the lock, so at no instant does one live without it."""
    (state_dir / name / "url").unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-m", "cli.keeper", name, str(state_dir.absolute())],
        check=True,
        cwd=ROOT,
        pass_fds=(keeper_lock,),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(folder: Path) -> None:
    if _keeper_is_gone(folder):
        return
    with suppress(ProcessLookupError):
        os.kill(int((folder / "keeper.pid").read_text()), signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while not _keeper_is_gone(folder) and time.monotonic() < deadline:
        time.sleep(0.02)


def _keeper_is_gone(folder: Path) -> bool:
    keeper_lock = locks.try_exclusive(folder / "keeper.lock")
    if keeper_lock is None:
        return False
    os.close(keeper_lock)
    return True
