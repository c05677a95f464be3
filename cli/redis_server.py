"""A private Redis on 127.0.0.1. It keeps nothing on disk: what is in it can be rebuilt."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import ports, private_service, state, system_packages
from cli.service_user import service_user
from core.settings import settings

START_S = 20


@contextmanager
def running_redis(state_dir: Path | None = None) -> Iterator[str]:
    """A Redis URL that answers for the block: REDIS_URL, else a private server of our own.

    Raises MissingPackages and ServiceDidNotStart.
    """
    if state_dir is None and settings().redis_url:
        yield str(settings().redis_url)
        return
    if find_binary() is None:
        system_packages.install([system_packages.REDIS])
    with private_service.running("redis", state.prepare(state_dir)) as url:
        yield url


def find_binary() -> str | None:
    """The server program's path, or None when it is not installed."""
    return shutil.which("redis-server", path="/usr/local/bin:/usr/bin:/bin")


class Redis:
    """The keeper's side of it: how the server is started."""

    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> tuple["subprocess.Popen[bytes]", str]:
        """Start it and wait until it answers."""
        binary = find_binary()
        assert binary is not None
        user = service_user("redis")
        home = user.own_folder(self.folder / "home")
        port = ports.remembered(self.folder / "port")
        password = state.secret(self.folder / "password")
        configuration = (
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
            f'dir {home}\nsave ""\nappendonly no\n'
        )
        process = user.start([binary, "-"], home, signal.SIGTERM, configuration.encode())
        _wait_until_listening(process, port)
        return process, f"redis://:{password}@127.0.0.1:{port}/0"


def _wait_until_listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        if ports.answers(port):
            return
        time.sleep(0.02)
    raise SystemExit(1)
