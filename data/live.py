"""The live bus: what changed, told to every process that shows it.

One capped stream holds the last changes of all branches; it can be rebuilt from PostgreSQL at any
time (readers who missed too much load a snapshot), so it is never waited for by a fact.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
import redis.asyncio as redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Unavailable
from core.gathered import Gathered
from core.said import plain

STREAM = "roundsman:live"
KEPT_CHANGES = 50_000
"""About a minute of history at full load: longer than any reconnect that is worth resuming."""

Command = tuple[str | int | bytes, ...]
"""A command to Redis, word by word."""

MOST_CONNECTIONS = 50
CONNECTION_WAIT_S = 10
"""Whoever waits for longer takes Redis for away."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened in a branch: `kind` names it, `body` is JSON for the screens."""

    branch_id: UUID
    kind: str
    body: Any


def announce(session: AsyncSession, branch_id: UUID, kind: str, body: Any) -> None:
    """Have a change published once the session's transaction has committed, and only then."""
    session.info.setdefault("announcements", []).append(Change(branch_id, kind, body))


def take_announcements(session: AsyncSession) -> list[Change]:
    """The changes announced on this session so far; forgets them."""
    taken: list[Change] = session.info.pop("announcements", [])
    return taken


class LiveFeedAway(Unavailable):
    """The live feed is away."""

    @property
    def detail(self) -> str:
        return "Nothing is lost; live changes come back when Redis answers again"


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise LiveFeedAway from error


class LiveBus:
    """A connection to the stream of changes."""

    def __init__(self, url: str) -> None:
        # Whoever finds no connection free waits for one: with a pool that raises instead, nothing
        # would be counted just when most is asked.
        pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=MOST_CONNECTIONS, timeout=CONNECTION_WAIT_S,
            socket_connect_timeout=CONNECTION_WAIT_S, decode_responses=False,
        )  # fmt: skip
        self._redis = redis.Redis.from_pool(pool)
        self._line = redis.Redis.from_url(url, single_connection_client=True)
        self._publishing = Gathered(self._publish_all)

    async def carry_out(self, commands: Sequence[Command]) -> Sequence[Any]:
        """The answers to commands that are sent together, for what else of `data/` keeps things
        in Redis. Raises `RedisError`."""
        # Usually it is one: a connection of its own need not be looked for, which is half the cost.
        if len(commands) == 1:
            return [await self._line.execute_command(*commands[0])]  # type: ignore[no-untyped-call]
        async with self._redis.pipeline(transaction=False) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            return await pipe.execute()

    async def publish(self, changes: Iterable[Change]) -> bool:
        """Add changes to the stream. False when Redis is away: facts must not fail for it."""
        return await self._publishing.ask([_entry(change) for change in changes])

    async def _publish_all(self, asked: Sequence[list[Command]]) -> Sequence[bool]:
        entries = list(chain.from_iterable(asked))
        try:
            if entries:
                await self.carry_out(entries)
        except RedisError:
            return [False] * len(asked)
        return [True] * len(asked)

    async def read(
        self, after_id: str, *, block_ms: int = 1000, count: int = 5000
    ) -> list[tuple[str, Change]]:
        """Changes after a stream id, oldest first; waits up to `block_ms` for the first.

        Raises `LiveFeedAway`, as all questions to the bus do.
        """
        with _answered():
            answer = await self._redis.xread({STREAM: after_id}, count=count, block=block_ms)
        if not answer:
            return []
        streams = answer.values() if isinstance(answer, dict) else [s[1] for s in answer]
        return [
            (entry_id.decode(), _change(fields))
            for stream in streams
            for entry_id, fields in _flat(stream)
        ]

    async def last_id(self) -> str:
        """The newest stream id: what a reader who has just loaded a snapshot continues from."""
        with _answered():
            newest: Any = await self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0].decode()) if newest else "0-0"

    async def reaches_back_to(self, event_id: str) -> bool:
        """Whether every change after `event_id` is still on the stream."""
        if event_id == "0-0":
            return True
        with _answered():
            return bool(await self._redis.xrange(STREAM, min=event_id, max=event_id, count=1))

    async def forget(self) -> None:
        """Drop all changes, as after a restart of Redis: readers are told to start over."""
        await self._redis.delete(STREAM)

    async def ping(self) -> None:
        """Raises `LiveFeedAway` when Redis cannot be reached."""
        with _answered():
            await self._redis.ping()

    async def close(self) -> None:
        """Give back the connections."""
        await self._line.aclose()
        await self._redis.aclose()


def _entry(change: Change) -> Command:
    body = msgspec.json.encode(change.body, enc_hook=plain)
    return (
        "XADD", STREAM, "MAXLEN", "~", KEPT_CHANGES, "*",
        b"b", change.branch_id.bytes, b"k", change.kind.encode(), b"v", body,
    )  # fmt: skip


def _flat(stream: Any) -> Iterable[tuple[bytes, dict[bytes, bytes]]]:
    """Entries of one stream; redis-py nests them one deeper under RESP3."""
    if stream and isinstance(stream[0], list):
        return [entry for part in stream for entry in part]
    return list(stream)


def _change(fields: dict[bytes, bytes]) -> Change:
    return Change(
        UUID(bytes=fields[b"b"]), fields[b"k"].decode(), msgspec.json.decode(fields[b"v"])
    )
