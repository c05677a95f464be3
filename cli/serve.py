"""``./roundsman serve``: the API, the screens and the worker."""

import asyncio
import sys
import urllib.error
import urllib.request
from typing import Annotated

import typer

from cli import ports
from cli.errors import HoldsDemonstration, PortTaken
from cli.migrate import bring_up_to_date
from cli.processes import Child, supervised
from cli.services import running_services
from core.settings import settings
from data.installation import is_demo
from data.session import Database


def api_child(port: int) -> Child:
    """The API and the screens on `port` of the configured host, as a process of its own."""
    host = settings().host
    command = [
        sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--host", host,
        "--port", str(port), "--no-access-log", "--log-level", "warning",
        "--timeout-graceful-shutdown", "3",
    ]  # fmt: skip
    return Child("api", command, ready=lambda: answers(f"http://{host}:{port}/healthz"), grace_s=8)


def worker_child(port: int | None = None) -> Child:
    """The worker, as a process of its own; its links lead to `port`, or to the configured one."""
    told = {} if port is None else {"ROUNDSMAN_PORT": str(port)}
    return Child("worker", [sys.executable, "-m", "jobs"], environment=told)


async def refuse_demonstration() -> None:
    """Raise `HoldsDemonstration` when that is what the configured database is for."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url, pool_size=2)
    try:
        if await is_demo(database):
            raise HoldsDemonstration
    finally:
        await database.close()


def answers(url: str) -> bool:
    """Whether an HTTP server answers 200 at `url`."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run(
    port: Annotated[int | None, typer.Option(help="Where to listen.")] = None,
    worker: Annotated[bool, typer.Option(help="Run a worker beside the API.")] = True,
) -> None:
    """Serve until Ctrl-C; migrates first. With --no-worker, run `./roundsman worker` elsewhere."""
    at = port or settings().port
    if not ports.is_free(at):
        raise PortTaken(at)
    with running_services(), supervised(None) as running:
        if bring_up_to_date():
            print("The database was migrated.")
        asyncio.run(refuse_demonstration())
        running.start(api_child(at))
        if worker:
            running.start(worker_child(at))
        print(f"Roundsman serves at http://{settings().host}:{at} — stop with Ctrl-C.", flush=True)
        running.wait()
