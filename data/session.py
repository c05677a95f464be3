"""Engine, sessions and scope: what a transaction may see is decided once, at its start."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from data.listener import Listener
from data.live import LiveBus, take_announcements
from data.wire import Wire

DatabaseError = DBAPIError
"""What a database that is away, or refuses, raises."""

Session = AsyncSession
"""What verbs and stores take first: a transaction that somebody else commits."""

APP_ROLE = "roundsman_app"
"""The database role that everything but migrations runs as; row-level security binds it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may see: rows of these branches, and of one agent where `agent_id`.

    `branch_ids` None means every branch: for the worker, the ingest writer and sign-in only.
    """

    branch_ids: tuple[UUID, ...] | None
    agent_id: UUID | None = None

    @property
    def branches_setting(self) -> str:
        """The value of the SQL setting ``roundsman.branches`` that policies read."""
        return "*" if self.branch_ids is None else ",".join(str(b) for b in self.branch_ids)


EVERYTHING = Scope(branch_ids=None)

REST_S = 1.0
"""A connection that was used this lately is taken to answer still."""

LONGEST_END_S = 5.0
"""How long closing a database waits for the transactions under way."""


def psycopg_url(url: str) -> str:
    """`url` with SQLAlchemy's psycopg driver, whichever form the user gave (postgres://, …)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(url: str, *, pool_size: int = 20) -> AsyncEngine:
    """An engine whose connections act as `APP_ROLE`, in UTC.

    The driver begins no transactions of its own accord, which would cost each a question more:
    `enter` does.
    """
    engine = create_async_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=0,  # those beyond the pool would be closed and opened again all the time
        isolation_level="AUTOCOMMIT",
        connect_args={"options": f"-c role={APP_ROLE} -c timezone=UTC -c jit=off"},
    )
    _ask_after_a_rest(engine)
    return engine


def _ask_after_a_rest(engine: AsyncEngine) -> None:
    """Have a connection that nobody used for a while asked whether it still answers, and another
    taken where it doesn't; asking before each transaction would cost each of them a question."""

    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = monotonic()

    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() - record.info.get("rests_since", inf) < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine.sync_engine, "checkin", note)
    event.listen(engine.sync_engine, "checkout", ask)


class Database:
    """The engine of a process, and transactions with a scope on it."""

    def __init__(self, url: str, live: LiveBus | None = None, *, pool_size: int = 20) -> None:
        plain = make_url(psycopg_url(url)).set(drivername="postgresql")
        self.wire = Wire(plain.render_as_string(hide_password=False), APP_ROLE)
        self.carriages = Listener(
            plain.render_as_string(hide_password=False), APP_ROLE, "carriages"
        )
        """Announces the devices (ids, commas between; "" is any) that others may carry now."""
        self.engine = make_engine(url, pool_size=pool_size)
        self.live = live
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def transaction(
        self, scope: Scope, *, read_only: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A transaction that sees `scope`; commits at the end, rolls back on any error.

        What was announced on its session is published after the commit.
        """
        with self._noted():
            async with self._sessions() as session:
                async with session.begin():
                    await enter(session, scope, read_only=read_only)
                    yield session
                changes = take_announcements(session)
        if changes and self.live is not None:
            await self.live.publish(changes)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def close(self) -> None:
        """Give back all connections, once the transactions under way have ended: one that is
        given back afterwards would be left open. Those that take too long are not waited for."""
        await self.carriages.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_END_S):
                await self._idle.wait()
        await self.wire.close()
        await self.engine.dispose()


async def enter(session: AsyncSession, scope: Scope, *, read_only: bool = False) -> None:
    """Begin the session's transaction with its scope; `read_only` holds until its end."""
    # One question: values that are ids need no parameters.
    connection = await session.connection()
    await connection.exec_driver_sql(
        f"BEGIN{' READ ONLY' if read_only else ''};"
        f" SET LOCAL roundsman.branches = '{scope.branches_setting}';"
        f" SET LOCAL roundsman.agent = '{scope.agent_id or ''}'"
    )


# Reading a statement's parameters out of it costs as much as building its question.
_statement = lru_cache(maxsize=2_000)(text)


async def rows(session: AsyncSession, statement: str, /, **parameters: Any) -> Sequence[Any]:
    """All rows of a literal SQL statement with named parameters."""
    return (await session.execute(_statement(statement), parameters)).all()


async def run(session: AsyncSession, statement: str, /, **parameters: Any) -> None:
    """Carry out a statement that answers nothing."""
    await session.execute(_statement(statement), parameters)


async def copy_rows(
    session: AsyncSession, table: str, columns: Mapping[str, str], copied: Iterable[Sequence[Any]]
) -> None:
    """Copy rows into a temporary table that lasts until the end of the transaction."""
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await run(session, f"DROP TABLE IF EXISTS pg_temp.{table}")
    await run(session, f"CREATE TEMP TABLE {table} ({typed}) ON COMMIT DROP")
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    async with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in copied:
            await copy.write_row(row)
    await run(session, f"ANALYZE {table}")
