"""Databases and clients for the tests: real PostGIS, real Redis, nothing mocked."""

import os
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import LiteralString
from uuid import uuid4

import httpx
import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from data import migrate
from data.live import LiveBus
from data.session import EVERYTHING, Database, enter
from tests.log_lines import names_somebody

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("deep", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("deep" if "ROUNDSMAN_DEEP" in os.environ else "steady")
# The same examples each time, so that a change is judged by itself; `test --deep` looks further.

MONDAY_NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""09:00 on a working day in Santiago: where most tests begin."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever a test has logged, in this process or in those that it started, names nobody."""
    report = yield
    logged = "\n".join(its for name, its in report.sections if name.startswith("Captured"))
    if report.passed and (found := names_somebody(logged)):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} ({call.when}) has logged personal data: {found}"
    return report


def _server_url() -> str:
    url = os.environ.get("DATABASE_URL")
    if not url or not os.environ.get("REDIS_URL"):
        pytest.exit("DATABASE_URL and REDIS_URL are not set: run ./roundsman test", 4)
    return url


def _on(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _psycopg(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _admin(statement: str) -> None:
    with psycopg.connect(_psycopg(_on(_server_url(), "postgres")), autocommit=True) as connection:
        connection.execute(statement.encode())


def _drop(name: str) -> None:
    for _ in range(20):
        try:
            return _admin(f'DROP DATABASE "{name}" WITH (FORCE)')
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.5)  # autovacuum is in it, whom only a superuser may send away
    raise AssertionError(f"{name} cannot be dropped")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template_database() -> Iterator[str]:
    """The name of a migrated database that tests clone.

    The processes of a run share it: who wants it first makes it, and who needs it last drops it.
    """
    name = f"test_{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid4().hex)[:12]}"
    with psycopg.connect(_psycopg(_on(_server_url(), "postgres")), autocommit=True) as using:

        def ask(question: LiteralString, what: str) -> bool:
            (answer,) = using.execute(question, [what]).fetchone() or (False,)
            return bool(answer)

        @contextmanager
        def alone() -> Iterator[bool]:
            """Nobody else makes or drops it for the block; whether it is there."""
            ask("SELECT pg_advisory_lock(hashtext(%s))", f"{name} is made")
            yield ask("SELECT count(*) > 0 FROM pg_database WHERE datname = %s", name)
            ask("SELECT pg_advisory_unlock(hashtext(%s))", f"{name} is made")

        with alone() as exists:
            if not exists:
                _admin(f'CREATE DATABASE "{name}_new"')
                migrate.upgrade(_on(_server_url(), f"{name}_new"))
                _admin(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
            ask("SELECT pg_advisory_lock_shared(hashtext(%s))", f"{name} is used")
        yield name
        ask("SELECT pg_advisory_unlock_shared(hashtext(%s))", f"{name} is used")
        with alone() as exists:
            if exists and ask("SELECT pg_try_advisory_lock(hashtext(%s))", f"{name} is used"):
                _drop(name)


@contextmanager
def _clone(template: str) -> Iterator[str]:
    name = f"{template}_{uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield _on(_server_url(), name)
    finally:
        _drop(name)


@pytest.fixture(scope="module")
def database_url(template_database: str) -> Iterator[str]:
    """A database for the module's tests; each makes a branch of its own in it."""
    with _clone(template_database) as url:
        yield url


@pytest.fixture
def own_database_url(template_database: str) -> Iterator[str]:
    """A database for one test alone: where what others stored would matter."""
    with _clone(template_database) as url:
        yield url


@pytest.fixture
def another_database(template_database: str) -> Callable[[], AbstractContextManager[str]]:
    """Gives a new database for each block: for tests that would drown in their own rows."""
    return partial(_clone, template_database)


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Redis, in a numbered database of this test process's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{int(worker) % 16}"


@pytest.fixture(scope="module")
async def live(redis_url: str, anyio_backend: str) -> AsyncIterator[LiveBus]:
    """The live bus, emptied."""
    bus = LiveBus(redis_url)
    await bus.forget()
    yield bus
    await bus.close()


@pytest.fixture(scope="module")
async def database(database_url: str, live: LiveBus) -> AsyncIterator[Database]:
    """The module's database as the product connects to it."""
    database = Database(database_url, live)
    yield database
    await database.close()


@pytest.fixture
async def own_database(own_database_url: str) -> AsyncIterator[Database]:
    """The test's own database as the product connects to it."""
    database = Database(own_database_url)
    yield database
    await database.close()


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that sees everything, rolled back at the end."""
    async with AsyncSession(database.engine) as session, session.begin() as transaction:
        await enter(session, EVERYTHING)
        yield session
        await transaction.rollback()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands (as good as) still at `MONDAY_NINE`."""
    # Imported where it is used: the process that hands out the tests needs no application.
    from tests.application import standing

    return standing(MONDAY_NINE)


@pytest.fixture
async def client(
    database: Database, live: LiveBus, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the application; the clock stands at Monday 09:00 in Santiago."""
    from tests.application import application, talking_to

    with application(database, live, clock) as app:
        async with talking_to(app) as client:
            yield client
