"""What the restore drill asks of a server while it is backed up, and of the rows afterwards."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import psycopg

from benchmarks._till_load import Line, Taken
from core.ids import new_id

PHONES = """
WITH phone AS (
    INSERT INTO device (id, branch_id, label, key_hash, enrolled_at)
    SELECT gen_random_uuid(), branch_id, substr(username, 6),
           sha256(convert_to('rd_' || substr(username, 6), 'UTF8')), %(since)s
    FROM staff WHERE role = 'agent' RETURNING id, branch_id, label
), shifts AS (
    INSERT INTO shift (id, branch_id, agent_id, during)
    SELECT gen_random_uuid(), branch_id, id, tstzrange(%(since)s, %(until)s)
    FROM staff WHERE role = 'agent'
)
INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)
SELECT gen_random_uuid(), p.branch_id, p.id, s.id, tstzrange(%(since)s, NULL)
FROM phone p JOIN staff s ON s.username = 'agent' || p.label
"""


@dataclass
class Acknowledged:
    """What a server has said is stored."""

    receipts: set[UUID] = field(default_factory=set)
    pings: set[tuple[str, datetime]] = field(default_factory=set)

    def missing(self, connection: psycopg.Connection[tuple[object, ...]]) -> tuple[int, int]:
        """How many of the receipts and of the pings a database does not have."""
        receipts = {row[0] for row in connection.execute("SELECT id FROM receipt")}
        pings = set(
            connection.execute(
                "SELECT d.label, p.captured_at FROM ping p JOIN device d ON d.id = p.device_id"
            )
        )
        return len(self.receipts - receipts), len(self.pings - pings)


async def load(
    port: int, of: dict[int, list[UUID]], lines: int, acknowledged: Acknowledged
) -> None:
    """Send receipts and pings, each line as fast as it is answered, until the server is gone."""
    turns = count()

    async def pay() -> None:
        line = await Line.open(port)
        while True:
            turn = next(turns)
            agent = 1 + turn % len(of)
            case_id = of[agent][turn // len(of) % len(of[agent])]
            now = datetime.now(UTC).isoformat()
            answered = await line.send(Taken(new_id(), agent, case_id, 50, now))
            if answered.status == 200:
                acknowledged.receipts.add(answered.taken.id)

    async def report(agent: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            at = datetime.now(UTC)
            if await _pings(reader, writer, agent, at):
                acknowledged.pings.add((str(agent), at))
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(pay()) for _ in range(lines)]
    tasks += [asyncio.create_task(report(agent)) for agent in of]
    await asyncio.gather(*tasks, return_exceptions=True)


async def _pings(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, agent: int, at: datetime
) -> bool:
    body = json.dumps(
        {"pings": [{"captured_at": at.isoformat(), "lat": -29.9, "lon": -71.25, "accuracy_m": 9}]}
    )
    writer.write(
        f"POST /v1/pings HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer rd_{agent}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    answer = await reader.readexactly(length)
    return head[9:12] == b"200" and json.loads(answer)["stored"] == 1
