"""``./roundsman test``: everything that CI checks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from cli import chromium, interrupts, parent_death
from cli.services import running_services
from core.errors import NotFound
from core.settings import ROOT

PYTEST = "tests"
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
BROWSER_TESTS = "tests/browser/"
FEW = 5
"""So many tests of the screens may be given a second try; more of them are no accident."""
TESTS_FAILED = 1
INTERRUPTED = 130
GRACE_S = 15
IN_ORDER = [sys.executable, "-m", "pytest", "-p", "cli.die_with_parent"]
"""The command that runs tests one after the other."""
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One check. Its `command` runs in the checkout and fails with a non-zero exit code."""

    name: str
    what: str
    command: list[str]


@dataclass(eq=False)
class NoSuchStep(NotFound):
    """There is no such step."""

    name: str
    known: list[str]

    @property
    def detail(self) -> str:
        return f"{self.name}; there are: {', '.join(self.known)}"


@dataclass(eq=False)
class NoSuchTests(NotFound):
    """There is no such file or folder of tests."""

    path: str

    @property
    def detail(self) -> str:
        return f"{self.path}; tests are in tests/, in the folders of what they test"


def steps(paths: list[str], expression: str | None, deep: bool) -> list[Step]:
    """Every step, in the order in which they run: the quick ones first."""
    python = sys.executable
    lint_imports = "import importlinter.cli as cli; cli.lint_imports_command()"
    # Tests wait for servers and browsers; meanwhile one more has a core.
    at_once = str((os.cpu_count() or 1) + 1)
    # Who has done its share takes of another's, so that none is left with all browser tests.
    spread = ["-n", at_once, "--dist", "worksteal"]
    pytest = [*IN_ORDER, *spread, *paths]
    if not deep:
        pytest += ["-m", "not deep"]
    if expression:
        pytest += ["-k", expression]
    return [
        Step("format", "formatting", [python, "-m", "ruff", "format", "--check", "."]),
        Step("lint", "rules of style", [python, "-m", "ruff", "check", "."]),
        Step("imports", "who imports whom", [python, "-c", lint_imports]),
        Step("types", "types", [python, "-m", "mypy"]),
        Step(PYTEST, "tests", pytest),
    ]


def run(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Only these test files or folders.")
    ] = None,
    expression: Annotated[
        str | None, typer.Option("-k", help="Only tests whose names match, as in pytest.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(help="One step: format, lint, imports, types or tests.")
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Long fuzzing and fault runs too.")] = False,
) -> None:
    """Run the steps one after the other."""
    for path in paths or ():
        if not (ROOT / path.partition("::")[0]).exists():
            raise NoSuchTests(path)
    if paths or expression:
        only = only or PYTEST
    chosen = steps(paths or [], expression, deep)
    if deep:
        os.environ["ROUNDSMAN_DEEP"] = "1"  # read by tests/conftest.py: many more random examples
    if only is not None:
        known = [step.name for step in chosen]
        chosen = [step for step in chosen if step.name == only]
        if not chosen:
            raise NoSuchStep(only, known)
    run_all(chosen)


def run_all(chosen: list[Step]) -> None:
    """Run every step, also after one failed; raises Exit(1) when any did."""
    begin = time.monotonic()
    failed = [step for step in chosen if not _passes(step)]
    took = f"{time.monotonic() - begin:.0f} s"
    if not failed:
        console.print(f"[green]All checks passed[/] in {took}: {_names(chosen)}.")
        return
    console.print(f"[red]{len(failed)} of {len(chosen)} checks failed[/] in {took}. Once more:")
    for step in failed:
        console.print(f"  ./roundsman test --only {step.name}")
    raise typer.Exit(1)


def _names(chosen: list[Step]) -> str:
    return ", ".join(step.name for step in chosen)


def _passes(step: Step) -> bool:
    return _pytest_passes(step) if step.name == PYTEST else _static_passes(step)


def _static_passes(step: Step) -> bool:
    """Run a step that needs nothing; its output is shown only when it fails."""
    begin = time.monotonic()
    if not console.is_terminal:
        console.print(f"… {step.name}: {step.what}")
    process = parent_death.start(
        step.command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    with console.status(f"{step.name}: {step.what}") if console.is_terminal else nullcontext():
        said, _ = process.communicate()
    passed = process.returncode == 0
    if not passed:
        print(said.decode(errors="replace"), flush=True)
    _report(step, passed, begin)
    return passed


def _pytest_passes(step: Step) -> bool:
    """Run pytest in the foreground, with a database, Redis and a browser."""
    begin = time.monotonic()
    console.print(f"… {step.name}: PostgreSQL, Redis, Chromium")
    browser = chromium.ensure()
    LAST_FAILED.unlink(missing_ok=True)
    with running_services(scratch=True) as services:
        environment = keeping_bytecode(services) | {"ROUNDSMAN_CHROMIUM": browser}
        code = _in_foreground(step.command, environment)
        if code == TESTS_FAILED and (again := _second_tries()):
            console.print(f"[yellow]Once more, alone:[/] {', '.join(again)}")
            code = _in_foreground([*IN_ORDER, *again], environment)
    _report(step, code == 0, begin)
    if code == INTERRUPTED:
        raise typer.Exit(INTERRUPTED)
    return code == 0


def keeping_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Python's own switch against it is left out. Containers set it, and each of the hundreds of
    processes that tests start would compile all of the product again."""
    return {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}


def second_tries(failed: list[str]) -> list[str]:
    """Which of the tests that `failed` get a second try: all of them, if they are few and all of
    the screens. A browser on a busy machine can be later than any wait; where nothing is drawn, to
    pass the second time only would be a fault."""
    are_screens = all(test.startswith(BROWSER_TESTS) for test in failed)
    return failed if are_screens and len(failed) <= FEW else []


def _second_tries() -> list[str]:
    return second_tries(list(json.loads(LAST_FAILED.read_text()))) if LAST_FAILED.exists() else []


def _report(step: Step, passed: bool, begin: float) -> None:
    mark = "[green]✓[/]" if passed else "[red]✗[/]"
    console.print(f"{mark} {step.name} ({time.monotonic() - begin:.1f} s)")


def _in_foreground(command: list[str], environment: Mapping[str, str]) -> int:
    """Run `command` with our terminal. Ctrl-C and SIGTERM end it; the code is then 130."""
    with interrupts.raised():
        process = parent_death.start(command, cwd=ROOT, env=environment, process_group=0)
        try:
            return process.wait()
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(GRACE_S)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            return INTERRUPTED
