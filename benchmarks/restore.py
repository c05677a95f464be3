"""Whether a restore brings back everything that was acknowledged, and how long it takes.

A private cluster of its own, a real API process, and receipts and pings as fast as it answers them.
Meanwhile `./roundsman backup follow` takes a base backup and receives the log. Then everything is
killed at once (SIGKILL: the server, the API, the follower) and the data folder is removed. What
`./roundsman restore` brings back is held against every answer. Fails when anything is missing, or
when a ledger does not balance.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks._ping_server import start_api
from benchmarks._restore_field import PHONES, Acknowledged, load
from benchmarks._till_field import settle
from benchmarks.till import LIMIT_MINOR, plain
from cli import cluster
from cli.backup.folder import BackupFolder
from cli.ports import free_port
from core.settings import ROOT, settings
from data import migrate

WAIT_S = 180


@contextmanager
def own_place() -> Iterator[Path]:
    """A state folder of its own for the block, and nothing of the caller's."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="roundsman-drill-") as name:
        Path(name).chmod(0o755)
        os.environ["ROUNDSMAN_STATE_DIR"] = str(Path(name) / "state")
        os.environ.pop("DATABASE_URL", None)
        settings.cache_clear()
        try:
            yield Path(name)
        finally:
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()


def command(*words: str) -> list[str]:
    """A command line of the product."""
    return [sys.executable, "-m", "cli", *words]


def processes_of(data: Path) -> list[int]:
    """The server on a data folder, and its children."""
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    children = (Path("/proc") / str(postmaster) / "task" / str(postmaster) / "children").read_text()
    return [postmaster, *map(int, children.split())]


def destroy(place: Path, others: list["subprocess.Popen[bytes]"]) -> None:
    """Kill everything at once, and remove the data."""
    data = place / "state" / "postgres" / "data"
    for pid in processes_of(data):
        os.kill(pid, signal.SIGKILL)
    for process in others:
        process.kill()
        process.wait()
    shutil.rmtree(data)


async def under_load(
    url: str, place: Path, options: argparse.Namespace
) -> tuple[Acknowledged, dict[str, Any]]:
    """Receipts and pings, a backup meanwhile, and the end of it all."""
    now = datetime.now(UTC)
    of = await settle(url, now, options.agents, options.cases, LIMIT_MINOR)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(
            PHONES, {"since": now - timedelta(days=2), "until": now + timedelta(days=1)}
        )
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert size is not None
    port = free_port()
    acknowledged, folder = Acknowledged(), BackupFolder(place / "backup")
    api = await asyncio.to_thread(start_api, url, port)
    sending = asyncio.create_task(load(port, of, options.lines, acknowledged))
    await asyncio.sleep(2)
    follow = command("backup", "follow", str(folder.path))
    follower = await asyncio.to_thread(subprocess.Popen, follow, cwd=ROOT)
    deadline = time.monotonic() + WAIT_S
    while not folder.bases():
        if time.monotonic() > deadline or follower.poll() is not None:
            sys.exit("no base backup was taken")
        await asyncio.sleep(0.2)
    during = len(acknowledged.receipts)
    await asyncio.sleep(options.seconds)
    figures = {
        "database_mib": size[0] / 2**20,
        "receipts_during_backup": during,
        "receipts_per_s_while_followed": (len(acknowledged.receipts) - during) / options.seconds,
    }
    destroy(place, [api, follower])
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    return acknowledged, figures


def drill(place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All of it: the figures."""
    key = place / "outside.key"
    subprocess.run(command("backup", "key", str(key)), cwd=ROOT, check=True)
    with cluster.running_cluster() as url:
        migrate.upgrade(url)
        acknowledged, figures = asyncio.run(under_load(url, place, options))
    if not acknowledged.receipts or not acknowledged.pings:
        sys.exit("nothing was acknowledged")
    began_s = time.perf_counter()
    subprocess.run(
        command("restore", str(place / "backup"), "--key", str(key)), cwd=ROOT, check=True
    )
    took_s = time.perf_counter() - began_s
    with cluster.running_cluster() as url, psycopg.connect(plain(url)) as connection:
        receipts, pings = acknowledged.missing(connection)
        row = connection.execute(
            "SELECT (SELECT count(*) FROM till WHERE in_hand_minor <> ledger_minor),"
            " (SELECT coalesce(sum(amount_minor), 0) FROM posting),"
            " (SELECT count(*) FROM receipt)"
        ).fetchone()
    assert row is not None
    return figures | {
        "receipts_acknowledged": len(acknowledged.receipts), "receipts_missing": receipts,
        "pings_acknowledged": len(acknowledged.pings), "pings_missing": pings,
        "receipts_restored": row[2], "imbalance": int(row[0]) + abs(int(row[1])),
        "restore_minutes": took_s / 60,
    }  # fmt: skip


def show(figures: dict[str, Any]) -> None:
    """The table for people."""
    table = Table("", "", box=None, show_header=False)
    for name, value in figures.items():
        table.add_row(name, f"{value:,.2f}" if isinstance(value, float) else f"{value:,}")
    Console(highlight=False).print(table)


def main() -> None:
    """``./roundsman bench restore -- --seconds 30``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--cases", type=int, default=50, help="of each agent")
    parser.add_argument("--lines", type=int, default=16, help="connections with receipts")
    parser.add_argument("--seconds", type=float, default=20, help="of load after the base backup")
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    options = parser.parse_args()
    with own_place() as place:
        figures = drill(place, options)
    if not options.json:
        show(figures)
    print(json.dumps({"bench": "restore"} | figures))
    bad = {name: figures[name] for name in ("receipts_missing", "pings_missing", "imbalance")}
    if any(bad.values()):
        sys.exit(f"what must be nothing is not: {bad}")


if __name__ == "__main__":
    main()
