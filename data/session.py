"""Sessions and scope: what a transaction may see is decided once, at its start."""

import asyncio
from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

import psycopg
from sqlalchemy import event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    AsyncSessionTransaction,
    async_sessionmaker,
)
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.util import await_only

from data.engine import APP_ROLE, hear_own, make_engine, psycopg_url
from data.listener import Listener
from data.live import LiveBus, take_announcements
from data.refused import refused_by
from data.wire import Wire

DatabaseError = DBAPIError
"""What a database that is away, or refuses, raises."""

Session = AsyncSession
"""What verbs and stores take first: a transaction that somebody else commits."""


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

LONGEST_END_S = 5.0
"""How long closing a database waits for the transactions under way."""


class Database:
    """The engine of a process, and transactions with a scope on it."""

    def __init__(
        self,
        url: str,
        live: LiveBus | None = None,
        *,
        pool_size: int = 20,
        statement_s: float | None = None,
    ) -> None:
        plain = make_url(psycopg_url(url)).set(drivername="postgresql")
        self.wire = Wire(plain.render_as_string(hide_password=False), APP_ROLE)
        self.bearers = Wire(plain.render_as_string(hide_password=False), APP_ROLE)
        """Asked who bears a token, for every request."""
        self.carriages = Listener(
            plain.render_as_string(hide_password=False), APP_ROLE, "carriages"
        )
        """Announces the devices (ids, commas between; "" is any) that others may carry now."""
        self.grants = Listener(plain.render_as_string(hide_password=False), APP_ROLE, "grants")
        """Announces that somebody's sign-in ended, or what somebody may do has changed. What a
        transaction of this process changed is announced before it returns."""
        self.engine = make_engine(url, pool_size=pool_size, statement_s=statement_s)
        hear_own(self.engine, self.grants)
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
                    await _leave(session)
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
        await self.grants.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_END_S):
                await self._idle.wait()
        await self.wire.close()
        await self.bearers.close()
        await self.engine.dispose()


async def enter(session: AsyncSession, scope: Scope, *, read_only: bool = False) -> None:
    """Begin the session's transaction with its scope; `read_only` holds until its end."""
    # One question: values that are ids need no parameters.
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    with _as_sqlalchemy_says("BEGIN"):
        await driver.execute(
            f"BEGIN{' READ ONLY' if read_only else ''};"
            f" SET LOCAL roundsman.branches = '{scope.branches_setting}';"
            f" SET LOCAL roundsman.agent = '{scope.agent_id or ''}'".encode()
        )
    session.info[_DRIVER] = driver


async def rows(session: AsyncSession, statement: str, /, **parameters: Any) -> Sequence[Any]:
    """All rows of a literal SQL statement with named parameters, as named tuples.

    Raises `DatabaseError`. The driver is asked directly: what SQLAlchemy does besides for each
    statement is two thirds of its time.
    """
    driver = await _driver_of(session)
    with _as_sqlalchemy_says(statement):
        async with driver.cursor(row_factory=_named) as cursor:
            await cursor.execute(_as_the_driver_says(statement), parameters)
            return await cursor.fetchall()


A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Question(Generic[A]):
    """A literal SQL statement with its named parameters, and what its rows say."""

    statement: str
    parameters: Mapping[str, Any]
    read: Callable[[Sequence[Any]], A]


async def ask(session: AsyncSession, question: Question[A]) -> A:
    """The answer to one question. Raises as `rows`."""
    return question.read(await rows(session, question.statement, **question.parameters))


@overload
async def ask_together(
    session: AsyncSession, one: Question[A], two: Question[B], /
) -> tuple[A, B]: ...
@overload
async def ask_together(
    session: AsyncSession, one: Question[A], two: Question[B], three: Question[C], /
) -> tuple[A, B, C]: ...
@overload
async def ask_together(session: AsyncSession, /, *questions: Question[Any]) -> tuple[Any, ...]: ...
async def ask_together(session: AsyncSession, /, *questions: Question[Any]) -> tuple[Any, ...]:
    """The answers to questions that are sent together and carried out one after the other.

    Each sees what was committed when its turn came: what an earlier one has waited for and locked
    is as its former holder left it. Raises as `rows`.
    """
    driver = await _driver_of(session)
    asked = [(driver.cursor(row_factory=_named), question) for question in questions]
    with _as_sqlalchemy_says("statements sent together"):
        async with driver.pipeline():
            for cursor, question in asked:
                await cursor.execute(_as_the_driver_says(question.statement), question.parameters)
        return tuple([question.read(await cursor.fetchall()) for cursor, question in asked])


async def run_last(
    session: AsyncSession,
    statement: str,
    /,
    *,
    refusals: Mapping[str, Exception] | None = None,
    **parameters: Any,
) -> None:
    """Have a statement carried out at the end of the session's transaction, together with the
    commit: one question to the database for all of them. Whatever is asked before then finds it
    done. Raises then what `refusals` has for the constraint that refuses it, else `DatabaseError`.
    """
    last = session.info.setdefault(_LAST, _Last())
    last.statements.append((_as_the_driver_says(statement), parameters))
    last.refusals.update(refusals or {})
    if _DRIVER not in session.info:
        await _driver_of(session)


async def _leave(session: AsyncSession) -> None:
    """Carry out what was left for the end of a transaction, and commit it."""
    if _LAST in session.info:
        await _send_last(session.info[_DRIVER], session, b"COMMIT")


async def _send_last(
    driver: "psycopg.AsyncConnection[Any]", session: AsyncSession | OrmSession, *then: bytes
) -> None:
    last: _Last = session.info.pop(_LAST)
    with last.refused(), _as_sqlalchemy_says("statements at the end of a transaction"):
        async with driver.pipeline():
            for statement, parameters in last.statements:
                await driver.execute(statement, parameters)
            for statement in then:
                await driver.execute(statement)


async def run(session: AsyncSession, statement: str, /, **parameters: Any) -> None:
    """Carry out a statement that answers nothing. Raises `DatabaseError`."""
    driver = await _driver_of(session)
    with _as_sqlalchemy_says(statement):
        await driver.execute(_as_the_driver_says(statement), parameters)


_DRIVER = "driver"
"""Where a session keeps the driver's connection of its transaction."""

_LAST = "last"
"""Where it keeps what is to be carried out at its end."""


@dataclass(slots=True)
class _Last:
    """Statements for the end of a transaction, and what to raise where a constraint refuses one."""

    statements: list[tuple[bytes, Mapping[str, Any]]] = field(default_factory=list)
    refusals: dict[str, Exception] = field(default_factory=dict)

    @contextmanager
    def refused(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if refusal := self.refusals.get(refused_by(error)):
                raise refusal from error
            raise


async def _driver_of(session: AsyncSession) -> psycopg.AsyncConnection[Any]:
    driver: psycopg.AsyncConnection[Any] | None = session.info.get(_DRIVER)
    if driver is None:  # not entered: migrations' and tests' own sessions
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
    assert driver is not None
    if _LAST in session.info:
        await _send_last(driver, session)
    return driver


@asynccontextmanager
async def savepoint(session: AsyncSession) -> AsyncIterator[AsyncSessionTransaction]:
    """A part of the session's transaction that an error inside takes back, and it alone."""
    await _driver_of(session)
    try:
        async with session.begin_nested() as tried:
            await session.connection()  # only now is it begun
            yield tried
            if tried.is_active:
                await _driver_of(session)
    finally:
        session.info.pop(_LAST, None)  # of what was taken back


def _last_comes_before(state: ORMExecuteState) -> None:
    if _LAST in state.session.info:
        await_only(_send_last(state.session.info[_DRIVER], state.session))


event.listen(OrmSession, "do_orm_execute", _last_comes_before)


@lru_cache(maxsize=2_000)
def _as_the_driver_says(statement: str) -> bytes:
    """The statement with its parameters named as psycopg has them."""
    return str(text(statement).compile(dialect=_DIALECT)).encode()


_DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]


def _named(cursor: "psycopg.AsyncCursor[Any]") -> Callable[[Sequence[Any]], Any]:
    result = cursor.pgresult
    names = [result.fname(n) or b"" for n in range(result.nfields)] if result else []
    make: Callable[[Sequence[Any]], Any] = _row_of(*names)._make
    return make


@lru_cache(maxsize=2_000)
def _row_of(*names: bytes) -> type[Any]:
    return namedtuple("Row", [name.decode() for name in names], rename=True)


@contextmanager
def _as_sqlalchemy_says(statement: str) -> Iterator[None]:
    """Have what the driver raises raised as SQLAlchemy would."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


async def copy_rows(
    session: AsyncSession, table: str, columns: Mapping[str, str], copied: Iterable[Sequence[Any]]
) -> None:
    """Copy rows into a temporary table that lasts until the end of the transaction."""
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    await run(session, f"DROP TABLE IF EXISTS pg_temp.{table}")
    await run(session, f"CREATE TEMP TABLE {table} ({typed}) ON COMMIT DROP")
    driver = await _driver_of(session)
    async with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in copied:
            await copy.write_row(row)
    await run(session, f"ANALYZE {table}")
