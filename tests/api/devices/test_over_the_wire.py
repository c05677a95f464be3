"""The device routes behind the real HTTP server, on one connection that stays open."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.identity import SignOn
from tests.factories import a_branch, a_device, an_agent
from tests.served import serving

NOW = datetime.now(UTC).replace(microsecond=0)


class Line:
    """An HTTP/1.1 connection that sends bytes as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, target: bytes, body: bytes = b"", *headers: str) -> tuple[int, bytes]:
        """Post `body`: the status and the body of the answer, on the same connection."""
        told = "".join(f"{header}\r\n" for header in headers).encode("latin-1")
        length = str(len(body)).encode()
        self.writer.write(
            b"POST " + target + b" HTTP/1.1\r\nHost: x\r\nContent-Length: " + length
            + b"\r\n" + told + b"\r\n" + body
        )  # fmt: skip
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 20)
        lines = head.decode("latin-1").lower().split("\r\n")
        (size,) = (int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
        return int(lines[0].split()[1]), await self.reader.readexactly(size)


async def test_every_app_is_answered_in_its_own_way_on_one_connection(
    own_database_url: str, redis_url: str
) -> None:
    database = Database(own_database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        device, key = await a_device(session, branch)
        during = Range(NOW - timedelta(hours=1), None)
        signed_on = {"branch_id": branch, "device_id": device, "agent_id": agent}
        await session.execute(insert(SignOn).values(id=new_id(), during=during, **signed_on))
    at = int(NOW.timestamp())
    name = key.encode()
    basic = "Authorization: Basic " + b64encode(f"anna:{key}".encode()).decode()
    location = f'{{"_type":"location","lat":2,"lon":2,"tst":{at}}}'.encode()
    gpx = f'<gpx><trkpt lat="3" lon="3"><time>{NOW.isoformat()}</time></trkpt></gpx>'.encode()
    with serving(own_database_url, redis_url, worker=False) as served:
        address = urlsplit(served.url)
        line = Line(*await asyncio.open_connection(address.hostname, address.port))
        query = b"/gps?id=" + name + b"&lat=1&lon=1&timestamp=" + str(at).encode()
        assert await line.ask(query) == (200, b"")
        assert await line.ask(b"/gps/pub", location, basic) == (200, b"[]")
        assert (await line.ask(b"/gps", gpx, f"Authorization: Bearer {key}"))[0] == 200
        assert await line.ask(b"/gps?id=nobody&lat=1&lon=1") == (400, b"")
        assert (await line.ask(b"/gps/pub", location))[0] == 401
        assert await line.ask(b"/gps?id=" + name + b"&lat=%ff%00&lon=%zz") == (200, b"")
        assert await line.ask(b"/gps/pub", b"\xff{\x00", basic) == (200, b"")
        line.writer.close()
    async with database.transaction(EVERYTHING, read_only=True) as session:
        pings = await rows(session, "SELECT lat FROM ping ORDER BY lat")
        kept = await rows(session, "SELECT protocol FROM quarantine")
    await database.close()
    assert [ping.lat for ping in pings] == [1, 2, 3]
    assert len(kept) == 2
