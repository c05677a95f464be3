"""NumPy arrays as PostgreSQL's binary arrays: thousands of values in one parameter or cell, no
parsing."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

POSTGRES_EPOCH_US = 946_684_800_000_000
"""2000-01-01, from which PostgreSQL counts, in microseconds since 1970."""

NULL = struct.pack(">i", -1)


@dataclass(frozen=True, slots=True)
class BinaryArray:
    """A one-dimensional array of `oid`'s type in PostgreSQL's binary form."""

    oid: int
    content: bytes


def ids(values: NDArray[np.void]) -> BinaryArray:
    """Of 16 bytes each: ``uuid[]``."""
    return _array(2951, 2950, values, "V16")


def instants(microseconds: NDArray[np.int64]) -> BinaryArray:
    """Of microseconds since 1970: ``timestamptz[]``."""
    return _array(1185, 1184, microseconds - POSTGRES_EPOCH_US, ">i8")


def floats(values: NDArray[np.float64]) -> BinaryArray:
    """``double precision[]``; not-a-number stays one."""
    return _array(1022, 701, values, ">f8")


def texts(values: Sequence[bytes | None]) -> BinaryArray:
    """``text[]`` of UTF-8 bytes; None is NULL."""
    head = struct.pack(">iiIii", 1, 1, 25, len(values), 1)
    if not any(values):
        return BinaryArray(1009, head + NULL * len(values))
    parts = [NULL if each is None else struct.pack(">i", len(each)) + each for each in values]
    return BinaryArray(1009, head + b"".join(parts))


def flags(values: NDArray[np.bool_]) -> BinaryArray:
    """``boolean[]``."""
    return _array(1000, 16, values, "u1")


def read_instants(content: bytes) -> NDArray[np.float64]:
    """Seconds since 1970 from a ``timestamptz[]`` without NULLs."""
    microseconds = _values(content, ">i8") + POSTGRES_EPOCH_US
    return microseconds.astype(np.float64) / 1e6


def read_floats(content: bytes) -> NDArray[np.float64]:
    """From a ``double precision[]`` without NULLs."""
    return _values(content, ">f8").astype(np.float64)


def read_reals(content: bytes) -> NDArray[np.float64]:
    """From a ``real[]`` without NULLs."""
    return _values(content, ">f4").astype(np.float64)


_HEAD = struct.Struct(">iiIii")


def _values(content: bytes, kind: str) -> NDArray:  # type: ignore[type-arg]
    return np.frombuffer(content, _element(kind), offset=_HEAD.size)["value"]


@cache
def _element(kind: str) -> np.dtype[np.void]:
    return np.dtype([("length", ">i4"), ("value", kind)])


def _array(array_oid: int, element_oid: int, values: NDArray, kind: str) -> BinaryArray:  # type: ignore[type-arg]
    element = _element(kind)
    packed = np.empty(len(values), element)
    packed["length"] = element["value"].itemsize
    packed["value"] = values
    # dimensions, whether there are NULLs, the elements' type, length, lower bound
    head = _HEAD.pack(1, 0, element_oid, len(values), 1)
    return BinaryArray(array_oid, head + packed.tobytes())
