"""Ctrl-C and SIGTERM as one thing: a KeyboardInterrupt in the main thread."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def raised() -> Iterator[None]:
    """Both signals raise KeyboardInterrupt within the block, whatever we inherited.

    A shell starts background jobs with SIGINT ignored; they and their children then hear it again.
    """
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
