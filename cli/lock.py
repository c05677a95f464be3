"""``./roundsman lock``: pins what the ``requirements*.in`` files ask for, with hashes."""

import subprocess
import sys
from typing import Annotated

import typer

from core.settings import ROOT

LOCKS = {
    # The developers' lock follows the product's: both agree on every package they share.
    "requirements": [],
    "requirements-dev": ["--constraints", "requirements.lock"],
    "requirements-npm": [],
}


def command(name: str, more: list[str]) -> list[str]:
    """The uv call that turns ``NAME.in`` into ``NAME.lock``, with no index address in it."""
    return [
        *[sys.executable, "-m", "uv", "pip", "compile", f"{name}.in", "-o", f"{name}.lock"],
        *["--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"],
        *["--python-version", "3.11", "--quiet"],
        *["--custom-compile-command", "./roundsman lock", *LOCKS[name], *more],
    ]


def run(
    upgrade: Annotated[bool, typer.Option(help="Take the newest versions there are.")] = False,
) -> None:
    """Rewrite the lock files; versions stay unless an ``.in`` file or --upgrade asks."""
    for name in LOCKS:
        print(f"{name}.lock …", flush=True)
        more = ["--upgrade"] if upgrade else []
        subprocess.run(command(name, more), cwd=ROOT, check=True)
