"""Separate processes that use a private service, to be killed at will."""

import os
import subprocess
import sys
import time
from pathlib import Path

from core.settings import ROOT

_MEMBER = """
import sys
from pathlib import Path
from cli import cluster, redis_server
running = {"postgres": cluster.running_cluster, "redis": redis_server.running_redis}[sys.argv[1]]
with running(Path(sys.argv[2])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


class Member:
    """A process that uses the service `name` in `place` until told to leave."""

    def __init__(self, name: str, place: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MEMBER, name, str(place)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """The URL it was given, once the service runs."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the member got no URL"
        return line

    def leave(self) -> None:
        """Let it end by itself and wait for that."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self._close()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def processes_of(place: Path, word: str = "") -> list[int]:
    """Every process with `place` and `word` on its command line, but for members."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = os.fsdecode((folder / "cmdline").read_bytes())
        except OSError:
            continue
        if str(place) in line and word in line and "sys.stdin.read" not in line:
            found.append(int(folder.name))
    return found


def wait_until_gone(place: Path, within_s: float) -> None:
    """Fail unless no process of `place` is left `within_s` seconds from now."""
    deadline = time.monotonic() + within_s
    while left := processes_of(place):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)
