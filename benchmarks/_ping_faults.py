"""Kill the API and the database in mid-run, again and again, and look for what was acknowledged.

In a cluster of its own, so that nobody else's database is stopped: SIGKILL for the API, SIGQUIT
(an immediate stop, without a checkpoint) for PostgreSQL.
"""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks._ping_field import own_database, settle
from benchmarks._ping_server import result_of, start_api, start_load
from cli import cluster
from cli.ports import free_port

AGENTS = 500
INTERVAL_S = 0.5
BEFORE_S = 2.0
AFTER_S = 1.5


class Faults:
    """A cluster and an API process that are killed and started again."""

    def __init__(self, streets: Path, seed: int) -> None:
        self._streets, self._seed = streets, seed
        self._folder = Path(tempfile.mkdtemp(prefix="roundsman-faults-"))
        self._folder.chmod(0o755)
        self._cluster = ExitStack()
        self._port = free_port()
        self.kills = 0
        self.acknowledged: set[tuple[str, int]] = set()

    def run(self, tell: Callable[[str], None]) -> dict[str, int]:
        """The figures: `lost` of `acked`, over `kills`."""
        try:
            server = self._cluster.enter_context(cluster.running_cluster(self._folder))
            now = datetime.now(UTC)
            with own_database(server) as url:
                asyncio.run(settle(url, now, AGENTS, 0, self._streets))
                for number in range(6):
                    what = ("API", "PostgreSQL")[number % 2]
                    tell(f"killing {what} under load ({number + 1} of 6)")
                    start_s = now.timestamp() - 3000 + 300 * number
                    self._round(url, start_s, number, self._kill_api if number % 2 == 0
                                else self._stop_database)  # fmt: skip
                lost = self.acknowledged - _stored(url)
        finally:
            self._cluster.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        return {"lost": len(lost), "acked": len(self.acknowledged), "kills": self.kills}

    def _round(self, url: str, start_s: float, number: int, kill: Callable[[Any], None]) -> None:
        api = start_api(url, self._port)
        try:
            load = start_load(
                self._port, agents=AGENTS, streets=str(self._streets), seed=self._seed + number,
                batch=10, count=20_000, lines=64, interval_s=INTERVAL_S, start_s=start_s,
                duration_s=BEFORE_S + AFTER_S, tell_acknowledged=True,
            )  # fmt: skip
            time.sleep(1.5 + BEFORE_S)  # the phones take a second or two to get ready
            kill(api)
            self.kills += 1
            for agent, first, pings in result_of(load)["acknowledged"]:
                for i in range(first, first + pings):
                    captured_s = start_s + i * INTERVAL_S + agent * 1e-5
                    self.acknowledged.add((str(agent), round(captured_s * 1e6)))
        finally:
            api.kill()
            api.wait()

    def _kill_api(self, api: Any) -> None:
        api.send_signal(signal.SIGKILL)

    def _stop_database(self, _api: Any) -> None:
        """The API stays, and has to find its way back."""
        pid_file = self._folder / "postgres" / "data" / "postmaster.pid"
        pid = int(pid_file.read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGQUIT)
        self._cluster.close()
        self._cluster.enter_context(cluster.running_cluster(self._folder))


def _stored(url: str) -> set[tuple[str, int]]:
    """(phone, time in microseconds) of every ping in the database."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return set(
            connection.execute(
                "SELECT d.label, (extract(epoch FROM p.captured_at) * 1000000)::bigint"
                " FROM ping p JOIN device d ON d.id = p.device_id"
            ).fetchall()
        )
