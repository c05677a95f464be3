"""Records: what is sealed of a visit's version or of a fact that an agent reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from geofence.evidence.canonical import canonical
from geofence.evidence.chain import FORMAT, Head, content_hash, link_hash, ping_hash
from geofence.fence import Fence
from geofence.polygon import rings_of

AROUND = timedelta(minutes=5)
"""Pings so long before and after a visit belong to its evidence. They show the agent come and go,
and phones that sleep report about so often."""


class Kind(StrEnum):
    """What a record seals: a version of a visit, that one holds no more, or a reported fact."""

    VISIT = "visit"
    WITHDRAWN = "withdrawn"
    CHECK_IN = "check-in"
    CHECK_OUT = "check-out"
    ATTACHMENT = "attachment"


FACTS = (Kind.CHECK_IN, Kind.CHECK_OUT, Kind.ATTACHMENT)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sealed. `happened_at` is the fact's device time or the visit's begin.

    `visit_id` is the version that a record is about, `replaces_id` the one it takes the place of,
    `fact_id` the check-in's, check-out's or attachment's own id.
    """

    agent_id: UUID
    branch_id: UUID
    kind: Kind
    happened_at: datetime
    body: Mapping[str, Any]
    visit_id: UUID | None = None
    replaces_id: UUID | None = None
    fact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A sealed record. `content` is the canonical JSON that `content_hash` is of."""

    draft: Draft
    seq: int
    sealed_at: datetime
    previous: bytes
    content: bytes
    content_hash: bytes
    hash: bytes

    @property
    def head(self) -> Head:
        """The chain's head when this record is its newest."""
        return Head(self.seq, self.hash, self.sealed_at)


@dataclass(frozen=True, slots=True)
class Span:
    """An agent's time, from `begin` to before `end`."""

    agent_id: UUID
    begin: datetime
    end: datetime


def span_around(agent_id: UUID, began_at: datetime, ended_at: datetime) -> Span:
    """The time whose pings and facts belong to a visit's evidence."""
    return Span(agent_id, began_at - AROUND, ended_at + AROUND)


def instant(at: datetime) -> str:
    """A time as records tell it: RFC 3339 in UTC, always to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sealed(draft: Draft, head: Head, now: datetime) -> Record:
    """The record that puts a draft behind a chain's head. Its time is never before the head's."""
    at = max(now, head.sealed_at) if head.sealed_at else now
    seq = head.seq + 1
    content = canonical(
        {
            **draft.body,
            "format": FORMAT,
            "kind": draft.kind.value,
            "agent_id": str(draft.agent_id),
            "branch_id": str(draft.branch_id),
            "seq": seq,
            "sealed_at": instant(at),
        }
    )
    hash_of_content = content_hash(content)
    return Record(
        draft, seq, at, head.hash, content, hash_of_content,
        link_hash(head.hash, hash_of_content),
    )  # fmt: skip


def visit_body(
    visit: Mapping[str, Any],
    replaces_id: UUID | None,
    places: Sequence[tuple[Fence, bool]],
    span: Span,
    pings: Sequence[Mapping[str, Any]],
    facts: Sequence[tuple[int, bytes]],
) -> dict[str, Any]:
    """The body of a visit's version.

    `visit` is the version as stored; `places` are its fences as they stood when it was decided,
    each with whether it was planned. Of the pings only hashes are sealed: positions are kept for a
    time, evidence for longer. `facts` are the records of what the agent reported in that time.
    """
    return {
        "visit": visit,
        "replaces": str(replaces_id) if replaces_id else None,
        "places": [_place(fence, planned) for fence, planned in places],
        "pings": {
            "from": instant(span.begin),
            "until": instant(span.end),
            "sha256": [ping_hash(ping) for ping in pings],
        },
        "facts": [{"seq": seq, "hash": hash_.hex()} for seq, hash_ in facts],
    }


def _place(fence: Fence, planned: bool) -> dict[str, Any]:
    return {
        "fence_id": str(fence.id),
        "lat": fence.center.lat,
        "lon": fence.center.lon,
        "radius_m": fence.radius_m,
        **({"polygon": rings_of(fence.polygon)} if fence.polygon else {}),
        **({"sole_witness": str(fence.sole_witness)} if fence.sole_witness else {}),
        "planned": planned,
    }
