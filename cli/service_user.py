"""As whom a private service runs: as ourselves, or as its package's own user when we are root."""

import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import parent_death
from cli.errors import UnusableFolder


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """The account a service runs under. `name` is None for the account that we run under."""

    name: str | None

    def own_folder(self, path: Path) -> Path:
        """Make `path` this user's private folder. Raises UnusableFolder where it has no way in."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.name is not None:
            account = pwd.getpwnam(self.name)
            os.chown(path, account.pw_uid, account.pw_gid)
            way_in = subprocess.run(["test", "-x", path], check=False, **self._switch())
            if way_in.returncode != 0:
                raise UnusableFolder(str(path), f"the user {self.name} cannot reach it")
        return path

    def run(self, command: list[str], cwd: Path) -> None:
        """Run `command` to its end. Raises CalledProcessError."""
        subprocess.run(command, check=True, cwd=cwd, env=_environment(), **self._switch())

    def start(
        self, command: list[str], cwd: Path, on_parent_death: signal.Signals, stdin: bytes = b""
    ) -> "subprocess.Popen[bytes]":
        """Start `command`, which gets `stdin` to read and dies with us."""
        process = parent_death.start(
            command,
            cwd=cwd,
            env=_environment(),
            signal_on_our_death=on_parent_death,
            stdin=subprocess.PIPE,
            **self._switch(),
        )
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        return process

    def _switch(self) -> dict[str, Any]:
        if self.name is None:
            return {}
        account = pwd.getpwnam(self.name)
        groups = os.getgrouplist(self.name, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}


def service_user(package_user: str) -> ServiceUser:
    """`package_user` (``nobody`` without it) when we are root, who runs no server; else we."""
    if os.geteuid() != 0:
        return ServiceUser(None)
    known = {account.pw_name for account in pwd.getpwall()}
    return ServiceUser(package_user if package_user in known else "nobody")


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a stray PGDATA or LC_ALL must not reach a server."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
