"""What commands share that work in the configured database: services, a clock, a progress bar."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.migrate import bring_up_to_date
from cli.services import running_services
from core.settings import settings
from data.column_keys import check_keys
from data.installation import clock_of
from data.session import Database


@contextmanager
def services() -> Iterator[None]:
    """The services run, and the database is at the newest schema."""
    with running_services():
        bring_up_to_date()
        yield


@asynccontextmanager
async def configured_database() -> AsyncIterator[tuple[Database, datetime]]:
    """The configured database, and the time by its clock."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url, pool_size=6)
    try:
        await check_keys(database)
        yield database, (await clock_of(database)).now()
    finally:
        await database.close()


@contextmanager
def progress_bar(console: Console, what: str) -> Iterator[Callable[[str, float | None], None]]:
    """A progress bar; what it gives takes what is being done and its share, None for unknown."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda now, share: bar.update(
            task, description=now, completed=share or 0, total=None if share is None else 1.0
        )
