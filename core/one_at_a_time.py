"""Processes of one machine that would do the same: one does it, and the others find it done."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def one_at_a_time(folder: str | Path) -> Iterator[None]:
    """Wait until no other process is in here for the `folder` in which the result is kept.

    Where nothing can be written nothing is kept, and nobody waits.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        lock = (Path(folder) / "lock").open("w")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
