"""``./roundsman doctor``: what is here, what is missing, and what to type."""

import importlib.metadata
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli import chromium, cluster, private_service, redis_server, system_packages
from core.settings import ROOT, settings

Verdict = Literal["good", "optional", "bad"]
LOW_DISK_GB = 5
MARKS = {"good": "[green]✓[/]", "optional": "[yellow]![/]", "bad": "[red]✗[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table. `optional` does not keep the product from starting, `bad` does."""

    about: str
    verdict: Verdict
    found: str
    type_this: str = ""


def run() -> None:
    """Print the findings; exit code 0 only when the product can start."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "", "found", "to mend it"):
        table.add_column(heading, overflow="fold")
    worst = 0
    for finding in findings():
        worst = max(worst, finding.verdict == "bad")
        table.add_row(
            MARKS[finding.verdict], finding.about, escape(finding.found), escape(finding.type_this)
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    console.print(table)
    console.print("Something must be mended before it starts." if worst else "Ready to start.")
    raise typer.Exit(worst)


def findings() -> Iterator[Finding]:
    """Every finding. Only `database` and `redis` wait for anything: five seconds at most each."""
    checks: list[Callable[[], Finding]] = [
        python,
        packages,
        state_folder,
        disk,
        database,
        migrations,
        redis,
        screens,
        npm,
        browser,
    ]
    for check in checks:
        yield check()
    yield from forgotten_clones()


def python() -> Finding:
    """The interpreter in use."""
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info >= (3, 11)
    return Finding("Python", "good" if fits else "bad", f"{version} in {sys.prefix}")


def packages() -> Finding:
    """Whether what is installed is what ``requirements.lock`` pins."""
    pinned: dict[str, set[str]] = {}  # some have a version for each version of Python
    for name, version in re.findall(
        r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    ):
        pinned.setdefault(name, set()).add(version)
    installed = {
        dist.name.lower().replace("_", "-"): dist.version
        for dist in importlib.metadata.distributions()
    }
    other = [
        f"{name} {version}"
        for name, version in installed.items()
        if version not in pinned.get(name, {version})
    ]
    if other:
        found = f"not as locked: {', '.join(other)}"
        return Finding("Python packages", "bad", found, "rm -r .venv, then run again")
    return Finding("Python packages", "good", f"{len(installed)}, as locked")


def state_folder() -> Finding:
    """Whether the state folder can be written to."""
    folder = settings().state_dir
    existing = next(part for part in (folder, *folder.parents) if part.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        advice = "ROUNDSMAN_STATE_DIR=/some/folder ./roundsman …"
        return Finding("State folder", "bad", f"{folder} cannot be written to", advice)
    size_mb = sum(path.lstat().st_size for path in _walk(folder)) // 2**20
    found = f"{folder}, {size_mb} MB" if folder.exists() else f"{folder}, made on first use"
    return Finding("State folder", "good", found)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            if os.path.lexists(path):  # a running database makes and removes files meanwhile
                yield path


def disk() -> Finding:
    """Room where the state folder is, or will be."""
    folder = settings().state_dir
    existing = next(part for part in (folder, *folder.parents) if part.exists())
    free_gb = shutil.disk_usage(existing).free / 2**30
    return Finding(
        "Disk", "good" if free_gb > LOW_DISK_GB else "optional", f"{free_gb:.0f} GB free"
    )


def database() -> Finding:
    """DATABASE_URL when it is set, else the private cluster and what it is made of."""
    if settings().database_url:
        return _configured_database(str(settings().database_url))
    found = cluster.installed()
    if not found:
        return _not_installed(system_packages.POSTGRES)
    running = private_service.url_if_running("postgres", settings().state_dir)
    what = f"{found[0].major} with PostGIS; private cluster " + ("runs" if running else "at rest")
    return Finding("PostgreSQL", "good", what)


def _not_installed(package: system_packages.Package) -> Finding:
    if os.geteuid() == 0:
        return Finding(package.title, "optional", "not installed", "nothing: serve installs it")
    return Finding(package.title, "bad", "not installed", system_packages.words([package]))


def _configured_database(url: str) -> Finding:
    import psycopg

    try:
        with psycopg.connect(_libpq(url), connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT current_setting('server_version'),"
                " (SELECT default_version FROM pg_available_extensions WHERE name = 'postgis')"
            ).fetchone()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        return Finding("DATABASE_URL", "bad", reason, "start that server, or unset DATABASE_URL")
    assert row is not None
    version, postgis = row
    if postgis is None:
        return Finding(
            "DATABASE_URL", "bad", f"PostgreSQL {version}, no PostGIS", "install PostGIS"
        )
    return Finding("DATABASE_URL", "good", f"PostgreSQL {version}, PostGIS {postgis}")


def _libpq(url: str) -> str:
    return re.sub(r"^postgresql\+\w+:", "postgresql:", url)


def migrations() -> Finding:
    """Where the database that runs now stands; one at rest is brought up to date on start."""
    url = settings().database_url or private_service.url_if_running(
        "postgres", settings().state_dir
    )
    if url is None:
        return Finding("Migrations", "good", "looked at when the private cluster starts")
    from data import migrate
    from data.session import DatabaseError

    try:
        state = migrate.state(url)
    except DatabaseError:
        return Finding("Migrations", "optional", "the database cannot be asked")
    if state.up_to_date:
        return Finding("Migrations", "good", f"up to date ({state.current})")
    found = f"at {state.current or 'nothing'}, newest is {state.head}"
    return Finding("Migrations", "optional", found, "./roundsman migrate")


def redis() -> Finding:
    """REDIS_URL when it is set, else the private server."""
    if url := settings().redis_url:
        parts = urlsplit(url)
        try:
            address = (parts.hostname or "localhost", parts.port or 6379)
            socket.create_connection(address, timeout=5).close()
        except OSError as error:
            advice = "start that server, or unset REDIS_URL"
            return Finding("REDIS_URL", "bad", str(error), advice)
        return Finding("REDIS_URL", "good", f"{parts.hostname} answers")
    if redis_server.find_binary() is None:
        return _not_installed(system_packages.REDIS)
    running = private_service.url_if_running("redis", settings().state_dir)
    return Finding("Redis", "good", "private server " + ("runs" if running else "at rest"))


def screens() -> Finding:
    """The screens' JavaScript libraries."""
    if any((ROOT / "map_ui" / "static" / "vendor").glob("*")):
        return Finding("Screens", "good", "libraries are in place")
    return Finding("Screens", "optional", "libraries not fetched yet", "nothing: serve does it")


def npm() -> Finding:
    """What fetches the screens' libraries."""
    if path := shutil.which("npm"):
        return Finding("npm", "good", path)
    return Finding("npm", "good", "not installed; a Python package stands in for it")


def browser() -> Finding:
    """Chromium, which only the tests need."""
    if path := chromium.find():
        return Finding("Chromium", "good", path)
    advice = "nothing, unless you run the tests: ./roundsman test gets it"
    return Finding("Chromium", "optional", "not installed", advice)


def forgotten_clones() -> Iterator[Finding]:
    """State folders beside ours whose clone is gone. They may hold the only copy of a database."""
    if settings().state_dir.parent.name != "roundsman":
        return
    for note in sorted(settings().state_dir.parent.glob("*/clone")):
        clone = note.read_text().strip()
        if not Path(clone).exists():
            advice = f"if you need nothing of it: rm -r {note.parent}"
            yield Finding("Old state", "optional", f"of {clone}, which is gone", advice)
