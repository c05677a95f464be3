"""How functions of this folder are compiled, and where the machine code is kept.

The first compilation takes most of a minute, so machine code is kept in the state folder, under a
digest of this folder's sources: numba itself looks only at the file of the function that is called.
Where nothing can be written the search is compiled anew in each process.
"""

import pkgutil
from collections.abc import Callable
from hashlib import blake2b
from typing import TypeVar, cast

import numba
from numba.core import config

from core.settings import settings

SOURCES = (
    "anneal.py", "arrays.py", "chance.py", "compiled.py", "counters.py", "places.py", "recreate.py",
    "rounds.py", "ruin.py",
)  # fmt: skip
"""The files whose functions are compiled."""

Function = TypeVar("Function", bound=Callable[..., object])


def _digest() -> str:
    sources = (pkgutil.get_data(__package__ or "", name) or b"" for name in SOURCES)
    return blake2b(b"".join(sources), digest_size=8).hexdigest()


if not config.CACHE_DIR:  # type: ignore[attr-defined]
    folder = settings().state_dir / "compiled" / _digest()
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


def compiled(function: Function) -> Function:
    """`function`, compiled to machine code when it is first called; it does not hold the GIL."""
    try:
        return cast("Function", numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # numba finds no folder that it may write to
        return cast("Function", numba.njit(nogil=True)(function))


def code_folder() -> str:
    """Where this process keeps and looks for machine code."""
    return str(config.CACHE_DIR)  # type: ignore[attr-defined]
