"""Installs what the product needs of the operating system: Debian and Ubuntu, through apt."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.errors import MissingPackages

POLICY = Path("/usr/sbin/policy-rc.d")
CLUSTER_POLICY = Path("/etc/postgresql-common/createcluster.d/roundsman.conf")


@dataclass(frozen=True, slots=True)
class Package:
    """What people call it, and what Debian and Ubuntu do."""

    title: str
    name: str


POSTGRES = Package("PostgreSQL with PostGIS", "postgresql-postgis")
REDIS = Package("Redis", "redis-server")
CHROMIUM = Package("Chromium", "chromium")


def install(packages: list[Package]) -> None:
    """Install `packages`: as root at once, with sudo after a yes on the terminal.

    Raises MissingPackages, with the words to type, where neither is possible or apt failed.
    """
    titles = ", ".join(package.title for package in packages)
    if shutil.which("apt-get") is None:
        raise MissingPackages(titles, "your system's way to install them")
    if os.geteuid() == 0:
        print(f"Installing {titles} …", file=sys.stderr, flush=True)
        with _nothing_started():
            done = _apt([], packages)
    elif shutil.which("sudo") and sys.stdin.isatty() and _agreed(titles):
        done = _apt(["sudo"], packages)
    else:
        done = False
    if not done:
        raise MissingPackages(titles, words(packages))


def words(packages: list[Package]) -> str:
    """What to type to install `packages`."""
    names = " ".join(package.name for package in packages)
    line = f"apt-get update && apt-get install -y {names}"
    return line if os.geteuid() == 0 else f"sudo sh -c '{line}'"


def _agreed(titles: str) -> bool:
    print(f"Missing: {titles}. Install with sudo apt-get? [y/N] ", end="", file=sys.stderr)
    return input().strip().lower() in {"y", "yes"}


def _apt(prefix: list[str], packages: list[Package]) -> bool:
    """Update, then install; quiet unless it fails. True when it worked."""
    names = [package.name for package in packages]
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *names],
    ):
        result = subprocess.run(
            [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *command],
            stdin=None if prefix else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # A failed update is no reason to stop: one broken third-party source fails it, and the
        # lists that are there may do.
        if result.returncode != 0 and "install" in command:
            print(result.stdout[-4000:], file=sys.stderr)
            return False
    return True


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Keep Debian's packages from starting a system-wide PostgreSQL and Redis beside ours."""
    with ExitStack() as undo:
        if not POLICY.exists():
            undo.callback(POLICY.unlink)
            POLICY.write_text("#!/bin/sh\nexit 101\n")
            POLICY.chmod(0o755)
        if not CLUSTER_POLICY.exists():
            CLUSTER_POLICY.parent.mkdir(parents=True, exist_ok=True)
            undo.callback(CLUSTER_POLICY.unlink)
            CLUSTER_POLICY.write_text("create_main_cluster = false\n")
        yield
