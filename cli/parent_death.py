"""Children that do not outlive their parent (Linux: PR_SET_PDEATHSIG, see prctl(2))."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1


def start(
    command: list[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    signal_on_our_death: signal.Signals = signal.SIGTERM,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    **options: Any,
) -> "subprocess.Popen[bytes]":
    """A Popen whose child gets `signal_on_our_death` from the kernel when this process dies.

    Call it from the main thread: the kernel watches the thread that forked, not the process. The
    child's own children must look after themselves. Elsewhere than on Linux it is a plain Popen.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=stdin,
        # Unsafe beside threads only where it takes locks or allocates; this makes two system calls.
        preexec_fn=_asks_the_kernel(signal_on_our_death),  # noqa: PLW1509
        **options,
    )


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process `number` when the thread that started it ends."""
    if prctl := _prctl():
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _asks_the_kernel(number: signal.Signals) -> Callable[[], None]:
    prctl, parent = _prctl(), os.getpid()  # looked up before the fork, where locks are harmless

    def ask() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:  # it died between fork and here: nobody would tell us
                os._exit(1)

    return ask


def _prctl() -> Callable[..., int] | None:
    try:
        prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return None
    return prctl
