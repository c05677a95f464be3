"""The state folder: the private services' data, logs and caches."""

import os
import secrets
from pathlib import Path

from cli.errors import UnusableFolder
from core.settings import ROOT, settings


def prepare(state_dir: Path | None = None) -> Path:
    """Make the state folder and remember whose it is. Raises UnusableFolder.

    Others may pass through it: as root, the services in it run as users of their own.
    """
    folder = state_dir or settings().state_dir
    try:
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for part in (folder.parent, folder) if state_dir is None else (folder,):
                part.chmod(part.stat().st_mode | 0o111)
        if not (folder / "clone").exists():
            (folder / "clone").write_text(f"{ROOT}\n")
    except OSError as error:
        raise UnusableFolder(str(folder), error.strerror or str(error)) from error
    return folder


def secret(path: Path) -> str:
    """The secret in `path`, made on first use and readable by nobody else."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write what nobody else may read, so that a reader sees all of it or nothing."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log; at most the last 16 kB are looked at."""
    if not path.exists():
        return "(nothing)"
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16_384))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(nothing)"
