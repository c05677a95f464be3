"""Where the files of pages are served: at an address that changes with them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from time import monotonic

STATIC = Path(__file__).parent / "static"
SERVED_AT = "/static"
LOOKED_S = 1.0
"""For so long the files are taken to be as they were."""


def static_url() -> str:
    """Without a slash at the end. What a browser has from there it keeps for good: once any file is
    another, all are asked for at another address."""
    return f"{SERVED_AT}/{version()}"


def version() -> str:
    """A word for all files as they are now, such as ``v0123456789ab``."""
    return _version(int(monotonic() / LOOKED_S))


@lru_cache(maxsize=1)
def _version(_moment: int) -> str:
    files = [path for path in sorted(STATIC.rglob("*")) if path.is_file()]
    told = [f"{path.relative_to(STATIC)} {_digest_now(path)}" for path in files]
    return "v" + hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _digest_now(path: Path) -> str:
    its = path.stat()
    return _digest(path, its.st_mtime_ns, its.st_size)


@lru_cache(maxsize=5_000)
def _digest(path: Path, _changed_ns: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
