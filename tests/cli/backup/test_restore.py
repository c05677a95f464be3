"""A private cluster is backed up, destroyed and restored: to a time, and to the last commit."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from cli import cluster
from cli.backup.folder import BackupFolder
from cli.ports import free_port
from cli.service_user import service_user
from core.settings import ROOT

WAIT_S = 120


@pytest.fixture
def place() -> Iterator[Path]:
    """Not pytest's own folder, which the user postgres cannot reach."""
    with TemporaryDirectory(prefix="roundsman-restore-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def command(place: Path, *words: str) -> list[str]:
    return [
        "env", "-u", "DATABASE_URL", f"ROUNDSMAN_STATE_DIR={place / 'state'}",
        sys.executable, "-m", "cli", *words,
    ]  # fmt: skip


def run(place: Path, *words: str) -> str:
    return subprocess.run(
        command(place, *words), cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


@contextmanager
def rows(place: Path) -> Iterator["psycopg.Connection[tuple[str]]"]:
    with cluster.running_cluster(place / "state") as url:
        plain = url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            yield connection


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.deep
def test_everything_comes_back_that_was_committed_before_all_was_killed(place: Path) -> None:
    folder, key = BackupFolder(place / "backup"), place / "outside.key"
    run(place, "backup", "key", str(key))
    with rows(place) as connection:
        connection.execute("CREATE TABLE told (what text)")
        follower = subprocess.Popen(command(place, "backup", "follow", str(folder.path)), cwd=ROOT)
        wait_for(folder.bases)
        connection.execute("INSERT INTO told VALUES ('in time')")
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        wait_for(lambda: datetime.now(UTC) > until)
        connection.execute("INSERT INTO told VALUES ('too late')")
        data = place / "state" / "postgres" / "data"
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        follower.kill()
        follower.wait()
    whole = ("restore", str(folder.path), "--key", str(key))
    again = subprocess.run(
        command(place, *whole), cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert "--replace" in again.stderr

    run(place, *whole, "--replace", "--until", f"{until:%Y-%m-%dT%H:%M:%S}")
    with rows(place) as connection:
        assert connection.execute("SELECT what FROM told").fetchall() == [("in time",)]

    run(place, *whole, "--replace")
    with rows(place) as connection:
        found = connection.execute("SELECT what FROM told ORDER BY what").fetchall()
    assert found == [("in time",), ("too late",)]
    run(place, "backup", "verify", str(folder.path), "--key", str(key))


def test_a_laid_out_folder_starts_with_a_server_that_was_told_nothing(place: Path) -> None:
    folder, key, laid_out = place / "backup", place / "outside.key", place / "laid-out"
    run(place, "backup", "key", str(key))
    with rows(place) as connection:
        connection.execute("CREATE TABLE told (what text)")
        connection.execute("INSERT INTO told VALUES ('kept')")
        run(place, "backup", "take", str(folder))
    run(place, "restore", str(folder), "--key", str(key), "--into", str(laid_out))
    user = service_user("postgres")
    for path in (laid_out, *laid_out.rglob("*")):
        if user.name:
            shutil.chown(path, user.name)
    data, port = laid_out / "data", free_port()
    server = user.start(
        [
            str(cluster.binaries_for(data).folder / "postgres"), "-D", str(data),
            "-c", f"port={port}", "-c", "unix_socket_directories=",
        ],
        data,
        signal.SIGINT,
    )  # fmt: skip
    password = (place / "state" / "postgres" / "password").read_text()
    found: list[tuple[str]] = []

    def has_come_up() -> bool:
        assert server.poll() is None, "it did not replay the log"
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(
                host="127.0.0.1", port=port, user="roundsman", password=password
            ) as connection,
        ):
            found.extend(connection.execute("SELECT what FROM told").fetchall())
        return bool(found)

    try:
        wait_for(has_come_up)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
    assert found == [("kept",)]
