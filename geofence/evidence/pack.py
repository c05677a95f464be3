"""Packs and lists of heads: what leaves the house, as canonical JSON with a digest of its own."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from geofence.evidence.canonical import canonical, parsed
from geofence.evidence.chain import Head
from geofence.evidence.record import instant

PACK = "roundsman-evidence-pack/1"
HEADS = "roundsman-evidence-heads/1"

UNSEALED = (
    "Sealed are the records and, by their hashes, the pings. Names, the time of export and this"
    " note are not."
)


@dataclass(frozen=True, slots=True)
class ChainPart:
    """A chain from one record to its head at the end of `day` (or up to now, when not `is_over`).

    `previous` is the hash before record `first_seq`; `contents` are the hashes of the contents of
    it and of all that follow.
    """

    agent_id: UUID
    first_seq: int
    previous: bytes
    contents: Sequence[bytes]
    head: Head
    day: date
    is_over: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the ids in a pack are, for people to read; `customers` by case."""

    agent: str
    branch_code: str
    branch: str
    zone: str
    customers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class BranchHeads:
    """The heads of a branch's chains at the end of a day (or up to now, when not `is_over`)."""

    branch_code: str
    branch: str
    day: date
    is_over: bool
    heads: Mapping[UUID, Head]


def pack(
    visit_id: UUID,
    records: Sequence[bytes],
    part: ChainPart,
    pings: Sequence[Mapping[str, Any]],
    names: Names,
    now: datetime,
) -> bytes:
    """The pack of a visit's version: the contents of its `records`, ascending, its pings as far as
    they are still kept, and the part of the chain that holds it all."""
    return finished(
        {
            "format": PACK,
            "visit_id": str(visit_id),
            "records": [parsed(content) for content in records],
            "pings": list(pings),
            "chain": {
                "agent_id": str(part.agent_id),
                "first_seq": part.first_seq,
                "previous": part.previous.hex(),
                "contents": [content.hex() for content in part.contents],
                "head": {
                    "seq": part.head.seq,
                    "hash": part.head.hash.hex(),
                    "day": part.day.isoformat(),
                    "day_is_over": part.is_over,
                },
            },
            "names": {
                "agent": names.agent,
                "branch_code": names.branch_code,
                "branch": names.branch,
                "zone": names.zone,
                "customers": {str(case): name for case, name in names.customers.items()},
            },
            "exported_at": instant(now),
            "note": UNSEALED,
        }
    )


def heads_list(listed: BranchHeads, now: datetime) -> bytes:
    """The list of a branch's heads, for somebody outside to keep. Its digest stands for it all."""
    return finished(
        {
            "format": HEADS,
            "branch_code": listed.branch_code,
            "branch": listed.branch,
            "day": listed.day.isoformat(),
            "day_is_over": listed.is_over,
            "listed_at": instant(now),
            "heads": [
                {"agent_id": str(agent), "seq": head.seq, "hash": head.hash.hex()}
                for agent, head in sorted(listed.heads.items())
            ],
        }
    )


def finished(value: Mapping[str, Any]) -> bytes:
    """A file's only form: canonical JSON with its digest as a member, and a line's end."""
    return canonical({**value, "digest": digest(value)}) + b"\n"


def digest(value: Mapping[str, Any]) -> str:
    """The digest of a file's value without its member `digest`, in hexadecimal."""
    bare = {name: inner for name, inner in value.items() if name != "digest"}
    form = f"{value['format']} digest\0".encode()
    return hashlib.sha256(form + canonical(bare)).hexdigest()
