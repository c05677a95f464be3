"""Ctrl-C and SIGTERM as one thing: a KeyboardInterrupt in the main thread."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class _Held:
    """Whether interrupts wait, and whether one does."""

    is_held: bool = False
    has_come: bool = False


_held = _Held()


@contextmanager
def raised() -> Iterator[None]:
    """Both signals raise KeyboardInterrupt within the block, whatever we inherited.

    A shell starts background jobs with SIGINT ignored; they and their children then hear it again.
    """
    before = {
        number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def held() -> Iterator[None]:
    """Have an interrupt wait for the end of the block, in the main thread.

    One that is raised within `subprocess.Popen.poll` may leave its lock taken: whoever waits for
    that child waits for ever.
    """
    _held.is_held = True
    try:
        yield
    finally:
        _held.is_held = False
        if _held.has_come:
            _held.has_come = False
            raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    if not _held.is_held:
        raise KeyboardInterrupt
    _held.has_come = True
