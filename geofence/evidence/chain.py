"""Chains: each record's hash covers its contents and the hash before it, one chain per agent.

Every hash is a SHA-256 over the name of its purpose first, so that none can stand in for another.
A record's own hash is made of the previous one and the *hash* of its contents: whoever has these
can follow the chain to its head without reading what other records say.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from geofence.evidence.canonical import canonical

FORMAT = "roundsman-evidence/1"
"""The version of all hashes and of the records' form."""

ORIGIN = f"{FORMAT} origin\0".encode()
CONTENT = f"{FORMAT} content\0".encode()
LINK = f"{FORMAT} link\0".encode()
PING = f"{FORMAT} ping\0".encode()


@dataclass(frozen=True, slots=True)
class Head:
    """The newest record of a chain at some time; `seq` 0 for a chain without any."""

    seq: int
    hash: bytes
    sealed_at: datetime | None


def origin(agent_id: UUID) -> bytes:
    """What an agent's first record follows."""
    return hashlib.sha256(ORIGIN + agent_id.bytes).digest()


def content_hash(content: bytes) -> bytes:
    """The hash of a record's contents, which are canonical JSON."""
    return hashlib.sha256(CONTENT + content).digest()


def link_hash(previous: bytes, content: bytes) -> bytes:
    """A record's hash, of the previous record's and of the hash of its own contents."""
    return hashlib.sha256(LINK + previous + content).digest()


def ping_hash(ping: Mapping[str, Any]) -> str:
    """The hash of a ping in the form that packs show, in hexadecimal."""
    return hashlib.sha256(PING + canonical(ping)).hexdigest()


def hashes(previous: bytes, contents: Sequence[bytes]) -> list[bytes]:
    """The hashes of records in a row, given the hashes of their contents."""
    found = []
    for content in contents:
        previous = link_hash(previous, content)
        found.append(previous)
    return found
