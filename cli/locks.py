"""Advisory file locks (flock). The kernel frees them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def try_exclusive(path: Path) -> int | None:
    """An open file descriptor that holds `path` exclusively, or None when somebody else holds it.

    The lock lasts until the descriptor and every copy given to a child are closed.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if upgrade(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def upgrade(descriptor: int) -> bool:
    """Make a held lock exclusive; False when others hold it too (ours may then be gone)."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[int]:
    """Hold `path` for the block, waiting for it as long as it takes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
