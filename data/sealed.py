"""Encrypted columns: their type, and how plain SQL seals, opens and looks up.

The key ring lies in a file outside the database (ROUNDSMAN_KEY_FILE), made on first use. A process
reads it again when it has changed, so keys are rotated while everything runs.
"""

import os
from pathlib import Path
from typing import Any, overload
from uuid import uuid4

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.sealing.ring import SHORTEST_BYTES, Cipher, KeyRing
from core.settings import settings

NOT_TOLD = {"is_told": False}
"""The `info` of a sealed column that is no part of what is held about a person: a key."""


class Sealed(TypeDecorator[str]):
    """Text that is sealed in the database. Statements that are made of tables get and give text;
    literal SQL has to call `sealed` and `opened`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return sealed(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return opened(value)


def is_sealed(column: str) -> CheckConstraint:
    """The database's part: what is put in a sealed column in the clear is refused."""
    return CheckConstraint(f"octet_length({column}) >= {SHORTEST_BYTES}", name=f"{column}_sealed")


def sealed(text: str | None) -> bytes | None:
    """`text` as a sealed column takes it."""
    return None if text is None else cipher().seal(text)


@overload
def opened(value: bytes) -> str: ...
@overload
def opened(value: None) -> None: ...
def opened(value: bytes | None) -> str | None:
    """What a sealed column gives. Raises `DamagedBox` where the key is missing or is another."""
    return None if value is None else cipher().open(value)


def index_of(text: str | None) -> bytes | None:
    """What stands in the index beside a sealed column, by which an exact value is found."""
    return None if text is None else cipher().index(text)


def indexed(column: str) -> Any:
    """The default of an index column: the index of the text that is put in `column`."""

    def default(context: Any) -> bytes | None:
        return index_of(context.get_current_parameters().get(column))

    return default


_cipher: tuple[Path, int, Cipher] | None = None


def cipher() -> Cipher:
    """What seals and opens, by the key file as it is now. Raises `UnusableKey`."""
    global _cipher  # noqa: PLW0603 - one key file a process
    path = settings().key_file
    try:
        changed_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        _make(path)
        changed_ns = path.stat().st_mtime_ns
    if _cipher is None or _cipher[:2] != (path, changed_ns):
        _cipher = (path, changed_ns, Cipher(KeyRing.read(path.read_text())))
    return _cipher[2]


def write_ring(ring: KeyRing) -> None:
    """Put a ring in the place of the key file's: whoever reads it sees the old one or this."""
    path = settings().key_file
    unfinished = _written(path, ring)
    unfinished.replace(path)


def _make(path: Path) -> None:
    """Make the key file; of two processes that do, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _written(path, KeyRing.new())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _written(path: Path, ring: KeyRing) -> Path:
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}.new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(ring.text)
        file.flush()
        os.fsync(file.fileno())
    return unfinished
