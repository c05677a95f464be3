"""The engine of a process: how its connections behave."""

from math import inf
from time import monotonic

import msgspec
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from data.listener import Listener

APP_ROLE = "roundsman_app"
"""The database role that everything but migrations runs as; row-level security binds it."""

REST_S = 1.0
"""A connection that was used this lately is taken to answer still."""


def psycopg_url(url: str) -> str:
    """`url` with SQLAlchemy's psycopg driver, whichever form the user gave (postgres://, …)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(url: str, *, pool_size: int = 20, statement_s: float | None = None) -> AsyncEngine:
    """An engine whose connections act as `APP_ROLE`, in UTC, and break a statement off after
    `statement_s` seconds (None: never).

    The driver begins no transactions of its own accord, which would cost each a question more:
    `enter` does.
    """
    longest_ms = round((statement_s or 0) * 1000)
    options = {"role": APP_ROLE, "timezone": "UTC", "jit": "off", "statement_timeout": longest_ms}
    engine = create_async_engine(
        psycopg_url(url),
        pool_size=pool_size,
        pool_use_lifo=True,  # the one used last has its statements planned and its caches warm
        max_overflow=0,  # those beyond the pool would be closed and opened again all the time
        isolation_level="AUTOCOMMIT",
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # an error is logged, and they are people's data
        connect_args={"options": " ".join(f"-c {name}={its}" for name, its in options.items())},
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


def hear_own(engine: AsyncEngine, listener: Listener) -> None:
    """Have each connection tell the listener's people what it announced itself, before its commit
    returns: a server says so ahead of saying that the commit is done."""

    def listen(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(listener.command)
        cursor.close()
        driver = connection.driver_connection
        driver.add_notify_handler(lambda announced: listener.announce(announced.payload))

    event.listen(engine.sync_engine, "connect", listen)
