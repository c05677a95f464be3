"""``./roundsman advisories``: whether something that the product is made of is known to be unsafe.

Asks OSV (osv.dev), which gathers the advisories of GitHub, PyPI and others, by way of pip-audit.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from core.errors import Unavailable
from core.settings import ROOT

TOO_LONG_S = 300
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Advisory:
    """A package that is known to be unsafe; `mended_in` are versions that are not."""

    package: str
    version: str
    id: str
    mended_in: tuple[str, ...]


@dataclass(eq=False)
class NoAdvisories(Unavailable):
    """No source of advisories can be reached."""

    because: str

    @property
    def detail(self) -> str:
        return f"nothing was checked ({self.because})"


def advisories_in(told: str, complaint: str) -> list[Advisory]:
    """What pip-audit tells, from what it has printed. Raises `NoAdvisories`."""
    try:
        packages = json.loads(told)["dependencies"]
    except (ValueError, KeyError) as error:
        lines = [line for line in complaint.splitlines() if line.strip()]
        raise NoAdvisories(lines[-1][:300] if lines else "pip-audit said nothing") from error
    return [
        Advisory(each["name"], each["version"], found["id"], tuple(found["fix_versions"]))
        for each in packages
        for found in each.get("vulns", ())
    ]


def run(
    strict: Annotated[
        bool, typer.Option(help="Fail, too, when no source of advisories can be reached.")
    ] = False,
) -> None:
    """Ask for known vulnerabilities of all that is locked; fail when there are any."""
    asked = [
        *[sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock"],
        *["--require-hashes", "--disable-pip", "--vulnerability-service", "osv"],
        *["--format", "json", "--progress-spinner", "off"],
    ]
    try:
        answer = subprocess.run(
            asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=TOO_LONG_S
        )
        found = advisories_in(answer.stdout, answer.stderr)
    except subprocess.TimeoutExpired:
        _tell_unreachable(NoAdvisories(f"no answer within {TOO_LONG_S} s"), strict=strict)
        return
    except NoAdvisories as error:
        _tell_unreachable(error, strict=strict)
        return
    for each in found:
        mended = ", ".join(each.mended_in) or "no version yet"
        console.print(f"[red]✗[/] {each.package} {each.version}: {each.id}, mended in {mended}")
    if found:
        raise typer.Exit(1)
    console.print("[green]✓[/] nothing that is locked is known to be unsafe")


def _tell_unreachable(error: NoAdvisories, *, strict: bool) -> None:
    console.print(f"[yellow]![/] {error.title}: {error.detail}")
    if strict:
        raise typer.Exit(1)
