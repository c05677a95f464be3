"""``./roundsman bench NAME``: one benchmark, with the database and Redis running."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from cli.services import running_services
from core.errors import NotFound
from core.settings import ROOT


@dataclass(eq=False)
class NoSuchBenchmark(NotFound):
    """There is no such benchmark."""

    name: str
    known: list[str]

    @property
    def detail(self) -> str:
        return f"{self.name}; there are: {', '.join(self.known) or 'none yet'}"


def names() -> list[str]:
    """The benchmarks: the modules of ``benchmarks/`` whose names do not begin with ``_``."""
    found = (path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    return sorted(name.replace("_", "-") for name in found)


def run(
    name: Annotated[str, typer.Argument(help="Which one; a wrong name lists them all.")],
    options: Annotated[
        list[str] | None, typer.Argument(help="Its own options, e.g. --seed 7 --json.")
    ] = None,
) -> None:
    """Run ``benchmarks/NAME.py`` as a module. It makes a database of its own."""
    if name not in names():
        raise NoSuchBenchmark(name, names())
    module = f"benchmarks.{name.replace('-', '_')}"
    with running_services() as environment:
        command = [sys.executable, "-m", module, *(options or [])]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    raise typer.Exit(code)
