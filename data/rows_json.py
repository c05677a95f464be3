"""Rows as JSON, for statements that take any number of them in one parameter."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.said import plain

_ENCODER = msgspec.json.Encoder(enc_hook=plain)


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows by the names of their columns; ids, days and instants become what PostgreSQL reads."""
    return _ENCODER.encode(rows).decode()
