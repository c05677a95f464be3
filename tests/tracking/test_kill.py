"""Pull the plug in mid-flight: whatever was acknowledged is in the database."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from core.settings import ROOT
from data.session import EVERYTHING, Database, rows
from identity.secret import hash_secret
from tests.factories import a_branch, a_device, an_agent

PHONES = 6
IN_FLIGHT = 4
BATCH = 10
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _server(database_url: str, redis_url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port"]
    process = subprocess.Popen(
        [*command, str(port), "--log-level", "critical", "--no-access-log"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def _until_it_serves(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        try:
            if (await client.get("/healthz")).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    pytest.fail("the server did not start")


async def _phones(database: Database) -> list[str]:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        keys = []
        for _ in range(PHONES):
            device_id, key = await a_device(session, branch)
            agent = await an_agent(session, branch)
            await rows(
                session,
                "INSERT INTO sign_on (id, branch_id, device_id, agent_id, during) VALUES"
                " (gen_random_uuid(), :branch, :device, :agent, tstzrange(:since, NULL))"
                " RETURNING id",
                branch=branch, device=device_id, agent=agent, since=START - timedelta(days=1),
            )  # fmt: skip
            keys.append(key)
        return keys


class _Phone:
    """Sends batches one after another on one line, and remembers what was acknowledged."""

    def __init__(self, client: httpx.AsyncClient, key: str, line: int) -> None:
        self.client, self.key, self.line = client, key, line
        self.acknowledged: list[datetime] = []
        self.lost_in_flight = False

    async def send_until_the_line_breaks(self) -> None:
        for number in range(100_000):
            times = [
                START + timedelta(seconds=number * BATCH + i, milliseconds=self.line)
                for i in range(BATCH)
            ]
            pings = [
                {"captured_at": t.isoformat(), "lat": -29.9, "lon": -71.25, "speed_mps": 1}
                for t in times
            ]
            try:
                answer = await self.client.post(
                    "/v1/pings",
                    json={"pings": pings},
                    headers={"Authorization": f"Bearer {self.key}"},
                )
            except httpx.TransportError:
                self.lost_in_flight = True
                return
            assert answer.status_code == 200, answer.text
            assert answer.json()["stored"] == BATCH, answer.text
            self.acknowledged += times


async def test_every_acknowledged_ping_survives_a_kill_in_mid_flight(
    own_database_url: str, redis_url: str
) -> None:
    database = Database(own_database_url)
    keys = await _phones(database)
    port = _free_port()
    limits = httpx.Limits(max_connections=None)
    with _server(own_database_url, redis_url, port) as process:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30
        ) as client:
            await _until_it_serves(client)
            lines = [_Phone(client, key, line) for key in keys for line in range(IN_FLIGHT)]
            sending = asyncio.gather(*(line.send_until_the_line_breaks() for line in lines))
            await asyncio.sleep(2)
            process.send_signal(signal.SIGKILL)
            await sending
    acknowledged = [(line.key, t) for line in lines for t in line.acknowledged]
    assert len(acknowledged) > 500, "too little was under way for the test to mean anything"
    assert all(line.lost_in_flight for line in lines)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await rows(
            session,
            "SELECT d.key_hash, p.captured_at FROM ping p JOIN device d ON d.id = p.device_id",
        )
        (dirty,) = await rows(session, "SELECT min(dirty_from) AS since FROM agent_dirty")
    await database.close()
    stored = {(bytes(r.key_hash), r.captured_at) for r in found}
    hashes = {key: hash_secret(key) for key in keys}
    missing = [(key, t) for key, t in acknowledged if (hashes[key], t) not in stored]
    assert missing == []
    assert dirty.since == START
