import fcntl
from pathlib import Path

import pytest

from core.one_at_a_time import one_at_a_time


def test_who_is_at_it_keeps_others_waiting(tmp_path: Path) -> None:
    folder = tmp_path / "compiled"
    with (
        one_at_a_time(folder),
        (folder / "lock").open() as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (folder / "lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_where_nothing_can_be_kept_nobody_waits() -> None:
    with one_at_a_time("/proc/nowhere"), one_at_a_time("/proc/nowhere"):
        pass
