"""Pull the plug in mid-flight: whatever was acknowledged is in the database."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from data.session import EVERYTHING, Database, rows
from identity.secret import hash_secret
from tests.factories import a_branch, a_device, an_agent
from tests.served import serving

PHONES = 6
IN_FLIGHT = 4
BATCH = 10
ENOUGH = 3 * BATCH
"""Pings acknowledged on each line before the plug is pulled."""
START = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


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
                branch=branch, device=device_id, agent=agent, since=START - timedelta(hours=1),
            )  # fmt: skip
            keys.append(key)
        return keys


class _Phone:
    """Sends batches one after another on one line, and remembers what was acknowledged."""

    def __init__(self, client: httpx.AsyncClient, key: str, line: int) -> None:
        self.client, self.key, self.line = client, key, line
        self.acknowledged: list[datetime] = []
        self.under_way = asyncio.Event()
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
            if len(self.acknowledged) >= ENOUGH:
                self.under_way.set()


async def test_every_acknowledged_ping_survives_a_kill_in_mid_flight(
    own_database_url: str, redis_url: str
) -> None:
    database = Database(own_database_url)
    keys = await _phones(database)
    limits = httpx.Limits(max_connections=None)
    with serving(own_database_url, redis_url, worker=False) as served:
        async with httpx.AsyncClient(base_url=served.url, limits=limits, timeout=120) as client:
            lines = [_Phone(client, key, line) for key in keys for line in range(IN_FLIGHT)]
            sending = asyncio.gather(*(line.send_until_the_line_breaks() for line in lines))
            async with asyncio.timeout(180):
                await asyncio.gather(*(line.under_way.wait() for line in lines))
            served.kill("api")
            await sending
    acknowledged = [(line.key, t) for line in lines for t in line.acknowledged]
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
