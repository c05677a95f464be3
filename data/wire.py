"""A connection kept apart for one hot statement: each run is a transaction of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from data.binary_array import BinaryArray

LONGEST_S = 30
"""A statement or a silent server is given up after this; nobody waits for ever."""


class Wire:
    """Runs prepared statements as a role, on every branch, in autocommit. Connects when first used.

    A session of SQLAlchemy costs a begin, a scope, a commit and some hundred microseconds around
    each transaction; where thousands of senders wait for one, that is most of their time. When
    `run` returns, what it wrote is committed.
    """

    def __init__(self, url: str, role: str) -> None:
        self._url, self._role = url, role
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def run(
        self, statement: str, parameters: Mapping[str, object]
    ) -> Sequence[tuple[Any, ...]]:
        """The rows that one statement returns. Raises what psycopg raises; nothing is then known
        to be written, and the next run connects anew where the connection was lost."""
        async with self._turn:
            connection = await self._connected()
            try:
                cursor = await connection.execute(statement.encode(), parameters, binary=True)
                return await cursor.fetchall()
            except (psycopg.OperationalError, asyncio.CancelledError):
                await self._hang_up()
                raise

    async def close(self) -> None:
        """Give back the connection."""
        async with self._turn:
            await self._hang_up()

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                prepare_threshold=0,
                connect_timeout=5,
                tcp_user_timeout=LONGEST_S * 1000,
                options=f"-c role={self._role} -c timezone=UTC -c jit=off -c roundsman.branches=*"
                f" -c statement_timeout={LONGEST_S}s",
            )
            self._connection.adapters.register_dumper(BinaryArray, _BinaryArrayDumper)
        return self._connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class _BinaryArrayDumper(Dumper):
    format = Format.BINARY

    def upgrade(self, obj: Any, format: Any) -> "_BinaryArrayDumper":  # noqa: A002, ARG002
        upgraded = type(self)(self.cls)
        upgraded.oid = obj.oid
        return upgraded

    def get_key(self, obj: Any, format: Any) -> Any:  # noqa: A002, ARG002
        return (self.cls, obj.oid)

    def dump(self, obj: Any) -> Buffer:
        content: bytes = obj.content
        return content
